#include "backends/sqlite/case_requests.hpp"

#include <limits>
#include <utility>

#include "fedtrail/ledger/hash.hpp"

#include "backends/sqlite/case_request_code.hpp"
#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/row_values.hpp"

namespace fedtrail::sqlite {

namespace {

std::string facts_place(const records::ErasureRequest& request) {
    return place_of("request",
                    {id(request.number),
                     static_cast<std::int64_t>(request.version),
                     static_cast<std::int64_t>(request.subject.get()),
                     static_cast<std::int64_t>(request.state)});
}

std::string scope_place(records::RequestNumber number) {
    return place_of("request/scope", {id(number)});
}

Result<void> check_bounds(const records::ErasureRequest& request, const records::RequestEvent& event) {
    if (request.scope.objects.size() > kMaxScopeObjects) {
        return fail(ErrorKind::Invalid,
                    "an erasure request names more than 10,000 objects",
                    "choose by date or category, or erase the account");
    }
    if (const auto longest = records::longest_reason(event); event.reason.size() > longest) {
        return fail(ErrorKind::Invalid,
                    "the reason of a request's event is over " + std::to_string(longest) + " octets long",
                    "make it shorter");
    }
    return {};
}

void put_row(Statements& statements, const records::ErasureRequest& request) {
    auto& row = statements.get("INSERT INTO request VALUES (?, ?, ?, ?, ?, ?, ?)");
    row.bind(1, id(request.number));
    row.bind(2, static_cast<std::int64_t>(request.version));
    row.bind(3, static_cast<std::int64_t>(request.subject.get()));
    row.bind(4, static_cast<int>(request.state));
    row.bind(5, privacy::is_closed(request.state) ? 0 : 1);
    row.bind(6, open_wave(request));
    bind_blob(row, 7, stamped(facts_place(request), encode_facts(request)));
    row.exec();
}

/// Writes the chosen objects if they are others than those that are there.
Result<void> put_scope(CaseTables tables, const records::ErasureRequest& request) {
    if (request.scope.objects.empty()) {
        auto& none = tables.statements.get("DELETE FROM request_scope WHERE request = ?");
        none.bind(1, id(request.number));
        none.exec();
        return {};
    }
    const auto sealed =
        tables.seals.seal(request.subject, scope_place(request.number), encode_scope(request.scope.objects));
    if (!sealed) {
        return fail(sealed);
    }
    if (!*sealed) {
        return {};  // shredded: what is there stays unreadable
    }
    auto& row = tables.statements.get(
        "INSERT INTO request_scope VALUES (?1, ?2) "
        "ON CONFLICT (request) DO UPDATE SET sealed = ?2 WHERE sealed <> ?2");
    row.bind(1, id(request.number));
    bind_blob(row, 2, **sealed);
    row.exec();
    return {};
}

constexpr std::size_t kSiv = 16;

/// What the log takes of an event. `sealed` is its stamped reason: octet 0, then the SIV that salts the
/// words.
records::RequestEventLeaf leaf_of(const records::ErasureRequest& request,
                                  const records::RequestEvent& event,
                                  std::int64_t place,
                                  const std::optional<Bytes>& sealed) {
    records::RequestEventLeaf leaf{request.number,
                                   static_cast<std::uint64_t>(place),
                                   request.subject,
                                   request.source,
                                   request.scope.kind,
                                   event.kind,
                                   event.state,
                                   event.ground,
                                   event.by,
                                   std::nullopt};
    if (sealed) {
        leaf.words = ledger::sha256(records::words_message(ByteView{*sealed}.subspan(1, kSiv), event.reason));
    }
    return leaf;
}

Result<void> put_event(CaseTables tables,
                       const records::ErasureRequest& request,
                       const records::RequestEvent& event) {
    auto& last = tables.statements.get("SELECT max(place) FROM request_event WHERE request = ?");
    last.bind(1, id(request.number));
    last.executeStep();
    const auto place = last.getColumn(0).isNull() ? 0 : last.getColumn(0).getInt64() + 1;
    last.reset();
    std::optional<Bytes> reason;
    if (!event.reason.empty()) {
        auto sealed = tables.seals.seal(
            request.subject, place_of("event/reason", {id(request.number), place}), bytes_of(event.reason));
        if (!sealed) {
            return fail(sealed);
        }
        reason = std::move(*sealed);
    }
    auto& row = tables.statements.get("INSERT INTO request_event VALUES (?, ?, ?, ?)");
    row.bind(1, id(request.number));
    row.bind(2, place);
    bind_blob(
        row,
        3,
        stamped(place_of("event", {id(request.number), place}), encode_event(event, reason.has_value())));
    if (reason) {
        bind_blob(row, 4, *reason);
    }
    row.exec();
    return put_leaf(tables.statements, {event.at, leaf_of(request, event, place, reason)});
}

constexpr const char* kRequestColumns =
    "SELECT r.number, r.version, r.subject, r.state, r.facts, s.sealed FROM request r "
    "LEFT JOIN request_scope s ON s.request = r.number ";

/// From a row of kRequestColumns.
Result<records::ErasureRequest> request_in(CaseTables tables, SQLite::Statement& row) {
    records::ErasureRequest request;
    request.number = records::RequestNumber{static_cast<std::uint64_t>(row.getColumn(0).getInt64())};
    request.version = static_cast<std::uint64_t>(row.getColumn(1).getInt64());
    request.subject = privacy::SubjectNumber{static_cast<std::uint64_t>(row.getColumn(2).getInt64())};
    const auto state = row.getColumn(3).getInt64();
    request.state = static_cast<privacy::RequestState>(state);
    const auto facts = unstamped(facts_place(request), blob_of(row.getColumn(4)));
    if (!facts) {
        return fail(facts);
    }
    if (state < 0 || state > static_cast<std::int64_t>(privacy::RequestState::Duplicate)) {
        return damaged(facts_place(request));
    }
    if (const auto decoded = decode_facts(*facts, request); !decoded) {
        return fail(decoded);
    }
    if (row.getColumn(5).isNull()) {
        return request;
    }
    const auto scope =
        tables.seals.open(request.subject, scope_place(request.number), blob_of(row.getColumn(5)));
    if (!scope) {
        return fail(scope);
    }
    if (*scope) {
        auto objects = decode_scope(**scope);
        if (!objects) {
            return fail(objects);
        }
        if (objects->size() != request.scope.objects.size()) {
            return damaged(scope_place(request.number));
        }
        request.scope.objects = std::move(*objects);
    }
    return request;
}

}  // namespace

std::optional<privacy::SubjectNumber> subject_of(Statements& statements, records::RequestNumber number) {
    auto& row = statements.get("SELECT subject FROM request WHERE number = ?");
    row.bind(1, id(number));
    if (!row.executeStep()) {
        return std::nullopt;
    }
    const privacy::SubjectNumber subject{static_cast<std::uint64_t>(row.getColumn(0).getInt64())};
    row.reset();
    return subject;
}

std::int64_t next_number(Statements& statements, const char* table) {
    auto& row = statements.get("SELECT seq FROM sqlite_sequence WHERE name = ?");
    row.bind(1, table);
    const auto last = row.executeStep() ? row.getColumn(0).getInt64() : 0;
    row.reset();
    return last + 1;
}

Result<records::ErasureRequest> open_request(CaseTables tables,
                                             records::ErasureRequest request,
                                             const records::RequestEvent& event) {
    if (const auto fits = check_bounds(request, event); !fits) {
        return fail(fits);
    }
    request.number =
        records::RequestNumber{static_cast<std::uint64_t>(next_number(tables.statements, "request"))};
    request.version = 1;
    put_row(tables.statements, request);
    if (const auto put = put_scope(tables, request); !put) {
        return fail(put);
    }
    if (const auto put = put_event(tables, request, event); !put) {
        return fail(put);
    }
    return request;
}

Result<records::ErasureRequest> record_request(CaseTables tables,
                                               records::ErasureRequest request,
                                               const records::RequestEvent& event) {
    if (const auto fits = check_bounds(request, event); !fits) {
        return fail(fits);
    }
    auto& stored = tables.statements.get("SELECT version, subject, open_wave FROM request WHERE number = ?");
    stored.bind(1, id(request.number));
    if (!stored.executeStep()) {
        return no_request(request.number);
    }
    const auto version = static_cast<std::uint64_t>(stored.getColumn(0).getInt64());
    const auto subject = static_cast<std::uint64_t>(stored.getColumn(1).getInt64());
    const auto wave = stored.getColumn(2).getInt();
    stored.reset();
    if (version != request.version || subject != request.subject.get()) {
        return fail(ErrorKind::Conflict,
                    "erasure request " + std::to_string(request.number.get()) +
                        " was changed by somebody else in the meantime",
                    "read it again and retry");
    }
    ++request.version;
    auto& row = tables.statements.get(
        "UPDATE request SET version = ?, state = ?, is_open = ?, open_wave = ?, facts = ? WHERE number = ?");
    row.bind(1, static_cast<std::int64_t>(request.version));
    row.bind(2, static_cast<int>(request.state));
    row.bind(3, privacy::is_closed(request.state) ? 0 : 1);
    row.bind(4, open_wave(request));
    bind_blob(row, 5, stamped(facts_place(request), encode_facts(request)));
    row.bind(6, id(request.number));
    row.exec();
    if (const auto put = put_scope(tables, request); !put) {
        return fail(put);
    }
    if (const auto put = put_event(tables, request, event); !put) {
        return fail(put);
    }
    if (wave != open_wave(request)) {
        auto& due = tables.statements.get(
            "UPDATE notice SET due_at = CASE WHEN max(wave, 1) <= ?1 THEN next_at END "
            "WHERE request = ?2 AND next_at IS NOT NULL");
        due.bind(1, open_wave(request));
        due.bind(2, id(request.number));
        due.exec();
    }
    return request;
}

Result<int> read_open_wave(Statements& statements, records::RequestNumber number) {
    auto& row = statements.get("SELECT open_wave FROM request WHERE number = ?");
    row.bind(1, id(number));
    if (!row.executeStep()) {
        return no_request(number);
    }
    return row.getColumn(0).getInt();
}

Result<records::ErasureRequest> read_request(CaseTables tables, records::RequestNumber number) {
    auto& row = tables.statements.get(std::string{kRequestColumns} + "WHERE r.number = ?");
    row.bind(1, id(number));
    return row.executeStep() ? request_in(tables, row) : no_request(number);
}

namespace {

SQLite::Statement& asked_for(CaseTables tables, const RequestFilter& filter, std::int64_t most) {
    std::string sql = std::string{kRequestColumns} + "WHERE r.number > ?1";
    if (filter.subject) {
        sql += " AND r.subject = ?2";
    }
    if (filter.open_only) {
        sql += " AND r.is_open = 1";
    }
    auto& row = tables.statements.get(sql + " ORDER BY r.number LIMIT ?3");
    row.bind(1, id(filter.after));
    if (filter.subject) {
        row.bind(2, static_cast<std::int64_t>(filter.subject->get()));
    }
    row.bind(3, most);
    return row;
}

}  // namespace

Result<std::vector<records::ErasureRequest>> read_requests(CaseTables tables, const RequestFilter& filter) {
    auto& row = asked_for(tables, filter, static_cast<std::int64_t>(filter.limit));
    std::vector<records::ErasureRequest> requests;
    while (row.executeStep()) {
        auto request = request_in(tables, row);
        if (!request) {
            return fail(request);
        }
        requests.push_back(std::move(*request));
    }
    return requests;
}

Result<WholePage<records::ErasureRequest>> read_whole_requests(CaseTables tables,
                                                               const RequestFilter& filter) {
    auto& row = asked_for(tables, filter, std::numeric_limits<std::int64_t>::max());
    const auto number_at = [&row](int column) {
        return static_cast<std::uint64_t>(row.getColumn(column).getInt64());
    };
    WholePage<records::ErasureRequest> page;
    while (page.rows.size() < filter.limit && row.executeStep()) {
        auto request = request_in(tables, row);
        if (request) {
            page.rows.push_back(std::move(*request));
        } else if (request.error().kind == ErrorKind::Corrupt) {
            page.pass_over({records::RequestNumber{number_at(0)},
                            privacy::SubjectNumber{number_at(2)},
                            request.error()});
        } else {
            return fail(request);
        }
    }
    return page;
}

namespace {

constexpr const char* kEventColumns =
    "SELECT r.subject, e.place, e.content, e.sealed FROM request r "
    "JOIN request_event e ON e.request = r.number WHERE r.number = ? ORDER BY e.place";

/// From a row of kEventColumns.
Result<records::RequestEvent> event_in(CaseTables tables,
                                       records::RequestNumber number,
                                       SQLite::Statement& row) {
    const privacy::SubjectNumber subject{static_cast<std::uint64_t>(row.getColumn(0).getInt64())};
    const auto place = row.getColumn(1).getInt64();
    const auto content = unstamped(place_of("event", {id(number), place}), blob_of(row.getColumn(2)));
    auto event = content ? decode_event(*content, !row.getColumn(3).isNull()) : fail(content);
    if (!event || row.getColumn(3).isNull()) {
        return event;
    }
    const auto reason =
        tables.seals.open(subject, place_of("event/reason", {id(number), place}), blob_of(row.getColumn(3)));
    if (!reason) {
        return fail(reason);
    }
    event->reason = *reason ? std::string{text_of(**reason)} : std::string{};
    return event;
}

}  // namespace

Result<std::vector<records::RequestEvent>> read_events(CaseTables tables, records::RequestNumber number) {
    auto& row = tables.statements.get(kEventColumns);
    row.bind(1, id(number));
    std::vector<records::RequestEvent> events;
    while (row.executeStep()) {
        auto event = event_in(tables, number, row);
        if (!event) {
            return fail(event);
        }
        events.push_back(std::move(*event));
    }
    return events;
}

Result<std::optional<records::RequestEvent>> read_last_event(CaseTables tables,
                                                             records::RequestNumber number) {
    auto& row = tables.statements.get(
        "SELECT place, content, sealed IS NOT NULL FROM request_event WHERE request = ? "
        "ORDER BY place DESC LIMIT 1");
    row.bind(1, id(number));
    if (!row.executeStep()) {
        return std::nullopt;
    }
    const auto place = row.getColumn(0).getInt64();
    const auto content = unstamped(place_of("event", {id(number), place}), blob_of(row.getColumn(1)));
    auto event = content ? decode_event(*content, row.getColumn(2).getInt() != 0) : fail(content);
    return event ? Result<std::optional<records::RequestEvent>>{std::move(*event)} : fail(event);
}

namespace {

/// `reason`: what the row has sealed, opened; "" once the person was shredded.
Result<records::ToldWords> told_words_in(SQLite::Statement& row,
                                         records::RequestNumber number,
                                         std::string reason) {
    const auto place = row.getColumn(1).getInt64();
    records::ToldWords told{static_cast<std::uint64_t>(place), {}, std::nullopt};
    if (reason.empty()) {
        return told;
    }
    const auto sealed = unstamped(place_of("event/reason", {id(number), place}), blob_of(row.getColumn(3)));
    if (!sealed) {
        return fail(sealed);
    }
    told.salt.assign(sealed->begin(), sealed->begin() + kSiv);
    told.words = std::move(reason);
    return told;
}

}  // namespace

Result<std::vector<records::ToldWords>> read_told(CaseTables tables, records::RequestNumber number) {
    auto& row = tables.statements.get(kEventColumns);
    row.bind(1, id(number));
    std::vector<records::ToldWords> told;
    while (row.executeStep()) {
        auto event = event_in(tables, number, row);
        if (!event) {
            return fail(event);
        }
        if (event->kind != privacy::RequestEventKind::Answered || row.getColumn(3).isNull()) {
            continue;
        }
        auto words = told_words_in(row, number, std::move(event->reason));
        if (!words) {
            return fail(words);
        }
        told.push_back(std::move(*words));
    }
    return told;
}

}  // namespace fedtrail::sqlite
