/// Real keys to seal a ledger with, without a vault.

#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

/// Seals under a key made from the subject's number: the vault's place, without its file.
class NumberedKeys : public SubjectSealer {
public:
    [[nodiscard]] Result<Bytes> seal(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView plain) const override {
        return cipher_->seal(key_of(subject), bytes_of(context), plain);
    }
    [[nodiscard]] Result<Bytes> open(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView sealed) const override {
        return cipher_->open(key_of(subject), bytes_of(context), sealed);
    }

private:
    static SealingKey key_of(privacy::SubjectNumber subject) {
        SealingKey key{};
        for (std::size_t i = 0; i < key.size(); ++i) {
            key[i] = static_cast<std::byte>(subject.get() + i * 7);
        }
        return key;
    }
    std::unique_ptr<openssl::OpensslCipher> cipher_{std::move(*openssl::OpensslCipher::make())};
};

/// Counts how often the facts of chunks are read.
class CountingKeys : public NumberedKeys {
public:
    [[nodiscard]] Result<Bytes> open(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView sealed) const override {
        chunks += context.starts_with("facts/") ? 1 : 0;
        return NumberedKeys::open(subject, context, sealed);
    }
    mutable std::int64_t chunks{};
};

}  // namespace fedtrail::testing
