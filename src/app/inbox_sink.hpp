/// Learns inboxes from what is imported where no sidecar runs.

#pragma once

#include <memory>
#include <utility>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

#include "app/config.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "erasure/inbox_lore.hpp"

namespace fedtrail::app {

/// Stands before the sink that records; both it and the clock must outlive it.
class InboxSink final : public DeliverySink {
public:
    /// Errors: those of the directory.
    [[nodiscard]] static Result<std::unique_ptr<InboxSink>> open(const Config& config,
                                                                 DeliverySink& next,
                                                                 const Clock& clock);

    void intend(records::Observation observation, IntentDone done) override {
        next_.intend(std::move(observation), std::move(done));
    }
    void settle(IntentId intent, privacy::Outcome outcome) override { next_.settle(intent, outcome); }
    /// Also those of the directory: the same lines again are no second observation, and teach again.
    [[nodiscard]] Result<Observed> observe(std::span<const records::Observation> observations) override;
    void open_tunnel(const records::TunnelObservation& tunnel, TunnelReason why, TunnelDone done) override {
        next_.open_tunnel(tunnel, why, std::move(done));
    }
    void tunnel(const records::TunnelObservation& tunnel) override { next_.tunnel(tunnel); }
    void gap(const records::GapObservation& gap) override { next_.gap(gap); }

private:
    InboxSink(DeliverySink& next, const Clock& clock, std::unique_ptr<sqlite::SqliteDirectory> directory)
        : next_(next), clock_(clock), directory_(std::move(directory)) {}

    DeliverySink& next_;
    const Clock& clock_;
    std::unique_ptr<sqlite::SqliteDirectory> directory_;
    erasure::InboxLore inboxes_{{}};
};

}  // namespace fedtrail::app
