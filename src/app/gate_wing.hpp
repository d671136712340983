/// The door that deliveries pass: the gate for transfer rules and objections, with the thread that reads what
/// it is decided by.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "api/api.hpp"
#include "app/config.hpp"
#include "app/step_loop.hpp"
#include "capture/transfer_gate.hpp"

namespace fedtrail::app {

class GateWing {
public:
    /// All of `ports` and `rules` must outlive it.
    GateWing(const Config& config, const capture::TransferGatePorts& ports, capture::RulesInForce& rules);
    GateWing(const GateWing&) = delete;
    GateWing& operator=(const GateWing&) = delete;
    GateWing(GateWing&&) = delete;
    GateWing& operator=(GateWing&&) = delete;
    ~GateWing() { stop(); }

    /// Where deliveries are pushed into.
    [[nodiscard]] DeliverySink& sink() { return *gate_; }
    void start() { loop_.start(); }
    /// What waits is refused. Idempotent.
    void stop() {
        loop_.stop();
        gate_->close();
    }
    void add_figures(std::vector<api::Figure>& out) const;

private:
    /// Says it when there are more than were told of.
    void tell_damage();

    StepLoop loop_;
    std::unique_ptr<capture::TransferGate> gate_;
    std::uint64_t told_damaged_{};  ///< The loop's thread alone.
};

}  // namespace fedtrail::app
