#include <array>

#include "intake/access_log/line_text.hpp"

namespace fedtrail::intake::access_log {

namespace {

constexpr Fault kForm = "the line is not of the combined form";
constexpr std::array<std::string_view, 12> kMonths{
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// "28/Nov/2026:10:00:00 +0100".
std::optional<Instant> log_time(std::string_view text) {
    if (text.size() != 26 || text[2] != '/' || text[6] != '/' || text[11] != ':' || text[20] != ' ') {
        return std::nullopt;
    }
    std::size_t month = 0;
    while (month < kMonths.size() && kMonths.at(month) != text.substr(3, 3)) {
        ++month;
    }
    std::string written{text.substr(7, 4)};
    if (month == kMonths.size() || written > "2037") {
        return std::nullopt;
    }
    const auto number = std::to_string(month + 1);
    written.append(month < 9 ? "-0" : "-").append(number).append("-").append(text.substr(0, 2));
    written.append("T").append(text.substr(12, 8)).append(text.substr(21, 3)).append(":");
    const auto at = parse_rfc3339(written.append(text.substr(24, 2)));
    return at ? std::optional{*at} : std::nullopt;
}

std::optional<unsigned> hex_digit(char c) {
    return c >= '0' && c <= '9'   ? std::optional{static_cast<unsigned>(c - '0')}
           : c >= 'A' && c <= 'F' ? std::optional{static_cast<unsigned>(c - 'A') + 10}
           : c >= 'a' && c <= 'f' ? std::optional{static_cast<unsigned>(c - 'a') + 10}
                                  : std::nullopt;
}

/// Takes `"…"` off the front of `rest` with its escapes undone: \xHH as nginx writes, \" and \\ as Apache.
std::optional<std::string> take_quoted(std::string_view& rest) {
    if (!rest.starts_with('"')) {
        return std::nullopt;
    }
    std::string out;
    for (std::size_t i = 1; i < rest.size(); ++i) {
        if (rest[i] == '"') {
            rest.remove_prefix(i + 1);
            return out;
        }
        if (rest[i] != '\\') {
            out += rest[i];
            continue;
        }
        const auto high = i + 3 < rest.size() && rest[i + 1] == 'x' ? hex_digit(rest[i + 2]) : std::nullopt;
        const auto low = high ? hex_digit(rest[i + 3]) : std::nullopt;
        if (low) {
            const auto octet = static_cast<unsigned char>(*high * 16 + *low);
            out += octet < 0x80 ? static_cast<char>(octet) : '?';
            i += 3;
        } else if (i + 1 < rest.size()) {
            out += rest[++i];
        }
    }
    return std::nullopt;
}

/// Takes a word off the front, and the space behind it.
std::string_view take_word(std::string_view& rest) {
    const auto end = rest.find(' ');
    const auto word = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    return word;
}

/// "GET /path HTTP/1.1"; what is not of that kind was no request for anything.
void read_request(std::string_view request, AccessLine& line) {
    line.method = std::string{take_word(request)};
    line.target = Personal<std::string>{std::string{take_word(request)}};
}

}  // namespace

Fault read_combined(std::string_view text, AccessLine& line) {
    const auto until = text.find("] \"");  // a user's name has no quotes: they are escaped
    const auto from = text.rfind(" [", until);
    if (until == std::string_view::npos || from == std::string_view::npos) {
        return kForm;
    }
    const auto at = log_time(text.substr(from + 2, until - from - 2));
    auto rest = text.substr(until + 2);
    const auto request = take_quoted(rest);
    if (!at || !request || !rest.starts_with(' ')) {
        return kForm;
    }
    rest.remove_prefix(1);
    const auto number = number_in<std::uint64_t>(take_word(rest));
    const auto status = number ? status_of(*number) : std::nullopt;
    take_word(rest);  // octets
    const auto referer = take_quoted(rest);
    if (!status || !referer || !rest.starts_with(' ')) {
        return kForm;
    }
    rest.remove_prefix(1);
    auto agent = take_quoted(rest);
    if (!agent) {
        return kForm;
    }
    line.at = *at;
    line.status = *status;
    line.agent = *agent == "-" ? std::string{} : std::move(*agent);
    read_request(*request, line);
    return {};
}

}  // namespace fedtrail::intake::access_log
