/// Which addresses the proxy connects to. The origin's own guard against private addresses is off once it
/// uses a proxy, so the proxy has one, and asks it about the address it really connects to, after name
/// resolution.

#pragma once

#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "fedtrail/core/result.hpp"

namespace fedtrail::proxy {

/// Whether an address is a public unicast one. Not: loopback, private (RFC 1918), link-local, unique local,
/// shared (RFC 6598), multicast, unspecified, documentation, benchmarking, reserved, and the clouds' metadata
/// services. An IPv4 address inside an IPv6 one (mapped, NAT64) is judged as what it is.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

class AddressGuard {
public:
    /// `allowed`: addresses or networks ("127.0.0.0/8", "fd00::1") that may be connected to although they are
    /// not public. Errors: Invalid.
    [[nodiscard]] static Result<AddressGuard> make(const std::vector<std::string>& allowed);

    [[nodiscard]] bool permits(const boost::asio::ip::address& address) const;

private:
    struct Network {
        boost::asio::ip::address base;
        unsigned prefix{};
    };
    std::vector<Network> allowed_;
};

}  // namespace fedtrail::proxy
