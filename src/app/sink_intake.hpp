/// Observations handed in as text, into a sink of this process.

#pragma once

#include "fedtrail/ports/delivery_sink.hpp"
#include "fedtrail/ports/observation_intake.hpp"

namespace fedtrail::app {

/// `sink` must outlive it.
class SinkIntake final : public ObservationIntake {
public:
    explicit SinkIntake(DeliverySink& sink) : sink_(sink) {}
    [[nodiscard]] Result<IntakeReceipt> take(std::string_view ndjson) override;

private:
    DeliverySink& sink_;
};

}  // namespace fedtrail::app
