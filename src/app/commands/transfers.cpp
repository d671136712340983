#include <ostream>

#include "api/transfers_json.hpp"
#include "app/commands/looking_room.hpp"
#include "app/commands/recipient_commands.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace {

std::string words_of(const privacy::TransferBasis& basis) {
    return std::string{privacy::name_of(basis.kind)} + " (" + std::string{privacy::name_of(basis.reason)} +
           ")";
}

void write_switch(Session& session,
                  const recipients::SwitchState& state,
                  const std::vector<privacy::BasisChange>& effect,
                  bool turned) {
    session.out << "dpf is " << (state.on ? "on" : "off")
                << (state.allowed ? "" : ", and policies/adequacy.json keeps it off") << "\n";
    for (const auto& turn : state.turns) {
        session.out << "  " << format_rfc3339(turn.at) << " " << (turn.on ? "on" : "off") << ", " << turn.by
                    << ": " << turn.reason << "\n";
    }
    if (effect.empty()) {
        session.out << (turned ? "No recipient's basis changed.\n"
                               : "Turning it would change no recipient's basis.\n");
        return;
    }
    session.out << "\n" << (turned ? "Changed" : "Turning it would change") << ":\n";
    Table table{{{"HOST"}, {"BEFORE"}, {"AFTER"}}};
    for (const auto& change : effect) {
        table.row({change.host.text(), words_of(change.before), words_of(change.after)});
    }
    table.write(session.out, session.terminal);
}

Result<Exit> show_switch(Session& session,
                         const LookingRoom& room,
                         const std::vector<privacy::BasisChange>& effect,
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
    const auto effect =
        recipients::effect_of_dpf(*room->reading.ledger, books.recipients(), wanted, room->today());
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
