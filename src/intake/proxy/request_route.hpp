/// Where a request says that it goes, and who says that it may.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "intake/proxy/http_head.hpp"
#include "intake/proxy/problem.hpp"
#include "intake/proxy/target.hpp"

namespace fedtrail::proxy {

struct Route {
    Target target;
    std::string path;  ///< The target as the peer gets it.
};

/// "http://host:port/path" (RFC 9112 section 3.2.2); nothing if it is no such thing.
[[nodiscard]] std::optional<Route> absolute_route(std::string_view target);

/// The one target of the connection; an absolute form inside it is passed on as it is.
[[nodiscard]] Route opened_route(const RequestHead& head, const Target& target);

/// What the Host header names, over plain HTTP; nothing if it names nothing.
[[nodiscard]] std::optional<Route> route_by_host(const RequestHead& head);

/// One Host header is needed in HTTP/1.1, and it must name the server that the request goes to: what the
/// ledger says and what the server takes the request for must be the same host and port. An absolute target
/// too, which counts more than Host (RFC 9112 section 3.2.2); since Host is signed it is refused rather than
/// replaced. A Host without a port names the connection's: Mastodon writes it so whatever the port.
[[nodiscard]] std::optional<Problem> wrong_host(const RequestHead& head, const Target& target);

/// The password of `Basic base64(anything:password)` (RFC 7617); "" if it is none.
[[nodiscard]] std::string password_of(std::string_view credentials);

}  // namespace fedtrail::proxy
