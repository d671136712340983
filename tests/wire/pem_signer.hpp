#pragma once

#include <utility>
#include <vector>

#include "fedtrail/ports/signer.hpp"

#include "backends/openssl/private_key.hpp"

namespace fedtrail::testing {

/// Signs with the keys it was given, for anybody.
class PemSigner final : public Signer {
public:
    /// False if `pem` is no key.
    bool add(std::string key_id, std::string_view pem) {
        auto key = openssl::PrivateKey::parse(pem);
        if (key) {
            named_.push_back(ActorKey{std::move(key_id), key->algorithm(), key->public_key()});
            keys_.push_back(std::move(*key));
        }
        return key.has_value();
    }

    Result<std::vector<ActorKey>> keys_of(privacy::SubjectNumber /*subject*/) override { return named_; }
    Result<Bytes> sign(privacy::SubjectNumber /*subject*/,
                       KeyAlgorithm algorithm,
                       ByteView message) override {
        for (const auto& key : keys_) {
            if (key.algorithm() == algorithm) {
                return key.sign(message);
            }
        }
        return fail(ErrorKind::NotFound, "no key of that algorithm");
    }

private:
    std::vector<ActorKey> named_;
    std::vector<openssl::PrivateKey> keys_;
};

}  // namespace fedtrail::testing
