#include "reports/citation.hpp"

#include <algorithm>
#include <exception>
#include <optional>

#include "reports/report_texts.hpp"

namespace fedtrail::reports {

namespace {

/// The definitions are numbered points of an article that has no paragraphs.
constexpr std::string_view kOfPoints = "4";

/// An article taken apart: "13", "1", "a".
struct ArticleParts {
    std::string article;
    std::string paragraph;
    std::string letter;
};

bool is_number(std::string_view text) {
    return !text.empty() && text.size() <= 2 &&
           text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// "(1)" at the front of `rest`, taken off; "" if there is none.
std::string_view bracketed(std::string_view& rest) {
    const auto close = rest.find(')');
    if (!rest.starts_with('(') || close == std::string_view::npos) {
        return {};
    }
    const auto inner = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
    return inner;
}

std::optional<ArticleParts> parts_of(std::string_view text) {
    const auto open = std::min(text.find('('), text.size());
    ArticleParts parts{std::string{text.substr(0, open)}, {}, {}};
    text.remove_prefix(open);
    parts.paragraph = bracketed(text);
    parts.letter = bracketed(text);
    const bool letter = parts.letter.empty() ||
                        (parts.letter.size() == 1 && parts.letter[0] >= 'a' && parts.letter[0] <= 'h');
    if (!is_number(parts.article) || !text.empty() || !letter ||
        (!parts.paragraph.empty() && !is_number(parts.paragraph))) {
        return std::nullopt;
    }
    return parts;
}

}  // namespace

bool is_article(std::string_view text) {
    return parts_of(text).has_value();
}

Citation cite(const ReportTexts& texts, std::string_view article) {
    const auto parts = parts_of(article);
    if (!parts) {
        std::terminate();  // load() has looked at every reference
    }
    Citation citation;
    citation.words = texts.fill("cite.article", {{"n", parts->article}});
    citation.uri = "https://eur-lex.europa.eu/eli/reg/2016/679/art_" + parts->article;
    if (parts->article == kOfPoints && !parts->paragraph.empty()) {
        citation.words += texts.fill("cite.point", {{"n", parts->paragraph}});
    } else if (!parts->paragraph.empty()) {
        citation.words += texts.fill("cite.paragraph", {{"n", parts->paragraph}});
        citation.uri += "/par_" + parts->paragraph;
    }
    if (!parts->letter.empty()) {
        citation.words += texts.fill("cite.letter", {{"n", parts->letter}});
    }
    citation.uri += "/oj";
    return citation;
}

Citation cite_declared(const ReportTexts& texts, std::string_view article) {
    if (!is_article(article)) {
        return {std::string{article}, {}};
    }
    auto citation = cite(texts, article);
    citation.words += declared_suffix(texts, article);
    return citation;
}

std::string declared_suffix(const ReportTexts& texts, std::string_view article) {
    return article == "49(1)" ? texts.at("cite.second_subparagraph") : std::string{};
}

}  // namespace fedtrail::reports
