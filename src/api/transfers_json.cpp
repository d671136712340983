#include "api/transfers_json.hpp"

#include <utility>

#include "api/json_text.hpp"

namespace fedtrail::api {

namespace {

Json short_basis(const privacy::TransferBasis& basis) {
    return {{"kind", privacy::name_of(basis.kind)}, {"reason", privacy::name_of(basis.reason)}};
}

}  // namespace

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

std::string switch_json(const recipients::SwitchState& state,
                        std::span<const privacy::BasisChange> effect,
                        bool turned) {
    auto history = Json::array();
    for (const auto& turn : state.turns) {
        history.push_back(
            {{"on", turn.on}, {"at", format_rfc3339(turn.at)}, {"by", turn.by}, {"reason", turn.reason}});
    }
    auto changes = Json::array();
    for (const auto& change : effect) {
        changes.push_back({{"host", change.host.text()},
                           {"before", short_basis(change.before)},
                           {"after", short_basis(change.after)}});
    }
    return on_one_line({{"format", "fedtrail/transfer-switch/1"},
                        {"name", recipients::kDpfSwitch},
                        {"on", state.on},
                        {"allowed", state.allowed},
                        {"turned", turned},
                        {"effect", std::move(changes)},
                        {"history", std::move(history)}});
}

}  // namespace fedtrail::api
