/// Where a reader finds an article of the GDPR.

#pragma once

#include <string>
#include <string_view>

namespace fedtrail::reports {

/// The European Legislation Identifier of an article ("15") or a paragraph ("15.2") of Regulation (EU)
/// 2016/679; EUR-Lex answers it in the reader's language.
[[nodiscard]] inline std::string eli_of(std::string_view article) {
    std::string address = "https://eur-lex.europa.eu/eli/reg/2016/679/art_";
    const auto dot = article.find('.');
    address.append(article.substr(0, dot));
    if (dot != std::string_view::npos) {
        address.append("/par_").append(article.substr(dot + 1));
    }
    return address.append("/oj");
}

}  // namespace fedtrail::reports
