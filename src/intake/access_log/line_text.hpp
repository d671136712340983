/// What the forms of a line have in common.

#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/time.hpp"

#include "intake/access_log/access_line.hpp"

namespace fedtrail::intake::access_log {

/// Why a line cannot be read: a literal, so that nothing of the line gets into it. Empty if it could.
using Fault = std::string_view;

/// All of `text` as a number.
template <typename Number>
[[nodiscard]] std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && stopped == end ? std::optional{number} : std::nullopt;
}

/// A status of an answer, 100 to 599; nothing for any other number.
[[nodiscard]] inline std::optional<std::uint16_t> status_of(std::uint64_t number) {
    return number >= 100 && number <= 599 ? std::optional{static_cast<std::uint16_t>(number)} : std::nullopt;
}

/// "1700000000.123" (nginx's $msec, Caddy's ts); nothing outside 1970 to 2037, as the ledger counts.
[[nodiscard]] std::optional<Instant> unix_time(std::string_view text);

/// Reads a line of each form into `line`; false in `access` if it is another message.
[[nodiscard]] Fault read_json(std::string_view padded, AccessLine& line);
[[nodiscard]] Fault read_caddy(std::string_view padded, AccessLine& line, bool& access);
[[nodiscard]] Fault read_combined(std::string_view text, AccessLine& line);

/// Bytes that must be readable behind what read_json() and read_caddy() are given.
inline constexpr std::size_t kLinePadding = 64;

}  // namespace fedtrail::intake::access_log
