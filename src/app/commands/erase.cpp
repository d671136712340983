#include <ostream>

#include "fedtrail/core/count.hpp"

#include "api/request_json.hpp"
#include "app/access_room.hpp"
#include "app/case_room.hpp"
#include "app/commands/erasure_commands.hpp"
#include "app/instance.hpp"
#include "app/request_advice.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

std::string waves(const erasure::PlannedRecipient& recipient) {
    return recipient.first_wave == recipient.last_wave
               ? std::to_string(recipient.first_wave)
               : std::to_string(recipient.first_wave) + "+" + std::to_string(recipient.last_wave);
}

std::string same_as(const erasure::PlannedRecipient& recipient) {
    return recipient.joined_to.empty() ? "" : "the same recipient as " + recipient.joined_to.text();
}

/// What stands in the way, or what stays there even if it obeys.
std::string remark(const erasure::PlannedRecipient& recipient) {
    if (!recipient.obstacle.empty()) {
        return (recipient.joined_to.empty() ? "" : same_as(recipient) + "; ") + recipient.obstacle;
    }
    std::string out = same_as(recipient);
    const auto add = [&out](const std::string& what) { out += (out.empty() ? "" : "; ") + what; };
    if (recipient.inbox_source == erasure::InboxSource::ToBeAsked && recipient.messages > 0) {
        add("nobody has asked it yet: whether it can be reached is not known");
    }
    if (!recipient.leaves.empty()) {
        add(recipient.leaves);
    }
    if (recipient.passes_on) {
        add("tells those behind it by itself");
    }
    if (recipient.told_by_origin) {
        add("the origin has told it");
    }
    if (recipient.told_before > 0) {
        add("the origin has told it of " + counted(recipient.told_before, "object"));
    }
    if (!recipient.disclosed) {
        add("nothing is known to have gone there");
    }
    if (recipient.held_back > 0) {
        add(counted(recipient.held_back, "object is kept", "objects are kept"));
    }
    return out;
}

void tell_plan(Session& session, const erasure::PlanPreview& plan) {
    Table table{{{"RECIPIENT"},
                 {"SOFTWARE"},
                 {"DIALECT"},
                 {"MESSAGES", true},
                 {"WAVES"},
                 {"CHANNEL"},
                 {"DIFFICULTY"},
                 {"REMARK"}}};
    for (const auto& each : plan.recipients) {
        table.row({each.host.text(),
                   each.software.empty() ? "?" : each.software,
                   each.dialect,
                   std::to_string(each.messages),
                   waves(each),
                   std::string{erasure::name_of(each.inbox_source)},
                   each.difficulty,
                   remark(each)});
    }
    table.write(session.out, session.terminal);
    const auto& t = plan.totals;
    session.err << counted(t.recipients, "server") << ", " << counted(t.objects, "object") << ", "
                << counted(t.messages, "message") << "; " << counted(t.unreachable, "server")
                << " cannot be reached" << (t.unreachable > 0 ? " (REMARK says why)" : "");
    if (t.not_asked > 0) {
        session.err << "; of " << grouped(t.not_asked)
                    << " that is not known: nobody has asked them yet. `fedtrail recipients refresh` does";
    }
    session.err << ". Nothing was sent, and no request was made.\n";
}

Result<erasure::OpenOrder> order_of(const Session& session,
                                    const EraseOptions& options,
                                    const erasure::LegalCalendar& calendar,
                                    const SubjectFinder& people) {
    auto scope = api::scope_of(options.scope, calendar);
    if (!scope) {
        return fail(scope);
    }
    const auto subject = people.find(options.subject);
    if (!subject) {
        return fail(subject);
    }
    erasure::OpenOrder order;
    order.subject = *subject;
    order.scope = std::move(*scope);
    order.by = session.by();
    order.reason = options.reason;
    order.max_rate = options.max_rate;
    order.identity_verified = !options.unverified;
    if (!options.received.empty()) {
        const auto at = api::moment_of(options.received, "--received", calendar);
        if (!at) {
            return fail(at);
        }
        order.received_at = *at;
    }
    return order;
}

/// As the dry run says it: "will be told" alone would promise more.
void tell_unreachable(Session& session, std::uint64_t servers, const std::string& number) {
    if (servers > 0) {
        session.err << grouped(servers)
                    << " of these servers cannot be reached so far: fedtrail requests show " << number
                    << " --notices says why.\n";
    }
}

void tell_opened(Session& session, const Config& config, const api::Acted& acted) {
    const auto number = std::to_string(acted.request.number.get());
    session.out << number << "\n";
    if (acted.request.state == privacy::RequestState::Duplicate && acted.request.duplicate_of) {
        session.err << "It repeats request " << acted.request.duplicate_of->get()
                    << ", which is open: nothing more is sent for it.\n";
    } else if (!acted.plan && !acted.request.identity_verified) {
        session.err << "Nothing leaves before you know who asks: fedtrail requests verify-identity " << number
                    << ", then fedtrail requests start " << number << "\n";
    } else if (!acted.plan) {
        session.err << "Nothing leaves before: fedtrail requests start " << number << "\n";
    } else if (acted.plan->messages == 0) {
        session.err << "No message has to be sent for it. Next: fedtrail requests show " << number << "\n";
    } else {
        session.err << counted(acted.plan->recipients, "server will be told, ", "servers will be told, ")
                    << counted(acted.plan->messages, "message") << ". Follow it: fedtrail requests show "
                    << number << " --watch\n";
        tell_unreachable(session, acted.plan->unreachable, number);
    }
    if (acted.plan && !running_instance(config.data_dir)) {
        session.err << "No sidecar runs: nothing leaves before `fedtrail serve` does.\n";
    }
}

/// On the side of errors, whatever the form of the answer: without a key all the rest comes to nothing.
void tell_keyless(Session& session, const CaseRoom& room, privacy::SubjectNumber subject) {
    KeyLook keys{room.config, *room.reading.vault, *room.reading.vault};
    if (!keys.finds_key(subject)) {
        session.err << keyless_words(subject) << "\n";
    }
}

/// What would be sent.
Result<Exit> show_plan(Session& session, CaseRoom& room, const erasure::OpenOrder& order) {
    if (const auto right = room.desk().check(order); !right && right.error().kind == ErrorKind::Invalid) {
        complain(session, right.error());
        return Exit::Usage;
    }
    const auto plan = room.desk().preview(order);
    if (!plan) {
        return fail(plan);
    }
    const auto why = records::parse_reason(order.reason);  // of an order it may be longer
    if (auto noted = note_look(session,
                               room.config,
                               room.reading,
                               order.subject,
                               {records::looked::kPlan, why ? *why : std::string{}, false});
        !noted) {
        return fail(noted);
    }
    if (session.json) {
        session.out << api::plan_json(*plan);
    } else {
        tell_plan(session, *plan);
    }
    if (plan->totals.messages > 0) {
        tell_keyless(session, room, order.subject);
    }
    return Exit::Done;
}

}  // namespace

Result<Exit> erase(Session& session, const EraseOptions& options) {
    // Before anything is opened; what a day is, is known only then.
    if (const auto scope = api::scope_of(options.scope, erasure::LegalCalendar{}); !scope) {
        complain(session, scope.error());
        return Exit::Usage;
    }
    auto room = open_case_room(session);
    if (!room) {
        return fail(room);
    }
    const auto order = order_of(session, options, room->desk().calendar(), *room->reading.people);
    if (!order) {
        return fail(order);
    }
    if (options.dry_run) {
        return show_plan(session, *room, *order);
    }
    auto request = room->desk().open(*order);
    if (!request && request.error().kind == ErrorKind::Invalid) {
        complain(session, request.error());
        return Exit::Usage;
    }
    if (!request) {
        return fail(request);
    }
    api::Acted acted{std::move(*request), std::nullopt, std::nullopt};
    const bool starts = order->identity_verified && !options.review;
    if (starts && acted.request.state != privacy::RequestState::Duplicate) {
        auto started = api::perform(
            *api::request_act_named("start"), room->desk(), {acted.request.number, session.by(), ""}, {});
        if (!started) {
            session.err << "Request " << acted.request.number.get() << " is open, but was not started.\n";
            return fail(started);
        }
        acted = std::move(*started);
    }
    if (session.json) {
        session.out << api::acted_json(acted);
    } else {
        tell_opened(session, room->config, acted);
    }
    if (acted.request.state != privacy::RequestState::Duplicate &&
        (!acted.plan || acted.plan->messages > 0)) {
        tell_keyless(session, *room, order->subject);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
