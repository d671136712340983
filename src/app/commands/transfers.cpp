#include <algorithm>
#include <ostream>

#include "api/transfers_json.hpp"
#include "app/commands/looking_room.hpp"
#include "app/commands/recipient_commands.hpp"
#include "app/operator_facts.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

std::string words_of(const privacy::TransferBasis& basis) {
    return std::string{privacy::name_of(basis.kind)} + " (" + std::string{privacy::name_of(basis.reason)} +
           ")";
}

void write_switch(Session& session,
                  const recipients::SwitchState& state,
                  const api::SwitchEffect& effect,
                  bool turned) {
    session.out << "dpf is " << (state.on ? "on" : "off")
                << (state.allowed ? "" : ", and policies/adequacy.json keeps it off") << "\n";
    for (const auto& turn : state.turns) {
        session.out << "  " << format_rfc3339(turn.at) << " " << (turn.on ? "on" : "off") << ", " << turn.by
                    << ": " << turn.reason << "\n";
    }
    if (effect.recipients.empty() && effect.processors.empty()) {
        session.out << (turned ? "No basis of a recipient or a processor changed.\n"
                               : "Turning it would change no basis of a recipient or a processor.\n");
        return;
    }
    session.out << "\n" << (turned ? "Changed" : "Turning it would change") << ":\n";
    Table table{{{"WHO"}, {"BEFORE"}, {"AFTER"}}};
    for (const auto& change : effect.recipients) {
        table.row({change.host.text(), words_of(change.before), words_of(change.after)});
    }
    for (const auto& change : effect.processors) {
        table.row({change.name, words_of(change.before), words_of(change.after)});
    }
    table.write(session.out, session.terminal);
    const auto bare = [](const reports::SafeguardChange& change) {
        return change.after.kind == privacy::BasisKind::Undocumented;
    };
    if (std::any_of(effect.processors.begin(), effect.processors.end(), bare)) {
        session.err << "No notice and no record is written while a processor outside the EEA has nothing to "
                       "rest on: see processor.safeguard.\n";
    }
}

Result<Exit> show_switch(Session& session,
                         const LookingRoom& room,
                         const api::SwitchEffect& effect,
                         bool turned) {
    const auto state = recipients::dpf_state(*room.books().recipients().policies(), room.books().findings());
    if (!state) {
        return fail(state);
    }
    if (session.json) {
        session.out << api::switch_json(*state, effect, turned);
    } else {
        write_switch(session, *state, effect, turned);
    }
    return Exit::Done;
}

}  // namespace

Result<Exit> transfers_bases(Session& session, const TransferOptions& options) {
    const auto room = open_looking_room(session);
    if (!room) {
        return fail(room);
    }
    const auto asked = privacy::parse_day(options.day);
    const auto day = asked ? *asked : room->today();
    const auto counts = recipients::count_bases(*room->reading.ledger, room->books().recipients(), day);
    if (!counts) {
        return fail(counts);
    }
    if (session.json) {
        session.out << api::bases_json(*counts, day);
        return Exit::Done;
    }
    Table table{{{"BASIS"}, {"WHY"}, {"RECIPIENTS", true}, {"DISCLOSURES", true}}};
    for (const auto& count : counts->counts) {
        table.row({std::string{privacy::name_of(count.kind)},
                   std::string{privacy::name_of(count.reason)},
                   std::to_string(count.recipients),
                   std::to_string(count.disclosures)});
    }
    table.write(session.out, session.terminal);
    if (counts->stale > 0) {
        session.err
            << counts->stale
            << " of them rest on data that was checked too long ago: compare policies/adequacy.json with "
               "its sources.\n";
    }
    return Exit::Done;
}

Result<Exit> transfers_switch(Session& session, const TransferOptions& options) {
    if (options.name != recipients::kDpfSwitch) {
        complain(session, {ErrorKind::Invalid, "there is no switch of that name", "There is one: dpf."});
        return Exit::Usage;
    }
    auto room = open_looking_room(session);
    if (!room) {
        return fail(room);
    }
    auto& books = room->books();
    const auto policies = books.recipients().policies();
    const auto state = recipients::dpf_state(*policies, books.findings());
    if (!state) {
        return fail(state);
    }
    const bool wanted = options.on || (!options.off && !state->on);
    const auto effect = api::switch_effect(*room->reading.ledger,
                                           books.recipients(),
                                           operator_facts(room->recipients.config),
                                           wanted,
                                           room->today());
    if (!effect) {
        return fail(effect);
    }
    const bool turn = (options.on || options.off) && !options.dry_run;
    if (turn) {
        const auto done = recipients::turn_dpf(
            *policies, books.findings(), {"", wanted, room->now(), session.by(), options.reason});
        if (!done && done.error().kind == ErrorKind::Invalid) {
            complain(session, done.error());
            return Exit::Usage;
        }
        if (!done) {
            return fail(done);
        }
    }
    return show_switch(session, *room, *effect, turn);
}

}  // namespace fedtrail::app
