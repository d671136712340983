#include "recipients/transfer_rules_file.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "fedtrail/fediverse/category.hpp"

#include "fediverse/policy_json.hpp"

namespace fedtrail::recipients {

namespace {

using fediverse::PolicyFault;
using Json = nlohmann::json;
using privacy::TransferRule;

constexpr const char* kTransferRulesFormat = "fedtrail/transfer-rules/1";
constexpr std::size_t kMostOctets = std::size_t{16} << 20U;
constexpr std::size_t kMostRules = 20'000;
constexpr std::size_t kMostHosts = 200'000;
constexpr std::uint64_t kLeastTold = 10;
constexpr const char* kNotKnown = "unknown";
static_assert(fediverse::CategorySet{fediverse::DataCategory::Deletion}.bits() == privacy::kDeletionBit);
static_assert(fediverse::CategorySet{fediverse::DataCategory::Unread}.bits() == privacy::kUnreadBit);
static_assert((2U << static_cast<unsigned>(fediverse::Visibility::Unknown)) - 1U ==
              privacy::kAllVisibilities);

/// The line of each object in the list "rules" of a document that is known to be JSON.
class LineFinder {
public:
    explicit LineFinder(std::string_view json) {
        for (const char c : json) {
            line_ += c == '\n' ? 1 : 0;
            if (quoted_) {
                in_string(c);
            } else {
                outside(c);
            }
        }
    }

    /// 0 if it was not found.
    [[nodiscard]] std::size_t of(std::size_t rule) const { return rule < lines_.size() ? lines_[rule] : 0; }

private:
    void in_string(char c) {
        if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            quoted_ = false;
        } else if (depth_ == 1) {
            word_ += c;
        }
    }
    void outside(char c) {
        if (c == '"') {
            quoted_ = true;
            word_.clear();
        } else if (c == '{' || c == '[') {
            if (depth_ == 1) {
                in_rules_ = c == '[' && word_ == "rules";
            } else if (depth_ == 2 && in_rules_) {
                lines_.push_back(line_);
            }
            ++depth_;
        } else if (c == '}' || c == ']') {
            --depth_;
        }
    }

    std::size_t line_{1};
    std::size_t depth_{};
    bool quoted_{};
    bool escaped_{};
    bool in_rules_{};
    std::string word_;  ///< The last string of the outermost object.
    std::vector<std::size_t> lines_;
};

/// A key that nobody reads would be a condition that is silently left out.
template <std::size_t Size>
void only_keys(const Json& object, const std::array<std::string_view, Size>& keys, const char* what) {
    if (!object.is_object()) {
        throw PolicyFault{std::string{what} + " is no object"};
    }
    for (const auto& [key, value] : object.items()) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
            throw PolicyFault{std::string{what} + " has no \"" + key + "\""};
        }
    }
}

/// Hands each word of the list `field` to `take`; what it does not take is noted in the rule.
template <typename Take>
void read_words(const Json& object, const char* field, TransferRule& rule, const Take& take) {
    const auto list = object.find(field);
    if (list == object.end()) {
        return;
    }
    if (!list->is_array() || list->empty()) {
        throw PolicyFault{std::string{"\""} + field + "\" is a list with at least one member"};
    }
    for (const auto& entry : *list) {
        const auto word = entry.get<std::string>();
        if (!take(word)) {
            rule.unknown.push_back({field, word});
        }
    }
}

template <typename T>
bool keep(std::vector<T>& list, std::optional<T> value) {
    if (!value) {
        return false;
    }
    list.push_back(*std::move(value));
    return true;
}

template <typename T>
std::optional<T> known(Result<T> read) {
    return read ? std::optional<T>{*std::move(read)} : std::nullopt;
}

void read_recipient(const Json& object, TransferRule& rule) {
    constexpr std::array<std::string_view, 6> kKeys{
        "hosts", "countries", "bases", "software", "honour_below_percent", "honour_least_told"};
    only_keys(object, kKeys, "\"recipient\"");
    read_words(object, "hosts", rule, [&](const std::string& word) {
        return keep(rule.hosts, known(privacy::HostPattern::parse(word)));
    });
    read_words(object, "countries", rule, [&](const std::string& word) {
        rule.country_unknown = rule.country_unknown || word == kNotKnown;
        return word == kNotKnown || keep(rule.countries, known(privacy::Country::parse(word)));
    });
    read_words(object, "bases", rule, [&](const std::string& word) {
        return keep(rule.bases, privacy::basis_named(word));
    });
    read_words(object, "software", rule, [&](const std::string& word) {
        return keep(rule.software, std::optional{word == kNotKnown ? "" : fediverse::lower_ascii(word)});
    });
    const auto percent = object.find("honour_below_percent");
    if (percent == object.end()) {
        if (object.contains("honour_least_told")) {
            throw PolicyFault{"\"honour_least_told\" says nothing without \"honour_below_percent\""};
        }
        return;
    }
    const auto below = percent->get<int>();
    const auto least = object.value("honour_least_told", std::int64_t{kLeastTold});
    if (below < 1 || below > 100 || least < 1) {
        throw PolicyFault{"\"honour_below_percent\" is 1 to 100, \"honour_least_told\" at least 1"};
    }
    rule.honour = privacy::HonourBelow{static_cast<unsigned>(below), static_cast<std::uint64_t>(least)};
}

void read_subject(const Json& object, TransferRule& rule) {
    constexpr std::array<std::string_view, 2> kKeys{"objection", "minor"};
    only_keys(object, kKeys, "\"subject\"");
    if (object.contains("objection")) {
        rule.objection = object.at("objection").get<bool>();
    }
    if (object.contains("minor")) {
        rule.minor = object.at("minor").get<bool>();
    }
}

void read_object(const Json& object, TransferRule& rule) {
    constexpr std::array<std::string_view, 2> kKeys{"categories", "visibilities"};
    only_keys(object, kKeys, "\"object\"");
    fediverse::CategorySet categories;
    read_words(object, "categories", rule, [&](const std::string& word) {
        const auto category = fediverse::category_named(word);
        if (category) {
            categories.add(*category);
        }
        return category.has_value();
    });
    rule.categories = categories.bits();
    read_words(object, "visibilities", rule, [&](const std::string& word) {
        const auto visibility = fediverse::visibility_named(word);
        if (visibility) {
            const unsigned bit = 1U << static_cast<unsigned>(*visibility);
            rule.visibilities = static_cast<std::uint8_t>(rule.visibilities | bit);
        }
        return visibility.has_value();
    });
}

void read_rule(const Json& row, TransferRule& rule) {
    constexpr std::array<std::string_view, 7> kKeys{
        "name", "enabled", "effect", "recipient", "subject", "object", "why"};
    only_keys(row, kKeys, "a rule");
    rule.name = row.at("name").get<std::string>();
    rule.enabled = row.value("enabled", true);
    const auto effect = row.at("effect").get<std::string>();
    const auto named = privacy::rule_effect_named(effect);
    if (!named) {
        throw PolicyFault{"\"effect\" cannot be \"" + effect + "\""};
    }
    rule.effect = *named;
    if (row.contains("recipient")) {
        read_recipient(row.at("recipient"), rule);
    }
    if (row.contains("subject")) {
        read_subject(row.at("subject"), rule);
    }
    if (row.contains("object")) {
        read_object(row.at("object"), rule);
    }
}

std::vector<TransferRule> read(std::string_view json, std::string& place) {
    const auto document = Json::parse(json);
    constexpr std::array<std::string_view, 2> kKeys{"format", "rules"};
    only_keys(document, kKeys, "the document");
    if (!document.contains("format")) {
        throw PolicyFault{std::string{"\"format\": \""} + kTransferRulesFormat + "\" is missing"};
    }
    if (document.at("format").get<std::string>() != kTransferRulesFormat) {
        throw PolicyFault{std::string{"\"format\" is not \""} + kTransferRulesFormat + "\""};
    }
    const auto& rows = document.at("rules");
    if (!rows.is_array() || rows.size() > kMostRules) {
        throw PolicyFault{"\"rules\" is a list of at most " + std::to_string(kMostRules)};
    }
    const LineFinder lines{json};
    std::vector<TransferRule> rules;
    std::size_t hosts = 0;
    for (const auto& row : rows) {
        TransferRule rule;
        rule.line = lines.of(rules.size());
        place = "rule " + std::to_string(rules.size() + 1) + " (line " + std::to_string(rule.line) + ")";
        read_rule(row, rule);
        hosts += rule.hosts.size();
        if (hosts > kMostHosts) {
            throw PolicyFault{"there are more than " + std::to_string(kMostHosts) + " hosts"};
        }
        rules.push_back(std::move(rule));
    }
    return rules;
}

/// What is wrong, without the library's own name for it: "[json.exception.parse_error.101] ".
std::string words_of(const std::exception& error) {
    const std::string_view words = error.what();
    constexpr std::string_view kMissing = "[json.exception.out_of_range.403] key '";
    if (words.starts_with(kMissing)) {
        const auto key = words.substr(kMissing.size());
        return "\"" + std::string{key.substr(0, key.find('\''))} + "\" is missing";
    }
    const auto end = words.starts_with("[json.exception.") ? words.find("] ") : std::string_view::npos;
    return std::string{end == std::string_view::npos ? words : words.substr(end + 2)};
}

}  // namespace

Result<std::vector<TransferRule>> parse_transfer_rules(std::string_view json) {
    std::string place = "the document";
    try {
        if (json.size() > kMostOctets) {
            throw PolicyFault{"it is larger than 16 MiB"};
        }
        return read(json, place);
    } catch (const std::exception& error) {
        return fail(ErrorKind::Invalid,
                    std::string{kTransferRulesFormat} + ", " + place + ": " + words_of(error),
                    "Correct it; nothing of the file is applied until all of it can be read.");
    }
}

}  // namespace fedtrail::recipients
