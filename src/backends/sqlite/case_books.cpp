#include "backends/sqlite/case_books.hpp"

#include <chrono>
#include <utility>

#include "backends/sqlite/case_check.hpp"
#include "backends/sqlite/case_facts.hpp"
#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/case_notices.hpp"
#include "backends/sqlite/case_objections.hpp"
#include "backends/sqlite/case_requests.hpp"
#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/leaf_table.hpp"

namespace fedtrail::sqlite {

namespace {

/// What was damaged of a page's rows stands in it. Pages of the file that cannot be read are nothing that a
/// walk could go past.
template <typename Row>
Result<WholePage<Row>> or_unavailable(Result<WholePage<Row>> page) {
    if (!page && page.error().kind == ErrorKind::Corrupt) {
        page.error().kind = ErrorKind::Unavailable;
    }
    return page;
}

}  // namespace

struct SqliteCases::State {
    State(std::unique_ptr<SQLite::Database> for_writing,
          std::unique_ptr<SQLite::Database> for_reading,
          std::unique_ptr<SQLite::Database> for_gate,
          std::unique_ptr<SQLite::Database> for_watching,
          const SubjectSealer& sealer)
        : seals(sealer),
          writer(std::move(for_writing)),
          reader(std::move(for_reading)),
          gate(std::move(for_gate)),
          watch(std::move(for_watching)) {}

    [[nodiscard]] CaseTables tables(Statements& statements) const { return CaseTables{statements, seals}; }

    CaseSeals seals;
    Connection writer;
    Connection reader;  ///< Nobody who reads waits for a write's flush.
    Connection gate;    ///< Who is about to send waits for nobody's long list.
    ObjectionWatch watch;
};

SqliteCases::SqliteCases(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteCases::~SqliteCases() = default;

Result<std::unique_ptr<SqliteCases>> SqliteCases::open_file(const std::filesystem::path& file,
                                                            const SubjectSealer& sealer,
                                                            OpenMode mode) {
    auto writer = open_database(file, cases_kind(), mode);
    if (!writer) {
        return fail(writer);
    }
    auto reader = open_database(file, cases_kind(), OpenMode::ReadOnly);
    if (!reader) {
        return fail(reader);
    }
    auto gate = open_database(file, cases_kind(), OpenMode::ReadOnly);
    if (!gate) {
        return fail(gate);
    }
    auto watcher = open_database(file, cases_kind(), OpenMode::ReadOnly);
    if (!watcher) {
        return fail(watcher);
    }
    auto state = std::make_unique<State>(
        std::move(*writer), std::move(*reader), std::move(*gate), std::move(*watcher), sealer);
    return std::unique_ptr<SqliteCases>{new SqliteCases{std::move(state)}};
}

Result<records::ErasureRequest> SqliteCases::open(records::ErasureRequest request,
                                                  const records::RequestEvent& event) {
    return state_->writer.write("opening an erasure request", [&](Statements& statements) {
        return open_request(state_->tables(statements), std::move(request), event);
    });
}

Result<records::ErasureRequest> SqliteCases::record(records::ErasureRequest request,
                                                    const records::RequestEvent& event) {
    return state_->writer.write("recording a change of an erasure request", [&](Statements& statements) {
        return record_request(state_->tables(statements), std::move(request), event);
    });
}

Result<records::ErasureRequest> SqliteCases::request(records::RequestNumber number) const {
    return state_->reader.read("reading an erasure request", [&](Statements& statements) {
        return read_request(state_->tables(statements), number);
    });
}

Result<int> SqliteCases::open_wave(records::RequestNumber number) const {
    return state_->gate.read("asking whether notices may leave",
                             [&](Statements& statements) { return read_open_wave(statements, number); });
}

Result<std::vector<records::ErasureRequest>> SqliteCases::requests(const RequestFilter& filter) const {
    return state_->reader.read("listing erasure requests", [&](Statements& statements) {
        return read_requests(state_->tables(statements), filter);
    });
}

Result<WholePage<records::ErasureRequest>> SqliteCases::whole_requests(const RequestFilter& filter) const {
    return or_unavailable(state_->reader.read("listing erasure requests", [&](Statements& statements) {
        return read_whole_requests(state_->tables(statements), filter);
    }));
}

Result<std::vector<records::RequestEvent>> SqliteCases::events(records::RequestNumber number) const {
    return state_->reader.read("reading the history of an erasure request", [&](Statements& statements) {
        return read_events(state_->tables(statements), number);
    });
}

Result<std::optional<records::RequestEvent>> SqliteCases::last_event(records::RequestNumber number) const {
    return state_->reader.read("reading how an erasure request stands", [&](Statements& statements) {
        return read_last_event(state_->tables(statements), number);
    });
}

Result<std::vector<records::ToldWords>> SqliteCases::told(records::RequestNumber number) const {
    return state_->reader.read("reading what a person was told", [&](Statements& statements) {
        return read_told(state_->tables(statements), number);
    });
}

Result<void> SqliteCases::plan(records::RequestNumber request,
                               std::span<const records::ErasedObject> objects,
                               std::span<const records::Notice> notices) {
    return state_->writer.write("planning notices", [&](Statements& statements) {
        return plan_notices(state_->tables(statements), request, objects, notices);
    });
}

Result<void> SqliteCases::apply(const NoticeChange& change) {
    return state_->writer.write("changing notices", [&](Statements& statements) {
        return apply_change(state_->tables(statements), change);
    });
}

Result<std::vector<records::Notice>> SqliteCases::notices(const NoticeFilter& filter) const {
    return state_->reader.read("reading notices", [&](Statements& statements) {
        return read_notices(state_->tables(statements), filter);
    });
}

Result<WholePage<records::Notice>> SqliteCases::whole_notices(const NoticeFilter& filter) const {
    return or_unavailable(state_->reader.read("reading notices", [&](Statements& statements) {
        return read_whole_notices(state_->tables(statements), filter);
    }));
}

Result<std::vector<NoticeOutcome>> SqliteCases::outcomes(const Host& recipient) const {
    return state_->reader.read("reading how notices ended",
                               [&](Statements& statements) { return read_outcomes(statements, recipient); });
}

Result<NoticeTally> SqliteCases::tally(records::RequestNumber request) const {
    return state_->reader.read("counting notices", [&](Statements& statements) -> Result<NoticeTally> {
        return read_tally(state_->tables(statements), request);
    });
}

Result<std::vector<records::ErasedObject>> SqliteCases::objects(
    records::RequestNumber request, std::span<const std::uint32_t> indexes) const {
    return state_->reader.read("reading the objects of an erasure request", [&](Statements& statements) {
        return read_objects(state_->tables(statements), request, indexes);
    });
}

Result<NoticeHistory> SqliteCases::history(records::NoticeNumber notice) const {
    return state_->reader.read("reading the history of a notice", [&](Statements& statements) {
        return read_history(state_->tables(statements), notice);
    });
}

Result<std::vector<LetterOfNotice>> SqliteCases::letters(const LetterFilter& filter) const {
    return state_->reader.read("reading letters to operators",
                               [&](Statements& statements) { return read_letters(statements, filter); });
}

Result<void> SqliteCases::object(const records::Objection& objection) {
    const auto changes =
        state_->writer.write("writing an objection", [&](Statements& statements) -> Result<std::uint64_t> {
            const records::ObjectionLeaf leaf{
                objection.subject, objection.recipient, false, objection.request};
            const auto put = put_objection(statements, objection)
                                 ? put_leaf(statements, {objection.since, leaf})
                                 : Result<void>{};
            if (!put) {
                return fail(put);
            }
            return objection_changes(statements);
        });
    if (!changes) {
        return fail(changes);
    }
    state_->watch.saw(*changes);
    return {};
}

Result<void> SqliteCases::lift(privacy::SubjectNumber subject, const Host& recipient) {
    const auto changes =
        state_->writer.write("lifting an objection", [&](Statements& statements) -> Result<std::uint64_t> {
            const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
            const auto put =
                remove_objection(statements, subject, recipient)
                    ? put_leaf(statements, {now, records::ObjectionLeaf{subject, recipient, true, {}}})
                    : Result<void>{};
            if (!put) {
                return fail(put);
            }
            return objection_changes(statements);
        });
    if (!changes) {
        return fail(changes);
    }
    state_->watch.saw(*changes);
    return {};
}

Result<std::vector<records::Objection>> SqliteCases::objections() const {
    return state_->reader.read("reading objections",
                               [](Statements& statements) { return read_objections(statements); });
}

Result<void> SqliteCases::keep_reason(privacy::SubjectNumber subject,
                                      const Host& recipient,
                                      const std::string& reason) {
    return state_->writer.write("writing why somebody objects", [&](Statements& statements) {
        return put_objection_reason(statements, state_->seals, subject, recipient, reason);
    });
}

Result<std::map<Host, std::string>> SqliteCases::reasons(privacy::SubjectNumber subject) const {
    return state_->reader.read("reading why somebody objects", [&](Statements& statements) {
        return read_objection_reasons(statements, state_->seals, subject);
    });
}

Result<void> SqliteCases::set_minor(privacy::SubjectNumber subject, std::optional<bool> minor) {
    const auto changes = state_->writer.write(
        "writing a fact of a person", [&](Statements& statements) -> Result<std::uint64_t> {
            if (const auto put = put_minor(statements, state_->seals, subject, minor); !put) {
                return fail(put);
            }
            return objection_changes(statements);
        });
    if (!changes) {
        return fail(changes);
    }
    state_->watch.saw(*changes);
    return {};
}

Result<std::optional<bool>> SqliteCases::minor(privacy::SubjectNumber subject) const {
    return state_->reader.read("reading a fact of a person", [&](Statements& statements) {
        return read_minor(statements, state_->seals, subject);
    });
}

Result<std::vector<privacy::SubjectNumber>> SqliteCases::minors() const {
    return state_->reader.read("reading facts of people", [&](Statements& statements) {
        return read_minors(statements, state_->seals);
    });
}

std::uint64_t SqliteCases::generation() const {
    return state_->watch.changes();
}

Result<CasesCheck> SqliteCases::check() const {
    return state_->reader.read("checking the cases", [&](Statements& statements) -> Result<CasesCheck> {
        return check_cases(state_->tables(statements));
    });
}

}  // namespace fedtrail::sqlite
