#pragma once

#include <array>
#include <cstdint>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail {

/// 64 octets: AES-256-SIV takes two 256-bit keys (RFC 5297 section 2.2).
using SealingKey = std::array<std::byte, 64>;
using Digest256 = std::array<std::byte, 32>;

/// What the rooms need of cryptography. Thread-safe.
class Cipher {
public:
    Cipher() = default;
    Cipher(const Cipher&) = delete;
    Cipher& operator=(const Cipher&) = delete;
    Cipher(Cipher&&) = delete;
    Cipher& operator=(Cipher&&) = delete;
    virtual ~Cipher() = default;

    /// AES-256-SIV (RFC 5297), deterministic: the same key, context and plain text give the same bytes. The
    /// answer is the 16-octet SIV followed by the cipher text. `context` is authenticated, not stored.
    [[nodiscard]] virtual Result<Bytes> seal(const SealingKey& key,
                                             ByteView context,
                                             ByteView plain) const = 0;
    /// Errors: Corrupt if key, context or bytes are not those of seal().
    [[nodiscard]] virtual Result<Bytes> open(const SealingKey& key,
                                             ByteView context,
                                             ByteView sealed) const = 0;
    /// HMAC-SHA-256 (RFC 2104).
    [[nodiscard]] virtual Digest256 mac(ByteView key, ByteView message) const = 0;
    /// SHA-256 (FIPS 180-4).
    [[nodiscard]] virtual Digest256 sha256(ByteView message) const = 0;
    /// Fills `out` from the system's random source; terminates if there is none.
    virtual void random(std::span<std::byte> out) const = 0;
};

}  // namespace fedtrail
