#include "recipients/policy_rules.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "fediverse/policy_json.hpp"
#include "recipients/sentences.hpp"

namespace fedtrail::recipients {

namespace {

using fediverse::PolicyFault;
using records::PolicyStatement;
using records::PolicyTopic;
using Json = nlohmann::json;

constexpr const char* kPolicyRulesFormat = "fedtrail/policy-rules/1";
constexpr std::size_t kLongestSentence = 1'000;
constexpr std::size_t kReadForLanguage = std::size_t{32} * 1024;
constexpr std::size_t kLeastWords = 20;
constexpr std::size_t kLeastPermille = 60;

/// Letters and digits in small, everything else a blank, an at sign a word: " write to info @ a example ".
std::string words_of(std::string_view text) {
    std::string words{" "};
    for (const char c : lower_latin(text)) {
        const bool letter =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
        if (letter) {
            words += c;
        } else if (c == '@') {
            words += words.back() == ' ' ? "@ " : " @ ";
        } else if (words.back() != ' ') {
            words += ' ';
        }
    }
    if (words.back() != ' ') {
        words += ' ';
    }
    return words;
}

/// As it is looked for in words_of().
std::string needle_of(const std::string& word) {
    const bool beginning = !word.empty() && word.back() == '*';
    auto needle = words_of(std::string_view{word}.substr(0, word.size() - (beginning ? 1 : 0)));
    if (needle.size() < 3) {
        throw PolicyFault{"\"" + word + "\" is no word"};
    }
    if (beginning) {
        needle.pop_back();
    }
    return needle;
}

std::vector<std::string> needles_in(const Json& list) {
    std::vector<std::string> needles;
    for (const auto& word : list) {
        needles.push_back(needle_of(word.get<std::string>()));
    }
    if (needles.empty()) {
        throw PolicyFault{"a list of words is empty"};
    }
    return needles;
}

PolicyRule rule_in(const Json& row) {
    PolicyRule rule;
    rule.name = row.at("name").get<std::string>();
    const auto topic = row.at("topic").get<std::string>();
    const auto* const found = std::find_if(records::kPolicyTopics.begin(),
                                           records::kPolicyTopics.end(),
                                           [&](PolicyTopic one) { return records::name_of(one) == topic; });
    if (found == records::kPolicyTopics.end()) {
        throw PolicyFault{"\"topic\" cannot be \"" + topic + "\""};
    }
    rule.topic = *found;
    for (const auto& list : row.at("all")) {
        rule.all.push_back(needles_in(list));
    }
    if (rule.all.empty()) {
        throw PolicyFault{"a rule without words would hold everywhere"};
    }
    if (row.contains("none")) {
        rule.none = needles_in(row.at("none"));
    }
    return rule;
}

/// `place` names the one that is read; one without a name, its language.
std::vector<PolicyRule> rules_in(const Json& list, const std::string& language, std::string& place) {
    std::vector<PolicyRule> rules;
    for (const auto& row : list) {
        place = row.value("name", language);
        rules.push_back(rule_in(row));
    }
    return rules;
}

bool has_any(const std::string& words, const std::vector<std::string>& needles) {
    return std::any_of(needles.begin(), needles.end(), [&](const std::string& needle) {
        return words.find(needle) != std::string::npos;
    });
}

std::size_t times_in(const std::string& words, const std::string& needle) {
    std::size_t count = 0;
    for (auto at = words.find(needle); at != std::string::npos; at = words.find(needle, at + 1)) {
        ++count;
    }
    return count;
}

bool holds(const PolicyRule& rule, const std::string& words) {
    return std::all_of(
               rule.all.begin(), rule.all.end(), [&](const auto& list) { return has_any(words, list); }) &&
           !has_any(words, rule.none);
}

struct Sentence {
    std::string_view text;
    std::string words;
    const SummedText* of{};
};

/// All sentences in one language, in the order of the texts.
struct ReadIn {
    std::string code;
    std::vector<Sentence> sentences;
};

void add_sentences(ReadIn& in, const SummedText& text) {
    for (const auto sentence : sentences_of(text.text, kMostSentences)) {
        if (sentence.size() <= kLongestSentence) {
            in.sentences.push_back({sentence, words_of(sentence), &text});
        }
    }
}

/// A text whose own language is not plain, as of a few words, is taken for one in that of all texts together.
std::vector<ReadIn> read_all(const PolicyRules& rules, std::span<const SummedText> texts) {
    std::string all;
    for (const auto& text : texts) {
        all.append(text.text.substr(0, kReadForLanguage)).append("\n");
    }
    const auto common = language_of_text(rules, all);
    std::vector<ReadIn> read;
    for (const auto& text : texts) {
        const auto own = language_of_text(rules, text.text);
        const auto& code = own.empty() ? common : own;
        if (code.empty()) {
            continue;
        }
        auto in = std::find_if(read.begin(), read.end(), [&](const ReadIn& one) { return one.code == code; });
        if (in == read.end()) {
            in = read.insert(in, ReadIn{code, {}});
        }
        add_sentences(*in, text);
    }
    return read;
}

/// "We do not sell your data." must not hide "We share it with partners.", wherever that stands. Elsewhere a
/// "no" is not the other answer: "no longer than 30 days".
bool asks_yes_or_no(PolicyTopic topic) {
    return topic == PolicyTopic::Sharing || topic == PolicyTopic::Advertising ||
           topic == PolicyTopic::Training;
}

bool is_denied(const PolicyRule& rule, const PolicyLanguage& language, const Sentence& sentence) {
    return asks_yes_or_no(rule.topic) && has_any(sentence.words, language.denials) &&
           !has_any(sentence.words, language.exceptions);
}

/// Null if the rule holds for none.
const Sentence* sentence_for(const PolicyRule& rule,
                             const PolicyLanguage& language,
                             const std::vector<Sentence>& sentences) {
    const Sentence* denied = nullptr;
    for (const auto& one : sentences) {
        if (!holds(rule, one.words)) {
            continue;
        }
        if (!is_denied(rule, language, one)) {
            return &one;
        }
        denied = denied == nullptr ? &one : denied;
    }
    return denied;
}

/// Takes what is found first, and in place of a promise not to what is found behind it and says yes.
void take_better(PolicyStatement& statement, PolicyStatement found) {
    if (found.sentence && (!statement.sentence || (statement.denied && !found.denied))) {
        statement = std::move(found);
    }
}

PolicyStatement statement_on(PolicyTopic topic,
                             const PolicyLanguage& language,
                             const std::vector<Sentence>& sentences) {
    PolicyStatement statement;
    statement.topic = topic;
    for (const auto& rule : language.rules) {
        const auto* const found = rule.topic == topic ? sentence_for(rule, language, sentences) : nullptr;
        if (found != nullptr) {
            take_better(statement,
                        {topic,
                         Personal{std::string{found->text}},
                         found->of->kind,
                         found->of->version,
                         rule.name,
                         is_denied(rule, language, *found)});
        }
    }
    return statement;
}

/// Of the first language that has one.
PolicyStatement first_statement(PolicyTopic topic,
                                const PolicyRules& rules,
                                const std::vector<ReadIn>& read) {
    PolicyStatement statement;
    statement.topic = topic;
    for (const auto& in : read) {
        take_better(statement, statement_on(topic, rules.at(in.code), in.sentences));
    }
    return statement;
}

/// `place` names where it is.
PolicyLanguage language_in(const Json& content, const std::string& code, std::string& place) {
    PolicyLanguage language;
    language.words = needles_in(content.at("words"));
    if (content.contains("denials")) {
        language.denials = needles_in(content.at("denials"));
    }
    if (content.contains("exceptions")) {
        language.exceptions = needles_in(content.at("exceptions"));
    }
    language.rules = rules_in(content.at("rules"), code, place);
    return language;
}

}  // namespace

Result<PolicyRules> parse_policy_rules(std::string_view json) {
    std::string place = "the document";
    try {
        const auto document = Json::parse(json);
        if (document.at("format").get<std::string>() != kPolicyRulesFormat) {
            throw PolicyFault{std::string{"\"format\" is not \""} + kPolicyRulesFormat + "\""};
        }
        PolicyRules rules;
        for (const auto& [code, content] : document.at("languages").items()) {
            place = code;
            rules[code] = language_in(content, code, place);
        }
        return rules;
    } catch (const std::exception& error) {
        return fail(ErrorKind::Invalid,
                    std::string{kPolicyRulesFormat} + ", " + place + ": " + error.what(),
                    "Correct the rule, or restore the file of this release.");
    }
}

std::string language_of_text(const PolicyRules& rules, std::string_view text) {
    const auto words = words_of(text.substr(0, kReadForLanguage));
    const auto total = static_cast<std::size_t>(std::count(words.begin(), words.end(), ' ')) - 1;
    std::pair<std::size_t, std::string> best{0, ""};
    for (const auto& [code, language] : rules) {
        std::size_t count = 0;
        for (const auto& needle : language.words) {
            count += times_in(words, needle);
        }
        if (count > best.first) {
            best = {count, code};
        }
    }
    const bool plain = total >= kLeastWords && best.first * 1'000 >= total * kLeastPermille;
    return plain ? best.second : std::string{};
}

records::PolicySummary summary_of(const PolicyRules& rules, std::span<const SummedText> texts) {
    const auto read = read_all(rules, texts);
    records::PolicySummary summary;
    for (const auto& in : read) {
        summary.languages.push_back(in.code);
    }
    for (const auto topic : records::kPolicyTopics) {
        summary.statements.push_back(first_statement(topic, rules, read));
    }
    return summary;
}

}  // namespace fedtrail::recipients
