/// SHA-256 (FIPS 180-4), and the two hashes of an RFC 6962 tree.

#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>

#include "fedtrail/core/bytes.hpp"

namespace fedtrail::ledger {

using Hash = std::array<std::byte, 32>;

[[nodiscard]] Hash sha256(ByteView bytes);
/// Of the pieces, one behind the other.
[[nodiscard]] Hash sha256(std::initializer_list<ByteView> pieces);

/// SHA-256 of what comes in pieces.
class Sha256 {
public:
    Sha256();
    Sha256(const Sha256& other);
    Sha256& operator=(const Sha256& other);
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    ~Sha256();

    Sha256& update(ByteView bytes);
    /// The hash of everything so far; more may follow.
    [[nodiscard]] Hash finish() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// SHA-256(0x00 ‖ entry). RFC 6962 section 2.1.
[[nodiscard]] Hash leaf_hash(ByteView entry);
/// SHA-256(0x01 ‖ left ‖ right). RFC 6962 section 2.1.
[[nodiscard]] Hash node_hash(const Hash& left, const Hash& right);

}  // namespace fedtrail::ledger
