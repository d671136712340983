/// The frame around every blob of the ledger: what it is, and a checksum that finds any flipped byte.
///
/// octet 0 kind, octet 1 version (1), then the payload, then the XXH64 (seed 0, little-endian, 8 octets) of
/// all before it. docs/formats/blob.md.

#pragma once

#include <cstdint>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail::ledger {

enum class BlobKind : std::uint8_t {
    Journal = 'J',
    Facts = 'F',
    Times = 'T',
    Pairs = 'P',
    Numbers = 'N',
    Shape = 'S',
};

inline constexpr std::size_t kMaxBlobContent = std::size_t{64} << 20U;

[[nodiscard]] Bytes frame(BlobKind kind, ByteView payload);

/// The payload inside. Errors: Corrupt (too short, another kind, a newer version, or the checksum does not
/// match).
[[nodiscard]] Result<ByteView> unframe(BlobKind kind, ByteView blob);

/// XXH64 (seed 0) of `bytes`, as stored beside rows that are no blobs.
[[nodiscard]] std::uint64_t checksum(ByteView bytes);

/// A varint of the content's size, then the content as a zstd frame (level 3); where that does not help,
/// octet 0 and the content.
[[nodiscard]] Bytes pack(ByteView content);
/// Errors: Corrupt; content over `kMaxBlobContent` is refused.
[[nodiscard]] Result<Bytes> unpack(ByteView packed);

}  // namespace fedtrail::ledger
