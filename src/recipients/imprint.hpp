/// Finds the country of a server's operator in what the server publishes of itself. Pure.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/records/recipient_card.hpp"

#include "recipients/imprint_words.hpp"

namespace fedtrail::recipients {

struct ImprintFinding {
    privacy::Country country;
    records::Confidence confidence{};  ///< Medium; High if two different kinds of sign agree.
    std::string why;                   ///< "12345 Berlin, Germany"; holds no name of anybody.
};

/// In an imprint the first address is the operator's unless the words before it say otherwise; anywhere else
/// only what words of the operator stand before.
enum class TextKind { Imprint, Other };

/// Plain text, of which the first 256 KiB are read. Nothing if no sign is found, or signs of the operator's
/// country contradict each other.
[[nodiscard]] std::optional<ImprintFinding> country_in_text(std::string_view text,
                                                            TextKind kind,
                                                            const ImprintWords& words);

}  // namespace fedtrail::recipients
