/// The keys of a vault: what follows from the master key, and the wrapping of each subject's own key.
/// Thread-safe; memory that held a key is overwritten.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail::sqlite {

inline constexpr std::size_t kMinMasterKey = 32;  ///< Octets.

/// A sealing key that is overwritten when it goes.
class WipedKey {
public:
    WipedKey() = default;
    WipedKey(const WipedKey&) = default;
    WipedKey& operator=(const WipedKey&) = default;
    WipedKey(WipedKey&&) = default;
    WipedKey& operator=(WipedKey&&) = default;
    ~WipedKey();

    SealingKey key{};  // NOLINT(misc-non-private-member-variables-in-classes): this is its purpose
};

using LookupHash = std::array<std::byte, 16>;
using VaultId = std::array<std::byte, 16>;

class VaultKeys {
public:
    /// `master`: 32 octets or more. `cipher` must outlive it.
    VaultKeys(const Cipher& cipher, ByteView master);
    VaultKeys(const VaultKeys&) = delete;
    VaultKeys& operator=(const VaultKeys&) = delete;
    VaultKeys(VaultKeys&&) = delete;
    VaultKeys& operator=(VaultKeys&&) = delete;
    ~VaultKeys();

    /// What shows that a vault was made with this master key.
    [[nodiscard]] Digest256 check_value(const VaultId& vault) const;

    /// Where an actor ("actor:" and the URI), a handle ("acct:" and the folded handle) or another thing is
    /// looked up.
    [[nodiscard]] LookupHash lookup_hash(std::string_view kind, std::string_view name) const;

    /// A subject's key under the master key, 80 octets, bound to the subject's number.
    [[nodiscard]] Result<Bytes> wrap(const WipedKey& key, privacy::SubjectNumber subject) const;
    /// Errors: Corrupt.
    [[nodiscard]] Result<WipedKey> unwrap(ByteView wrapped, privacy::SubjectNumber subject) const;

    /// What belongs to nobody, under the master key, bound to its place ("vault/handle-host/…").
    [[nodiscard]] Result<Bytes> seal(std::string_view context, ByteView plain) const;
    /// Errors: Corrupt.
    [[nodiscard]] Result<Bytes> open(std::string_view context, ByteView sealed) const;

private:
    const Cipher& cipher_;
    WipedKey wrapping_;
    Digest256 index_{};
    Digest256 check_{};
};

}  // namespace fedtrail::sqlite
