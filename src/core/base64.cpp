#include "fedtrail/core/base64.hpp"

#include <array>
#include <cstdint>

namespace fedtrail {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint32_t kNone = 0x8000'0000U;

/// A digit's value at each of the four places of a group; kNone for what is no digit.
constexpr std::array<std::array<std::uint32_t, 256>, 4> places() {
    std::array<std::array<std::uint32_t, 256>, 4> tables{};
    for (std::size_t place = 0; place < tables.size(); ++place) {
        for (auto& value : tables[place]) {
            value = kNone;
        }
        for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
            tables[place][static_cast<unsigned char>(kAlphabet[i])] =
                static_cast<std::uint32_t>(i << (18 - 6 * place));
        }
    }
    return tables;
}

constexpr auto kPlaces = places();

tl::unexpected<Error> malformed() {
    return fail(ErrorKind::Invalid, "this is not base64 (RFC 4648 section 4)");
}

}  // namespace

void append_base64(std::string& out, ByteView bytes) {
    const auto start = out.size();
    out.resize(start + (bytes.size() + 2) / 3 * 4);
    auto* to = out.data() + start;
    const auto put = [&](std::uint32_t group, unsigned shift) {
        *to++ = kAlphabet[(group >> shift) & 0x3FU];
    };
    std::size_t at = 0;
    for (; at + 3 <= bytes.size(); at += 3) {
        const auto group = std::to_integer<std::uint32_t>(bytes[at]) << 16U |
                           std::to_integer<std::uint32_t>(bytes[at + 1]) << 8U |
                           std::to_integer<std::uint32_t>(bytes[at + 2]);
        put(group, 18);
        put(group, 12);
        put(group, 6);
        put(group, 0);
    }
    if (const auto left = bytes.size() - at; left > 0) {
        const auto group = std::to_integer<std::uint32_t>(bytes[at]) << 16U |
                           (left == 2 ? std::to_integer<std::uint32_t>(bytes[at + 1]) << 8U : 0U);
        put(group, 18);
        put(group, 12);
        if (left == 2) {
            put(group, 6);
        } else {
            *to++ = '=';
        }
        *to = '=';
    }
}

std::string base64(ByteView bytes) {
    std::string out;
    append_base64(out, bytes);
    return out;
}

bool from_base64(std::string_view text, Bytes& out) {
    if (text.size() % 4 != 0) {
        return false;
    }
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    const auto digits = text.substr(0, text.size() - padding);
    out.resize(digits.size() * 6 / 8);
    auto* to = out.data();
    const auto* from = digits.data();
    const auto value = [](char digit, unsigned place) {
        return kPlaces[place][static_cast<unsigned char>(digit)];
    };
    std::uint32_t all = 0;  // kNone stays if one of them is no digit
    for (const auto* const end = from + digits.size() / 4 * 4; from != end; from += 4) {
        const auto group = value(from[0], 0) | value(from[1], 1) | value(from[2], 2) | value(from[3], 3);
        all |= group;
        *to++ = static_cast<std::byte>(group >> 16U & 0xFFU);
        *to++ = static_cast<std::byte>(group >> 8U & 0xFFU);
        *to++ = static_cast<std::byte>(group & 0xFFU);
    }
    if (const auto left = digits.size() % 4; left > 0) {  // two digits are an octet, three are two
        const auto group =
            value(from[0], 0) | (left > 1 ? value(from[1], 1) : kNone) | (left > 2 ? value(from[2], 2) : 0U);
        all |= group;
        all |= (group & (left > 2 ? 0xFFU : 0xFFFFU)) != 0 ? kNone : 0U;  // unused bits
        *to++ = static_cast<std::byte>(group >> 16U & 0xFFU);
        if (left > 2) {
            *to = static_cast<std::byte>(group >> 8U & 0xFFU);
        }
    }
    return (all & kNone) == 0;
}

Result<Bytes> from_base64(std::string_view text) {
    Bytes out;
    if (!from_base64(text, out)) {
        return malformed();
    }
    return out;
}

}  // namespace fedtrail
