/// Signs what leaves: requests (HTTP signatures) and documents (Linked Data signatures), in the name of a
/// local actor.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/delete_message.hpp"
#include "fedtrail/ports/cipher.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/http_server.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/signer.hpp"

namespace fedtrail::erasure {

/// What it is given must outlive it. Thread-safe as the signer is.
class RequestSigner {
public:
    RequestSigner(Signer& signer, const Cipher& cipher, const Clock& clock)
        : signer_(signer), cipher_(cipher), clock_(clock) {}

    /// All headers of the request: Host, Date (now), Content-Type and Digest or Content-Digest where there is
    /// a body, and the signature. Made anew for every attempt: a Date of half an hour ago is refused by some.
    ///
    /// `Unknown` is signed as `Cavage`. Cavage takes an RSA key; a person who has none but Ed25519 signs as
    /// RFC 9421, whatever was asked for. RFC 9421 prefers RSA too (rsa-v1_5-sha256 is what the fediverse
    /// checks). Errors: as Signer::keys_of().
    [[nodiscard]] Result<HttpHeaders> sign(privacy::SubjectNumber subject,
                                           SignatureScheme scheme,
                                           const std::string& method,
                                           const Uri& url,
                                           std::string_view body,
                                           std::string_view content_type);

    /// The document of `message` with its Linked Data signature, which takes an RSA key.
    /// Errors: as Signer::keys_of(), NotFound (no RSA key), Invalid (as ld_signature_base()).
    [[nodiscard]] Result<std::string> sign_document(privacy::SubjectNumber subject,
                                                    const fediverse::DeleteMessage& message);

private:
    Signer& signer_;
    const Cipher& cipher_;
    const Clock& clock_;
};

/// The scheme that signed headers were made with; Unknown if there is no signature.
[[nodiscard]] SignatureScheme scheme_of(const HttpHeaders& headers);

}  // namespace fedtrail::erasure
