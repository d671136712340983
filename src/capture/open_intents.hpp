/// Intents that are durable and wait to be settled. Not thread-safe: the writing thread's own.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "fedtrail/ports/delivery_sink.hpp"
#include "fedtrail/ports/ledger_writer.hpp"

namespace fedtrail::capture {

/// What one delivery became in the ledger: one attempt per local person in it.
using Attempts = std::vector<PackedObservation>;

/// Two deliveries of the same activity to the same host in the same second are one intent in the ledger. What
/// becomes of the first must not unsay the second: as long as one of them is open, an outcome that is no
/// disclosure is written beside the intent, not in its place.
class OpenIntents {
public:
    explicit OpenIntents(std::size_t capacity) : capacity_(capacity) {}

    /// Opens an intent; the oldest is given up when there are too many (it stays `intended` in the ledger).
    void open(IntentId id, Attempts attempts);

    /// Closes an intent and gives what to write for its outcome; empty if it is not open.
    [[nodiscard]] Attempts close(IntentId id, const privacy::Outcome& outcome);

    /// Makes close() undone: what it gave could not be written.
    void reopen(IntentId id);
    /// What was closed since the last call cannot be reopened any more.
    void forget_closed() { closed_.clear(); }

    /// What is open or was closed of this person's is not settled any more.
    void forget(privacy::SubjectNumber subject);

    [[nodiscard]] std::size_t size() const { return open_.size(); }

private:
    using Place = std::tuple<std::uint64_t, std::uint32_t, std::uint32_t, std::int64_t>;
    [[nodiscard]] static Place place_of(const PackedObservation& attempt);
    void count_in(const Attempts& attempts);
    void count_out(const Attempts& attempts);

    std::size_t capacity_;
    std::map<IntentId, Attempts> open_;  ///< Ids grow: the first is the oldest.
    std::map<IntentId, Attempts> closed_;
    std::map<Place, std::size_t> shared_;  ///< How many open intents stand at a place.
};

}  // namespace fedtrail::capture
