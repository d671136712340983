#include "intake/proxy/target.hpp"

#include <algorithm>
#include <optional>

namespace fedtrail::proxy {

namespace {

std::optional<std::uint16_t> read_port(std::string_view digits) {
    if (digits.empty() || digits.size() > 5) {
        return std::nullopt;
    }
    unsigned port = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    return port >= 1 && port <= 65535 ? std::optional{static_cast<std::uint16_t>(port)} : std::nullopt;
}

}  // namespace

std::string Target::dialled() const {
    const auto& text = name.text();
    return text.front() == '[' ? text.substr(1, text.size() - 2) : text;
}

bool Target::is_address() const {
    const auto& text = name.text();
    return text.front() == '[' || text.find_first_not_of("0123456789.") == std::string::npos;
}

Result<Target> target_of(std::string_view authority, bool tls, std::uint16_t default_port) {
    const auto malformed =
        fail(ErrorKind::Invalid, "the request names no valid host and port", "HOST or HOST:PORT");
    auto name = authority;
    std::optional<std::uint16_t> port = default_port;
    const auto colon = authority.rfind(':');
    const auto bracket = authority.rfind(']');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        name = authority.substr(0, colon);
        port = read_port(authority.substr(colon + 1));
    }
    const auto second = name.rfind(':');  // "host:8:80": a host may have a port of its own elsewhere
    const bool ported =
        second != std::string_view::npos && (bracket == std::string_view::npos || second > bracket);
    const auto host = ported ? Result<Host>{malformed} : Host::parse(name);
    if (!host || !port || name.empty() || name.find('@') != std::string_view::npos) {
        return malformed;
    }
    Target target{*host, *port, tls, *host, {}};
    if (*port != (tls ? 443 : 80)) {
        const auto recipient = Host::parse(host->text() + ":" + std::to_string(*port));
        if (!recipient) {
            return malformed;
        }
        target.recipient = *recipient;
    }
    target.key = host->text() + ":" + std::to_string(*port) + (tls ? "/tls" : "");
    return target;
}

bool matches_any(const std::vector<std::string>& patterns, const Host& name) {
    const std::string_view text = name.text();
    return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
        if (pattern.substr(0, 2) != "*.") {
            return pattern == "*" || text == pattern;
        }
        const auto suffix = pattern.substr(1);
        return text.size() > suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
    });
}

}  // namespace fedtrail::proxy
