#include <ostream>

#include "fedtrail/core/count.hpp"

#include "app/case_room.hpp"
#include "app/commands/commands.hpp"
#include "app/status_view.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"

namespace fedtrail::app {

namespace {

void tell_ingress(std::ostream& out, const api::StatusView::Ingress& it) {
    out << "fetches     " << grouped(it.signed_fetches) << " signed, " << grouped(it.named) << " named, "
        << grouped(it.unnamed) << " by nobody that can be named; " << counted(it.lines, "line")
        << " of the access log\n";
}

/// The counts are those of this run: they say nothing of what was before.
std::string flow_words(const api::StatusView& view, const api::StatusView::Flow& flow) {
    const auto since = view.running ? parse_rfc3339(view.running->since)
                                    : Result<Instant>{fail(ErrorKind::NotFound, "no sidecar runs")};
    const auto runs = [&since, now = SystemClock{}.now()](std::chrono::hours span) {
        return !since || now - *since >= span;
    };
    const auto day = grouped(flow.last_day);
    if (!runs(std::chrono::hours{1})) {
        return day + " since the start";
    }
    return grouped(flow.last_hour) + " in the last hour, " + day +
           (runs(std::chrono::hours{24}) ? " in the last day" : " since the start");
}

void tell(Session& session, const api::StatusView& view) {
    auto& out = session.out;
    const auto& t = view.ledger;
    if (view.running) {
        out << "running     process " << view.running->process << " since " << view.running->since
            << "\nproxy       http://" << view.running->proxy << "\nAPI         http://" << view.running->api
            << "\n";
    }
    if (view.flow) {
        out << "flow        " << flow_words(view, *view.flow) << "\n";
    }
    if (view.ingress) {
        tell_ingress(out, *view.ingress);
    }
    if (const auto& rules = view.rules; rules && rules->in_force + rules->objected > 0) {
        out << "rules       " << grouped(rules->in_force) << " in force; since the start "
            << grouped(rules->prevented + rules->objected) << " prevented, " << grouped(rules->objected)
            << " of them by objections, " << grouped(rules->flagged) << " flagged\n";
    }
    out << "ledger      " << counted(t.disclosures, "disclosure") << " of "
        << counted(t.subjects, "person", "people") << " to " << counted(t.recipients, "server") << "\n";
    if (t.first && t.last) {
        out << "from        " << format_rfc3339(*t.first) << " to " << format_rfc3339(*t.last) << "\n";
    }
    if (t.unread_tunnels > 0) {
        out << "unread      " << counted(t.unread_tunnels, "connection") << " to "
            << counted(t.unread_tunnel_hosts, "server") << "\n";
    }
    if (const auto& due = view.erasures; due && due->open + due->waiting_for_you > 0) {
        out << "erasures    " << grouped(due->open) << " open, " << grouped(due->waiting_for_you)
            << (due->waiting_for_you == 1 ? " waits for you, " : " wait for you, ")
            << counted(due->messages_left, "message") << " to go\n";
        if (due->next) {
            out << "due         request " << due->next->number.get() << " by "
                << privacy::format_day(due->next->due) << (due->next->overdue ? ", overdue" : "") << "\n";
        }
    }
    if (const auto& log = view.log) {
        out << "log         " << counted(log->leaves, "leaf", "leaves");
        if (log->last) {
            out << ", " << grouped(log->last->checkpoint.size) << " signed at "
                << format_rfc3339(log->last->at) << ", " << counted(log->last->cosignatures, "cosignature");
        }
        out << "\n";
    }
    if (const auto& policies = view.policies; policies && policies->changes > 0) {
        out << "policies    " << grouped(policies->changes) << " changed at "
            << counted(policies->servers, "server") << " in the last "
            << counted(static_cast<std::uint64_t>(policies->days.count()), "day")
            << ": fedtrail recipients policies --changed\n";
    }
    for (const auto& each : view.wrong) {
        out << "\n! " << each.what << "\n  " << each.remedy << "\n";
    }
    if (view.wrong.empty()) {
        out << "\nNothing is wrong.\n";
    }
}

/// Of the files, beside a sidecar or without one.
Result<DueErasures> look_up_due(const Session& session) {
    const auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    KeyLook keys{room->config, *room->reading.vault, *room->reading.vault};
    return due_now(room->desk_room->desk(), keys);
}

}  // namespace

Result<Exit> status(Session& session) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto room = open_reading_room(*config, session.environment);
    if (!room) {
        return fail(room);
    }
    StatusSources sources{
        *config, *room->ledger, running_instance(config->data_dir), {}, [&] { return look_up_due(session); }};
    if (sources.running) {
        sources.answers = ask_running(*sources.running, config->data_dir);
    }
    const auto view = status_view(sources);
    if (!view) {
        return fail(view);
    }
    if (session.json) {
        session.out << api::status_json(*view);
    } else {
        tell(session, *view);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
