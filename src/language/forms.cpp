#include "language/forms.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <utility>

namespace fedtrail::language {

namespace {

using Value = std::pair<std::string_view, std::string>;

struct Pattern {
    std::string_view name;
    std::string_view needs;  ///< The placeholders, each of which it must have, and no other.
};

constexpr std::array kPatterns{Pattern{"day", "{{day}}{{month}}{{year}}"},
                               Pattern{"short_day", "{{day}}{{month}}{{year}}"},
                               Pattern{"month", "{{month}}{{year}}"},
                               Pattern{"short_month", "{{month}}{{year}}"},
                               Pattern{"moment", "{{day}}{{time}}"}};
constexpr std::array<std::string_view, 8> kWords{
    "between", "between_parts", "colon", "ec", "eu", "first_of_month", "thousands", "thousands_from"};
constexpr std::array<std::string_view, 3> kMonths{"months", "months_alone", "short_months"};

tl::unexpected<Error> bad(const std::string& why) {
    return fail(ErrorKind::Invalid, why, "correct the file, or restore it from the release");
}

std::vector<std::string_view> placeholders(std::string_view text) {
    std::vector<std::string_view> names;
    for (auto at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at + 2)) {
        const auto end = text.find("}}", at);
        names.push_back(text.substr(at, end == std::string_view::npos ? end : end + 2 - at));
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string filled(std::string text, const std::vector<Value>& values) {
    for (const auto& [name, value] : values) {
        const auto mark = "{{" + std::string{name} + "}}";
        const auto at = text.find(mark);
        if (at != std::string::npos) {
            text.replace(at, mark.size(), value);
        }
    }
    return text;
}

std::uint64_t as_number(const std::string& text) {
    std::uint64_t value{};
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ptr == text.data() + text.size() ? value : 0;
}

std::string month_key(std::string_view group, unsigned month) {
    return std::string{group} + "." + std::to_string(month);
}

Forms::Day civil(Instant at) {
    return Forms::Day{std::chrono::floor<std::chrono::days>(at)};
}

Result<void> check(const Texts& texts) {
    std::vector<std::string> needed{kWords.begin(), kWords.end()};
    for (const auto group : kMonths) {
        for (unsigned month = 1; month <= 12; ++month) {
            needed.push_back(month_key(group, month));
        }
    }
    for (const auto& pattern : kPatterns) {
        needed.emplace_back(pattern.name);
    }
    for (const auto& key : needed) {
        if (texts.find(key) == texts.end()) {
            return bad("lacks the text \"" + key + "\"");
        }
    }
    for (const auto& pattern : kPatterns) {
        if (placeholders(texts.find(pattern.name)->second) != placeholders(pattern.needs)) {
            return bad("\"" + std::string{pattern.name} + "\" is not made of " + std::string{pattern.needs});
        }
    }
    if (as_number(texts.find("thousands_from")->second) < 1000) {
        return bad("\"thousands_from\" is no number from 1000 on");
    }
    return {};
}

/// "more_" of "more_few"; "" for a section that does not depend on a number.
std::string_view stem_of(std::string_view section) {
    const auto cut = section.rfind('_');
    if (cut == std::string_view::npos) {
        return {};
    }
    const auto ending = section.substr(cut + 1);
    const bool form =
        std::any_of(kPlurals.begin(), kPlurals.end(), [&](Plural p) { return name_of(p) == ending; });
    return form ? section.substr(0, cut + 1) : std::string_view{};
}

bool begins(std::string_view text, const std::string& section) {
    return text.find("{{#" + section + "}}") != std::string_view::npos;
}

}  // namespace

Result<Forms> Forms::parse(std::string_view language, std::string_view json) {
    auto rule = plural_rule(language);
    if (!rule) {
        return fail(ErrorKind::Invalid,
                    "the plural rule of this language is not known",
                    "add it to src/language/plural.cpp, as docs/translating.md says");
    }
    auto texts = flat_texts(json);
    if (!texts) {
        return bad("is not a JSON object of texts");
    }
    if (auto checked = check(*texts); !checked) {
        return fail(checked);
    }
    Forms forms;
    forms.language_ = language;
    forms.plurals_ = std::move(*rule);
    forms.texts_ = std::move(*texts);
    return forms;
}

const std::string& Forms::at(std::string_view key) const {
    const auto found = texts_.find(key);
    if (found == texts_.end()) {
        std::terminate();  // parse() forgot it: a bug of ours
    }
    return found->second;
}

std::string Forms::number(std::uint64_t value) const {
    auto digits = std::to_string(value);
    if (value < as_number(at("thousands_from"))) {
        return digits;
    }
    std::string grouped;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % 3 == 0) {
            grouped += at("thousands");
        }
        grouped += digits[i];
    }
    return grouped;
}

std::string Forms::written(std::string_view pattern, std::string_view months, const Day& day) const {
    if (!day.ok()) {
        return {};
    }
    const auto number = static_cast<unsigned>(day.day());
    return filled(at(pattern),
                  {{"day", number == 1 ? at("first_of_month") : std::to_string(number)},
                   {"month", at(month_key(months, static_cast<unsigned>(day.month())))},
                   {"year", std::to_string(static_cast<int>(day.year()))}});
}

std::string Forms::day(const Day& day) const {
    return written("day", "months", day);
}

std::string Forms::day(Instant at) const {
    return day(civil(at));
}

std::string Forms::short_day(Instant at) const {
    return written("short_day", "short_months", civil(at));
}

std::string Forms::month(Instant at) const {
    return written("month", "months_alone", civil(at));
}

std::string Forms::short_month(Instant at) const {
    return written("short_month", "short_months", civil(at));
}

std::string Forms::moment(Instant at) const {
    const auto rfc = format_rfc3339(at);  // "2026-11-22T10:00:00Z"
    return filled(this->at("moment"), {{"day", day(at)}, {"time", rfc.substr(11, 5)}});
}

const std::string& Forms::between() const {
    return at("between");
}

const std::string& Forms::between_parts() const {
    return at("between_parts");
}

const std::string& Forms::colon() const {
    return at("colon");
}

std::string Forms::act(std::string_view number) const {
    std::string written{number};
    for (const auto& [letters, key] : {std::pair{"EC", "ec"}, std::pair{"EU", "eu"}}) {
        const auto found = written.find(letters);
        if (found != std::string::npos) {
            written.replace(found, 2, at(key));
            break;
        }
    }
    return written;
}

std::string Forms::section(std::string_view name, std::uint64_t value) const {
    return std::string{name}.append("_").append(name_of(plurals_.of(value)));
}

std::string Forms::missing_section(std::string_view text) const {
    for (auto at = text.find("{{#"); at != std::string_view::npos; at = text.find("{{#", at + 3)) {
        const auto name = text.substr(at + 3, std::min(text.find("}}", at), text.size()) - at - 3);
        const auto stem = stem_of(name);
        const auto missing = std::find_if(plurals_.forms.begin(), plurals_.forms.end(), [&](Plural form) {
            return !stem.empty() && !begins(text, std::string{stem}.append(name_of(form)));
        });
        if (missing != plurals_.forms.end()) {
            return std::string{stem}.append(name_of(*missing));
        }
    }
    return {};
}

}  // namespace fedtrail::language
