/// The transparency log: leaves in one fixed order, and the checkpoints signed over them.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/checkpoint.hpp"
#include "fedtrail/ledger/tiles.hpp"
#include "fedtrail/ports/leaf_source.hpp"
#include "fedtrail/records/leaf.hpp"

namespace fedtrail {

struct SignedCheckpoint {
    ledger::Checkpoint checkpoint;
    Instant at{};      ///< When it was signed.
    std::string note;  ///< With the log's signature and every cosignature that came.
    std::uint32_t cosignatures{};
};

/// What anybody may read. Thread-safe; works beside whoever appends. Errors of all: Unavailable, Corrupt.
class PublishedLog {
public:
    PublishedLog() = default;
    PublishedLog(const PublishedLog&) = delete;
    PublishedLog& operator=(const PublishedLog&) = delete;
    PublishedLog(PublishedLog&&) = delete;
    PublishedLog& operator=(PublishedLog&&) = delete;
    virtual ~PublishedLog() = default;

    /// The last one that was signed; nothing before the first.
    [[nodiscard]] virtual Result<std::optional<SignedCheckpoint>> last_checkpoint() const = 0;
    /// That one and the last of every day before, by size.
    [[nodiscard]] virtual Result<std::vector<SignedCheckpoint>> checkpoints() const = 0;
    /// As many hashes as the tile is wide. Errors: NotFound.
    [[nodiscard]] virtual Result<Bytes> tile(const ledger::Tile& tile) const = 0;
    /// The bundle of entries under a tile of level 0. Errors: NotFound.
    [[nodiscard]] virtual Result<Bytes> entries(const ledger::Tile& tile) const = 0;
    /// Where a store's leaf stands. Errors: NotFound (it still waits).
    [[nodiscard]] virtual Result<std::uint64_t> index_of(LeafStore store, std::uint64_t sequence) const = 0;
    /// Leaves that have a place; the last checkpoint may be smaller.
    [[nodiscard]] virtual Result<std::uint64_t> size() const = 0;
};

/// A leaf on its way into the log.
struct LogEntry {
    LeafStore store{LeafStore::Ledger};
    std::uint64_t sequence{};
    records::LeafDigest commitment{};
};

/// Thread-safe; several processes may share it: what returned is durable.
class TransparencyLog : public PublishedLog {
public:
    /// The last sequence of a store that has a place; 0 if none has.
    [[nodiscard]] virtual Result<std::uint64_t> taken(LeafStore store) const = 0;
    /// Gives the entries their places, in their order; those that have one are passed over. All of it or
    /// nothing. Errors: Conflict (a sequence would be left out).
    [[nodiscard]] virtual Result<void> append(std::span<const LogEntry> entries) = 0;
    /// The root of the first `size` leaves. Errors: Invalid (there are fewer).
    [[nodiscard]] virtual Result<ledger::Hash> root_at(std::uint64_t size) const = 0;
    /// Writes down a checkpoint that may be published from now on.
    [[nodiscard]] virtual Result<void> keep(const SignedCheckpoint& checkpoint) = 0;
    /// A witness's line of the note of the checkpoint of `size`. Nothing if that is no longer kept.
    [[nodiscard]] virtual Result<void> add_cosignature(std::uint64_t size,
                                                       const std::string& witness,
                                                       std::uint64_t unix_seconds,
                                                       const std::string& line) = 0;
};

/// A small place outside the backups with the last checkpoint that was signed: what was published once can
/// never be taken back. Errors of all: Unavailable, Denied.
class CheckpointGuard {
public:
    CheckpointGuard() = default;
    CheckpointGuard(const CheckpointGuard&) = delete;
    CheckpointGuard& operator=(const CheckpointGuard&) = delete;
    CheckpointGuard(CheckpointGuard&&) = delete;
    CheckpointGuard& operator=(CheckpointGuard&&) = delete;
    virtual ~CheckpointGuard() = default;

    /// Held while somebody signs or makes a bundle; other threads and processes wait. Released by
    /// destruction.
    class Hold {
    public:
        Hold() = default;
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;
        Hold(Hold&&) = delete;
        Hold& operator=(Hold&&) = delete;
        virtual ~Hold() = default;

        /// The note; nothing if there is none yet.
        [[nodiscard]] virtual Result<std::optional<std::string>> read() const = 0;
        /// Durable when it returns: the new note whole, or the old one.
        [[nodiscard]] virtual Result<void> write(const std::string& note) = 0;
    };
    /// So long somebody waits who can come again: a bundle is read in a hold, and that may take minutes.
    static constexpr std::chrono::seconds kAwaited{10};
    /// Waits for `most` at the longest. Errors: Unavailable also when somebody else held it all the time.
    [[nodiscard]] virtual Result<std::unique_ptr<Hold>> hold(std::chrono::milliseconds most) = 0;
    /// Where it is, for people.
    [[nodiscard]] virtual std::string place() const = 0;
};

}  // namespace fedtrail
