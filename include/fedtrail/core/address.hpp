/// Addresses of the network, and which of them a server may be made to connect to by somebody else's words.

#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"

namespace fedtrail {

/// An IPv4 or IPv6 address. An IPv4 address inside an IPv6 one (mapped, RFC 4291 section 2.5.5.2; NAT64,
/// RFC 6052) becomes what it is: the system would really talk to that.
class IpAddress {
public:
    using V4 = std::array<std::uint8_t, 4>;
    using V6 = std::array<std::uint8_t, 16>;

    explicit IpAddress(const V4& octets);
    explicit IpAddress(const V6& octets);
    /// "127.0.0.1", "::1"; no brackets, no zone. Errors: Invalid.
    [[nodiscard]] static Result<IpAddress> parse(std::string_view text);

    [[nodiscard]] bool is_v4() const noexcept { return size_ == 4; }
    /// Four or sixteen.
    [[nodiscard]] std::span<const std::uint8_t> octets() const noexcept { return {octets_.data(), size_}; }

    /// Whether it is a public unicast address. Not: loopback, private (RFC 1918), link-local, unique local,
    /// shared (RFC 6598), multicast, unspecified, documentation, benchmarking, reserved, and the clouds'
    /// metadata services.
    [[nodiscard]] bool is_public() const;

    /// This machine itself: 127.0.0.0/8 (RFC 1122 section 3.2.1.3), ::1 (RFC 4291 section 2.5.3).
    [[nodiscard]] bool is_loopback() const;

    friend bool operator==(const IpAddress&, const IpAddress&) = default;

private:
    V6 octets_{};
    std::size_t size_{};
};

/// Whether it is an address (no name: 127.evil.example is none) of this machine itself.
[[nodiscard]] bool is_loopback(std::string_view address);

/// All addresses that begin alike (RFC 4632), or one.
class AddressNetwork {
public:
    /// "10.0.0.0/8", "fd00::/8", "10.0.0.5". Errors: Invalid, also for a network of IPv4 addresses that is
    /// written in their IPv6 form ("::ffff:10.0.0.0/104").
    [[nodiscard]] static Result<AddressNetwork> parse(std::string_view text);
    [[nodiscard]] bool holds(const IpAddress& address) const;

private:
    AddressNetwork(const IpAddress& base, unsigned prefix) : base_(base), prefix_(prefix) {}
    IpAddress base_;
    unsigned prefix_;
};

/// Asked about the address that is really connected to, after name resolution.
class AddressGuard {
public:
    AddressGuard() = default;  ///< Public addresses only.

    /// `allowed`: addresses or networks ("127.0.0.0/8", "fd00::1") that may be connected to although they are
    /// not public. Errors: Invalid.
    [[nodiscard]] static Result<AddressGuard> make(std::span<const std::string> allowed);

    [[nodiscard]] bool permits(const IpAddress& address) const;

private:
    std::vector<AddressNetwork> allowed_;
};

}  // namespace fedtrail
