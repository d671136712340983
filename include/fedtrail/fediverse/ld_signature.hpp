/// Linked Data signatures (RsaSignature2017) on the messages of an erasure: with one, a relay or a server
/// that forwards can pass the document on and a third server can still check whose it is.
///
/// What is signed is hex(SHA-256(options)) + hex(SHA-256(document)), both as canonical N-Quads (RDF Dataset
/// Canonicalization). A DeleteMessage has one fixed shape without blank nodes, so its quads are written
/// directly. Pure: digests and signatures are made elsewhere.

#pragma once

#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/fediverse/delete_message.hpp"

namespace fedtrail::fediverse {

/// Canonical N-Quads, one per line, sorted.
struct LdSignatureBase {
    std::string options;
    std::string document;
};

/// `creator` is the URI of the key.
/// Errors: Invalid (an identifier that is no absolute http or https URI in ASCII, or, in the typed form, an
/// object type that ActivityStreams does not have).
[[nodiscard]] Result<LdSignatureBase> ld_signature_base(const DeleteMessage& message,
                                                        std::string_view creator,
                                                        Instant created);

/// The message's document with its `signature`; `value` is base64.
[[nodiscard]] std::string ld_signed_document(const DeleteMessage& message,
                                             std::string_view creator,
                                             Instant created,
                                             std::string_view value);

}  // namespace fedtrail::fediverse
