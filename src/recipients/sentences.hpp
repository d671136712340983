/// A text in sentences. Pure.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fedtrail::recipients {

/// As many of one text are looked at.
inline constexpr std::size_t kMostSentences = 3'000;

/// In their order, blanks at the ends removed, none empty; a line's end ends a sentence. Views into `text`.
/// At most `most`.
[[nodiscard]] std::vector<std::string_view> sentences_of(std::string_view text, std::size_t most);

/// Small letters of the Latin alphabets of Unicode (ASCII, Latin-1, Latin Extended-A); others stay.
[[nodiscard]] std::string lower_latin(std::string_view text);

/// The same as it may be kept and shown: every octet that is no part of UTF-8 as U+FFFD, without control
/// characters but the line's end.
[[nodiscard]] std::string clean_text(std::string_view text);

}  // namespace fedtrail::recipients
