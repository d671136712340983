#include "recipients/transfers.hpp"

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/day.hpp"
#include "api/looks.hpp"
#include "api/request_body.hpp"
#include "api/transfers_json.hpp"

namespace fedtrail::api {

namespace {

HttpResponse no_switch() {
    return problem(404, "Not found", "there is no switch of that name", "There is one: dpf.");
}

}  // namespace

HttpResponse Api::transfer_bases(const Call& call) {
    auto day = day_of(doors_.clock.now());
    if (const auto asked = call.target.query("day")) {
        const auto parsed = privacy::parse_day(*asked);
        if (!parsed) {
            return bad_request("day is no day", "Write it as 2026-11-22.");
        }
        day = *parsed;
    }
    const auto counts = recipients::count_bases(doors_.ledger, doors_.recipients.cards, day);
    return counts ? json_answer(bases_json(*counts, day)) : problem(counts.error());
}

HttpResponse Api::transfer_switch(const Call& call) {
    if (call.captured.front() != recipients::kDpfSwitch) {
        return no_switch();
    }
    const auto& cards = doors_.recipients.cards;
    const auto state = recipients::dpf_state(*cards.policies(), doors_.recipients.switches);
    if (!state) {
        return problem(state.error());
    }
    const auto effect =
        switch_effect(doors_.ledger, cards, doors_.papers.facts, !state->on, day_of(doors_.clock.now()));
    return effect ? json_answer(switch_json(*state, *effect, false)) : problem(effect.error());
}

HttpResponse Api::transfer_switch_turn(const Call& call) {
    return once(call, [&] { return turned(call); });
}

HttpResponse Api::turned(const Call& call) {
    if (call.captured.front() != recipients::kDpfSwitch) {
        return no_switch();
    }
    const auto body = switch_body(call.request.body);
    if (!body) {
        return problem(body.error());
    }
    const auto& cards = doors_.recipients.cards;
    const auto now = doors_.clock.now();
    const auto effect = switch_effect(doors_.ledger, cards, doors_.papers.facts, body->on, day_of(now));
    if (!effect) {
        return problem(effect.error());
    }
    const auto policies = cards.policies();
    const auto done =
        recipients::turn_dpf(*policies,
                             doors_.recipients.switches,
                             {"", body->on, now, by(call.grant, call.request.headers), body->reason});
    if (!done) {
        return problem(done.error());
    }
    const auto state = recipients::dpf_state(*policies, doors_.recipients.switches);
    return state ? json_answer(switch_json(*state, *effect, true)) : problem(state.error());
}

}  // namespace fedtrail::api
