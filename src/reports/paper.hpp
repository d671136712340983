/// Paper: a document of the instance as a value, before it is Markdown or HTML.
///
/// Its texts may hold references to the GDPR (see cite()); everything else in them is plain text, whoever
/// wrote it.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fedtrail::reports {

/// Around the article of a reference, "\x02" "13(1)(a)" "\x03"; no other text can contain them.
inline constexpr char kCiteBegins = '\x02';
inline constexpr char kCiteEnds = '\x03';

/// `text` without the two marks, other control characters and what without_turns() takes out, and with every
/// run of white space as one blank.
[[nodiscard]] std::string without_marks(std::string_view text);

struct Paragraph {
    std::string text;
    bool strong{};  ///< Stands out.
};

struct Bullets {
    std::vector<std::string> items;
};

/// Names and what they are.
struct FactList {
    std::vector<std::pair<std::string, std::string>> facts;
};

struct GridColumn {
    std::string title;
    bool number{};
};

/// A table. In Markdown it is a list: not every reader of Markdown knows tables.
struct Grid {
    std::string caption;
    std::vector<GridColumn> columns;
    std::vector<std::vector<std::string>> rows;
};

using Block = std::variant<Paragraph, Bullets, FactList, Grid>;

struct PaperSection {
    std::string id;  ///< For links: ASCII letters, digits and hyphens.
    std::string title;
    int level{2};  ///< 2 or 3.
    std::vector<Block> blocks;
};

struct Paper {
    std::string language;  ///< BCP 47.
    std::string kind;      ///< "Privacy notice"
    std::string heading;
    std::vector<std::pair<std::string, std::string>> frame;  ///< Short facts below the heading.
    std::vector<PaperSection> sections;
    std::string colophon;
    bool dense{};  ///< Printed small, for a paper of a fixed number of pages.
};

}  // namespace fedtrail::reports
