#include "backends/sqlite/case_objections.hpp"

#include <utility>

#include "fedtrail/ledger/blob.hpp"

#include "backends/sqlite/row_values.hpp"

namespace fedtrail::sqlite {

namespace {

std::int64_t checksum_of(const records::Objection& objection) {
    const auto text = place_of("objection/" + objection.recipient.text(),
                               {static_cast<std::int64_t>(objection.subject.get()),
                                millis(objection.since),
                                static_cast<std::int64_t>(objection.request.get())});
    return static_cast<std::int64_t>(ledger::checksum(bytes_of(text)));
}

std::string reason_place(privacy::SubjectNumber subject, const std::string& recipient) {
    return place_of("objection/why", {static_cast<std::int64_t>(subject.get())}) + "/" + recipient;
}

std::int64_t steady_now() {
    return std::chrono::nanoseconds{std::chrono::steady_clock::now().time_since_epoch()}.count();
}

/// Where a request brought it before, the person's own one stands now by itself. False if there is nothing to
/// change.
bool make_own(Statements& statements, const records::Objection& objection) {
    if (objection.request.get() != 0) {
        return false;
    }
    auto& known =
        statements.get("SELECT since FROM objection WHERE subject = ? AND recipient = ? AND request != 0");
    known.bind(1, static_cast<std::int64_t>(objection.subject.get()));
    known.bind(2, objection.recipient.text());
    if (!known.executeStep()) {
        return false;
    }
    auto own = objection;
    own.since = Instant{std::chrono::milliseconds{known.getColumn(0).getInt64()}};
    known.reset();
    auto& row =
        statements.get("UPDATE objection SET request = 0, checksum = ? WHERE subject = ? AND recipient = ?");
    row.bind(1, checksum_of(own));
    row.bind(2, static_cast<std::int64_t>(own.subject.get()));
    row.bind(3, own.recipient.text());
    return row.exec() > 0;
}

}  // namespace

void count_change(Statements& statements) {
    statements.get("UPDATE objection_changes SET changes = changes + 1 WHERE id = 1").exec();
}

bool put_objection(Statements& statements, const records::Objection& objection) {
    auto& row = statements.get(
        "INSERT OR IGNORE INTO objection (subject, recipient, since, request, checksum) VALUES (?, ?, ?, ?, "
        "?)");
    row.bind(1, static_cast<std::int64_t>(objection.subject.get()));
    row.bind(2, objection.recipient.text());
    row.bind(3, millis(objection.since));
    row.bind(4, static_cast<std::int64_t>(objection.request.get()));
    row.bind(5, checksum_of(objection));
    if (row.exec() == 0 && !make_own(statements, objection)) {
        return false;
    }
    count_change(statements);
    return true;
}

bool remove_objection(Statements& statements, privacy::SubjectNumber subject, const Host& recipient) {
    auto& row = statements.get("DELETE FROM objection WHERE subject = ? AND recipient = ?");
    row.bind(1, static_cast<std::int64_t>(subject.get()));
    row.bind(2, recipient.text());
    if (row.exec() == 0) {
        return false;
    }
    count_change(statements);
    return true;
}

Result<std::vector<records::Objection>> read_objections(Statements& statements) {
    auto& row = statements.get(
        "SELECT subject, recipient, since, request, checksum FROM objection ORDER BY since, subject, "
        "recipient");
    std::vector<records::Objection> list;
    while (row.executeStep()) {
        auto host = Host::parse(row.getColumn(1).getText());
        if (!host) {
            return damaged("objection");
        }
        records::Objection objection{
            privacy::SubjectNumber{static_cast<std::uint64_t>(row.getColumn(0).getInt64())},
            std::move(*host),
            Instant{std::chrono::milliseconds{row.getColumn(2).getInt64()}},
            records::RequestNumber{static_cast<std::uint64_t>(row.getColumn(3).getInt64())}};
        if (checksum_of(objection) != row.getColumn(4).getInt64()) {
            return damaged("objection");
        }
        list.push_back(std::move(objection));
    }
    return list;
}

Result<void> put_objection_reason(Statements& statements,
                                  const CaseSeals& seals,
                                  privacy::SubjectNumber subject,
                                  const Host& recipient,
                                  const std::string& reason) {
    const auto sealed = seals.seal(subject, reason_place(subject, recipient.text()), bytes_of(reason));
    if (!sealed) {
        return fail(sealed);
    }
    if (!*sealed) {
        return fail(ErrorKind::NotFound, "this person has no key (any more)", "Nothing can be kept of them.");
    }
    auto& row = statements.get("UPDATE objection SET sealed = ? WHERE subject = ? AND recipient = ?");
    bind_blob(row, 1, **sealed);
    row.bind(2, static_cast<std::int64_t>(subject.get()));
    row.bind(3, recipient.text());
    return row.exec() > 0 ? Result<void>{}
                          : fail(ErrorKind::NotFound, "no objection of this person to that server stands");
}

Result<std::map<Host, std::string>> read_objection_reasons(Statements& statements,
                                                           const CaseSeals& seals,
                                                           privacy::SubjectNumber subject) {
    auto& row =
        statements.get("SELECT recipient, sealed FROM objection WHERE subject = ? AND sealed IS NOT NULL");
    row.bind(1, static_cast<std::int64_t>(subject.get()));
    std::map<Host, std::string> reasons;
    while (row.executeStep()) {
        const std::string recipient{row.getColumn(0).getText()};
        auto host = Host::parse(recipient);
        const auto plain = seals.open(subject, reason_place(subject, recipient), blob_of(row.getColumn(1)));
        if (!host || !plain) {
            return host ? Result<std::map<Host, std::string>>{fail(plain)} : damaged("objection");
        }
        if (*plain) {
            reasons.emplace(std::move(*host), text_of(**plain));
        }
    }
    return reasons;
}

std::uint64_t objection_changes(Statements& statements) {
    auto& row = statements.get("SELECT changes FROM objection_changes WHERE id = 1");
    const auto changes = row.executeStep() ? static_cast<std::uint64_t>(row.getColumn(0).getInt64()) : 0;
    row.reset();
    return changes;
}

ObjectionWatch::ObjectionWatch(std::unique_ptr<SQLite::Database> database)
    : database_(std::move(database)), statements_(*database_) {
    look();
}

std::uint64_t ObjectionWatch::changes() {
    const auto now = steady_now();
    if (now >= next_look_.load(std::memory_order_relaxed)) {
        look();
    }
    return changes_.load(std::memory_order_acquire);
}

void ObjectionWatch::saw(std::uint64_t changes) {
    auto known = changes_.load(std::memory_order_relaxed);
    while (known < changes && !changes_.compare_exchange_weak(known, changes, std::memory_order_release)) {
    }
}

void ObjectionWatch::look() {
    const std::unique_lock held{lock_, std::try_to_lock};
    if (!held) {
        return;  // somebody looks already
    }
    try {
        auto& asked = statements_.get("PRAGMA data_version");
        asked.executeStep();
        const auto version = asked.getColumn(0).getInt64();
        asked.reset();
        if (version != version_) {
            saw(objection_changes(statements_));
            version_ = version;
        }
    } catch (const SQLite::Exception&) {
        statements_.finish();  // the list cannot be read either: whoever asks for it is told
    }
    next_look_.store(steady_now() + std::chrono::nanoseconds{kPatience}.count(), std::memory_order_relaxed);
}

}  // namespace fedtrail::sqlite
