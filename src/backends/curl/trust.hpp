/// Whom we trust: read once and shared by all connections. libcurl 7.88 would read the system's bundle for
/// each of them again, because its own cache does not work together with Debian's folder of certificates.

#pragma once

#include <string>

#include "fedtrail/core/result.hpp"

#include "backends/curl/owned.hpp"

namespace fedtrail::curl {

/// The system's authorities and those of the PEM file `extra_ca` ("" for none). Errors: Invalid.
[[nodiscard]] Result<Store> make_store(const std::string& extra_ca);

/// To be given to libcurl; `store` is an X509_STORE that outlives the connections.
CURLcode use_store(CURL* easy, void* context, void* store);

}  // namespace fedtrail::curl
