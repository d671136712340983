#include "api/target.hpp"

#include <algorithm>
#include <array>

namespace fedtrail::api {

namespace {

constexpr std::size_t kMostQueries = 32;

int digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// The octet that "%41" stands for at `at`; nothing if it is cut or no hexadecimal.
std::optional<char> encoded_octet(std::string_view text, std::size_t at) {
    const int high = at + 2 < text.size() ? digit(text[at + 1]) : -1;
    const int low = at + 2 < text.size() ? digit(text[at + 2]) : -1;
    if (high < 0 || low < 0) {
        return std::nullopt;
    }
    return static_cast<char>(high * 16 + low);
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::optional<char> c = text[i];
        if (text[i] == '%') {
            c = encoded_octet(text, i);
            i += 2;
        } else if (text[i] == '+' && plus_is_space) {
            c = ' ';
        }
        if (!c || is_control(*c)) {
            return std::nullopt;
        }
        out += *c;
    }
    return out;
}

tl::unexpected<Error> broken() {
    return fail(ErrorKind::Invalid, "the address of the request is broken", "Percent-encode it (RFC 3986).");
}

/// The parts between `separator`s.
std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        parts.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

}  // namespace

std::optional<std::string> Target::query(std::string_view name) const {
    for (const auto& [key, value] : queries) {
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

Result<bool> Target::flag(std::string_view name) const {
    const auto asked = query(name).value_or("false");
    if (asked != "true" && asked != "false") {
        return fail(ErrorKind::Invalid,
                    std::string{name} + " is neither true nor false",
                    "Write " + std::string{name} + "=true, or leave it out.");
    }
    return asked == "true";
}

Result<Target> parse_target(std::string_view target) {
    if (!target.starts_with('/')) {
        return broken();
    }
    const auto mark = target.find('?');
    Target parsed;
    for (const auto segment : split(target.substr(1, mark == target.npos ? mark : mark - 1), '/')) {
        auto text = decoded(segment, false);
        if (!text || text->empty()) {
            return broken();
        }
        parsed.segments.push_back(std::move(*text));
    }
    const auto queries = split(mark == target.npos ? std::string_view{} : target.substr(mark + 1), '&');
    if (queries.size() > kMostQueries) {
        return broken();
    }
    for (const auto query : queries) {
        if (query.empty()) {
            continue;  // "?&a=1"
        }
        const auto equals = std::min(query.find('='), query.size());
        auto key = decoded(query.substr(0, equals), true);
        auto value = decoded(query.substr(std::min(equals + 1, query.size())), true);
        if (!key || !value) {
            return broken();
        }
        parsed.queries.emplace_back(std::move(*key), std::move(*value));
    }
    return parsed;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letter || kPlain.find(c) != kPlain.npos) {
            out += c;
        } else {
            out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
        }
    }
    return out;
}

}  // namespace fedtrail::api
