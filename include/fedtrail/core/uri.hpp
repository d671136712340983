/// Hosts and URIs, parsed once and normalised, so that equal means the same place.

#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"

namespace fedtrail {

/// A server's name as the ledger knows it: lower case, IDN as punycode (UTS 46), no trailing dot; an IPv6
/// literal stands in brackets. A port stands behind it only where it is not the scheme's default.
class Host {
public:
    Host() = default;  ///< The empty host: "not known".

    /// `text` is "Example.ORG", "bücher.example", "127.0.0.1", "[::1]" or any of these with ":port".
    /// At most 253 octets for a name. Errors: Invalid.
    [[nodiscard]] static Result<Host> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes a rewritten comparison's 0 for a pointer
    friend auto operator<=>(const Host&, const Host&) = default;

private:
    friend class Uri;
    explicit Host(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

/// An http or https URI (RFC 3986), normalised: lower-case scheme and host, punycode, no default port, dot
/// segments removed, unreserved characters not percent-encoded. Userinfo is refused. At most 2,048 octets.
class Uri {
public:
    Uri() = default;

    [[nodiscard]] static Result<Uri> parse(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const Host& host() const noexcept {
        return host_;
    }  ///< With the port where it is not the default.
    [[nodiscard]] std::string_view scheme() const noexcept;
    [[nodiscard]] std::string_view path() const noexcept;      ///< Starts with "/".
    [[nodiscard]] std::string_view query() const noexcept;     ///< Without "?".
    [[nodiscard]] std::string_view fragment() const noexcept;  ///< Without "#".

    friend auto operator<=>(const Uri& a, const Uri& b) { return a.text_ <=> b.text_; }
    friend bool operator==(const Uri& a, const Uri& b) { return a.text_ == b.text_; }

private:
    std::string text_;
    Host host_;
};

}  // namespace fedtrail

template <>
struct std::hash<fedtrail::Host> {
    std::size_t operator()(const fedtrail::Host& host) const noexcept {
        return std::hash<std::string>{}(host.text());
    }
};
