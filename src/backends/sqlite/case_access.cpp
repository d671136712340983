#include "backends/sqlite/case_access.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/row_values.hpp"

namespace fedtrail::sqlite {

namespace {

std::string content_place(std::int64_t number, std::int64_t subject, std::int64_t at) {
    return place_of("access", {number, subject, at});
}
std::string words_place(std::int64_t number) {
    return place_of("access/why", {number});
}

constexpr std::uint8_t kRevealed = 1;
constexpr std::uint8_t kReason = 2;  ///< Something is sealed beside it.

Bytes encode(const records::Access& access, bool reason) {
    ledger::ByteWriter out;
    out.byte(static_cast<std::uint8_t>((access.revealed ? kRevealed : 0U) | (reason ? kReason : 0U)));
    put_text(out, access.what);
    put_text(out, access.by);
    return std::move(out).take();
}

enum class LostWhy { Fails, Marked };

/// From a row of number, subject, at, content, sealed.
Result<records::Access> access_in(SQLite::Statement& row, const CaseSeals& seals, LostWhy lost) {
    const auto number = row.getColumn(0).getInt64();
    records::Access access;
    access.subject = privacy::SubjectNumber{static_cast<std::uint64_t>(row.getColumn(1).getInt64())};
    access.at = Instant{std::chrono::milliseconds{row.getColumn(2).getInt64()}};
    const auto place = content_place(number, id(access.subject), millis(access.at));
    const auto content = unstamped(place, blob_of(row.getColumn(3)));
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    const auto flags = in.byte();
    access.revealed = (flags & kRevealed) != 0;
    access.what = take_text(in);
    access.by = take_text(in);
    const bool reason = (flags & kReason) != 0;
    if (flags > (kRevealed | kReason) || reason == row.getColumn(4).isNull() || !in.ok() || in.left() != 0) {
        return damaged(place);
    }
    if (!reason) {
        return access;
    }
    const auto why = seals.open(access.subject, words_place(number), blob_of(row.getColumn(4)));
    if (!why && why.error().kind == ErrorKind::Corrupt && lost == LostWhy::Marked) {
        access.why_lost = true;
        return access;
    }
    if (!why) {
        return fail(why);
    }
    access.why = *why ? std::string{text_of(**why)} : std::string{};
    return access;
}

/// The reason as it is stored; nothing if there is none, or no key. With a damaged key nobody could see their
/// request: that it was the reason for looking at it is left out then, for its purpose says the same. What
/// somebody stated is not dropped.
Result<std::optional<Bytes>> sealed_why(const records::Access& access,
                                        std::int64_t number,
                                        const CaseSeals& seals) {
    if (access.why.empty()) {
        return std::optional<Bytes>{};
    }
    auto why = seals.seal(access.subject, words_place(number), bytes_of(access.why));
    const bool damaged_key = !why && why.error().kind == ErrorKind::Corrupt;
    if (damaged_key && access.what == records::looked::kRequest && records::request_in_reason(access.why)) {
        return std::optional<Bytes>{};
    }
    return why;
}

Result<void> add_row(Statements& statements, const records::Access& access, const CaseSeals& seals) {
    auto& last = statements.get("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'access'");
    last.executeStep();
    const auto number = last.getColumn(0).getInt64() + 1;
    last.reset();
    const auto why = sealed_why(access, number, seals);
    if (!why) {
        return fail(why);
    }
    auto& row = statements.get("INSERT INTO access VALUES (?, ?, ?, ?, ?)");
    row.bind(1, number);
    row.bind(2, id(access.subject));
    row.bind(3, millis(access.at));
    const auto content = stamped(content_place(number, id(access.subject), millis(access.at)),
                                 encode(access, why->has_value()));
    bind_blob(row, 4, content);
    if (*why) {
        bind_blob(row, 5, **why);
    }
    row.exec();
    // The reason stays where it is sealed: a leaf cannot be taken back.
    return put_leaf(
        statements,
        {access.at, records::AccessLeaf{access.subject, access.what, access.by, {}, access.revealed}});
}

Result<void> add_rows(Statements& statements,
                      std::span<const records::Access> accesses,
                      const CaseSeals& seals) {
    for (const auto& access : accesses) {
        if (auto added = add_row(statements, access, seals); !added) {
            return added;
        }
    }
    return {};
}

Result<std::vector<records::Access>> accesses_of(Statements& statements,
                                                 privacy::SubjectNumber subject,
                                                 std::size_t limit,
                                                 const CaseSeals& seals,
                                                 LostWhy lost) {
    auto& row = statements.get(
        "SELECT number, subject, at, content, sealed FROM access WHERE subject = ? ORDER BY number DESC "
        "LIMIT ?");
    row.bind(1, id(subject));
    row.bind(2, static_cast<std::int64_t>(limit));
    std::vector<records::Access> list;
    while (row.executeStep()) {
        auto access = access_in(row, seals, lost);
        if (!access) {
            return fail(access);
        }
        list.push_back(std::move(*access));
    }
    return list;
}

}  // namespace

struct SqliteAccess::State {
    State(std::unique_ptr<SQLite::Database> database, const SubjectSealer& sealer)
        : seals(sealer), connection(std::move(database)) {}
    CaseSeals seals;
    Connection connection;
};

SqliteAccess::SqliteAccess(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteAccess::~SqliteAccess() = default;

Result<std::unique_ptr<SqliteAccess>> SqliteAccess::open_file(const std::filesystem::path& file,
                                                              const SubjectSealer& sealer,
                                                              OpenMode mode) {
    auto database = open_database(file, cases_kind(), mode);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteAccess>{
        new SqliteAccess{std::make_unique<State>(std::move(*database), sealer)}};
}

Result<void> SqliteAccess::record(std::span<const records::Access> accesses) {
    if (std::any_of(accesses.begin(), accesses.end(), [](const records::Access& access) {
            return access.why.size() > records::kMaxAccessWords;
        })) {
        return fail(ErrorKind::Invalid, "the reason is longer than 2,000 octets", "say it in fewer words");
    }
    return state_->connection.write("writing down a look at somebody's data", [&](Statements& statements) {
        return add_rows(statements, accesses, state_->seals);
    });
}

Result<std::vector<records::Access>> SqliteAccess::accesses(privacy::SubjectNumber subject,
                                                            std::size_t limit) const {
    return state_->connection.read("reading who looked at somebody's data", [&](Statements& statements) {
        return accesses_of(statements, subject, limit, state_->seals, LostWhy::Fails);
    });
}

Result<std::vector<records::Access>> SqliteAccess::accesses_past_damage(privacy::SubjectNumber subject,
                                                                        std::size_t limit) const {
    return state_->connection.read("reading who looked at somebody's data", [&](Statements& statements) {
        return accesses_of(statements, subject, limit, state_->seals, LostWhy::Marked);
    });
}

Result<std::uint64_t> SqliteAccess::count(privacy::SubjectNumber subject) const {
    return state_->connection.read("counting looks at somebody's data", [&](Statements& statements) {
        auto& row = statements.get("SELECT count(*) FROM access WHERE subject = ?");
        row.bind(1, id(subject));
        row.executeStep();
        return Result<std::uint64_t>{static_cast<std::uint64_t>(row.getColumn(0).getInt64())};
    });
}

Result<Expired> SqliteAccess::drop_before(Instant horizon, bool only_count) {
    return state_->connection.write("dropping old looks at people's data", [&](Statements& statements) {
        std::optional<Error> damage;
        const auto closed = close_looks(statements, horizon, only_count, damage);
        if (!closed) {
            return Result<Expired>{fail(closed)};
        }
        auto& count = statements.get("SELECT count(*) FROM access WHERE at < ?");
        count.bind(1, millis(horizon));
        count.executeStep();
        const auto rows = static_cast<std::uint64_t>(count.getColumn(0).getInt64());
        count.reset();
        if (!only_count) {
            auto& drop = statements.get("DELETE FROM access WHERE at < ?");
            drop.bind(1, millis(horizon));
            drop.exec();
        }
        // Whoever was shredded since has no row left; a look of long ago has its leaf in another store.
        return Result<Expired>{Expired{std::max(*closed, rows), 0, std::move(damage)}};
    });
}

Result<void> SqliteAccess::forget(privacy::SubjectNumber subject) {
    return state_->connection.write("forgetting looks at somebody's data", [&](Statements& statements) {
        auto& row = statements.get("DELETE FROM access WHERE subject = ?");
        row.bind(1, id(subject));
        row.exec();
        return Result<void>{};
    });
}

std::vector<std::string> access_faults(SQLite::Database& database, const CaseSeals& seals) {
    SQLite::Statement row{database,
                          "SELECT number, subject, at, content, sealed FROM access ORDER BY number"};
    std::vector<std::string> faults;
    while (row.executeStep() && faults.size() < kMaxFaults) {
        if (const auto access = access_in(row, seals, LostWhy::Fails); !access) {
            faults.push_back("cases: a look at somebody's data: " + access.error().what);
        }
    }
    return faults;
}

}  // namespace fedtrail::sqlite
