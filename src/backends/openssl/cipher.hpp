/// The port Cipher over OpenSSL's default provider. Algorithms are fetched once; calls share nothing else, so
/// any number of threads may be in it, and no key outlives its call.

#pragma once

#include <memory>

#include "fedtrail/ports/cipher.hpp"

namespace fedtrail::openssl {

class OpensslCipher final : public Cipher {
public:
    /// Errors: Unavailable if this OpenSSL has no AES-256-SIV.
    [[nodiscard]] static Result<std::unique_ptr<OpensslCipher>> make();
    OpensslCipher(const OpensslCipher&) = delete;
    OpensslCipher& operator=(const OpensslCipher&) = delete;
    OpensslCipher(OpensslCipher&&) = delete;
    OpensslCipher& operator=(OpensslCipher&&) = delete;
    ~OpensslCipher() override;

    /// As the port says. Errors: Invalid if `context` is empty (every sealed thing has a place) or `plain` is
    /// longer than 1 GiB.
    [[nodiscard]] Result<Bytes> seal(const SealingKey& key, ByteView context, ByteView plain) const override;
    [[nodiscard]] Result<Bytes> open(const SealingKey& key, ByteView context, ByteView sealed) const override;
    [[nodiscard]] Digest256 mac(ByteView key, ByteView message) const override;
    [[nodiscard]] Digest256 sha256(ByteView message) const override;
    void random(std::span<std::byte> out) const override;

private:
    struct Algorithms;
    explicit OpensslCipher(std::unique_ptr<const Algorithms> algorithms);
    std::unique_ptr<const Algorithms> algorithms_;
};

}  // namespace fedtrail::openssl
