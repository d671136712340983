#include <ostream>
#include <string>
#include <string_view>

#include "reports/cited_text.hpp"
#include "reports/paper_texts.hpp"
#include "reports/render_paper.hpp"
#include "reports/templates.hpp"

namespace fedtrail::reports {

namespace {

namespace mustache = kainjow::mustache;

/// What the layout writes unescaped, so escaped here.
class Words {
public:
    explicit Words(const PaperTexts& texts) : texts_(texts) {}

    [[nodiscard]] std::string operator()(std::string_view text) const {
        std::string out;
        each_part(
            text,
            [&](std::string_view plain) { out += page_text(std::string{plain}); },
            [&](std::string_view article) {
                const auto citation = texts_.cite(article);
                out += "<a class=\"cite\" href=\"" + citation.uri + "\">" +
                       mustache::html_escape(citation.words) + "</a>";
            });
        return out;
    }

    /// Without references: for an attribute.
    [[nodiscard]] static std::string alone(std::string_view text) {
        std::string out;
        each_part(
            text,
            [&](std::string_view plain) { out += page_text(std::string{plain}); },
            [](std::string_view) {});
        return out;
    }

private:
    const PaperTexts& texts_;
};

mustache::data pairs(const std::vector<std::pair<std::string, std::string>>& facts, const Words& words) {
    mustache::data list{mustache::data::type::list};
    for (const auto& [name, value] : facts) {
        mustache::data entry;
        entry.set("name", words(name));
        entry.set("value", words(value));
        list.push_back(entry);
    }
    return list;
}

mustache::data block_data(const Paragraph& paragraph, const Words& words) {
    mustache::data inner;
    inner.set("text", words(paragraph.text));
    inner.set("strong", paragraph.strong);
    mustache::data block;
    block.set("paragraph", inner);
    return block;
}

mustache::data block_data(const Bullets& bullets, const Words& words) {
    mustache::data items{mustache::data::type::list};
    for (const auto& item : bullets.items) {
        mustache::data entry;
        entry.set("text", words(item));
        items.push_back(entry);
    }
    mustache::data inner;
    inner.set("items", items);
    mustache::data block;
    block.set("bullets", inner);
    return block;
}

mustache::data block_data(const FactList& list, const Words& words) {
    mustache::data inner;
    inner.set("facts", pairs(list.facts, words));
    mustache::data block;
    block.set("list", inner);
    return block;
}

mustache::data cell(const std::string& text, bool number, const Words& words) {
    mustache::data data;
    data.set("text", words(text));
    data.set("number", number);
    return data;
}

/// A table of more columns becomes cards on a small screen, where each cell says what it is.
constexpr std::size_t kSmallScreenColumns = 3;

mustache::data row_data(const std::vector<std::string>& row,
                        const Grid& grid,
                        bool many,
                        const Words& words) {
    mustache::data cells{mustache::data::type::list};
    for (std::size_t i = 1; i < row.size(); ++i) {
        auto one = cell(row[i], grid.columns[i].number, words);
        if (many) {
            one.set("column", Words::alone(grid.columns[i].title));
        }
        cells.push_back(one);
    }
    mustache::data entry;
    entry.set("head", words(row.front()));
    entry.set("cells", cells);
    return entry;
}

mustache::data block_data(const Grid& grid, const Words& words) {
    const bool many = grid.columns.size() > kSmallScreenColumns;
    mustache::data heads{mustache::data::type::list};
    for (const auto& column : grid.columns) {
        heads.push_back(cell(column.title, column.number, words));
    }
    mustache::data rows{mustache::data::type::list};
    for (const auto& row : grid.rows) {
        rows.push_back(row_data(row, grid, many, words));
    }
    mustache::data inner;
    inner.set("caption", words(grid.caption));
    inner.set("many", many);
    inner.set("heads", heads);
    inner.set("rows", rows);
    mustache::data block;
    block.set("grid", inner);
    return block;
}

mustache::data section_data(const PaperSection& section, const Words& words) {
    mustache::data blocks{mustache::data::type::list};
    for (const auto& block : section.blocks) {
        blocks.push_back(std::visit([&](const auto& each) { return block_data(each, words); }, block));
    }
    mustache::data data;
    data.set("id", section.id);
    data.set("title", words(section.title));
    data.set("top", section.level == 2);
    data.set("blocks", blocks);
    return data;
}

}  // namespace

void render_html(const Paper& paper, const PaperTexts& texts, std::ostream& out) {
    const Words words{texts};
    mustache::data sections{mustache::data::type::list};
    mustache::data contents{mustache::data::type::list};
    for (const auto& section : paper.sections) {
        const auto data = section_data(section, words);
        sections.push_back(data);
        if (section.level == 2) {
            contents.push_back(data);
        }
    }
    mustache::data page;
    page.set("language", paper.language);
    page.set("colon", texts.forms().colon());
    page.set("kind", words(paper.kind));
    page.set("heading", words(paper.heading));
    page.set("frame", pairs(paper.frame, words));
    page.set("dense", paper.dense);
    page.set("sections", sections);
    page.set("contents", contents);
    page.set("contents_label", words(texts.at("label.contents")));
    page.set("skip", words(texts.at("label.skip")));
    page.set("back", words(texts.at("label.back")));
    page.set("colophon", words(paper.colophon));
    page.set("style", texts.shared().layout().style + texts.layout().style);
    mustache::mustache layout{texts.layout().page};
    render_into(out, layout, page);
}

}  // namespace fedtrail::reports
