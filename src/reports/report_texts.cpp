#include "reports/report_texts.hpp"

#include <array>
#include <fstream>
#include <sstream>
#include <utility>

#include <kainjow/mustache.hpp>

#include "language/parts.hpp"
#include "language/tag.hpp"
#include "reports/required_texts.hpp"
#include "reports/shared_words.hpp"
#include "reports/templates.hpp"
#include "reports/text_files.hpp"

namespace fedtrail::reports {

namespace {

/// Where the rows go in the page: a Mustache comment, so that the rows can stream.
constexpr std::string_view kRowsMark = "{{! rows }}";
/// Where the rows of those go that have it from others alone.
constexpr std::string_view kOthersMark = "{{! others }}";
constexpr std::string_view kPageTexts = "page.";

/// Names that start with "page." in a layout: the texts it will ask for.
std::vector<std::string> texts_asked_by(const std::string& layout) {
    std::vector<std::string> names;
    for (auto at = layout.find("{{"); at != std::string::npos; at = layout.find("{{", at + 2)) {
        const auto start = layout.find_first_not_of("{#^/& ", at);
        if (start == std::string::npos || layout.compare(start, kPageTexts.size(), kPageTexts) != 0) {
            continue;
        }
        names.push_back(layout.substr(start, layout.find_first_of(" }", start) - start));
    }
    return names;
}

std::array<const std::string*, 5> parts_of(const PageLayout& layout) {
    return {&layout.before_rows, &layout.row, &layout.between_rows, &layout.after_rows, &layout.share};
}

/// Whether all of the layout is Mustache and names no part but the share.
Result<void> check_layout(const std::string& stem, const PageLayout& layout) {
    const language::Texts named{{"share", layout.share}};
    for (const auto* part : parts_of(layout)) {
        if (const kainjow::mustache::mustache parsed{*part}; !parsed.is_valid()) {
            return bad_file(stem, parsed.error_message());
        }
        if (const auto fault = language::parts_fault(*part, named); !fault.empty()) {
            return bad_file(stem, fault);
        }
    }
    return {};
}

Result<PageLayout> read_layout(const std::string& stem) {
    const auto page = read_file(stem + ".html.mustache");
    const auto row = read_file(stem + ".row.html.mustache");
    auto share = read_file(stem + ".share.html.mustache");
    const auto style = read_file(stem + ".css");
    for (const auto* part : {&page, &row, &std::as_const(share), &style}) {
        if (!*part) {
            return fail(*part);
        }
    }
    if (share->ends_with('\n')) {
        share->pop_back();  // it stands within a line
    }
    const auto mark = page->find(kRowsMark);
    const auto others = page->find(kOthersMark);
    if (mark == std::string::npos || others == std::string::npos || others < mark) {
        return bad_file(stem + ".html.mustache",
                        "lacks the marks {{! rows }} and {{! others }}, in this order");
    }
    const auto behind = mark + kRowsMark.size() + 1;
    const auto map_path = stem.substr(0, stem.rfind('/')) + "/world.json";
    const auto drawn = read_file(map_path);
    auto map = drawn ? WorldMap::parse(*drawn, map_path) : Result<WorldMap>{fail(drawn)};
    if (!map) {
        return fail(map);
    }
    PageLayout layout{page->substr(0, mark),
                      *row,
                      page->substr(behind, others - behind),
                      page->substr(others + kOthersMark.size()),
                      *std::move(share),
                      *style,
                      std::move(*map)};
    if (auto checked = check_layout(stem, layout); !checked) {
        return fail(checked);
    }
    return layout;
}

}  // namespace

Result<ReportTexts> ReportTexts::load(const std::string& policies, std::string_view language) {
    if (!language::is_tag(language)) {
        return fail(ErrorKind::Invalid, "not a language", "write it like en or pt-BR");
    }
    const auto folder = policies + "/texts/" + std::string{language};
    const auto path = folder + "/transfer-report.json";
    if (!std::ifstream{path}) {
        return fail(ErrorKind::NotFound,
                    "there are no report texts in this language: " + path + " is missing",
                    "use a language that has a folder in " + policies + "/texts");
    }
    auto forms = read_forms(folder + "/forms.json", language);
    if (!forms) {
        return fail(forms);
    }
    auto read = read_texts(path, *forms);
    if (!read) {
        return fail(read);
    }
    auto shared = shared_words(policies, *forms);
    if (!shared) {
        return fail(shared);
    }
    read->merge(*shared);
    auto layout = read_layout(policies + "/layouts/transfer-report");
    if (!layout) {
        return fail(layout);
    }
    auto needed = required_texts(forms->plurals());
    for (const auto* part : parts_of(*layout)) {
        for (auto& name : texts_asked_by(*part)) {
            needed.push_back(std::move(name));
        }
    }
    for (const auto& key : needed) {
        if (read->find(key) == read->end()) {
            return bad_file(path, "lacks the text \"" + key + "\"");
        }
    }
    return ReportTexts{std::move(*forms), std::move(*read), std::move(*layout)};
}

ReportTexts::ReportTexts(language::Forms forms, language::Texts texts, PageLayout layout)
    : forms_(std::move(forms)), texts_(std::move(texts)), layout_(std::move(layout)) {}

const std::string& ReportTexts::at(std::string_view key) const {
    const auto found = texts_.find(key);
    if (found == texts_.end()) {
        std::terminate();  // a text that required_texts() forgot: a bug of ours
    }
    return found->second;
}

std::string ReportTexts::fill(std::string_view key,
                              const Values& values,
                              const std::vector<Count>& counts) const {
    return filled(at(key), forms_, values, counts, [this](std::string_view noun, std::uint64_t value) {
        return counted(noun, value);
    });
}

std::string ReportTexts::counted(std::string_view noun, std::uint64_t value) const {
    const auto form = name_of(forms_.plurals().of(value));
    return fill("count." + std::string{noun} + "." + std::string{form}, {{"n", forms_.number(value)}});
}

}  // namespace fedtrail::reports
