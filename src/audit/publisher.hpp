/// Puts what waits into the log, and signs it: one order for all, no way back.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/note.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/leaf_source.hpp"
#include "fedtrail/ports/transparency_log.hpp"

namespace fedtrail::audit {

/// All must outlive the publisher.
struct PublisherPorts {
    TransparencyLog& log;
    std::vector<const LeafSource*> sources;  ///< In the order in which the log takes them.
    CheckpointGuard& guard;
    const Clock& clock;
};

/// Whether a store still has the last leaf that the log took from it: a store from a backup has fewer, or has
/// grown again and has another one there. Errors: Denied; Unavailable, Corrupt.
[[nodiscard]] Result<void> has_what_was_taken(const TransparencyLog& log, const LeafSource& source);

struct Published {
    std::uint64_t size{};    ///< Leaves under the last checkpoint.
    std::uint64_t leaves{};  ///< Of them: new now.
    bool signed_now{};
};

/// Used by one thread; other processes may do the same with the same files.
class Publisher {
public:
    Publisher(PublisherPorts ports, ledger::NoteSigner signer)
        : ports_(std::move(ports)), signer_(std::move(signer)) {}

    /// Takes every leaf that waits, and signs a checkpoint if the log grew. A crash anywhere leaves a log
    /// that the next call goes on with. Errors: Denied (the log is older than the guard's checkpoint, or has
    /// another history, or the guard is gone or another log's, or a store is older than the log: nothing is
    /// taken or signed until a person decides), Unavailable (somebody else held the guard for too long),
    /// those of the ports.
    [[nodiscard]] Result<Published> publish();

    using Hold = CheckpointGuard::Hold;
    /// As long as it lives nobody else's leaves get a place, in this process or another: they wait. Waits for
    /// another hold for `most` at the longest. Errors: those of the guard.
    [[nodiscard]] Result<std::unique_ptr<Hold>> hold(
        std::chrono::milliseconds most = CheckpointGuard::kAwaited) {
        return ports_.guard.hold(most);
    }
    /// publish() in such a hold; of one store alone if it is named. Errors: as publish().
    [[nodiscard]] Result<Published> publish(Hold& hold, std::optional<LeafStore> store = {});

    /// Makes the log as it is the one the guard stands for. Only where a person says so. Errors: as
    /// publish().
    [[nodiscard]] Result<Published> adopt();

private:
    /// What the guard has; nothing if it and the log are new.
    [[nodiscard]] Result<std::optional<ledger::Checkpoint>> guarded(const Hold& hold) const;
    [[nodiscard]] Result<void> continues(const std::optional<ledger::Checkpoint>& guarded) const;
    /// Nothing is taken if one of the stores is older than the log.
    [[nodiscard]] Result<std::uint64_t> take(std::optional<LeafStore> store = {});
    [[nodiscard]] Result<Published> sign(Hold& hold,
                                         const std::optional<ledger::Checkpoint>& guarded,
                                         std::uint64_t taken);

    PublisherPorts ports_;
    ledger::NoteSigner signer_;
};

}  // namespace fedtrail::audit
