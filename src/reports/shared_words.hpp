/// The words that every paper uses of a recipient, and the names of countries, in one language.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/notice.hpp"
#include "fedtrail/privacy/country.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"
#include "fedtrail/records/recipient_card.hpp"

#include "language/flat_texts.hpp"
#include "language/forms.hpp"

namespace fedtrail::reports {

class ReportTexts;

/// Reads `policies`/texts/`language`/{recipients,countries}.json and makes sure that every country, basis,
/// reason, source, mark and state has its words. By their dotted names: `country.NL`, `basis.A45-3.word` and
/// `.meaning`, `basis_reason.in_eea`, `country_source.imprint.word` and `.meaning`, `confidence.high`,
/// `place.hinted`, `mark.relay.word` and `.meaning`, `deletion.verified_gone.word` and `.meaning`. Errors:
/// Invalid.
[[nodiscard]] Result<language::Texts> shared_words(const std::string& policies, const language::Forms& forms);

/// Who runs the server, and how that is known; "" is not known.
[[nodiscard]] std::string operator_words(const records::RecipientCard& card, const ReportTexts& texts);

/// "not known (hint: Germany)"
[[nodiscard]] std::string hinted_words(const privacy::Country& hint, const ReportTexts& texts);

// The names of words that shared_words() holds.
[[nodiscard]] std::string word_key(const privacy::Country& country);           ///< "country.NL"
[[nodiscard]] std::string word_key(privacy::BasisKind kind);                   ///< "basis.A45-3"
[[nodiscard]] std::string word_key(privacy::BasisReason reason);               ///< "basis_reason.in_eea"
[[nodiscard]] std::string word_key(records::CountrySource source);             ///< "country_source.imprint"
[[nodiscard]] std::string word_key(records::Confidence confidence);            ///< "confidence.high"
[[nodiscard]] std::string word_key(std::optional<fediverse::NoticeState> of);  ///< "deletion.not_asked"

}  // namespace fedtrail::reports
