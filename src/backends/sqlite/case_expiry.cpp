#include "backends/sqlite/case_expiry.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/case_notices.hpp"
#include "backends/sqlite/case_requests.hpp"
#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/leaf_table.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kRequestsAtOnce = 500;

/// Foreign keys are not deferred: what points at a row goes before it.
constexpr const char* kDeletes[] = {  // NOLINT(modernize-avoid-c-arrays): a list of literals
    "DELETE FROM evidence WHERE notice IN (SELECT number FROM notice WHERE request = ?)",
    "DELETE FROM notice_steps WHERE notice IN (SELECT number FROM notice WHERE request = ?)",
    "DELETE FROM notice WHERE request = ?",
    "DELETE FROM object_part WHERE request = ?",
    "DELETE FROM request_event WHERE request = ?",
    "DELETE FROM request_scope WHERE request = ?",
    "DELETE FROM request WHERE number = ?"};

/// The log still adds up afterwards; what its leaves of the case said is known to nobody any more.
Result<void> drop(Statements& statements, records::RequestNumber number) {
    if (const auto closed = close_leaves(statements, number); !closed) {
        return fail(closed);
    }
    for (const auto* sql : kDeletes) {
        auto& row = statements.get(sql);
        row.bind(1, static_cast<std::int64_t>(number.get()));
        row.exec();
    }
    return {};
}

/// Nothing can be held of somebody who was shredded: what could be is sealed with their key.
Result<bool> is_held(CaseTables tables, const records::ErasureRequest& request) {
    const auto objects = read_objects(tables, request.number, {});
    if (!objects) {
        return fail(objects);
    }
    return std::any_of(
        objects->begin(), objects->end(), [](const auto& object) { return object.held_for_law; });
}

struct OldCases {
    std::vector<records::ErasureRequest> closed;
    std::optional<Error> damaged;  ///< The first of those that nobody can tell of.
};

Result<OldCases> closed_before(CaseTables tables, Instant horizon) {
    OldCases old;
    RequestFilter filter;
    filter.limit = kRequestsAtOnce;
    for (;;) {
        const auto page = read_whole_requests(tables, filter);
        if (!page) {
            return fail(page);
        }
        if (!old.damaged && !page->damaged.empty()) {
            old.damaged = page->damaged.front().error;
        }
        std::copy_if(
            page->rows.begin(), page->rows.end(), std::back_inserter(old.closed), [&](const auto& request) {
                return privacy::is_closed(request.state) && request.closed_at && *request.closed_at < horizon;
            });
        if (page->rows.size() < kRequestsAtOnce) {
            return old;
        }
        filter.after = page->rows.back().number;
    }
}

/// Counts it, and drops it if it is not held.
Result<void> drop_one(CaseTables tables,
                      const records::ErasureRequest& request,
                      bool only_count,
                      Expired& expired) {
    const auto held = is_held(tables, request);
    if (!held) {
        return fail(held);
    }
    if (*held) {
        ++expired.held;
        return {};
    }
    if (auto dropped = only_count ? Result<void>{} : drop(tables.statements, request.number); !dropped) {
        return dropped;
    }
    ++expired.dropped;
    return {};
}

/// One that is damaged keeps no other: it fails before anything of it is removed.
Result<Expired> drop_each(CaseTables tables, const OldCases& old, bool only_count) {
    Expired expired;
    expired.left = old.damaged;
    for (const auto& request : old.closed) {
        const auto done = drop_one(tables, request, only_count, expired);
        if (!done && done.error().kind != ErrorKind::Corrupt) {
            return fail(done);
        }
        if (!done && !expired.left) {
            expired.left = done.error();
        }
    }
    return expired;
}

}  // namespace

struct SqliteCaseExpiry::State {
    State(std::unique_ptr<SQLite::Database> database, const SubjectSealer& sealer)
        : seals(sealer), connection(std::move(database)) {}
    CaseSeals seals;
    Connection connection;
};

SqliteCaseExpiry::SqliteCaseExpiry(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteCaseExpiry::~SqliteCaseExpiry() = default;

Result<std::unique_ptr<SqliteCaseExpiry>> SqliteCaseExpiry::open_file(const std::filesystem::path& file,
                                                                      const SubjectSealer& sealer) {
    auto database = open_database(file, cases_kind(), OpenMode::ReadWrite);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteCaseExpiry>{
        new SqliteCaseExpiry{std::make_unique<State>(std::move(*database), sealer)}};
}

Result<Expired> SqliteCaseExpiry::drop_before(Instant horizon, bool only_count) {
    return state_->connection.write("dropping old cases", [&](Statements& statements) -> Result<Expired> {
        const CaseTables tables{statements, state_->seals};
        const auto old = closed_before(tables, horizon);
        return old ? drop_each(tables, *old, only_count) : fail(old);
    });
}

}  // namespace fedtrail::sqlite
