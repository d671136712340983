/// The vault's side of shredding: what is destroyed, and what is remembered of it.

#include <algorithm>
#include <string>
#include <utility>

#include "fedtrail/core/count.hpp"

#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/row_values.hpp"
#include "backends/sqlite/vault_desk.hpp"

namespace fedtrail::sqlite {

namespace {

std::string words_of(const records::Shredding& shredding) {
    std::string words = std::to_string(shredding.subject.get());
    for (const std::int64_t value : {millis(shredding.at),
                                     static_cast<std::int64_t>(shredding.reason),
                                     static_cast<std::int64_t>(shredding.request.get()),
                                     std::int64_t{shredding.complete ? 1 : 0}}) {
        words += "/" + std::to_string(value);
    }
    if (shredding.why.empty() && shredding.by.empty() && shredding.objections == 0) {
        return words;  // as before layout 6
    }
    return words + "/" + std::to_string(shredding.objections) + "/" + std::to_string(shredding.by.size()) +
           "/" + shredding.by + "/" + shredding.why;
}

bool known(std::int64_t reason) {
    return reason >= static_cast<std::int64_t>(records::ShredReason::Retention) &&
           reason <= static_cast<std::int64_t>(records::ShredReason::Restored);
}

tl::unexpected<Error> damaged_shredding() {
    return fail(ErrorKind::Corrupt,
                "the vault's note of a shredding is damaged",
                "run `fedtrail doctor` and restore the vault from a backup");
}

}  // namespace

LookupHash VaultDesk::shredding_hash(const records::Shredding& shredding) const {
    return keys_.lookup_hash("shredding:", words_of(shredding));
}

Result<records::Shredding> VaultDesk::opened(const VaultRows::Shredding& row) const {
    if (!known(row.reason)) {
        return damaged_shredding();
    }
    const records::Shredding shredding{row.number,
                                       Instant{std::chrono::milliseconds{row.at}},
                                       static_cast<records::ShredReason>(row.reason),
                                       records::RequestNumber{row.request},
                                       row.complete,
                                       row.why,
                                       row.by,
                                       row.objections};
    if (shredding_hash(shredding) != row.hash) {
        return damaged_shredding();
    }
    return shredding;
}

void VaultDesk::put(const records::Shredding& shredding) {
    rows_.put_shredding({shredding.subject,
                         millis(shredding.at),
                         static_cast<std::int64_t>(shredding.reason),
                         shredding.request.get(),
                         shredding.complete,
                         shredding_hash(shredding),
                         shredding.why,
                         shredding.by,
                         shredding.objections});
}

Result<void> VaultDesk::shred(const records::Shredding& shredding) {
    SQLite::Transaction transaction{rows_.database(), SQLite::TransactionBehavior::IMMEDIATE};
    const bool there = rows_.subject(shredding.subject).has_value();
    const auto before = rows_.shredding(shredding.subject);
    if (!there && !before) {
        if (shredding.reason != records::ShredReason::Restored) {
            return fail(ErrorKind::NotFound,
                        "the vault knows no such person",
                        "`fedtrail subjects list` shows who is known");
        }
    }
    if (!before || there) {
        auto entry = shredding;
        entry.complete = false;
        put(entry);
    }
    rows_.remove_subject(shredding.subject);
    rows_.never_give(shredding.subject);
    transaction.commit();
    return {};
}

Result<void> VaultDesk::rewrite() {
    rows_.rewrite();
    return rows_.empty_log();
}

Result<void> VaultDesk::completed(privacy::SubjectNumber number, const records::LeafRecord& leaf) {
    SQLite::Transaction transaction{rows_.database(), SQLite::TransactionBehavior::IMMEDIATE};
    const auto row = rows_.shredding(number);
    if (!row) {
        return fail(ErrorKind::NotFound, "the vault knows of no such shredding");
    }
    auto entry = opened(*row);
    if (!entry) {
        return fail(entry);
    }
    if (entry->complete) {
        return {};
    }
    entry->complete = true;
    entry->why.clear();  // the log has them
    entry->by.clear();
    entry->objections = 0;
    put(*entry);
    Statements statements{rows_.database()};
    if (auto noted = put_leaf(statements, leaf); !noted) {
        return noted;
    }
    transaction.commit();
    return {};
}

Result<std::vector<records::Shredding>> VaultDesk::shreddings() {
    std::vector<records::Shredding> all;
    for (const auto& row : rows_.shreddings()) {
        auto entry = opened(row);
        if (!entry) {
            return fail(entry);
        }
        all.push_back(*entry);
    }
    return all;
}

void VaultDesk::check_leaves(VaultCheck& check) {
    Statements statements{rows_.database()};
    std::uint64_t rows = 0;
    if (const auto damaged = damaged_leaves(statements, rows); damaged > 0) {
        check.faults.push_back(counted(damaged, "leaf for the log is", "leaves for the log are") +
                               " damaged or missing");
    }
}

void VaultDesk::check_shreddings(VaultCheck& check) {
    for (const auto& row : rows_.shreddings()) {
        const auto entry = opened(row);
        const std::string who = "subject " + std::to_string(row.number.get()) + ": ";
        ++check.shredded;
        check.incomplete += row.complete ? 0 : 1;
        if (!entry) {
            check.faults.push_back(who + entry.error().what);
        } else if (rows_.subject(row.number)) {
            check.faults.push_back(who + "was shredded, and is there all the same");
        }
    }
}

}  // namespace fedtrail::sqlite
