/// What is signed of an HTTP request, and the headers that carry the signature. Pure: digests and signatures
/// are made elsewhere.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::fediverse {

struct SignableRequest {
    std::string method;  ///< "POST"
    Uri url;
    Instant at{};              ///< Date, created.
    std::string content_type;  ///< "" without a body.
    std::string digest;        ///< SHA-256 of the body, base64; "" without a body.
};

struct SignatureBase {
    std::vector<std::pair<std::string, std::string>> headers;  ///< That go along, the signature's own aside.
    std::string text;                                          ///< What is signed.
    std::string params;                                        ///< What signature_headers() needs again.
};

/// draft-cavage-http-signatures-12, "rsa-sha256": `(request-target) host date digest content-type`, without
/// the last two where there is no body.
[[nodiscard]] SignatureBase cavage_base(const SignableRequest& request);
/// RFC 9421 section 2.5: "@method" "@target-uri" "content-digest" (RFC 9530), label sig1.
[[nodiscard]] SignatureBase rfc9421_base(const SignableRequest& request,
                                         std::string_view key_id,
                                         std::string_view algorithm);

/// The header(s) that carry `signature` (base64).
[[nodiscard]] std::vector<std::pair<std::string, std::string>> cavage_headers(const SignatureBase& base,
                                                                              std::string_view key_id,
                                                                              std::string_view signature);
[[nodiscard]] std::vector<std::pair<std::string, std::string>> rfc9421_headers(const SignatureBase& base,
                                                                               std::string_view signature);

/// IMF-fixdate (RFC 9110 section 5.6.7).
[[nodiscard]] std::string http_date(Instant at);

}  // namespace fedtrail::fediverse
