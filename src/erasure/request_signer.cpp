#include "erasure/request_signer.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/core/base64.hpp"
#include "fedtrail/core/bytes.hpp"
#include "fedtrail/fediverse/http_signature.hpp"
#include "fedtrail/fediverse/ld_signature.hpp"

namespace fedtrail::erasure {

namespace {

/// RSA wherever there is one; nothing if there is no key at all.
const ActorKey* best_of(const std::vector<ActorKey>& keys) {
    const auto rsa = std::find_if(
        keys.begin(), keys.end(), [](const ActorKey& key) { return key.algorithm == KeyAlgorithm::Rsa; });
    if (rsa != keys.end()) {
        return &*rsa;
    }
    return keys.empty() ? nullptr : &keys.front();
}

std::string hex_digest(const Cipher& cipher, std::string_view text) {
    return hex(cipher.sha256(bytes_of(text)));
}

tl::unexpected<Error> no_key(const char* which) {
    return fail(ErrorKind::NotFound,
                std::string{"the person has no "} + which + " to sign with",
                "Set erasure.keys_folder or database of [[origin]], or import the key: docs/keys.md.");
}

}  // namespace

Result<HttpHeaders> RequestSigner::sign(privacy::SubjectNumber subject,
                                        SignatureScheme scheme,
                                        const std::string& method,
                                        const Uri& url,
                                        std::string_view body,
                                        std::string_view content_type) {
    const auto keys = signer_.keys_of(subject);
    if (!keys) {
        return fail(keys);
    }
    const auto* key = best_of(*keys);
    if (key == nullptr) {
        return no_key("key");
    }
    fediverse::SignableRequest request{method, url, clock_.now(), {}, {}};
    if (!body.empty()) {
        request.content_type = content_type;
        request.digest = base64(cipher_.sha256(bytes_of(body)));
    }
    const bool rsa = key->algorithm == KeyAlgorithm::Rsa;
    const bool rfc9421 = !rsa || scheme == SignatureScheme::Rfc9421;
    auto base = rfc9421 ? fediverse::rfc9421_base(request, key->key_id, rsa ? "rsa-v1_5-sha256" : "ed25519")
                        : fediverse::cavage_base(request);
    const auto signature = signer_.sign(subject, key->algorithm, bytes_of(base.text));
    if (!signature) {
        return fail(signature);
    }
    auto added = rfc9421 ? fediverse::rfc9421_headers(base, base64(*signature))
                         : fediverse::cavage_headers(base, key->key_id, base64(*signature));
    std::move(added.begin(), added.end(), std::back_inserter(base.headers));
    return std::move(base.headers);
}

Result<std::string> RequestSigner::sign_document(privacy::SubjectNumber subject,
                                                 const fediverse::DeleteMessage& message) {
    const auto keys = signer_.keys_of(subject);
    if (!keys) {
        return fail(keys);
    }
    const auto* key = best_of(*keys);
    if (key == nullptr || key->algorithm != KeyAlgorithm::Rsa) {
        return no_key("RSA key");
    }
    const auto created = clock_.now();
    const auto base = fediverse::ld_signature_base(message, key->key_id, created);
    if (!base) {
        return fail(base);
    }
    const auto text = hex_digest(cipher_, base->options) + hex_digest(cipher_, base->document);
    const auto signature = signer_.sign(subject, KeyAlgorithm::Rsa, bytes_of(text));
    if (!signature) {
        return fail(signature);
    }
    return fediverse::ld_signed_document(message, key->key_id, created, base64(*signature));
}

SignatureScheme scheme_of(const HttpHeaders& headers) {
    if (!header_of(headers, "Signature-Input").empty()) {
        return SignatureScheme::Rfc9421;
    }
    return header_of(headers, "Signature").empty() ? SignatureScheme::Unknown : SignatureScheme::Cavage;
}

}  // namespace fedtrail::erasure
