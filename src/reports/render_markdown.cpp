#include <ostream>
#include <string>
#include <string_view>

#include "reports/cited_text.hpp"
#include "reports/paper_texts.hpp"
#include "reports/render_paper.hpp"

namespace fedtrail::reports {

namespace {

/// Every character that one of the three readers could take for markup. A percent sign becomes an entity:
/// Mastodon fills placeholders before it reads Markdown.
std::string escaped(std::string_view text) {
    static constexpr std::string_view kMarkup = "\\`*_{}[]<>|~^&";
    std::string out;
    for (const char c : text) {
        if (c == '%') {
            out += "&#37;";
            continue;
        }
        if (kMarkup.find(c) != std::string_view::npos) {
            out += '\\';
        }
        out += c;
    }
    return out;
}

/// What only at the start of a line is markup: a heading, a list, a number.
std::string at_line_start(std::string text) {
    const auto digits = text.find_first_not_of("0123456789");
    if (digits != 0 && digits != std::string::npos && (text[digits] == '.' || text[digits] == ')')) {
        text.insert(digits, 1, '\\');
    } else if (!text.empty() && std::string_view{"#+-=!:"}.find(text[0]) != std::string_view::npos) {
        text.insert(0, 1, '\\');
    }
    return text;
}

class Writer {
public:
    Writer(const PaperTexts& texts, std::ostream& out) : texts_(texts), out_(out) {}

    void heading(int level, const std::string& text) {
        out_ << std::string(static_cast<std::size_t>(level), '#') << " " << line(text) << "\n\n";
    }

    void operator()(const Paragraph& paragraph) {
        const auto text = at_line_start(line(paragraph.text));
        out_ << (paragraph.strong ? "**" + text + "**" : text) << "\n\n";
    }

    void operator()(const Bullets& bullets) {
        for (const auto& item : bullets.items) {
            out_ << "- " << at_line_start(line(item)) << "\n";
        }
        out_ << "\n";
    }

    void operator()(const FactList& list) {
        for (const auto& [name, value] : list.facts) {
            out_ << "- **" << line(name) << texts_.forms().colon() << "** " << line(value) << "\n";
        }
        out_ << "\n";
    }

    void operator()(const Grid& grid) {
        for (const auto& row : grid.rows) {
            grid_row(row, grid.columns);
        }
        out_ << "\n";
    }

private:
    void grid_row(const std::vector<std::string>& row, const std::vector<GridColumn>& columns) {
        out_ << "- **" << line(row.front()) << "**";
        for (std::size_t i = 1; i < row.size(); ++i) {
            if (!row[i].empty()) {
                out_ << " – " << line(columns[i].title) << texts_.forms().colon() << " " << line(row[i]);
            }
        }
        out_ << "\n";
    }

    [[nodiscard]] std::string line(const std::string& text) const {
        std::string out;
        each_part(
            text,
            [&](std::string_view plain) { out += escaped(plain); },
            [&](std::string_view article) {
                const auto citation = texts_.cite(article);
                out += "([" + escaped(citation.words) + "](" + citation.uri + "))";
            });
        return out;
    }

    const PaperTexts& texts_;
    std::ostream& out_;
};

}  // namespace

void render_markdown(const Paper& paper, const PaperTexts& texts, std::ostream& out) {
    Writer writer{texts, out};
    writer.heading(1, paper.heading);
    writer(FactList{paper.frame});
    for (const auto& section : paper.sections) {
        writer.heading(section.level, section.title);
        for (const auto& block : section.blocks) {
            std::visit(writer, block);
        }
    }
    out << "---\n\n";
    writer(Paragraph{paper.colophon, false});
}

}  // namespace fedtrail::reports
