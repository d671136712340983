/// What the controller declared of a recipient: words as they are written and stored, and what they say.
/// Pure. docs/transfers.md lists the words.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/declaration_book.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"
#include "fedtrail/records/recipient_card.hpp"

namespace fedtrail::recipients {

inline constexpr std::size_t kLongestWord = 500;     ///< Octets of a value.
inline constexpr std::size_t kLongestReason = 2000;  ///< Octets.

/// What stands, as values.
struct Declaration {
    std::optional<records::CountryFinding> country;
    std::string organisation;
    Personal<std::string> operator_name;
    Personal<std::string> contact;
    std::string inbox;  ///< URI: where its server takes messages.
    std::vector<privacy::ScopeCheck> checks;
    std::optional<privacy::Clauses> clauses;
    std::optional<privacy::DeclaredBasis> basis;
    std::string
        refused_basis;  ///< Stands, but nothing of the kind can be declared: it counts as not declared.
    std::optional<bool> relay;
    std::optional<bool> bridge;
    std::optional<bool> single_person;
};

/// Words that mean nothing (a later release wrote them, or a decision left policies/adequacy.json) are passed
/// over.
[[nodiscard]] Declaration read_declaration(std::span<const DeclaredWord> words);

/// Why a word that stands counts for nothing, and what to say instead; "" if all count.
[[nodiscard]] std::string refusal_of(const Declaration& declaration);

/// A word as somebody wants it: `value` "" takes it back.
struct WantedWord {
    std::string key;
    std::string value;
    bool of_another{};  ///< Another order of the same act says it, with a reason of its own: it counts here,
                        ///< and is written there.
};

/// "country=DE" or "country=". Errors: Invalid.
[[nodiscard]] Result<WantedWord> wanted_word(std::string_view text);

/// "basis" of "basis.until": the word that a part of one hangs on.
[[nodiscard]] constexpr std::string_view head_of(std::string_view key) {
    return key.substr(0, key.find('.'));
}

/// Of one host, whatever else is declared of its recipient: an inbox is an address on that very host.
[[nodiscard]] constexpr bool is_of_one_host(std::string_view key) {
    return key == "inbox";
}

/// Which changes make `wanted` true of what stands. Values get their canonical form ("de" becomes "DE"); what
/// depends on a word goes with it; a check and a basis without a day are of `today`. `facts`: what decisions
/// ask of recipients (privacy::AdequacyScope). Errors: Invalid (a word nobody knows, a value that is none,
/// one word that needs another); the remedy says how it is written.
[[nodiscard]] Result<std::vector<WordChange>> plan_words(std::span<const DeclaredWord> stands,
                                                         std::span<const WantedWord> wanted,
                                                         std::span<const std::string> facts,
                                                         const privacy::Day& today);

/// What the decisions ask of recipients: "dpf_list", "lgpd", … without repetition.
[[nodiscard]] std::vector<std::string> scope_facts(const privacy::Adequacy& adequacy);

}  // namespace fedtrail::recipients
