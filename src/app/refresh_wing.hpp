/// The part of the house that keeps the directory of recipients fresh, on a thread of its own.

#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "api/api.hpp"
#include "app/refresh_room.hpp"
#include "app/step_loop.hpp"

namespace fedtrail::app {

class RefreshWing {
public:
    /// All must outlive it. Nothing runs yet. Errors: those of RefreshRoom.
    [[nodiscard]] static Result<std::unique_ptr<RefreshWing>> open(
        const Config& config,
        const Cipher& cipher,
        const LedgerReader& ledger,
        const Clock& clock,
        std::shared_ptr<const RecipientPolicies> policies);
    RefreshWing(const RefreshWing&) = delete;
    RefreshWing& operator=(const RefreshWing&) = delete;
    RefreshWing(RefreshWing&&) = delete;
    RefreshWing& operator=(RefreshWing&&) = delete;
    ~RefreshWing();

    void start();
    /// Idempotent.
    void stop();
    /// Somebody is due now; from any thread.
    void wake() const { wake_(); }
    void add_figures(std::vector<api::Figure>& out) const;

private:
    RefreshWing(const LedgerReader& ledger, const Clock& clock);
    [[nodiscard]] Result<std::optional<Instant>> step();

    const LedgerReader& ledger_;
    const Clock& clock_;
    StepLoop loop_;
    std::function<void()> wake_ = [] {};
    std::unique_ptr<RefreshRoom> room_;
    std::optional<Instant> enter_at_;
    bool stopped_{};
    std::atomic<std::uint64_t> visits_{};
    std::atomic<std::uint64_t> questions_{};
    std::atomic<std::uint64_t> changes_{};
};

}  // namespace fedtrail::app
