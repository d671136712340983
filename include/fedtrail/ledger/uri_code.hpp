/// URIs of one server's software share a shape: the shape is kept once, the changing parts are coded as
/// numbers.
///
/// "https://a.example/users/alice/statuses/115/activity" has the shape
/// "https://a.example/users/alice/statuses/\1/activity" and the number 115. docs/formats/uri-code.md.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fedtrail::ledger {

/// Stands in a shape for a decimal number of at most 18 digits without leading zeros.
inline constexpr char kNumberSlot = '\1';
/// Stands in a shape for a UUID in lower-case 8-4-4-4-12 form, two numbers (high 64 bits first).
inline constexpr char kUuidSlot = '\2';
/// Stands in a shape for a path segment that looks like an identifier; kept in `text`.
inline constexpr char kTextSlot = '\3';

struct SplitUri {
    std::string shape;
    std::vector<std::uint64_t> numbers;
    std::string text;  ///< The text slot's characters; there is at most one.

    friend bool operator==(const SplitUri&, const SplitUri&) = default;
};

/// Splits any text; at most three slots. Text with a control character in it is all shape.
[[nodiscard]] SplitUri split_uri(std::string_view uri);

/// What split_uri() was given; nothing if shape and slots do not fit.
[[nodiscard]] std::optional<std::string> join_uri(std::string_view shape,
                                                  const std::vector<std::uint64_t>& numbers,
                                                  std::string_view text);

/// A split URI whose shape is known by its number within the subject. Shape 0: no URI.
struct UriCode {
    std::uint32_t shape{};
    std::vector<std::uint64_t> numbers;
    std::string text;

    friend bool operator==(const UriCode&, const UriCode&) = default;
};

/// No code has more numbers: who reads one that does refuses it.
inline constexpr std::size_t kMaxUriNumbers = 8;

/// A number for finding a code again: not unique, compare the codes.
[[nodiscard]] std::uint64_t hash_of(const UriCode& code);

}  // namespace fedtrail::ledger
