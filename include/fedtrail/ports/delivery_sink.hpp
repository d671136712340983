/// The one door that every way of watching (intake/*) pushes into.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/strong.hpp"
#include "fedtrail/records/observation.hpp"

namespace fedtrail {

/// Names an intent between intend() and settle(); valid in this process only.
using IntentId = Strong<struct IntentIdTag, std::uint64_t>;

/// What became of observations that were handed in. The rest of them was known before.
struct Observed {
    std::size_t fresh{};            ///< New.
    std::size_t without_subject{};  ///< They concern no local person: nothing was written.
    std::size_t to_own_origin{};  ///< Of those: about a local person, to a host of that person's own origin.
};

/// Why a connection passes unread.
enum class TunnelReason : std::uint8_t {
    Declared,    ///< The operator said so of its host.
    Untrusting,  ///< Its client refused the authority for this host.
    Unreadable,  ///< It is nothing that the proxy can read.
};

/// Takes observations in. All methods may be called from any thread at once.
class DeliverySink {
public:
    using IntentDone = std::function<void(Result<IntentId>)>;

    using TunnelDone = std::function<void(Result<void>)>;

    DeliverySink() = default;
    DeliverySink(const DeliverySink&) = delete;
    DeliverySink& operator=(const DeliverySink&) = delete;
    DeliverySink(DeliverySink&&) = delete;
    DeliverySink& operator=(DeliverySink&&) = delete;
    virtual ~DeliverySink() = default;

    /// Writes down that `observation` (outcome Intended) is about to leave. `done` is called exactly once,
    /// from any thread, when that is durable or cannot be: the bytes may leave only after it was given an
    /// id. With the outcome Prevented it says that they will not leave; then there is nothing to settle.
    /// Errors: Unavailable (the ledger cannot be written, or too many intents wait), Denied (a transfer rule
    /// or a person's objection: the bytes must not leave, and the prevention is durable), Conflict (whether
    /// they may leave cannot be told now: they must not, and may be tried again).
    virtual void intend(records::Observation observation, IntentDone done) = 0;

    /// intend() for a thread that may have several at once: it calls write_gathered() behind the last of
    /// them.
    virtual void gather(records::Observation observation, IntentDone done) {
        intend(std::move(observation), std::move(done));
    }

    /// Has what was gathered written: here, before it returns, where that takes less than waking somebody,
    /// and else by another thread.
    virtual void write_gathered() {}

    /// What became of an intent. Never fails and never waits; if a crash loses it the evidence stays
    /// `intended`.
    virtual void settle(IntentId intent, privacy::Outcome outcome) = 0;

    /// Takes observations that already happened; returns when they are durable. The same observation twice is
    /// one. Errors: Unavailable.
    [[nodiscard]] virtual Result<Observed> observe(std::span<const records::Observation> observations) = 0;

    /// Writes down that a tunnel to a recipient is about to begin. `done` is called exactly once, from any
    /// thread, when that is durable or cannot be: nothing may pass before. Errors: Unavailable, Denied (what
    /// leaves unread could evade a transfer rule or a person's objection) and Conflict, as with intend().
    virtual void open_tunnel(const records::TunnelObservation& tunnel, TunnelReason why, TunnelDone done) = 0;

    /// What passed through a tunnel since it was opened, or since this was called last. Never fails and never
    /// waits; a crash may lose it.
    virtual void tunnel(const records::TunnelObservation& tunnel) = 0;

    /// Deliveries that passed unrecorded; kept in memory until it can be written. Never fails and never
    /// waits.
    virtual void gap(const records::GapObservation& gap) = 0;

    /// Whether intend() and open_tunnel() could answer Denied to something: then what they have not answered
    /// must not pass, also where what cannot be written may. Never waits for the ledger.
    [[nodiscard]] virtual bool may_deny() { return false; }
};

}  // namespace fedtrail
