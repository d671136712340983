/// Observations handed in as text, into a sink of this process.

#pragma once

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/delivery_sink.hpp"
#include "fedtrail/ports/observation_intake.hpp"

namespace fedtrail::app {

/// `sink` and `clock` must outlive it.
class SinkIntake final : public ObservationIntake {
public:
    SinkIntake(DeliverySink& sink, const Clock& clock) : sink_(sink), clock_(clock) {}
    [[nodiscard]] Result<IntakeReceipt> take(std::string_view ndjson) override;

private:
    DeliverySink& sink_;
    const Clock& clock_;
};

}  // namespace fedtrail::app
