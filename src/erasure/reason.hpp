/// Why a notice ended as it did: some reasons have a name, which each language puts into its own words.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fedtrail::erasure {

enum class ReasonCode : std::uint8_t {
    None,              ///< Words alone.
    Impossible,        ///< Art. 19; the words are the controller's.
    Disproportionate,  ///< The same.
    WouldImport,       ///< A look would make the recipient fetch the copy anew; without words.
    NoPostProbe,       ///< Single posts cannot be looked at on that software; without words.
    NotSent,  ///< Nothing was tried: no inbox, no key, a transfer rule, no rest that ended; the words are for
              ///< operators.
};

/// Words of NotSent: more may be known of the recipient by now.
inline constexpr std::string_view kNoInboxKnown = "no inbox is known";

/// What records::Notice::reason says.
struct Reason {
    ReasonCode code{ReasonCode::None};
    std::string words;  ///< May be empty.
};

[[nodiscard]] std::string_view name_of(ReasonCode code);  ///< "impossible", "no_post_probe"; "" for None.
[[nodiscard]] Reason reason_of(const std::string& text);
/// As records::Notice::reason keeps it: "impossible: the words".
[[nodiscard]] std::string text_of(const Reason& reason);

}  // namespace fedtrail::erasure
