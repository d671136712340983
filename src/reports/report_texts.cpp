#include "reports/report_texts.hpp"

#include <array>
#include <cctype>
#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include "reports/required_texts.hpp"
#include "reports/templates.hpp"

namespace fedtrail::reports {

namespace {

using Texts = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t kMaxFile = 1U << 20U;
/// Where the rows go in the page: a Mustache comment, so that the rows can stream.
constexpr std::string_view kRowsMark = "{{! rows }}";
constexpr std::string_view kPageTexts = "page.";

tl::unexpected<Error> bad_file(const std::string& path, const std::string& why) {
    return fail(ErrorKind::Invalid, path + ": " + why, "restore the file from the release");
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) {
        return bad_file(path, "cannot be read");
    }
    auto content = std::move(text).str();
    if (content.size() > kMaxFile) {
        return bad_file(path, "is larger than 1 MiB");
    }
    return content;
}

/// "en", "pt-BR": letters, digits and hyphens, so that a language is never a path.
bool is_language_tag(std::string_view tag) {
    if (tag.size() < 2 || tag.size() > 35 || tag.front() == '-') {
        return false;
    }
    for (const char c : tag) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-') {
            return false;
        }
    }
    return true;
}

/// Puts every string of `node` into `out` under its dotted name; false if there is anything but strings.
// NOLINTNEXTLINE(misc-no-recursion): our own file, at most 1 MiB, parsed by a library with its own bound.
bool flatten(const nlohmann::json& node, const std::string& name, Texts& out) {
    if (node.is_string()) {
        out[name] = node.get<std::string>();
        return true;
    }
    if (!node.is_object()) {
        return false;
    }
    for (const auto& [key, child] : node.items()) {
        auto path = name.empty() ? key : name;
        if (!name.empty()) {
            path.append(".").append(key);
        }
        if (!flatten(child, path, out)) {
            return false;
        }
    }
    return true;
}

Result<Texts> read_texts(const std::string& path) {
    const auto content = read_file(path);
    if (!content) {
        return fail(content);
    }
    Texts texts;
    const auto json = nlohmann::json::parse(*content, nullptr, false);
    if (json.is_discarded() || !json.is_object() || !flatten(json, {}, texts)) {
        return bad_file(path, "is not a JSON object of texts");
    }
    for (const auto& [key, text] : texts) {
        if (const kainjow::mustache::mustache parsed{text}; !parsed.is_valid()) {
            return bad_file(path, "the text \"" + key + "\" has a broken {{placeholder}}");
        }
    }
    return texts;
}

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

Result<PageLayout> read_layout(const std::string& stem) {
    const auto page = read_file(stem + ".html.mustache");
    const auto row = read_file(stem + ".row.html.mustache");
    const auto style = read_file(stem + ".css");
    for (const auto* part : {&page, &row, &style}) {
        if (!*part) {
            return fail(*part);
        }
    }
    const auto mark = page->find(kRowsMark);
    if (mark == std::string::npos) {
        return bad_file(stem + ".html.mustache", "lacks the mark {{! rows }}");
    }
    PageLayout layout{page->substr(0, mark), *row, page->substr(mark + kRowsMark.size()), *style};
    for (const auto* part : {&layout.before_rows, &layout.row, &layout.after_rows}) {
        const kainjow::mustache::mustache parsed{*part};
        if (!parsed.is_valid()) {
            return bad_file(stem, parsed.error_message());
        }
    }
    return layout;
}

std::chrono::year_month_day civil(Instant at) {
    return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(at)};
}

}  // namespace

Result<ReportTexts> ReportTexts::load(const std::string& policies, std::string_view language) {
    if (!is_language_tag(language)) {
        return fail(ErrorKind::Invalid, "not a language", "write it like en or pt-BR");
    }
    const auto path = policies + "/texts/" + std::string{language} + "/transfer-report.json";
    if (!std::ifstream{path}) {
        return fail(ErrorKind::NotFound,
                    "there are no report texts in this language: " + path + " is missing",
                    "use a language that has a folder in " + policies + "/texts");
    }
    auto read = read_texts(path);
    if (!read) {
        return fail(read);
    }
    auto layout = read_layout(policies + "/layouts/transfer-report");
    if (!layout) {
        return fail(layout);
    }
    auto needed = required_texts();
    for (const auto* part : {&layout->before_rows, &layout->row, &layout->after_rows}) {
        for (auto& name : texts_asked_by(*part)) {
            needed.push_back(std::move(name));
        }
    }
    for (const auto& key : needed) {
        if (read->find(key) == read->end()) {
            return bad_file(path, "lacks the text \"" + key + "\"");
        }
    }
    ReportTexts texts;
    texts.language_ = language;
    texts.texts_ = std::move(*read);
    texts.layout_ = std::move(*layout);
    return texts;
}

const std::string& ReportTexts::at(std::string_view key) const {
    const auto found = texts_.find(key);
    if (found == texts_.end()) {
        std::terminate();  // a text that required_texts() forgot: a bug of ours
    }
    return found->second;
}

std::string ReportTexts::fill(std::string_view key, const Values& values) const {
    kainjow::mustache::mustache text{at(key)};
    text.set_custom_escape([](const std::string& plain) { return plain; });
    kainjow::mustache::data data;
    for (const auto& [name, value] : values) {
        data.set(name, value);
    }
    std::ostringstream filled;
    render_into(filled, text, data);
    return std::move(filled).str();
}

std::string ReportTexts::number(std::uint64_t value) const {
    const auto digits = std::to_string(value);
    const auto& separator = at("format.thousands");
    std::string grouped;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) {
            grouped += separator;
        }
        grouped += digits[i];
    }
    return grouped;
}

std::string ReportTexts::counted(std::string_view noun, std::uint64_t value) const {
    const std::string form = value == 1 ? ".one" : ".other";
    return fill("count." + std::string{noun} + form, {{"n", number(value)}});
}

std::string ReportTexts::day(Instant at) const {
    const auto date = civil(at);
    return fill("format.day",
                {{"day", std::to_string(static_cast<unsigned>(date.day()))},
                 {"month", this->at("month." + std::to_string(static_cast<unsigned>(date.month())))},
                 {"year", std::to_string(static_cast<int>(date.year()))}});
}

std::string ReportTexts::short_day(Instant at) const {
    const auto date = civil(at);
    return fill("format.day",
                {{"day", std::to_string(static_cast<unsigned>(date.day()))},
                 {"month", this->at("short_month." + std::to_string(static_cast<unsigned>(date.month())))},
                 {"year", std::to_string(static_cast<int>(date.year()))}});
}

std::string ReportTexts::month(Instant at) const {
    const auto date = civil(at);
    return fill("format.month",
                {{"month", this->at("month." + std::to_string(static_cast<unsigned>(date.month())))},
                 {"year", std::to_string(static_cast<int>(date.year()))}});
}

std::string ReportTexts::short_month(Instant at) const {
    const auto date = civil(at);
    return fill("format.short_month",
                {{"month", this->at("short_month." + std::to_string(static_cast<unsigned>(date.month())))},
                 {"year", std::to_string(static_cast<int>(date.year()))}});
}

std::string ReportTexts::moment(Instant at) const {
    const auto rfc = format_rfc3339(at);  // "2026-11-22T10:00:00Z"
    return fill("format.moment", {{"day", day(at)}, {"time", rfc.substr(11, 5)}});
}

}  // namespace fedtrail::reports
