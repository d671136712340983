#include "fedtrail/core/address.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace fedtrail {

namespace {

using Octets = std::span<const std::uint8_t>;

bool starts_with(Octets octets, Octets network, unsigned prefix) {
    const auto whole = prefix / 8;
    if (!std::equal(network.begin(), network.begin() + whole, octets.begin())) {
        return false;
    }
    const auto rest = prefix % 8;
    return rest == 0 || ((octets[whole] ^ network[whole]) >> (8U - rest)) == 0;
}

struct Range4 {
    IpAddress::V4 base;
    unsigned prefix;
};

// IANA's special-purpose registry (RFC 6890 and its successors) and two metadata services outside it.
constexpr std::array<Range4, 17> kClosed4{{
    {{0, 0, 0, 0}, 8},
    {{10, 0, 0, 0}, 8},
    {{100, 64, 0, 0}, 10},
    {{127, 0, 0, 0}, 8},
    {{169, 254, 0, 0}, 16},
    {{172, 16, 0, 0}, 12},
    {{192, 0, 0, 0}, 24},
    {{192, 0, 2, 0}, 24},
    {{192, 88, 99, 0}, 24},
    {{192, 168, 0, 0}, 16},
    {{198, 18, 0, 0}, 15},
    {{198, 51, 100, 0}, 24},
    {{203, 0, 113, 0}, 24},
    {{224, 0, 0, 0}, 4},
    {{240, 0, 0, 0}, 4},
    {{168, 63, 129, 16}, 32},
    {{255, 255, 255, 255}, 32},
}};

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::array<std::uint8_t, 12> kNat64{0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

bool is_public_v6(Octets b) {
    if ((b[0] & 0xe0U) != 0x20) {
        return false;  // only 2000::/3 is global unicast
    }
    const bool protocol = b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02;  // 2001::/23: Teredo, ORCHID, …
    const bool documentation = (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) ||
                               (b[0] == 0x3f && b[1] == 0xff && b[2] < 0x10);
    const bool six_to_four = b[0] == 0x20 && b[1] == 0x02;
    return !protocol && !documentation && !six_to_four;
}

std::optional<unsigned> read_prefix(std::string_view digits, unsigned most) {
    if (digits.empty() || digits.size() > 3) {
        return std::nullopt;
    }
    unsigned prefix = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        prefix = prefix * 10 + static_cast<unsigned>(c - '0');
    }
    return prefix <= most ? std::optional{prefix} : std::nullopt;
}

}  // namespace

IpAddress::IpAddress(const V4& octets) : size_(octets.size()) {
    std::copy(octets.begin(), octets.end(), octets_.begin());
}

IpAddress::IpAddress(const V6& octets) : octets_(octets), size_(octets.size()) {
    if (starts_with(octets, kMapped, 96) || starts_with(octets, kNat64, 96)) {
        *this = IpAddress{V4{octets[12], octets[13], octets[14], octets[15]}};
    }
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string whole{text};
    V4 four{};
    if (::inet_pton(AF_INET, whole.c_str(), four.data()) == 1 && whole.find('\0') == std::string::npos) {
        return IpAddress{four};
    }
    V6 six{};
    if (::inet_pton(AF_INET6, whole.c_str(), six.data()) == 1 && whole.find('\0') == std::string::npos) {
        return IpAddress{six};
    }
    return fail(ErrorKind::Invalid, "this is no IP address", "write it as 10.0.0.5 or fd00::5");
}

bool IpAddress::is_public() const {
    if (!is_v4()) {
        return is_public_v6(octets());
    }
    return std::none_of(kClosed4.begin(), kClosed4.end(), [this](const Range4& range) {
        return starts_with(octets(), range.base, range.prefix);
    });
}

bool IpAddress::is_loopback() const {
    constexpr V6 kLoopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    return is_v4() ? octets_[0] == 127 : octets_ == kLoopback6;
}

bool is_loopback(std::string_view address) {
    const auto parsed = IpAddress::parse(address);
    return parsed && parsed->is_loopback();
}

Result<AddressNetwork> AddressNetwork::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto base = IpAddress::parse(text.substr(0, slash));
    if (base && base->is_v4() && slash != std::string_view::npos && text.find(':') < slash) {
        // Its prefix counts bits that were dropped: taken for the rest's, /8 would open far more than is
        // meant.
        return fail(
            ErrorKind::Invalid,
            "\"" + std::string{text.substr(0, 64)} + "\" is a network of IPv4 addresses written as IPv6",
            "Write it as 10.0.0.0/8: the forms of its addresses inside IPv6 are meant too.");
    }
    const unsigned most = base && base->is_v4() ? 32 : 128;
    const auto prefix =
        slash == std::string_view::npos ? std::optional{most} : read_prefix(text.substr(slash + 1), most);
    if (!base || !prefix) {
        return fail(ErrorKind::Invalid,
                    "\"" + std::string{text.substr(0, 64)} + "\" is no address and no network",
                    "Write it as 10.0.0.5 or 10.0.0.0/8.");
    }
    return AddressNetwork{*base, *prefix};
}

bool AddressNetwork::holds(const IpAddress& address) const {
    return address.is_v4() == base_.is_v4() && starts_with(address.octets(), base_.octets(), prefix_);
}

Result<AddressGuard> AddressGuard::make(std::span<const std::string> allowed) {
    AddressGuard guard;
    for (const auto& text : allowed) {
        auto network = AddressNetwork::parse(text);
        if (!network) {
            return fail(network);
        }
        guard.allowed_.push_back(*network);
    }
    return guard;
}

bool AddressGuard::permits(const IpAddress& address) const {
    return address.is_public() || std::any_of(allowed_.begin(), allowed_.end(), [&](const auto& network) {
               return network.holds(address);
           });
}

}  // namespace fedtrail
