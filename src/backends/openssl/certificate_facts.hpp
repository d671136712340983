/// What doctor wants to know of certificates.

#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail::openssl {

/// The last moment at which the first certificate of `pem` is valid. Errors: Corrupt.
[[nodiscard]] Result<Instant> valid_until(std::string_view pem);

/// How many authorities the bundle trusts. Errors: NotFound, Corrupt.
[[nodiscard]] Result<std::size_t> authorities_in(const std::filesystem::path& bundle);

/// The system's bundle of trusted authorities: OpenSSL's default, else
/// Debian's. Errors: NotFound.
[[nodiscard]] Result<std::filesystem::path> system_bundle();

}  // namespace fedtrail::openssl
