#include "reports/paper_texts.hpp"

#include <vector>

#include <kainjow/mustache.hpp>

#include "fedtrail/core/utf8.hpp"

#include "reports/paper.hpp"
#include "reports/required_paper_texts.hpp"
#include "reports/text_files.hpp"

namespace fedtrail::reports {

namespace {

/// "[[13(1)(a)]]" becomes a reference; what is no article stays and is found by load().
std::string with_marks(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto open = text.find("[[");
        const auto close = open == std::string_view::npos ? open : text.find("]]", open);
        if (close == std::string_view::npos) {
            break;
        }
        out.append(text.substr(0, open)).append(1, kCiteBegins);
        out.append(text.substr(open + 2, close - open - 2)).append(1, kCiteEnds);
        text.remove_prefix(close + 2);
    }
    return out.append(text);
}

/// A reference in `text` that is no article; "" if all are.
std::string wrong_reference(std::string_view text) {
    for (auto at = text.find(kCiteBegins); at != std::string_view::npos;
         at = text.find(kCiteBegins, at + 1)) {
        const auto article = text.substr(at + 1, text.find(kCiteEnds, at) - at - 1);
        if (!is_article(article)) {
            return std::string{article};
        }
    }
    return {};
}

Result<PaperLayout> read_paper_layout(const std::string& policies) {
    const auto stem = policies + "/layouts/paper";
    auto page = read_file(stem + ".html.mustache");
    auto style = read_file(stem + ".css");
    if (!page || !style) {
        return !page ? fail(page) : fail(style);
    }
    if (const kainjow::mustache::mustache parsed{*page}; !parsed.is_valid()) {
        return bad_file(stem, parsed.error_message());
    }
    return PaperLayout{std::move(*page), std::move(*style)};
}

using Required = std::vector<std::string> (*)(const language::PluralRule&);

Result<void> check_texts(const std::string& path,
                         const language::Texts& texts,
                         const std::vector<std::string>& required) {
    for (const auto& key : required) {
        if (texts.find(key) == texts.end()) {
            return bad_file(path, "lacks the text \"" + key + "\"");
        }
    }
    for (const auto& [key, text] : texts) {
        if (const auto wrong = wrong_reference(text); !wrong.empty() && !key.starts_with("about.")) {
            std::string what = "the text \"";
            what.append(key).append("\" names no article: [[").append(wrong).append("]]");
            return bad_file(path, what);
        }
    }
    return {};
}

/// The texts of one file, their references marked.
Result<language::Texts> read_marked(const std::string& path,
                                    const language::Forms& forms,
                                    Required required) {
    auto texts = read_texts(path, forms);
    if (!texts) {
        return fail(texts);
    }
    for (auto& [key, text] : *texts) {
        text = with_marks(text);
    }
    if (auto checked = check_texts(path, *texts, required(forms.plurals())); !checked) {
        return fail(checked);
    }
    return texts;
}

}  // namespace

std::string without_marks(std::string_view text) {
    std::string out;
    for (const char c : without_turns(text)) {
        const auto octet = static_cast<unsigned char>(c);
        const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
        if (!blank && (octet < 0x20U || octet == 0x7FU)) {
            continue;
        }
        if (!blank) {
            out += c;
        } else if (!out.empty() && out.back() != ' ') {
            out += ' ';
        }
    }
    if (out.ends_with(' ')) {
        out.pop_back();
    }
    return out;
}

Result<PaperTexts> PaperTexts::load(const std::string& policies, ReportTexts shared) {
    const auto folder = policies + "/texts/" + shared.language() + "/";
    auto texts = read_marked(folder + "papers.json", shared.forms(), required_paper_texts);
    auto assessment = read_marked(folder + "assessment.json", shared.forms(), required_assessment_texts);
    if (!texts || !assessment) {
        return !texts ? fail(texts) : fail(assessment);
    }
    texts->merge(*assessment);
    auto layout = read_paper_layout(policies);
    if (!layout) {
        return fail(layout);
    }
    return PaperTexts{std::move(shared), std::move(*texts), std::move(*layout)};
}

PaperTexts::PaperTexts(ReportTexts shared, language::Texts texts, PaperLayout layout)
    : shared_(std::move(shared)), texts_(std::move(texts)), layout_(std::move(layout)) {}

bool PaperTexts::has(std::string_view key) const {
    return texts_.find(key) != texts_.end() || shared_.all().find(key) != shared_.all().end();
}

const std::string& PaperTexts::at(std::string_view key) const {
    const auto found = texts_.find(key);
    return found == texts_.end() ? shared_.at(key) : found->second;
}

std::string PaperTexts::fill(std::string_view key,
                             const FillValues& values,
                             const std::vector<FillCount>& counts) const {
    auto clean = values;
    for (auto& [name, value] : clean) {
        value = without_marks(value);
    }
    return filled(at(key), forms(), clean, counts, [this](std::string_view noun, std::uint64_t value) {
        return counted(noun, value);
    });
}

std::string PaperTexts::counted(std::string_view noun, std::uint64_t value) const {
    const auto key = "count." + std::string{noun} + "." + std::string{name_of(forms().plurals().of(value))};
    return fill(key, {{"n", forms().number(value)}});
}

Citation PaperTexts::cite(std::string_view article) const {
    return reports::cite(shared_, article);
}

std::string PaperTexts::plain(std::string_view text) const {
    std::string out;
    while (!text.empty()) {
        const auto begins = text.find(kCiteBegins);
        const auto ends = begins == std::string_view::npos ? begins : text.find(kCiteEnds, begins);
        if (ends == std::string_view::npos) {
            break;
        }
        out.append(text.substr(0, begins));
        out.append("(").append(cite(text.substr(begins + 1, ends - begins - 1)).words).append(")");
        text.remove_prefix(ends + 1);
    }
    return out.append(text);
}

}  // namespace fedtrail::reports
