/// Where a request goes.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::proxy {

struct Target {
    Host name;  ///< Without port.
    std::uint16_t port{};
    bool tls{};
    Host recipient;   ///< With the port where it is not the scheme's own: what the ledger says.
    std::string key;  ///< "host:port/tls": what may share a connection.

    /// The name as a resolver takes it: an IPv6 address without its brackets.
    [[nodiscard]] std::string dialled() const;
    [[nodiscard]] bool is_address() const;
};

/// `authority` is "host" or "host:port" (RFC 9110 section 4.2); no userinfo. Errors: Invalid.
[[nodiscard]] Result<Target> target_of(std::string_view authority, bool tls, std::uint16_t default_port);

/// Exact names and "*.suffix" patterns.
[[nodiscard]] bool matches_any(const std::vector<std::string>& patterns, const Host& name);

}  // namespace fedtrail::proxy
