#include <chrono>
#include <iterator>
#include <ostream>

#include <poll.h>

#include "fedtrail/core/count.hpp"

#include "api/request_json.hpp"
#include "app/access_room.hpp"
#include "app/case_room.hpp"
#include "app/commands/erasure_commands.hpp"
#include "app/commands/words.hpp"
#include "app/decisions.hpp"
#include "app/instance.hpp"
#include "app/request_advice.hpp"
#include "app/stop_signals.hpp"
#include "app/stores.hpp"
#include "app/table.hpp"
#include "erasure/letter_sent.hpp"

namespace fedtrail::app {

namespace {

constexpr int kLookEvery = 500;  // milliseconds

std::string states_in_words(const NoticeTally& tally) {
    std::string out;
    for (const auto& [state, count] : tally.states) {
        const bool by_law = state == fediverse::NoticeState::Disproportionate;  // whatever the ground
        out += (out.empty() ? "" : ", ") + grouped(count) + " " +
               (by_law ? "given up" : std::string{fediverse::name_of(state)});
    }
    return out.empty() ? "nothing planned yet" : out;
}

/// Of which holidays nothing is known that could move the day.
std::string missing_holidays(const CaseRoom& room) {
    const auto& controller = room.config.controller;
    if (controller.country.empty()) {
        return "public holidays not known: set controller.country";
    }
    const auto& calendar = room.desk_room->policies().calendar;
    return controller.region.empty() && !calendar.regions.empty()
               ? "public holidays of the region not known: set controller.region"
               : "not all public holidays there are known: it may be later";
}

std::string deadline_words(const erasure::RequestView& view, const CaseRoom& room) {
    const auto& clock = view.clock;
    const auto& unpaused = view.extended ? clock.extension : clock.response;
    std::string out = privacy::format_day(view.due) + (view.overdue ? ", overdue" : "");
    if (!view.holidays_known) {
        out += " (" + missing_holidays(room) + ")";
    }
    if (!clock.running && !view.overdue) {
        out += " (the clock waits for the person)";
    } else if (unpaused.due != view.due) {
        out += " (" + privacy::format_day(unpaused.due) + " if the time of questions counts)";
    }
    return out;
}

std::string extension_words(const erasure::RequestView& view) {
    if (!view.extension_told) {
        return "the person was not told yet: the last day for that is " + privacy::format_day(view.tell_by);
    }
    return "the person was told on " + privacy::format_day(*view.extension_told) +
           (view.extended ? "" : ", too late: it does not count (Art. 12(3))");
}

void tell_head(std::ostream& out, const erasure::RequestView& view, const CaseRoom& room) {
    const auto& request = view.request;
    out << "request     " << request.number.get() << ", " << privacy::name_of(request.state)
        << (request.stopped ? ", stopped" : "") << "\nsubject     " << request.subject.get()
        << (request.identity_verified ? "" : ", identity not verified") << "\nscope       "
        << api::scope_words(request.scope) << "\nreceived    " << privacy::format_day(view.received_day)
        << ", from " << api::name_of(request.source) << "\nanswer by   " << deadline_words(view, room)
        << "\n";
    if (request.max_rate > 0) {
        out << "at most     " << counted(request.max_rate, "message") << " a second\n";
    }
    if (view.counts_from != view.received_day) {
        out << "woken       the month counts anew from " << privacy::format_day(view.counts_from) << "\n";
    }
    if (view.extended || view.extension_told) {
        out << "extended    " << extension_words(view) << "\n";
    }
    if (request.duplicate_of) {
        out << "repeats     request " << request.duplicate_of->get() << "\n";
    }
    out << "origin      " << origin_words(view) << "\nmessages    " << grouped(view.tally.steps_done)
        << " of " << grouped(view.tally.steps) << " done, to " << counted(view.tally.notices, "server")
        << "\nservers     " << states_in_words(view.tally) << "\n";
    if (!view.held.empty()) {
        out << "kept        " << counted(view.held.size(), "object") << ", not erased\n";
    }
    if (request.closed_at) {
        out << "closed      " << format_rfc3339(*request.closed_at)
            << (view.unanswered ? ", the person was not told yet" : "") << "\n";
    }
}

/// What is left of a case whose person was shredded.
Result<void> tell_shredded(std::ostream& out, const CaseRoom& room, privacy::SubjectNumber subject) {
    const auto all = room.reading.vault->shreddings();
    if (!all) {
        return fail(all);
    }
    for (const auto& shredding : *all) {
        if (shredding.subject == subject) {
            out << "shredded    " << format_rfc3339(shredding.at)
                << ": who it was, the addresses of objects and the reasons are forgotten; numbers, times, "
                   "servers "
                   "and outcomes stay, and so do the proofs\n";
        }
    }
    return {};
}

void tell_history(Session& session, const erasure::RequestView& view) {
    Table table{{{"AT"}, {"EVENT"}, {"STATE"}, {"BY"}, {"GROUND"}, {"REASON"}}};
    for (const auto& event : view.events) {
        table.row({format_rfc3339(event.at),
                   std::string{privacy::name_of(event.kind)},
                   std::string{privacy::name_of(event.state)},
                   event.by,
                   event.ground ? std::string{privacy::name_of(*event.ground)} : "",
                   records::shown_reason(event)});
    }
    session.out << "\n";
    table.write(session.out, session.terminal);
}

Result<std::vector<records::Notice>> all_notices(const NoticeBook& book, records::RequestNumber number) {
    std::vector<records::Notice> all;
    NoticeFilter filter;
    filter.request = number;
    filter.limit = kPage;
    for (;;) {
        auto notices = book.notices(filter);
        if (!notices) {
            return fail(notices);
        }
        std::move(notices->begin(), notices->end(), std::back_inserter(all));
        if (notices->size() < kPage) {
            return all;
        }
        filter.after = all.back().number;
    }
}

std::vector<Host> hosts_of(const std::vector<records::Notice>& notices) {
    std::vector<Host> hosts;
    hosts.reserve(notices.size());
    for (const auto& notice : notices) {
        hosts.push_back(notice.recipient);
    }
    return hosts;
}

constexpr const char* kPassesOn = "to others what it gets; who has it from there is not known";

std::string with_passing_on(const std::string& reason, bool passes_on) {
    return reason + (reason.empty() || !passes_on ? "" : "; ") +
           (passes_on ? "passes on " + std::string{kPassesOn} : "");
}

/// Asked for what it runs, and no answer came. Until then an attempt may not even be made.
bool was_asked_in_vain(const RecipientEntry& entry) {
    return entry.asked_at && (!entry.known_at || *entry.known_at < *entry.asked_at);
}

/// Why nothing has arrived so far, where that is not settled: the last attempt, or the question before it.
Result<std::string> way_so_far(const NoticeBook& book,
                               const records::Notice& notice,
                               const RecipientEntry& entry) {
    if (!notice.reason.empty() || !notice.next_at || notice.position >= notice.steps.size()) {
        return notice.reason;
    }
    if (notice.attempts > 0) {
        const auto history = book.history(notice.number);
        if (!history) {
            return fail(history);
        }
        if (!history->attempts.empty() && !history->attempts.back().note.empty()) {
            return "last attempt: " + history->attempts.back().note;
        }
    }
    return was_asked_in_vain(entry) && entry.failing_since
               ? "failing " + failing_words(*entry.failing_since, entry.failing_how)
               : std::string{};
}

Result<void> tell_notices(Session& session, const CaseRoom& room, records::RequestNumber number) {
    Table table{{{"RECIPIENT"},
                 {"STATE"},
                 {"SOFTWARE"},
                 {"MESSAGES", true},
                 {"STATUS", true},
                 {"PRESENCE"},
                 {"NEXT"},
                 {"REASON"}}};
    const auto notices = all_notices(*room.cases, number);
    if (!notices) {
        return fail(notices);
    }
    const auto hosts = hosts_of(*notices);
    const auto entries = room.directory->entries(hosts);
    const auto passing_on = room.desk_room->desk().passing_on(hosts);
    if (!entries || !passing_on) {
        return entries ? Result<void>{fail(passing_on)} : Result<void>{fail(entries)};
    }
    for (std::size_t i = 0; i < notices->size(); ++i) {
        const auto& notice = (*notices)[i];
        const auto way = way_so_far(*room.cases, notice, (*entries)[i]);
        if (!way) {
            return fail(way);
        }
        const auto next = notice.next_at ? notice.next_at : notice.next_look_at;
        table.row({notice.recipient.text(),
                   shown_state(notice),
                   notice.software.empty() ? "?" : notice.software,
                   std::to_string(notice.position) + "/" + std::to_string(notice.steps.size()),
                   notice.last_status == 0 ? "" : std::to_string(notice.last_status),
                   std::string{fediverse::name_of(notice.presence)},
                   next ? format_rfc3339(*next) : "",
                   with_passing_on(*way, passing_on->count(notice.recipient) != 0)});
    }
    session.out << "\n";
    table.write(session.out, session.terminal);
    return {};
}

/// Servers that letters did not help with: somebody has to say what becomes of them.
Result<void> tell_decisions(Session& session, const CaseRoom& room, records::RequestNumber number) {
    DecisionRoom decisions{room};
    const auto due = decisions.escalation().decisions(number);
    if (!due) {
        return fail(due);
    }
    for (const auto& each : *due) {
        session.out << "\nDecide: " << each.recipient.text() << " is " << fediverse::name_of(each.state)
                    << ". " << each.advice << "\n  fedtrail requests give-up " << number.get()
                    << " --recipient " << each.recipient.text()
                    << " --ground disproportionate --reason TEXT\n";
    }
    return {};
}

void tell_state(Session& session,
                const records::Notice& notice,
                const RecipientEntry& entry,
                bool passes_on,
                std::size_t told_before,
                Instant now) {
    session.out << "recipient   " << notice.recipient.text() << ", " << shown_state(notice)
                << "\nsoftware    " << (notice.software.empty() ? "not known" : notice.software)
                << ", dialect " << notice.dialect << "\nmessages    " << notice.position << " of "
                << notice.steps.size() << " done\n";
    if (told_before > 0) {
        session.out << "told before " << counted(told_before, "object") << ", by the origin itself\n";
    }
    if (!notice.reason.empty()) {
        session.out << "reason      " << notice.reason << "\n";
    }
    if (passes_on) {
        session.out << "passes on   " << kPassesOn << "\n";
    }
    if (entry.failing_since) {
        session.out << "failing     " << failing_words(*entry.failing_since, entry.failing_how) << "\n";
    }
    if (is_resting(entry, now)) {
        session.out << "left alone  until " << format_rfc3339(*entry.rest_until) << ", as it asked\n";
    }
}

/// What was done, in the order of its kinds: a question, messages, looks, letters.
void tell_steps(Session& session, const NoticeHistory& history, const RecipientEntry& entry) {
    Table table{{{"AT"}, {"WHAT"}, {"RESULT"}, {"STATUS", true}, {"HOW"}, {"NOTE"}}};
    const auto status = [](std::uint16_t code) { return code == 0 ? std::string{} : std::to_string(code); };
    if (was_asked_in_vain(entry)) {
        table.row({format_rfc3339(*entry.asked_at),
                   "question",
                   entry.failing_since ? "no answer" : "no NodeInfo",
                   "",
                   "nodeinfo",
                   ""});
    }
    for (const auto& each : history.attempts) {
        table.row({format_rfc3339(each.at),
                   "message " + std::to_string(each.step + 1),
                   std::string{api::name_of(each.result)},
                   status(each.status),
                   each.scheme,
                   each.note});
    }
    for (const auto& each : history.looks) {
        table.row({format_rfc3339(each.at),
                   "look",
                   std::string{fediverse::name_of(each.presence)},
                   status(each.status),
                   each.probe,
                   ""});
    }
    const auto* const waiting = erasure::waiting_letter(history);
    for (const auto& each : history.letters) {
        const auto* const open = &each == waiting ? "waits to be sent" : "not handed over";
        table.row({format_rfc3339(each.at),
                   "letter",
                   each.handed_over ? "handed over" : open,
                   "",
                   each.rung + " by " + each.channel,
                   each.note});
    }
    session.out << "\n";
    table.write(session.out, session.terminal);
}

Result<Exit> show_recipient(Session& session, const CaseRoom& room, const RequestOptions& options) {
    const auto host = Host::parse(options.recipient);
    if (!host || host->empty()) {
        complain(session, {ErrorKind::Invalid, "--recipient is not a host name", "Write it as a.example."});
        return Exit::Usage;
    }
    NoticeFilter filter;
    filter.request = records::RequestNumber{options.number};
    filter.recipient = *host;
    const auto notices = room.cases->notices(filter);
    if (!notices) {
        return fail(notices);
    }
    if (notices->empty()) {
        return fail(ErrorKind::NotFound,
                    "request " + std::to_string(options.number) + " has no notice to " + host->text(),
                    "See `fedtrail requests show " + std::to_string(options.number) + " --notices`.");
    }
    const auto history = room.cases->history(notices->front().number);
    const auto passing_on = room.desk_room->desk().passing_on({&*host, 1});
    if (!history || !passing_on) {
        return history ? Result<Exit>{fail(passing_on)} : Result<Exit>{fail(history)};
    }
    if (session.json) {
        session.out << api::notice_json(notices->front(), *passing_on, *history);
        return Exit::Done;
    }
    const auto entry = room.directory->entry(*host);
    if (!entry) {
        return fail(entry);
    }
    const auto told_before = room.desk_room->desk().told_before(notices->front());
    if (!told_before) {
        return fail(told_before);
    }
    tell_state(session, notices->front(), *entry, !passing_on->empty(), *told_before, room.clock->now());
    tell_steps(session, *history, *entry);
    return Exit::Done;
}

/// One line for each change, or the same line again on a terminal.
Result<Exit> watch(Session& session, const CaseRoom& room, records::RequestNumber number) {
    watch_signals();
    if (!running_instance(room.config.data_dir)) {
        session.err << "No sidecar runs: nothing moves before `fedtrail serve` does.\n";
    }
    std::string last;
    while (!stop_asked) {
        const auto request = room.cases->request(number);
        const auto tally = request ? room.cases->tally(number) : Result<NoticeTally>{fail(request)};
        if (!tally) {
            return fail(tally);
        }
        const auto line = session.json
                              ? api::progress_json(*request, *tally)
                              : std::string{privacy::name_of(request->state)} + ", " +
                                    grouped(tally->steps_done) + " of " + counted(tally->steps, "message") +
                                    " done: " + states_in_words(*tally);
        if (line != last) {
            const bool redraw = session.terminal && !session.json;
            session.out << (redraw && !last.empty() ? "\x1b[1A\x1b[2K" : "") << line << std::endl;
            last = line;
        }
        if (privacy::is_closed(request->state)) {
            break;
        }
        ::poll(nullptr, 0, kLookEvery);  // a signal ends it early
    }
    return Exit::Done;
}

/// The addresses of objects name their author; all else is shown by number, and then the request is reason
/// enough.
Result<void> note_request(const Session& session,
                          const CaseRoom& room,
                          const RequestOptions& options,
                          const std::string& why) {
    const auto request = room.cases->request(records::RequestNumber{options.number});
    if (!request) {
        return fail(request);
    }
    const bool addresses =
        options.names && session.json && !options.notices && !options.watch && options.recipient.empty();
    return note_look(session,
                     room.config,
                     room.reading,
                     request->subject,
                     {addresses ? records::looked::kObjects : records::looked::kRequest,
                      why.empty() ? records::because_of_request(options.number) : why,
                      addresses});
}

Result<Exit> show_json(Session& session,
                       const CaseRoom& room,
                       const erasure::RequestView& view,
                       const RequestOptions& options) {
    const records::RequestNumber number{options.number};
    if (options.notices) {
        const auto notices = all_notices(*room.cases, number);
        if (!notices) {
            return fail(notices);
        }
        const auto passing_on = room.desk_room->desk().passing_on(hosts_of(*notices));
        if (!passing_on) {
            return fail(passing_on);
        }
        session.out << api::notices_json(*notices, *passing_on, records::NoticeNumber{});
        return Exit::Done;
    }
    const auto due = DecisionRoom{room}.escalation().decisions(number);
    if (!due) {
        return fail(due);
    }
    session.out << api::request_json(view, options.names, *due);
    return Exit::Done;
}

}  // namespace

Result<Exit> requests_show(Session& session, const RequestOptions& options) {
    const auto why = options.names
                         ? needed_reason(session,
                                         options.reason,
                                         "fedtrail requests show " + std::to_string(options.number) +
                                             " --json --names --reason 'complaint of 3 May'")
                         : given_reason(session, options.reason);
    if (!why) {
        return Exit::Usage;
    }
    auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    if (const auto noted = note_request(session, *room, options, *why); !noted) {
        return fail(noted);
    }
    const records::RequestNumber number{options.number};
    if (options.watch) {
        return watch(session, *room, number);
    }
    if (!options.recipient.empty()) {
        return show_recipient(session, *room, options);
    }
    const auto view = room->desk().view(number);
    if (!view) {
        return fail(view);
    }
    if (session.json) {
        return show_json(session, *room, *view, options);
    }
    tell_head(session.out, *view, *room);
    if (auto told = tell_shredded(session.out, *room, view->request.subject); !told) {
        return fail(told);
    }
    tell_history(session, *view);
    if (options.notices) {
        if (auto told = tell_notices(session, *room, number); !told) {
            return fail(told);
        }
    }
    if (auto told = tell_decisions(session, *room, number); !told) {
        return fail(told);
    }
    KeyLook keys{room->config, *room->reading.vault, *room->reading.vault};
    if (const auto next = advice_for(*view, keys); !next.empty()) {
        session.out << "\nNext: " << next << "\n";
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
