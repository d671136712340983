/// Observations handed in as text, into a sink of this process.

#pragma once

#include <utility>
#include <vector>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/delivery_sink.hpp"
#include "fedtrail/ports/observation_intake.hpp"

namespace fedtrail::app {

/// `sink` and `clock` must outlive it.
class SinkIntake final : public ObservationIntake {
public:
    /// `own_hosts`: every host that is an origin's own.
    SinkIntake(DeliverySink& sink, const Clock& clock, std::vector<Host> own_hosts)
        : sink_(sink), clock_(clock), own_hosts_(std::move(own_hosts)) {}
    [[nodiscard]] Result<IntakeReceipt> take(std::string_view ndjson) override;

private:
    DeliverySink& sink_;
    const Clock& clock_;
    const std::vector<Host> own_hosts_;
};

}  // namespace fedtrail::app
