#include "fediverse/json_repair.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "fediverse/ascii.hpp"

namespace fedtrail::fediverse {

namespace {

std::size_t skip_digits(std::string_view text, std::size_t at) {
    while (at < text.size() && is_digit(text[at])) {
        ++at;
    }
    return at;
}

/// Where digits that must follow `at` end; `before` if there are none.
std::size_t skip_some_digits(std::string_view text, std::size_t at, std::size_t before) {
    const auto end = skip_digits(text, at);
    return end == at ? before : end;
}

/// Copies the number (RFC 8259 section 6) at `at` as 0 and gives back its length; what is no number is copied
/// as it stands, and stays wrong. Never looks at a character twice.
std::size_t copy_number(std::string_view text, std::size_t at, std::string& out) {
    const auto start = at;
    at += text[at] == '-' ? 1 : 0;
    const auto whole = at;
    at = skip_digits(text, at);
    if (at == whole || (text[whole] == '0' && at != whole + 1)) {
        out += text.substr(start, at - start);
        return at - start;
    }
    if (at < text.size() && text[at] == '.') {
        at = skip_some_digits(text, at + 1, at);
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        const bool is_signed = at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-');
        at = skip_some_digits(text, at + (is_signed ? 2 : 1), at);
    }
    out += '0';
    return at - start;
}

/// The UTF-16 unit of the escape "\uXXXX" at `at`.
std::optional<std::uint32_t> escaped_unit(std::string_view text, std::size_t at) {
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') {
        return std::nullopt;
    }
    std::uint32_t unit = 0;
    for (const char c : text.substr(at + 2, 4)) {
        const auto lower = static_cast<char>(static_cast<unsigned char>(c) | 0x20U);
        if (is_digit(c)) {
            unit = unit * 16 + static_cast<std::uint32_t>(c - '0');
        } else if (lower >= 'a' && lower <= 'f') {
            unit = unit * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
        } else {
            return std::nullopt;
        }
    }
    return unit;
}

bool is_high(std::optional<std::uint32_t> unit) {
    return unit && *unit >= 0xD800 && *unit < 0xDC00;
}

bool is_low(std::optional<std::uint32_t> unit) {
    return unit && *unit >= 0xDC00 && *unit < 0xE000;
}

/// Copies the escape at `at` and gives back its length.
std::size_t copy_escape(std::string_view text, std::size_t at, std::string& out) {
    const auto unit = escaped_unit(text, at);
    std::size_t length = unit ? 6 : 2;
    if (is_high(unit) && is_low(escaped_unit(text, at + 6))) {
        length = 12;
    } else if (is_high(unit) || is_low(unit)) {
        out += "\\uFFFD";
        return length;
    }
    out += text.substr(at, length);
    return length;
}

}  // namespace

std::string repair_json(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    bool quoted = false;
    std::size_t at = 0;
    while (at < json.size()) {
        const char c = json[at];
        if (quoted && c == '\\') {
            at += copy_escape(json, at, out);
            continue;
        }
        if (c == '"') {
            quoted = !quoted;
        }
        if (!quoted && (c == '-' || is_digit(c))) {
            at += copy_number(json, at, out);
            continue;
        }
        out += c;
        ++at;
    }
    return out;
}

}  // namespace fedtrail::fediverse
