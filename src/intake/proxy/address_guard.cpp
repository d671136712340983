#include "intake/proxy/address_guard.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace fedtrail::proxy {

namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

struct Range4 {
    std::uint32_t base;
    unsigned prefix;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return (a << 24U) | (b << 16U) | (c << 8U) | d;
}

// IANA's special-purpose registry (RFC 6890 and its successors) and two metadata services outside it.
constexpr std::array<Range4, 17> kClosed4{{
    {v4(0, 0, 0, 0), 8},
    {v4(10, 0, 0, 0), 8},
    {v4(100, 64, 0, 0), 10},
    {v4(127, 0, 0, 0), 8},
    {v4(169, 254, 0, 0), 16},
    {v4(172, 16, 0, 0), 12},
    {v4(192, 0, 0, 0), 24},
    {v4(192, 0, 2, 0), 24},
    {v4(192, 88, 99, 0), 24},
    {v4(192, 168, 0, 0), 16},
    {v4(198, 18, 0, 0), 15},
    {v4(198, 51, 100, 0), 24},
    {v4(203, 0, 113, 0), 24},
    {v4(224, 0, 0, 0), 4},
    {v4(240, 0, 0, 0), 4},
    {v4(168, 63, 129, 16), 32},
    {v4(255, 255, 255, 255), 32},
}};

bool starts_with(std::span<const unsigned char> bytes,
                 std::span<const unsigned char> network,
                 unsigned prefix) {
    const auto whole = prefix / 8;
    if (!std::equal(network.begin(), network.begin() + whole, bytes.begin())) {
        return false;
    }
    const auto rest = prefix % 8;
    return rest == 0 || ((bytes[whole] ^ network[whole]) >> (8U - rest)) == 0;
}

bool is_public(address_v4 address) {
    const auto number = address.to_uint();
    return std::none_of(kClosed4.begin(), kClosed4.end(), [&](const Range4& range) {
        return ((number ^ range.base) >> (32U - range.prefix)) == 0;
    });
}

address_v4 last_four(const address_v6::bytes_type& b) {
    return address_v4{{b[12], b[13], b[14], b[15]}};
}

/// The IPv4 address that an IPv6 one stands for: ::ffff:a.b.c.d, or 64:ff9b::a.b.c.d (RFC 6052).
std::optional<address_v4> embedded(const address_v6& address) {
    static constexpr std::array<unsigned char, 12> kNat64{0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    const auto bytes = address.to_bytes();
    if (address.is_v4_mapped() || starts_with(bytes, kNat64, 96)) {
        return last_four(bytes);
    }
    return std::nullopt;
}

bool is_public(const address_v6& address) {
    if (const auto inner = embedded(address)) {
        return is_public(*inner);
    }
    const auto b = address.to_bytes();
    if ((b[0] & 0xe0U) != 0x20) {
        return false;  // only 2000::/3 is global unicast
    }
    const bool protocol = b[0] == 0x20 && b[1] == 0x01 && b[2] < 0x02;  // 2001::/23: Teredo, ORCHID, …
    const bool documentation = (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0d && b[3] == 0xb8) ||
                               (b[0] == 0x3f && b[1] == 0xff && b[2] < 0x10);
    const bool six_to_four = b[0] == 0x20 && b[1] == 0x02;
    return !protocol && !documentation && !six_to_four;
}

/// What the system would really talk to.
address plain(const address& given) {
    if (given.is_v6()) {
        if (const auto inner = embedded(given.to_v6())) {
            return *inner;
        }
    }
    return given;
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

bool is_public(const address& address) {
    return address.is_v4() ? is_public(address.to_v4()) : is_public(address.to_v6());
}

Result<AddressGuard> AddressGuard::make(const std::vector<std::string>& allowed) {
    AddressGuard guard;
    for (const auto& text : allowed) {
        const auto slash = text.find('/');
        boost::system::error_code ec;
        const auto base = boost::asio::ip::make_address(text.substr(0, slash), ec);
        const unsigned most = base.is_v4() ? 32 : 128;
        const auto prefix = slash == std::string::npos
                                ? std::optional{most}
                                : read_prefix(std::string_view{text}.substr(slash + 1), most);
        if (ec || !prefix) {
            return fail(ErrorKind::Invalid,
                        "proxy.allow_addresses: \"" + text + "\" is no address and no network",
                        "write it as 10.0.0.5 or 10.0.0.0/8");
        }
        guard.allowed_.push_back(Network{base, *prefix});
    }
    return guard;
}

bool AddressGuard::permits(const address& given) const {
    if (is_public(given)) {
        return true;
    }
    const auto address = plain(given);
    return std::any_of(allowed_.begin(), allowed_.end(), [&](const Network& network) {
        if (address.is_v4() != network.base.is_v4()) {
            return false;
        }
        return address.is_v4()
                   ? starts_with(address.to_v4().to_bytes(), network.base.to_v4().to_bytes(), network.prefix)
                   : starts_with(address.to_v6().to_bytes(), network.base.to_v6().to_bytes(), network.prefix);
    });
}

}  // namespace fedtrail::proxy
