#include "fedtrail/core/base64.hpp"

#include <array>
#include <cstdint>

namespace fedtrail {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> values() {
    std::array<std::int8_t, 256> table{};
    for (auto& value : table) {
        value = -1;
    }
    for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
        table[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
    }
    return table;
}

constexpr auto kValues = values();

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
    out.clear();
    if (text.size() % 4 != 0) {
        return false;
    }
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    const auto digits = text.substr(0, text.size() - padding);
    out.resize(digits.size() * 6 / 8);
    auto* to = out.data();
    const auto value = [&](std::size_t at) {
        return static_cast<std::uint32_t>(
            static_cast<std::int32_t>(kValues[static_cast<unsigned char>(digits[at])]));
    };
    std::uint32_t all = 0;  // the high bit stays if one of them is no digit
    std::size_t at = 0;
    for (; at + 4 <= digits.size(); at += 4) {
        const auto a = value(at);
        const auto b = value(at + 1);
        const auto c = value(at + 2);
        const auto d = value(at + 3);
        all |= a | b | c | d;
        const auto group = a << 18U | b << 12U | c << 6U | d;
        *to++ = static_cast<std::byte>(group >> 16U & 0xFFU);
        *to++ = static_cast<std::byte>(group >> 8U & 0xFFU);
        *to++ = static_cast<std::byte>(group & 0xFFU);
    }
    if (at < digits.size()) {
        const bool two = digits.size() - at == 3;  // octets
        const auto c = two ? value(at + 2) : 0U;
        all |= value(at) | value(at + 1) | c;
        const auto group = value(at) << 18U | value(at + 1) << 12U | c << 6U;
        all |= (group & (two ? 0xFFU : 0xFFFFU)) != 0 ? 0x8000'0000U : 0U;  // unused bits
        *to++ = static_cast<std::byte>(group >> 16U & 0xFFU);
        if (two) {
            *to = static_cast<std::byte>(group >> 8U & 0xFFU);
        }
    }
    return (all & 0x8000'0000U) == 0;
}

Result<Bytes> from_base64(std::string_view text) {
    Bytes out;
    if (!from_base64(text, out)) {
        return malformed();
    }
    return out;
}

}  // namespace fedtrail
