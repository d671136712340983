/// "Did you mean …": the nearest of the words we know.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fedtrail {

/// Restricted Damerau-Levenshtein distance over bytes: insertions, deletions, substitutions and swaps of
/// neighbours.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word with the smallest distance, if it is near enough to be a slip of the hand: at most a third
/// of the longer word.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known);

/// "Did you mean \"x\"?" or "Known are: a, b, c."
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> known);

}  // namespace fedtrail
