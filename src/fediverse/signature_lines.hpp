/// How the lines of a signature base are joined; which lines it has is decided in http_signature.cpp.

#pragma once

#include <span>
#include <string>
#include <string_view>

namespace fedtrail::fediverse {

struct SignedLine {
    std::string name;  ///< "(request-target)", "host", "@method"; lower case.
    std::string value;
};

/// "host date": what draft-cavage-12 calls `headers`.
[[nodiscard]] std::string cavage_names(std::span<const SignedLine> lines);
/// draft-cavage-http-signatures-12 section 2.3.
[[nodiscard]] std::string cavage_text(std::span<const SignedLine> lines);

/// `("@method" "date");created=…`: the value of Signature-Input without its label (RFC 9421 section 2.3).
/// `parameters` starts with ";" or is empty.
[[nodiscard]] std::string rfc9421_params(std::span<const SignedLine> lines, std::string_view parameters);
/// RFC 9421 section 2.5.
[[nodiscard]] std::string rfc9421_text(std::span<const SignedLine> lines, std::string_view params);

}  // namespace fedtrail::fediverse
