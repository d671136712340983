/// References to the GDPR as a language writes them.

#pragma once

#include <string>
#include <string_view>

namespace fedtrail::reports {

class ReportTexts;

/// A reference to the GDPR.
struct Citation {
    std::string words;  ///< "Art. 13(1)(a)", as the language cites.
    std::string uri;    ///< Its European Legislation Identifier.
};

/// Whether `text` is an article of the GDPR as a reference names it: "13", "13(1)", "13(1)(a)".
[[nodiscard]] bool is_article(std::string_view text);

/// "13(1)(a)" as this language writes it, and where it can be read. `article` is one, or the program ends.
[[nodiscard]] Citation cite(const ReportTexts& texts, std::string_view article);

/// The article of a declared basis: as cite(), but "49(1)" is its second subparagraph. What is no article
/// stays as it is, with no address.
[[nodiscard]] Citation cite_declared(const ReportTexts& texts, std::string_view article);

/// What stands behind the reference to a declared basis: ", second subparagraph" of "49(1)"; "" of others.
[[nodiscard]] std::string declared_suffix(const ReportTexts& texts, std::string_view article);

}  // namespace fedtrail::reports
