/// Questions to the tables of notices.

#include <limits>
#include <unordered_map>
#include <utility>

#include "backends/sqlite/case_notice_code.hpp"
#include "backends/sqlite/case_notices.hpp"
#include "backends/sqlite/row_values.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr const char* kNoticeColumns =
    "SELECT n.number, n.request, n.recipient, n.state, n.steps, n.position, n.next_at, n.next_look_at, "
    "n.facts, n.sealed, s.content, r.subject, n.version FROM notice n ";
constexpr const char* kBeside =
    "LEFT JOIN notice_steps s ON s.notice = n.number CROSS JOIN request r ON r.number = n.request ";

std::optional<Instant> at_in(const SQLite::Column& column) {
    return column.isNull() ? std::nullopt
                           : std::optional{Instant{std::chrono::milliseconds{column.getInt64()}}};
}

std::uint64_t number_in(const SQLite::Column& column) {
    return static_cast<std::uint64_t>(column.getInt64());
}

/// From a row of kNoticeColumns.
Result<records::Notice> notice_in(CaseTables tables, SQLite::Statement& row) {
    records::Notice notice;
    notice.number = records::NoticeNumber{number_in(row.getColumn(0))};
    notice.request = records::RequestNumber{number_in(row.getColumn(1))};
    notice.subject = privacy::SubjectNumber{number_in(row.getColumn(11))};
    auto host = Host::parse(row.getColumn(2).getText());
    const auto state = row.getColumn(3).getInt64();
    const auto position = row.getColumn(5).getInt64();
    if (!host || state < 0 || state > static_cast<std::int64_t>(fediverse::NoticeState::Disproportionate) ||
        position < 0 || position > row.getColumn(4).getInt64()) {
        return damaged(place_of("steps", notice));
    }
    notice.recipient = std::move(*host);
    notice.state = static_cast<fediverse::NoticeState>(state);
    notice.position = static_cast<std::uint32_t>(position);
    notice.version = number_in(row.getColumn(12));
    notice.next_at = at_in(row.getColumn(6));
    notice.next_look_at = at_in(row.getColumn(7));
    const auto steps = unstamped(place_of("steps", notice), blob_of(row.getColumn(10)));
    if (!steps) {
        return fail(steps);
    }
    auto decoded = decode_steps(*steps, static_cast<std::size_t>(row.getColumn(4).getInt64()));
    if (!decoded) {
        return fail(decoded);
    }
    notice.steps = std::move(*decoded);
    const auto facts = unstamped(place_of("facts", notice), blob_of(row.getColumn(8)));
    const auto read = facts ? decode_facts(*facts, !row.getColumn(9).isNull(), notice) : fail(facts);
    if (!read) {
        return fail(read);
    }
    if (row.getColumn(9).isNull()) {
        return notice;
    }
    const auto words =
        tables.seals.open(notice.subject, place_of("sealed", notice), blob_of(row.getColumn(9)));
    if (!words) {
        return fail(words);
    }
    if (*words) {
        if (const auto named = decode_words(**words, notice); !named) {
            return fail(named);
        }
    }
    return notice;
}

/// The statement that answers a filter; what is asked for is bound by name.
class Question {
public:
    explicit Question(const NoticeFilter& filter) : filter_(filter) {
        // The unary plus keeps SQLite from other indexes than the one that leads to the fewest rows.
        const bool by_recipient = !by_time() && filter.recipient;
        const bool by_request = !by_time() && !by_recipient && filter.request;
        const bool by_state = !by_time() && !by_recipient && !by_request && !filter.subject;
        sql_ = std::string{kNoticeColumns} + index() + kBeside + "WHERE n.number > :after";
        add(filter.due_at.has_value(), "n.due_at <= :due");
        add(filter.look_at.has_value(), "n.next_look_at <= :look");
        add(filter.recipient.has_value(),
            by_recipient ? "n.recipient = :recipient" : "+n.recipient = :recipient");
        add(filter.request.has_value(), by_request ? "n.request = :request" : "+n.request = :request");
        add(filter.subject.has_value(), "n.request IN (SELECT number FROM request WHERE subject = :subject)");
        add(filter.state.has_value(), by_state ? "n.state = :state" : "+n.state = :state");
        add(!filter.not_to.empty(), "n.recipient NOT IN (SELECT value FROM json_each(:not_to))");
        sql_ += order() + std::string{" LIMIT :limit"};
    }

    [[nodiscard]] const std::string& sql() const { return sql_; }

    void bind_to(SQLite::Statement& row, std::int64_t most) const {
        row.bind(":after", static_cast<std::int64_t>(filter_.after.get()));
        row.bind(":limit", most);
        bind_if(row, ":due", filter_.due_at, [](Instant at) { return millis(at); });
        bind_if(row, ":look", filter_.look_at, [](Instant at) { return millis(at); });
        bind_if(row, ":request", filter_.request, [](auto n) { return static_cast<std::int64_t>(n.get()); });
        bind_if(row, ":recipient", filter_.recipient, [](const Host& host) { return host.text(); });
        bind_if(row, ":subject", filter_.subject, [](auto n) { return static_cast<std::int64_t>(n.get()); });
        bind_if(row, ":state", filter_.state, [](auto state) { return static_cast<int>(state); });
        if (!filter_.not_to.empty()) {
            row.bind(":not_to", left_out());
        }
    }

private:
    /// A JSON array; no host has anything in it that JSON escapes.
    [[nodiscard]] std::string left_out() const {
        std::string all;
        for (const auto& host : filter_.not_to) {
            all.append(all.empty() ? "[\"" : "\",\"").append(host.text());
        }
        return all + "\"]";
    }

    template <typename T, typename Turn>
    static void bind_if(SQLite::Statement& row, const char* name, const std::optional<T>& value, Turn turn) {
        if (value) {
            row.bind(name, turn(*value));
        }
    }

    [[nodiscard]] bool by_time() const { return filter_.due_at || filter_.look_at; }

    [[nodiscard]] const char* index() const {
        if (filter_.due_at) {
            return "INDEXED BY notice_due ";
        }
        return filter_.look_at ? "INDEXED BY notice_look " : "";
    }

    [[nodiscard]] const char* order() const {
        if (filter_.due_at) {
            return " ORDER BY n.due_at, n.number";
        }
        return filter_.look_at ? " ORDER BY n.next_look_at, n.number" : " ORDER BY n.number";
    }

    void add(bool wanted, const char* condition) {
        if (wanted) {
            sql_ += " AND ";
            sql_ += condition;
        }
    }

    const NoticeFilter& filter_;
    std::string sql_;
};

}  // namespace

Result<std::vector<records::Notice>> read_notices(CaseTables tables, const NoticeFilter& filter) {
    const Question question{filter};
    auto& row = tables.statements.get(question.sql());
    question.bind_to(row, static_cast<std::int64_t>(filter.limit));
    std::vector<records::Notice> notices;
    while (row.executeStep()) {
        auto notice = notice_in(tables, row);
        if (!notice) {
            return fail(notice);
        }
        notices.push_back(std::move(*notice));
    }
    return notices;
}

namespace {

/// People's keys, each looked at once: where one is damaged no row of theirs need be tried.
class KeysMet {
public:
    explicit KeysMet(const CaseSeals& seals) : seals_(seals) {}

    /// Errors: those of CaseSeals::has_key().
    const Result<void>& of(privacy::SubjectNumber subject) {
        auto known = known_.find(subject);
        if (known == known_.end()) {
            const auto key = seals_.has_key(subject);
            known = known_.emplace(subject, key ? Result<void>{} : Result<void>{fail(key)}).first;
        }
        return known->second;
    }

private:
    const CaseSeals& seals_;
    std::unordered_map<privacy::SubjectNumber, Result<void>> known_;
};

}  // namespace

Result<WholePage<records::Notice>> read_whole_notices(CaseTables tables, const NoticeFilter& filter) {
    const Question question{filter};
    auto& row = tables.statements.get(question.sql());
    question.bind_to(row, std::numeric_limits<std::int64_t>::max());
    KeysMet keys{tables.seals};
    WholePage<records::Notice> page;
    while (page.rows.size() < filter.limit && row.executeStep()) {
        const privacy::SubjectNumber subject{number_in(row.getColumn(11))};
        const auto& key = keys.of(subject);
        auto notice = key ? notice_in(tables, row) : Result<records::Notice>{fail(key)};
        if (notice) {
            page.rows.push_back(std::move(*notice));
        } else if (notice.error().kind != ErrorKind::Corrupt) {
            return fail(notice);
        } else {
            page.pass_over({records::NoticeNumber{number_in(row.getColumn(0))}, subject, notice.error()});
        }
    }
    return page;
}

Result<std::vector<NoticeOutcome>> read_outcomes(Statements& statements, const Host& recipient) {
    auto& row = statements.get(
        "SELECT n.number, n.request, n.state, n.steps, n.position, n.wave, n.next_at, n.next_look_at, "
        "n.facts, "
        "n.sealed IS NOT NULL, n.version, r.subject, r.state FROM notice n "
        "CROSS JOIN request r ON r.number = n.request WHERE n.recipient = ? ORDER BY n.number");
    row.bind(1, recipient.text());
    std::vector<NoticeOutcome> outcomes;
    while (row.executeStep()) {
        records::Notice notice;
        notice.number = records::NoticeNumber{number_in(row.getColumn(0))};
        notice.request = records::RequestNumber{number_in(row.getColumn(1))};
        notice.recipient = recipient;
        notice.state = static_cast<fediverse::NoticeState>(row.getColumn(2).getInt());
        notice.position = static_cast<std::uint32_t>(row.getColumn(4).getInt64());
        notice.next_at = at_in(row.getColumn(6));
        notice.next_look_at = at_in(row.getColumn(7));
        notice.version = number_in(row.getColumn(10));
        const auto place = facts_place(notice, row.getColumn(3).getInt64(), row.getColumn(5).getInt());
        const auto facts = unstamped(place, blob_of(row.getColumn(8)));
        const auto read = facts ? decode_facts(*facts, row.getColumn(9).getInt() != 0, notice) : fail(facts);
        if (!read) {
            return fail(read);
        }
        outcomes.push_back({privacy::SubjectNumber{number_in(row.getColumn(11))},
                            static_cast<privacy::RequestState>(row.getColumn(12).getInt()),
                            notice.state,
                            notice.presence,
                            notice.acknowledged_at.has_value(),
                            notice.declined > 0,
                            records::was_told(notice)});
    }
    return outcomes;
}

NoticeTally read_tally(CaseTables tables, records::RequestNumber request) {
    auto& row = tables.statements.get(
        "SELECT state, count(*), sum(steps), sum(position), sum(sends), sum(sends AND wave < 2) FROM ("
        "SELECT *, position < steps AND (state IN (?2, ?3) OR (state = ?4 AND next_at IS NOT NULL)) AS sends "
        "FROM notice WHERE request = ?1) GROUP BY state");
    row.bind(1, static_cast<std::int64_t>(request.get()));
    row.bind(2, static_cast<int>(fediverse::NoticeState::Planned));
    row.bind(3, static_cast<int>(fediverse::NoticeState::Sent));
    row.bind(4, static_cast<int>(fediverse::NoticeState::Acknowledged));
    NoticeTally tally;
    while (row.executeStep()) {
        const auto state = static_cast<fediverse::NoticeState>(row.getColumn(0).getInt());
        tally.states[state] = number_in(row.getColumn(1));
        tally.notices += number_in(row.getColumn(1));
        tally.steps += number_in(row.getColumn(2));
        tally.steps_done += number_in(row.getColumn(3));
        tally.to_leave += number_in(row.getColumn(4));
        tally.first_wave += number_in(row.getColumn(5));
    }
    return tally;
}

Result<NoticeHistory> read_history(CaseTables tables, records::NoticeNumber notice) {
    const auto number = static_cast<std::int64_t>(notice.get());
    auto& row = tables.statements.get(
        "SELECT e.place, e.content FROM notice n LEFT JOIN evidence e ON e.notice = n.number "
        "WHERE n.number = ? ORDER BY e.place");
    row.bind(1, number);
    NoticeHistory history;
    bool known = false;
    while (row.executeStep()) {
        known = true;
        if (row.getColumn(0).isNull()) {
            break;
        }
        const auto content =
            unstamped(place_of("evidence", {number, row.getColumn(0).getInt64()}), blob_of(row.getColumn(1)));
        const auto read = content ? decode_evidence(*content, notice, history) : fail(content);
        if (!read) {
            return fail(read);
        }
    }
    if (!known) {
        return fail(ErrorKind::NotFound, "there is no notice " + std::to_string(notice.get()));
    }
    return history;
}

}  // namespace fedtrail::sqlite
