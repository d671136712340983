#include "backends/sqlite/case_check.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/core/count.hpp"

#include "backends/sqlite/case_access.hpp"
#include "backends/sqlite/case_consents.hpp"
#include "backends/sqlite/case_facts.hpp"
#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/case_notice_code.hpp"
#include "backends/sqlite/case_notices.hpp"
#include "backends/sqlite/case_objections.hpp"
#include "backends/sqlite/case_request_code.hpp"
#include "backends/sqlite/leaf_table.hpp"

namespace fedtrail::sqlite {

namespace {

class CaseAudit {
public:
    explicit CaseAudit(CaseTables tables) : tables_(tables) {}

    CasesCheck run() {
        check_pages();
        for (const auto number : numbers("SELECT number FROM request ORDER BY number")) {
            check_request(records::RequestNumber{static_cast<std::uint64_t>(number)});
        }
        for (const auto number : numbers("SELECT number FROM notice ORDER BY number")) {
            check_notice(records::NoticeNumber{static_cast<std::uint64_t>(number)});
        }
        keep(read_objections(tables_.statements));
        for (const auto subject :
             numbers("SELECT DISTINCT subject FROM objection WHERE sealed IS NOT NULL ORDER BY subject")) {
            const privacy::SubjectNumber person{static_cast<std::uint64_t>(subject)};
            keep(read_objection_reasons(tables_.statements, tables_.seals, person));
        }
        for (auto& sentence : access_faults(tables_.statements.database(), tables_.seals)) {
            fault(std::move(sentence));
        }
        for (auto& sentence : consent_faults(tables_.statements.database(), tables_.seals)) {
            fault(std::move(sentence));
        }
        if (const auto damaged = damaged_leaves(tables_.statements, check_.leaves); damaged > 0) {
            fault("cases: " + counted(damaged, "leaf for the log is", "leaves for the log are") +
                  " damaged or missing");
        }
        check_.rows += check_.leaves;
        keep(read_minors(tables_.statements, tables_.seals));
        check_columns();
        check_places();
        for (const auto* table : {"request",
                                  "request_scope",
                                  "request_event",
                                  "object_part",
                                  "notice",
                                  "notice_steps",
                                  "evidence",
                                  "objection",
                                  "access",
                                  "consent",
                                  "subject_fact"}) {
            check_.rows += count(std::string{"SELECT count(*) FROM "} + table);
        }
        return std::move(check_);
    }

private:
    void fault(std::string sentence) {
        if (check_.faults.size() < kMaxFaults) {
            check_.faults.push_back(std::move(sentence));
        }
    }
    /// Whether it could be read; if not, that is a fault.
    template <typename T>
    bool keep(const Result<T>& read) {
        if (!read) {
            fault("cases: " + read.error().what);
        }
        return read.has_value();
    }

    std::vector<std::int64_t> numbers(const char* sql) {
        SQLite::Statement row{tables_.statements.database(), sql};
        std::vector<std::int64_t> list;
        while (row.executeStep()) {
            list.push_back(row.getColumn(0).getInt64());
        }
        return list;
    }

    std::uint64_t count(const std::string& sql) {
        SQLite::Statement row{tables_.statements.database(), sql};
        row.executeStep();
        return static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    }

    void check_pages() {
        for (auto& sentence : layout_faults(tables_.statements.database(), cases_kind())) {
            fault(std::move(sentence));
        }
        SQLite::Statement pages{tables_.statements.database(), "PRAGMA integrity_check(10)"};
        while (pages.executeStep()) {
            if (const auto said = pages.getColumn(0).getString(); said != "ok") {
                fault("cases: the file's pages: " + said);
            }
        }
        SQLite::Statement orphans{tables_.statements.database(), "PRAGMA foreign_key_check"};
        while (orphans.executeStep() && check_.faults.size() < kMaxFaults) {
            fault("cases: a row of " + orphans.getColumn(0).getString() + " belongs to nothing");
        }
    }

    void check_request(records::RequestNumber number) {
        ++check_.requests;
        const auto name = "cases: request " + std::to_string(number.get());
        const auto request = read_request(tables_, number);
        const auto events = read_events(tables_, number);
        keep(read_objects(tables_, number, {}));
        if (!keep(request) || !keep(events)) {
            return;
        }
        if (events->size() != request->version) {
            fault(name + " has another number of events than of versions");
        }
        auto& row = tables_.statements.get(
            "SELECT is_open, open_wave, (SELECT count(*) FROM request_scope WHERE request = number) "
            "FROM request WHERE number = ?");
        row.bind(1, static_cast<std::int64_t>(number.get()));
        row.executeStep();
        if (row.getColumn(0).getInt64() != (privacy::is_closed(request->state) ? 0 : 1) ||
            row.getColumn(1).getInt64() != open_wave(*request)) {
            fault(name + " does not follow from its state");
        }
        if (row.getColumn(2).getInt64() != (request->scope.objects.empty() ? 0 : 1)) {
            fault(name + " lacks its scope, or has one too many");
        }
        row.reset();
    }

    void check_notice(records::NoticeNumber number) {
        ++check_.notices;
        NoticeFilter filter;
        filter.after = records::NoticeNumber{number.get() - 1};
        filter.limit = 1;
        const auto read = read_notices(tables_, filter);
        keep(read_history(tables_, number));
        if (!keep(read) || read->size() != 1) {
            return;
        }
        const auto& notice = read->front();
        auto& row = tables_.statements.get("SELECT wave FROM notice WHERE number = ?");
        row.bind(1, static_cast<std::int64_t>(number.get()));
        row.executeStep();
        if (row.getColumn(0).getInt64() != next_wave(notice)) {
            fault("cases: notice " + std::to_string(number.get()) + " does not follow from its steps");
        }
        row.reset();
    }

    void check_columns() {
        const auto late = count(
            "SELECT count(*) FROM notice n JOIN request r ON r.number = n.request WHERE n.due_at IS NOT "
            "CASE WHEN max(n.wave, 1) <= r.open_wave THEN n.next_at END");
        if (late > 0) {
            fault("cases: " + counted(late, "notice is", "notices are") +
                  " due at another time than the request lets");
        }
    }

    void check_places() {
        for (const auto* table : {"request_event", "object_part", "evidence"}) {
            const std::string name{table};
            const auto owner = name == "evidence" ? "notice" : "request";
            const auto place = name == "object_part" ? "part" : "place";
            const auto gaps = count("SELECT count(*) FROM (SELECT 1 FROM " + name + " GROUP BY " + owner +
                                    " HAVING min(" + place + ") <> 0 OR max(" + place + ") + 1 <> count(*))");
            if (gaps > 0) {
                fault("cases: " + counted(gaps, "list") + " in " + name + " with a gap");
            }
        }
        const auto short_parts = count(
            "SELECT count(*) FROM object_part p WHERE p.objects <> 128 AND EXISTS "
            "(SELECT 1 FROM object_part q WHERE q.request = p.request AND q.part > p.part)");
        if (short_parts > 0) {
            fault("cases: " + counted(short_parts, "part of objects is", "parts of objects are") + " short");
        }
    }

    CaseTables tables_;
    CasesCheck check_;
};

}  // namespace

CasesCheck check_cases(CaseTables tables) {
    return CaseAudit{tables}.run();
}

}  // namespace fedtrail::sqlite
