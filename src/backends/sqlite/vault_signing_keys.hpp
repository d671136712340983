/// What the vault seals of a private key, as octets (docs/formats/vault.md, "Signing keys"). Pure.

#pragma once

#include <cstddef>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/signer.hpp"

namespace fedtrail::sqlite {

inline constexpr std::size_t kMaxKeyId = 2'048;            ///< Octets.
inline constexpr std::size_t kMaxPrivateKey = 16U << 10U;  ///< Octets of PEM.

/// The caller overwrites the answer. Errors: Invalid (empty or longer than the above).
[[nodiscard]] Result<Bytes> encode(const FoundKey& key);
/// Errors: Corrupt.
[[nodiscard]] Result<FoundKey> decode_signing_key(ByteView bytes);

}  // namespace fedtrail::sqlite
