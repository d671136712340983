/// Signatures that prove nothing, for tests that look at something else.

#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/ports/signer.hpp"

namespace fedtrail::testing {

class FakeSigner final : public Signer {
public:
    std::optional<ErrorKind> failure;
    KeyAlgorithm algorithm = KeyAlgorithm::Rsa;

    Result<std::vector<ActorKey>> keys_of(privacy::SubjectNumber subject) override {
        if (failure) {
            return fail(*failure, "the fake signer was told to fail");
        }
        const auto id = "https://origin.example/users/" + std::to_string(subject.get()) + "#main-key";
        return std::vector<ActorKey>{ActorKey{id, algorithm, "no key"}};
    }
    Result<Bytes> sign(privacy::SubjectNumber /*subject*/,
                       KeyAlgorithm /*algorithm*/,
                       ByteView message) override {
        if (failure) {
            return fail(*failure, "the fake signer was told to fail");
        }
        return Bytes(
            message.begin(),
            message.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(message.size(), 16)));
    }
};

/// Only sha256(), and that is none.
class FakeCipher final : public Cipher {
public:
    Result<Bytes> seal(const SealingKey& /*key*/, ByteView /*context*/, ByteView plain) const override {
        return Bytes(plain.begin(), plain.end());
    }
    Result<Bytes> open(const SealingKey& /*key*/, ByteView /*context*/, ByteView sealed) const override {
        return Bytes(sealed.begin(), sealed.end());
    }
    Digest256 mac(ByteView /*key*/, ByteView message) const override { return sha256(message); }
    Digest256 sha256(ByteView message) const override {
        Digest256 digest{};
        for (std::size_t i = 0; i < message.size(); ++i) {
            auto& octet = digest.at(i % digest.size());
            octet = static_cast<std::byte>(std::to_integer<unsigned>(octet) * 31U +
                                           std::to_integer<unsigned>(message[i]));
        }
        return digest;
    }
    void random(std::span<std::byte> out) const override { std::fill(out.begin(), out.end(), std::byte{7}); }
};

}  // namespace fedtrail::testing
