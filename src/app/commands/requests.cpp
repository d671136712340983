#include <array>
#include <chrono>
#include <fstream>
#include <ostream>
#include <string_view>
#include <thread>

#include "fedtrail/core/count.hpp"

#include "api/request_json.hpp"
#include "app/access_room.hpp"
#include "app/case_room.hpp"
#include "app/commands/erasure_commands.hpp"
#include "app/files.hpp"
#include "app/instance.hpp"
#include "app/new_file.hpp"
#include "app/output.hpp"
#include "app/request_advice.hpp"
#include "app/table.hpp"
#include "app/texts.hpp"

namespace fedtrail::app {

namespace {

using DamagedRequests = std::span<const DamagedRow<records::ErasureRequest>>;

void add_damaged(Table& table, const DamagedRow<records::ErasureRequest>& row) {
    table.row({std::to_string(row.number.get()),
               std::to_string(row.subject.get()),
               "?",
               "damaged",
               "?",
               "?",
               "?",
               "fedtrail doctor"});
}

/// Says that there are some. Whether there are.
bool tell_damaged_requests(Session& session, DamagedRequests damaged) {
    if (damaged.empty()) {
        return false;
    }
    const auto& first = damaged.front();
    complain(session,
             {first.error.kind,
              counted(damaged.size(), "request is", "requests are") +
                  " damaged, or the key of who it is about; the first is request " +
                  std::to_string(first.number.get()) + ": " + first.error.what,
              first.error.remedy});
    return true;
}

Table requests_table(const erasure::RequestRows& rows, KeyLook& keys) {
    Table table{{{"NUMBER", true},
                 {"SUBJECT", true},
                 {"SCOPE"},
                 {"STATE"},
                 {"RECEIVED"},
                 {"DUE"},
                 {"MESSAGES", true},
                 {"NEXT"}}};
    auto damaged = rows.damaged.begin();
    for (const auto& view : rows.views) {
        const auto& request = view.request;
        for (; damaged != rows.damaged.end() && damaged->number < request.number; ++damaged) {
            add_damaged(table, *damaged);
        }
        table.row({std::to_string(request.number.get()),
                   std::to_string(request.subject.get()),
                   api::scope_words(request.scope),
                   std::string{privacy::name_of(request.state)} + (request.stopped ? " (stopped)" : ""),
                   privacy::format_day(view.received_day),
                   privacy::format_day(view.due) + (view.overdue ? ", overdue" : ""),
                   std::to_string(view.tally.steps_done) + "/" + std::to_string(view.tally.steps),
                   advice_for(view, keys)});
    }
    for (; damaged != rows.damaged.end(); ++damaged) {
        add_damaged(table, *damaged);
    }
    return table;
}

Table letters_table(std::span<const api::SentLetter> letters) {
    Table table{{{"REQUEST", true},
                 {"RECIPIENT"},
                 {"AT"},
                 {"RUNG"},
                 {"LANGUAGE"},
                 {"CHANNEL"},
                 {"HANDED OVER"},
                 {"NOTE"}}};
    for (const auto& [request, recipient, letter, waiting] : letters) {
        table.row({std::to_string(request.get()),
                   recipient.text(),
                   format_rfc3339(letter.at),
                   letter.rung,
                   letter.language,
                   letter.channel,
                   letter.handed_over ? "yes" : (waiting ? "waits" : "no"),
                   letter.note});
    }
    return table;
}

/// Those of one request, or of all that are open.
Result<api::OpenLetters> wanted_letters(const CaseRoom& room, std::uint64_t number) {
    if (number == 0) {
        return api::letters_of_open(*room.cases, *room.cases, room.clock->now());
    }
    const auto request = room.cases->request(records::RequestNumber{number});
    auto letters = request ? api::letters_of(*room.cases, request->number) : fail(request);
    return letters ? Result<api::OpenLetters>{api::OpenLetters{std::move(*letters), {}}} : fail(letters);
}

constexpr std::array<std::string_view, 2> kAnswerForms{"md", "json"};

Result<std::string> written_answer(CaseRoom& room, const RequestOptions& options, std::string_view form) {
    const auto answer = room.desk().answer(records::RequestNumber{options.number});
    if (!answer) {
        return fail(answer);
    }
    const auto controller = answer_controller(room.config);
    if (form == "json") {
        return erasure::render_answer_json(*answer, controller);
    }
    const auto words = load_answer_words(
        room.folders, options.language.empty() ? usual_language(room.config) : options.language);
    if (!words) {
        return fail(words);
    }
    return erasure::render_answer_text(*answer, controller, *words);
}

/// The words of an act, with the paper that a file has.
Result<api::ActWords> with_paper(const RequestOptions& options) {
    auto words = options.words;
    if (options.paper.empty()) {
        return words;
    }
    auto text = read_file(options.paper);
    if (!text) {
        return fail(text);
    }
    if (!*text || (*text)->empty()) {
        return fail(
            ErrorKind::NotFound, options.paper + " is not there or empty", "Name the file that was sent.");
    }
    words.paper = *std::move(*text);
    return words;
}

/// Without words of its own the request is the reason.
Result<void> note_answer(const Session& session,
                         const CaseRoom& room,
                         std::uint64_t number,
                         const std::string& why) {
    const auto request = room.cases->request(records::RequestNumber{number});
    if (!request) {
        return fail(request);
    }
    return note_look(
        session,
        room.config,
        room.reading,
        request->subject,
        {records::looked::kAnswer, why.empty() ? records::because_of_request(number) : why, true});
}

/// What is called back before it leaves is written down by the sidecar a moment later.
void let_land(const erasure::Desk& desk, api::Acted& stopped) {
    constexpr int kLooks = 20;
    for (int i = 0; i < kLooks && stopped.sent->under_way > 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        if (const auto sent = desk.sent_so_far(stopped.request.number)) {
            stopped.sent = *sent;
        }
    }
}

void tell_sent(std::ostream& out, const erasure::SentSoFar& sent) {
    out << counted(sent.told, "recipient was", "recipients were") << " told something, and that stays sent; "
        << counted(sent.untouched, "hears", "hear") << " nothing.\n";
    if (sent.under_way > 0) {
        out << "To " << sent.under_way << " of them a message is on its way at this moment, or may be.\n";
    }
}

}  // namespace

Result<Exit> requests_list(Session& session, const RequestOptions& options) {
    auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    RequestFilter filter;
    filter.after = records::RequestNumber{options.after};
    filter.limit = options.limit + 1;
    if (!options.subject.empty()) {
        const auto subject = room->reading.people->find(options.subject);
        if (!subject) {
            return fail(subject);
        }
        filter.subject = *subject;
    }
    auto rows = options.all ? room->desk().list(filter) : room->desk().pending(filter);
    if (!rows) {
        return fail(rows);
    }
    const auto next = rows->cut_to(options.limit);
    if (session.json) {
        session.out << api::requests_json(*rows, next);
        return tell_damaged_requests(session, rows->damaged) ? Exit::Failed : Exit::Done;
    }
    KeyLook keys{room->config, *room->reading.vault, *room->reading.vault};
    requests_table(*rows, keys).write(session.out, session.terminal);
    if (next.get() != 0) {
        session.err << "More: fedtrail requests list --after " << next.get() << "\n";
    }
    return tell_damaged_requests(session, rows->damaged) ? Exit::Failed : Exit::Done;
}

Result<Exit> requests_act(Session& session, const RequestOptions& options) {
    auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto words = with_paper(options);
    if (!words) {
        return fail(words);
    }
    auto done = api::perform(*api::request_act_named(options.act),
                             room->desk(),
                             {records::RequestNumber{options.number}, session.by(), words->reason},
                             *words);
    if (!done && done.error().kind == ErrorKind::Invalid) {
        complain(session, done.error());
        return Exit::Usage;
    }
    if (!done) {
        return fail(done);
    }
    if (done->sent) {
        let_land(room->desk(), *done);
    }
    if (session.json) {
        session.out << api::acted_json(*done);
        return Exit::Done;
    }
    if (done->sent) {
        tell_sent(session.err, *done->sent);
    }
    const bool taken_back = done->request.state == privacy::RequestState::Withdrawn ||
                            done->request.state == privacy::RequestState::Refused;
    if (taken_back && !done->request.scope.recipients.empty()) {
        session.err << "What they post goes to those servers again, unless an objection of their own stands: "
                       "fedtrail subjects objections "
                    << done->request.subject.get() << "\n";
    }
    if (done->request.state == privacy::RequestState::Duplicate && done->request.duplicate_of) {
        session.err << "It repeats request " << done->request.duplicate_of->get()
                    << ": nothing more is sent for it.\n";
    }
    const auto view = room->desk().row(done->request.number);
    session.out << "request " << done->request.number.get() << ": " << privacy::name_of(done->request.state)
                << (done->request.stopped ? ", stopped" : "") << "\n";
    KeyLook keys{room->config, *room->reading.vault, *room->reading.vault};
    if (const auto next = view ? advice_for(*view, keys) : std::string{}; !next.empty()) {
        session.err << "Next: " << next << "\n";
    }
    if (done->plan && !running_instance(room->config.data_dir)) {
        session.err << "No sidecar runs: nothing leaves before `fedtrail serve` does.\n";
    }
    return Exit::Done;
}

Result<Exit> requests_answer(Session& session, const RequestOptions& options) {
    if (auto checked = check_language(session, options.language); !checked || *checked != Exit::Done) {
        return checked;
    }
    const auto form =
        document_form(session, options.format, options.output, kAnswerForms, kAnswerForms.front());
    if (!form) {
        complain(session, form.error());
        return Exit::Usage;
    }
    const auto why = given_reason(session, options.reason);
    if (!why) {
        return Exit::Usage;
    }
    auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto text = written_answer(*room, options, *form);
    if (!text) {
        return fail(text);
    }
    if (auto noted = note_answer(session, *room, options.number, *why); !noted) {
        return fail(noted);
    }
    if (room->config.controller.name.empty() || room->config.controller.contact.empty()) {
        session.err << "The answer does not say who gives it: set controller.name and controller.contact.\n";
    }
    const auto written = write_document(session, options.output, [&text](std::ostream& out) -> Result<void> {
        out << *text;
        return {};
    });
    if (!written) {
        return fail(written);
    }
    if (options.output.empty() || options.output == "-" || own_descriptor(options.output)) {
        return Exit::Done;
    }
    session.err << "When it has been sent: fedtrail requests answered " << options.number << " --paper "
                << options.output << "\n";
    return Exit::Done;
}

Result<Exit> requests_letters(Session& session, const RequestOptions& options) {
    if (!options.recipient.empty()) {
        return requests_letter_sent(session, options);
    }
    const auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto wanted = wanted_letters(*room, options.number);
    if (!wanted) {
        return fail(wanted);
    }
    const auto& letters = wanted->letters;
    if (session.json) {
        session.out << api::letters_json(*wanted, room->config.erasure.letters.string());
        return tell_damaged_requests(session, wanted->damaged) ? Exit::Failed : Exit::Done;
    }
    letters_table(letters).write(session.out, session.terminal);
    if (letters.empty()) {
        session.err << "No letter was written for "
                    << (options.number == 0 ? "an open request" : "request " + std::to_string(options.number))
                    << ".\n";
    } else {
        session.err << "Letters that wait are to be sent by hand; they lie in "
                    << room->config.erasure.letters.string()
                    << "\nWhen one was sent: fedtrail requests letters N --sent HOST\n";
    }
    return tell_damaged_requests(session, wanted->damaged) ? Exit::Failed : Exit::Done;
}

}  // namespace fedtrail::app
