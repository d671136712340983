/// A sink in another process: the running sidecar.

#pragma once

#include <string>

#include "fedtrail/ports/delivery_sink.hpp"

#include "app/remote_import.hpp"

namespace fedtrail::app {

/// One line of NDJSON, as schemas/observation.schema.json describes it, with its newline.
[[nodiscard]] std::string observation_line(const records::Observation& observation);

/// Takes what has happened, and nothing else: nobody asks this process before something leaves.
class RemoteSink final : public DeliverySink {
public:
    explicit RemoteSink(Sidecar sidecar) : sidecar_(std::move(sidecar)) {}

    void intend(records::Observation observation, IntentDone done) override;
    void settle(IntentId, privacy::Outcome) override {}
    [[nodiscard]] Result<Observed> observe(std::span<const records::Observation> observations) override;
    void open_tunnel(const records::TunnelObservation&, TunnelReason, TunnelDone done) override;
    void tunnel(const records::TunnelObservation&) override {}
    void gap(const records::GapObservation&) override {}

private:
    Sidecar sidecar_;
};

}  // namespace fedtrail::app
