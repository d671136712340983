/// Recognises, in the deliveries that pass, what the origin itself deletes, where recipients' inboxes are,
/// and who still fetches what was erased. Nothing here may slow or fail a delivery.

#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "fedtrail/ports/delivery_sink.hpp"

#include "erasure/fetch_watch.hpp"
#include "erasure/inbox_lore.hpp"
#include "erasure/spotted_deletions.hpp"

namespace fedtrail::erasure {

struct SpotterPorts {
    RequestBook& requests;
    NoticeBook& notices;
    const NoticeOutcomes& outcomes;
    RecipientDirectory& directory;
    const SubjectVault& vault;
    const Clock& clock;
};

struct SpotterOptions {
    std::vector<Host> local_hosts;      ///< Every name of our origins; actors elsewhere are not ours.
    std::size_t max_waiting{20'000};    ///< Deletes and fetches that are not written down yet.
    std::size_t max_open{20'000};       ///< Deletes that are under way.
    std::size_t batch{500};             ///< Written down in one step().
    std::chrono::hours oldest{24 * 7};  ///< What was imported from long ago opens no request.
    std::chrono::seconds retry{30};     ///< After the books were away.
    std::chrono::seconds tell_again_after{std::chrono::minutes{10}};  ///< As VerdictPorts has it.
    SpottedOptions deletions{};
    FetchWatch::Limits fetches{};
    InboxLore::Limits inboxes{};
};

/// Stands before the sink that records. The sink's methods may be called from any thread at once, step() from
/// one.
class DeletionSpotter final : public DeliverySink {
public:
    /// All references must outlive it. `over` plans an observed request when the origin's own fan-out is
    /// over. `wake` is called when step() has something to do; it must be quick.
    DeletionSpotter(DeliverySink& next,
                    SpotterPorts ports,
                    const fediverse::Dialects& dialects,
                    SpottedDeletions::FanOutOver over,
                    SpotterOptions options,
                    std::function<void()> wake);
    DeletionSpotter(const DeletionSpotter&) = delete;
    DeletionSpotter& operator=(const DeletionSpotter&) = delete;
    DeletionSpotter(DeletionSpotter&&) = delete;
    DeletionSpotter& operator=(DeletionSpotter&&) = delete;
    ~DeletionSpotter() override;

    void intend(records::Observation observation, IntentDone done) override;
    void gather(records::Observation observation, IntentDone done) override;
    void write_gathered() override { next_.write_gathered(); }
    void settle(IntentId intent, privacy::Outcome outcome) override;
    [[nodiscard]] Result<Observed> observe(std::span<const records::Observation> observations) override;
    void open_tunnel(const records::TunnelObservation& tunnel, TunnelReason why, TunnelDone done) override {
        next_.open_tunnel(tunnel, why, std::move(done));
    }
    void tunnel(const records::TunnelObservation& tunnel) override { next_.tunnel(tunnel); }
    void gap(const records::GapObservation& gap) override { next_.gap(gap); }

    /// Quick, from any thread: whether `uri` is an actor or object that was erased.
    [[nodiscard]] bool watches(std::string_view uri) const { return fetches_.watches(uri); }

    /// Writes down what was spotted. When it wants to be called again; nothing: when woken. Errors: those of
    /// the books; what was spotted waits. Corrupt: what is damaged was passed over, and all else is done.
    [[nodiscard]] Result<std::optional<Instant>> step();

    struct Figures {
        std::uint64_t deletions{};
        std::uint64_t fetches{};
        std::uint64_t lost{};  ///< There was no room; the deliveries themselves are recorded all the same.
    };
    [[nodiscard]] Figures figures() const;

private:
    struct Spotted;
    struct Shared;  ///< What a callback may still need when the spotter is gone.

    [[nodiscard]] bool is_local(std::string_view uri) const;
    /// Notes what is to be spotted of an intent; gives back what is to be called when it is durable.
    [[nodiscard]] IntentDone watched(const records::Observation& observation, IntentDone done);
    /// The Delete in an observation, if it is one of ours to spot.
    [[nodiscard]] std::optional<SpottedDelete> spot(const records::Observation& observation) const;
    [[nodiscard]] Result<void> take_fetches();
    /// True if step() has something new to do.
    bool spot_happened(const records::Observation& observation);

    DeliverySink& next_;
    RecipientDirectory& directory_;
    const Clock& clock_;
    SpotterOptions options_;
    std::function<void()> wake_;
    InboxLore inboxes_;
    FetchWatch fetches_;
    SpottedDeletions deletions_;
    std::shared_ptr<Shared> shared_;
};

}  // namespace fedtrail::erasure
