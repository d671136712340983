#include "api/transfers_json.hpp"

#include <utility>

#include "api/json_text.hpp"

namespace fedtrail::api {

namespace {

Json short_basis(const privacy::TransferBasis& basis) {
    return {{"kind", privacy::name_of(basis.kind)}, {"reason", privacy::name_of(basis.reason)}};
}

}  // namespace

Result<SwitchEffect> switch_effect(const LedgerReader& ledger,
                                   const recipients::Register& cards,
                                   const reports::OperatorFacts& facts,
                                   bool on,
                                   const privacy::Day& today) {
    auto changed = recipients::effect_of_dpf(ledger, cards, on, today);
    const auto now = cards.switches();
    if (!changed || !now) {
        return !changed ? Result<SwitchEffect>{fail(changed)} : Result<SwitchEffect>{fail(now)};
    }
    auto then = *now;
    then.dpf_enabled = on;
    const auto policies = cards.policies();
    return SwitchEffect{std::move(*changed),
                        reports::effect_on_processors(facts, policies->adequacy.adequacy, *now, then, today)};
}

std::string bases_json(const recipients::BasisCounts& counts, const privacy::Day& day) {
    auto rows = Json::array();
    for (const auto& count : counts.counts) {
        rows.push_back({{"kind", privacy::name_of(count.kind)},
                        {"reason", privacy::name_of(count.reason)},
                        {"recipients", count.recipients},
                        {"disclosures", count.disclosures}});
    }
    return on_one_line({{"format", "fedtrail/transfer-bases/1"},
                        {"day", privacy::format_day(day)},
                        {"recipients", counts.recipients},
                        {"stale", counts.stale},
                        {"bases", std::move(rows)}});
}

std::string switch_json(const recipients::SwitchState& state, const SwitchEffect& effect, bool turned) {
    auto history = Json::array();
    for (const auto& turn : state.turns) {
        history.push_back(
            {{"on", turn.on}, {"at", format_rfc3339(turn.at)}, {"by", turn.by}, {"reason", turn.reason}});
    }
    auto changes = Json::array();
    for (const auto& change : effect.recipients) {
        changes.push_back({{"host", change.host.text()},
                           {"before", short_basis(change.before)},
                           {"after", short_basis(change.after)}});
    }
    auto processors = Json::array();
    for (const auto& change : effect.processors) {
        processors.push_back({{"name", change.name},
                              {"before", short_basis(change.before)},
                              {"after", short_basis(change.after)}});
    }
    return on_one_line({{"format", "fedtrail/transfer-switch/1"},
                        {"name", recipients::kDpfSwitch},
                        {"on", state.on},
                        {"allowed", state.allowed},
                        {"turned", turned},
                        {"effect", std::move(changes)},
                        {"processors", std::move(processors)},
                        {"history", std::move(history)}});
}

}  // namespace fedtrail::api
