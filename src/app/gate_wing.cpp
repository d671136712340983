#include "app/gate_wing.hpp"

#include <spdlog/spdlog.h>

#include "fedtrail/core/count.hpp"

namespace fedtrail::app {

namespace {

capture::TransferGateOptions gate_options(const Config& config) {
    capture::TransferGateOptions options;
    for (const auto& origin : config.origins) {
        options.origins.push_back(
            {origin.host, origin.aliases, fediverse::account_paths_of(origin.software)});
    }
    return options;
}

}  // namespace

GateWing::GateWing(const Config& config,
                   const capture::TransferGatePorts& ports,
                   capture::RulesInForce& rules)
    : loop_("gate",
            ports.clock,
            {std::chrono::milliseconds{1'000},
             std::chrono::milliseconds{1'000},
             true,
             std::chrono::milliseconds{1'000}},  // deliveries wait
            told_in_log("gate, ")) {
    // The gate's bell rings at a worker that calls the gate.
    const auto bell = std::make_shared<std::function<void()>>([] {});
    gate_ =
        std::make_unique<capture::TransferGate>(ports, rules, gate_options(config), [bell] { (*bell)(); });
    *bell = loop_.add("recipients", [this] {
        auto stepped = gate_->step();
        tell_damage();
        return stepped;
    });
}

void GateWing::tell_damage() {
    const auto damaged = gate_->figures().damaged;
    if (damaged > told_damaged_) {
        spdlog::error(
            "gate: {} damaged in the directory of recipients, and rules and objections do not know their "
            "other hosts. Run `fedtrail doctor`: it names them; restore a backup",
            counted(damaged, "entry is", "entries are"));
    }
    told_damaged_ = damaged;
}

void GateWing::add_figures(std::vector<api::Figure>& out) const {
    const auto gate = gate_->figures();
    out.push_back(
        {"fedtrail_rules_prevented_total", "Deliveries prevented by a transfer rule.", gate.by_rule});
    out.push_back({"fedtrail_objections_prevented_total",
                   "Deliveries prevented by a person's objection.",
                   gate.by_objection});
    out.push_back({"fedtrail_rules_flagged_total",
                   "Deliveries that left and were marked by a transfer rule.",
                   gate.flagged});
    out.push_back({"fedtrail_rules_tunnels_prevented_total",
                   "Unread connections prevented by a transfer rule or an objection.",
                   gate.tunnels});
    out.push_back({"fedtrail_rules_undecided_total",
                   "Deliveries held because what decides about them could not be read.",
                   gate.undecided});
    out.push_back({"fedtrail_rules_unwritten_total",
                   "Deliveries held because their prevention could not be written.",
                   gate.unwritten});
    out.push_back(
        {"fedtrail_rules_waiting", "Deliveries that wait for what is known of a recipient.", gate.waiting});
    out.push_back({"fedtrail_rules_recipients", "Recipients whose facts are at hand.", gate.recipients});
    out.push_back({"fedtrail_recipients_damaged",
                   "Damaged entries of the directory of recipients, passed over.",
                   gate.damaged});
}

}  // namespace fedtrail::app
