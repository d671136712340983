/// The chunk: up to 128 activities of one subject with everybody they went to, coded as differences to a
/// learned roster of recipients; exact times in parts of their own. docs/formats/chunk.md.
///
/// Pure functions over opaque numbers: what an outcome or a type number means is the caller's business.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/uri_code.hpp"

namespace fedtrail::ledger {

/// What became of an attempt, as one number; the top octet is its rank: the higher, the surer that the data
/// arrived; rank 0 says that nothing was disclosed.
using OutcomeCode = std::uint32_t;

[[nodiscard]] constexpr std::uint32_t rank_of(OutcomeCode code) {
    return code >> 24U;
}

struct Attempt {
    std::uint32_t recipient{};
    std::int32_t offset{};  ///< Seconds since the activity's own time.
    OutcomeCode code{};

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes a rewritten comparison's 0 for a pointer
    friend auto operator<=>(const Attempt&, const Attempt&) = default;
};

/// What an activity is, without whom it went to.
struct ActivityHead {
    std::int64_t at{};  ///< Unix seconds.
    std::uint32_t type{};
    std::uint16_t categories{};
    std::uint8_t visibility{};
    UriCode id;
    UriCode object;                       ///< Empty where `refers` is given.
    std::optional<std::uint32_t> refers;  ///< The earlier activity of this subject that has the same object.

    friend bool operator==(const ActivityHead&, const ActivityHead&) = default;
};

/// One recipient of an activity and the surest of its attempts.
struct HolderFact {
    std::uint32_t recipient{};
    OutcomeCode code{};

    friend bool operator==(const HolderFact&, const HolderFact&) = default;
};

struct ActivityEntry {
    ActivityHead head;
    std::vector<HolderFact>
        holders;  ///< Ascending by recipient; encode_chunk() derives them from the attempts.
    std::vector<Attempt> attempts;  ///< Ascending.

    friend bool operator==(const ActivityEntry&, const ActivityEntry&) = default;
};

/// An attempt seen after its activity had been sealed into an earlier chunk.
struct LateAttempt {
    std::uint32_t activity{};
    std::uint32_t recipient{};
    std::int64_t at{};
    OutcomeCode code{};

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes a rewritten comparison's 0 for a pointer
    friend auto operator<=>(const LateAttempt&, const LateAttempt&) = default;
};

struct Chunk {
    std::uint32_t first_activity{};
    std::vector<ActivityEntry> activities;
    std::vector<LateAttempt> late;

    friend bool operator==(const Chunk&, const Chunk&) = default;
};

inline constexpr std::size_t kChunkActivities = 128;
/// A chunk closes with the activity that takes its facts over this; with compression these stay far below 64
/// KiB. What is late comes on top.
inline constexpr std::size_t kChunkFactsLimit = 60'000;
/// A part of the times closes with the activity that takes it over this.
inline constexpr std::size_t kTimesPartLimit = 60'000;

struct EncodedChunk {
    Bytes facts;
    std::vector<Bytes> times;
    std::size_t
        activities{};  ///< How many of the given activities it holds; fewer than given once it is full.
    bool full{};       ///< Nothing may be added to it.
};

/// The holders of sorted attempts: of each recipient the attempt of the highest rank, the earliest of equals.
[[nodiscard]] std::vector<HolderFact> holders_of(const std::vector<Attempt>& sorted_attempts);

/// Encodes as many activities from the front as fit; the bytes depend on those alone, and on what is late.
/// Attempts must be sorted; holders are ignored.
[[nodiscard]] EncodedChunk encode_chunk(const Chunk& chunk);

/// Errors: Corrupt. Gives holders, no attempts.
[[nodiscard]] Result<Chunk> decode_facts(ByteView facts);
/// Errors: Corrupt. Gives neither holders nor attempts; an eightieth of the time where there are thousands of
/// holders.
[[nodiscard]] Result<Chunk> decode_heads(ByteView facts);
/// The holders of the activities with these indexes in the chunk (ascending, none twice), in that order.
/// Errors: Corrupt.
[[nodiscard]] Result<std::vector<std::vector<HolderFact>>> decode_holders(
    ByteView facts, const std::vector<std::size_t>& wanted);
/// Errors: Corrupt. Gives attempts as well; `times` are all its parts in order.
[[nodiscard]] Result<Chunk> decode_chunk(ByteView facts, const std::vector<Bytes>& times);

}  // namespace fedtrail::ledger
