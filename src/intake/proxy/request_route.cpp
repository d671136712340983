#include "intake/proxy/request_route.hpp"

#include <algorithm>

#include "fedtrail/core/base64.hpp"

namespace fedtrail::proxy {

std::optional<Route> absolute_route(std::string_view target) {
    const bool tls = equal_ignoring_case(target.substr(0, 8), "https://");
    if (!tls && !equal_ignoring_case(target.substr(0, 7), "http://")) {
        return std::nullopt;
    }
    target.remove_prefix(tls ? 8 : 7);
    const auto end = std::min(target.find_first_of("/?#"), target.size());
    auto found = target_of(target.substr(0, end), tls, tls ? 443 : 80);
    if (!found) {
        return std::nullopt;
    }
    auto path = std::string{target.substr(end)};
    if (path.empty() || path.front() != '/') {
        path.insert(0, "/");
    }
    return Route{std::move(*found), std::move(path)};
}

Route opened_route(const RequestHead& head, const Target& target) {
    return Route{target, std::string{head.target}};
}

std::optional<Route> route_by_host(const RequestHead& head) {
    const auto host = only_value(head.headers, "host");
    if (!host || head.target.front() != '/') {
        return std::nullopt;
    }
    auto found = target_of(*host, false, 80);
    if (!found) {
        return std::nullopt;
    }
    return Route{std::move(*found), std::string{head.target}};
}

namespace {

bool is_elsewhere(const Target& named, const Target& target) {
    return named.name != target.name || named.port != target.port;
}

}  // namespace

std::optional<Problem> wrong_host(const RequestHead& head, const Target& target) {
    const auto absolute = absolute_route(head.target);
    const bool unread =
        !absolute && head.target.front() != '/' && head.target.find("://") != head.target.npos;
    if (unread || (absolute && is_elsewhere(absolute->target, target))) {
        return kMisdirected;
    }
    const auto hosts = count_of(head.headers, "host");
    if (hosts == 0 && head.version == "HTTP/1.0") {
        return std::nullopt;
    }
    const auto host = only_value(head.headers, "host");
    if (host && (*host == target.name.text() || *host == target.recipient.text())) {
        return std::nullopt;  // spelled as we spell it: nothing to read
    }
    const auto named = host ? target_of(*host, target.tls, target.port) : fail(ErrorKind::Invalid, "");
    if (!named) {
        return kNoHost;
    }
    return is_elsewhere(*named, target) ? std::optional{kMisdirected} : std::nullopt;
}

std::string password_of(std::string_view credentials) {
    constexpr std::string_view kScheme = "basic ";
    constexpr std::size_t kLongest = 1024;
    if (!equal_ignoring_case(credentials.substr(0, kScheme.size()), kScheme)) {
        return {};
    }
    credentials.remove_prefix(kScheme.size());
    Bytes plain;
    if (credentials.size() > kLongest || !from_base64(credentials, plain)) {
        return {};
    }
    const auto text = fedtrail::text_of(plain);
    const auto colon = text.find(':');
    return colon == text.npos ? std::string{} : std::string{text.substr(colon + 1)};
}

}  // namespace fedtrail::proxy
