#include "recipients/declaration.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace fedtrail::recipients {

namespace {

using Words = std::map<std::string, std::string, std::less<>>;
using Keys = std::set<std::string_view>;
using privacy::Day;

enum class Form { Text, CountryCode, Date, YesNo, Article, Inbox };

struct Shape {
    std::string_view key;
    Form form;
    std::string_view needs;  ///< Another word without which it says nothing; "" is none.
};

constexpr std::array kShapes{
    Shape{"country", Form::CountryCode, ""},
    Shape{"operator", Form::Text, ""},
    Shape{"contact", Form::Text, ""},
    Shape{"organisation", Form::Text, ""},
    Shape{"inbox", Form::Inbox, ""},
    Shape{"relay", Form::YesNo, ""},
    Shape{"bridge", Form::YesNo, ""},
    Shape{"single_person", Form::YesNo, ""},
    Shape{"clauses.signed_on", Form::Date, ""},
    Shape{"clauses.until", Form::Date, "clauses.signed_on"},
    Shape{"clauses.assessed", Form::YesNo, "clauses.signed_on"},
    Shape{"basis", Form::Article, ""},
    Shape{"basis.from", Form::Date, "basis"},
    Shape{"basis.until", Form::Date, "basis"},
    Shape{"basis.document", Form::Text, "basis"},
};

/// What a controller can answer for by word alone (GDPR Art. 46, 47 and 49); "49(1)" is its second
/// subparagraph.
constexpr std::array<std::string_view, 16> kArticles{"46(2)(a)",
                                                     "46(2)(b)",
                                                     "46(2)(d)",
                                                     "46(2)(e)",
                                                     "46(2)(f)",
                                                     "46(3)(a)",
                                                     "46(3)(b)",
                                                     "47",
                                                     "49(1)(a)",
                                                     "49(1)(b)",
                                                     "49(1)(c)",
                                                     "49(1)(d)",
                                                     "49(1)(e)",
                                                     "49(1)(f)",
                                                     "49(1)(g)",
                                                     "49(1)"};

bool is_declarable(std::string_view article) {
    return std::find(kArticles.begin(), kArticles.end(), article) != kArticles.end();
}

/// What to say instead of `article`, which cannot be declared.
std::string instead_of(std::string_view article) {
    if (article.starts_with("45")) {
        return "An adequacy decision is nobody's to declare: it is in policies/adequacy.json. What it asks "
               "of the "
               "recipient is, as dpf_list=yes.";
    }
    if (article == "46(2)(c)") {
        return "Of standard clauses say when they were signed, and that the assessment of their clause 14 is "
               "written down: clauses.signed_on=2026-11-22 clauses.assessed=yes.";
    }
    return "Write the article, as basis=\"49(1)(c)\": one of 46(2)(a), (b), (d) to (f), 46(3)(a), (b), 47, "
           "49(1)(a) to (g), or 49(1) for its second subparagraph.";
}

/// What can be said of a check besides its "yes" or "no".
constexpr std::array<std::pair<std::string_view, Form>, 5> kCheckParts{{{"checked_at", Form::Date},
                                                                        {"since", Form::Date},
                                                                        {"entity", Form::Text},
                                                                        {"entry", Form::Text},
                                                                        {"data_kind", Form::Text}}};

bool is_fact(std::span<const std::string> facts, std::string_view word) {
    return std::find(facts.begin(), facts.end(), word) != facts.end();
}

struct FoundShape {
    Form form;
    std::string needs;
};

std::optional<FoundShape> shape_of(std::string_view key, std::span<const std::string> facts) {
    for (const auto& shape : kShapes) {
        if (shape.key == key) {
            return FoundShape{shape.form, std::string{shape.needs}};
        }
    }
    if (is_fact(facts, key)) {
        return FoundShape{Form::YesNo, ""};
    }
    const auto head = head_of(key);
    for (const auto& [part, form] : kCheckParts) {
        if (is_fact(facts, head) && key.size() > head.size() && key.substr(head.size() + 1) == part) {
            return FoundShape{form, std::string{head}};
        }
    }
    return std::nullopt;
}

std::optional<bool> yes_no(std::string_view text) {
    if (text == "yes" || text == "true") {
        return true;
    }
    return text == "no" || text == "false" ? std::optional{false} : std::nullopt;
}

bool is_line(std::string_view text) {
    return std::none_of(
        text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

tl::unexpected<Error> bad_value(const std::string& key, const std::string& remedy) {
    return fail(ErrorKind::Invalid, "the value of " + key + " cannot be read", remedy);
}

/// The canonical form.
Result<std::string> formed(const std::string& key, const std::string& value, Form form) {
    if (value.size() > kLongestWord || !is_line(value)) {
        return bad_value(key, "It is one line of at most 500 octets.");
    }
    switch (form) {
        case Form::Text:
            return value;
        case Form::Article:
            if (!is_declarable(value)) {
                return bad_value(key, instead_of(value));
            }
            return value;
        case Form::YesNo:
            if (const auto said = yes_no(value)) {
                return std::string{*said ? "yes" : "no"};
            }
            return bad_value(key, "Write " + key + "=yes or " + key + "=no.");
        case Form::Date:
            if (const auto day = privacy::parse_day(value)) {
                return privacy::format_day(*day);
            }
            return bad_value(key, "Write a day, as " + key + "=2026-11-22.");
        case Form::Inbox:
            if (const auto uri = Uri::parse(value); uri && uri->scheme() == "https") {
                return uri->text();
            }
            return bad_value(key, "Write its https address, as inbox=https://a.example/inbox.");
        case Form::CountryCode:
            if (const auto country = privacy::Country::parse(value)) {
                return std::string{country->code()};
            }
            return bad_value(key, "Write the code of ISO 3166-1 in two letters, as country=DE.");
    }
    return value;
}

Words words_of(std::span<const DeclaredWord> stands) {
    Words words;
    for (const auto& word : stands) {
        words.emplace(word.key, word.value.reveal());
    }
    return words;
}

void drop_with_parts(Words& words, const std::string& key) {
    words.erase(key);
    const auto prefix = key + ".";
    for (auto at = words.lower_bound(prefix); at != words.end() && at->first.starts_with(prefix);) {
        at = words.erase(at);
    }
    if (key == "clauses.signed_on") {
        words.erase("clauses.until");
        words.erase("clauses.assessed");
    }
}

tl::unexpected<Error> no_such_word(const std::string& key, std::span<const std::string> facts) {
    std::string known;
    for (const auto& shape : kShapes) {
        known += (known.empty() ? "" : ", ") + std::string{shape.key};
    }
    for (const auto& fact : facts) {
        known += ", " + fact;
    }
    return fail(ErrorKind::Invalid,
                "\"" + key.substr(0, 40) + "\" is nothing that can be declared of a recipient",
                "Known are: " + known + "; the last " + std::to_string(facts.size()) +
                    " also with .checked_at, .since, .entity, .entry and .data_kind.");
}

/// The word that says of which day the check or basis `key` is.
std::string dated_by(const std::string& key) {
    return key + (key == "basis" ? ".from" : ".checked_at");
}

/// A check or basis that is said anew is of the day on which it is said, unless another one is named.
void date_it(Words& words, const WantedWord& wanted, const Keys& all, const Day& today) {
    const bool check = wanted.key.find('.') == std::string::npos && words.contains(wanted.key);
    const auto dated = dated_by(wanted.key);
    if (check && !all.contains(dated)) {
        words[dated] = privacy::format_day(today);
    }
}

Result<void> put(Words& words, const WantedWord& wanted, std::span<const std::string> facts) {
    const auto shape = shape_of(wanted.key, facts);
    if (!shape && (!wanted.value.empty() || !words.contains(wanted.key))) {
        return no_such_word(wanted.key, facts);
    }
    if (wanted.value.empty()) {
        drop_with_parts(words, wanted.key);
        return {};
    }
    auto value = formed(wanted.key, wanted.value, shape->form);
    if (!value) {
        return fail(value);
    }
    words[wanted.key] = std::move(*value);
    return {};
}

/// Whether another order writes `key`, or the word whose day it is.
bool is_of_another(const std::string& key, std::span<const WantedWord> wanted) {
    const auto named =
        std::find_if(wanted.begin(), wanted.end(), [&](const WantedWord& word) { return word.key == key; });
    if (named != wanted.end()) {
        return named->of_another;
    }
    return std::any_of(wanted.begin(), wanted.end(), [&](const WantedWord& word) {
        return word.of_another && dated_by(word.key) == key;
    });
}

/// What one word says without another.
Result<void> hold_together(const Words& words, std::span<const std::string> facts) {
    for (const auto& [key, value] : words) {
        const auto shape = shape_of(key, facts);
        if (shape && !shape->needs.empty() && !words.contains(shape->needs)) {
            return fail(
                ErrorKind::Invalid, key + " says nothing without " + shape->needs, "Give both in one act.");
        }
    }
    const auto ordered = [&](const char* first, const char* last) {
        const auto from = words.find(first);
        const auto until = words.find(last);
        return from == words.end() || until == words.end() || from->second <= until->second;
    };
    if (!ordered("clauses.signed_on", "clauses.until") || !ordered("basis.from", "basis.until")) {
        return fail(ErrorKind::Invalid, "the last day lies before the first", "Exchange them.");
    }
    return {};
}

std::optional<Day> day_at(const Words& words, const std::string& key) {
    const auto found = words.find(key);
    const auto day = found == words.end() ? fail(ErrorKind::NotFound, "") : privacy::parse_day(found->second);
    return day ? std::optional{*day} : std::nullopt;
}

std::string text_at(const Words& words, const std::string& key) {
    const auto found = words.find(key);
    return found == words.end() ? std::string{} : found->second;
}

std::optional<privacy::ScopeCheck> check_in(const Words& words, const std::string& fact) {
    const auto met = yes_no(text_at(words, fact));
    const auto checked_at = day_at(words, fact + ".checked_at");
    if (!met || !checked_at) {
        return std::nullopt;
    }
    privacy::ScopeCheck check{fact, *met, *checked_at};
    check.since = day_at(words, fact + ".since");
    check.entity = text_at(words, fact + ".entity");
    check.entry = text_at(words, fact + ".entry");
    check.data_kind = text_at(words, fact + ".data_kind");
    return check;
}

bool is_own_word(std::string_view key) {
    return std::any_of(kShapes.begin(), kShapes.end(), [&](const Shape& one) { return one.key == key; });
}

/// Whoever stands in the list is an organisation in the United States; the list is the source then.
std::optional<records::CountryFinding> country_finding(std::span<const DeclaredWord> words,
                                                       const Declaration& read) {
    for (const auto& word : words) {
        const auto country = word.key == "country" ? privacy::Country::parse(word.value.reveal())
                                                   : fail(ErrorKind::NotFound, "");
        if (country) {
            return records::CountryFinding{
                *country, records::CountrySource::Admin, records::Confidence::High, word.at, word.reason};
        }
    }
    const auto listed =
        std::find_if(read.checks.begin(), read.checks.end(), [](const privacy::ScopeCheck& check) {
            return check.fact == privacy::kDpfFact && check.met && !check.entity.empty();
        });
    if (listed == read.checks.end()) {
        return std::nullopt;
    }
    return records::CountryFinding{*privacy::Country::parse("US"),
                                   records::CountrySource::DpfList,
                                   records::Confidence::High,
                                   Instant{std::chrono::sys_days{listed->checked_at}},
                                   listed->entry};
}

}  // namespace

Declaration read_declaration(std::span<const DeclaredWord> all) {
    const auto words = words_of(all);
    Declaration out;
    out.organisation = text_at(words, "organisation");
    out.operator_name = Personal{text_at(words, "operator")};
    out.contact = Personal{text_at(words, "contact")};
    out.inbox = text_at(words, "inbox");
    out.relay = yes_no(text_at(words, "relay"));
    out.bridge = yes_no(text_at(words, "bridge"));
    out.single_person = yes_no(text_at(words, "single_person"));
    for (const auto& [key, value] : words) {
        const bool is_check = key.find('.') == std::string::npos && !is_own_word(key);
        if (auto check = is_check ? check_in(words, key) : std::nullopt) {
            out.checks.push_back(*std::move(check));
        }
    }
    if (const auto signed_on = day_at(words, "clauses.signed_on")) {
        out.clauses = privacy::Clauses{*signed_on,
                                       day_at(words, "clauses.until"),
                                       yes_no(text_at(words, "clauses.assessed")).value_or(false)};
    }
    const auto article = text_at(words, "basis");
    if (!article.empty() && !is_declarable(article)) {
        out.refused_basis = article;
    } else if (const auto from = day_at(words, "basis.from"); from && !article.empty()) {
        out.basis = privacy::DeclaredBasis{
            article, *from, day_at(words, "basis.until"), text_at(words, "basis.document")};
    }
    out.country = country_finding(all, out);
    return out;
}

std::string refusal_of(const Declaration& declaration) {
    return declaration.refused_basis.empty()
               ? std::string{}
               : "basis \"" + declaration.refused_basis + "\" counts for nothing. " +
                     instead_of(declaration.refused_basis);
}

Result<WantedWord> wanted_word(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return fail(ErrorKind::Invalid,
                    "\"" + std::string{text.substr(0, 40)} + "\" is not KEY=VALUE",
                    "Write it as country=DE.");
    }
    return WantedWord{std::string{text.substr(0, equals)}, std::string{text.substr(equals + 1)}};
}

Result<std::vector<WordChange>> plan_words(std::span<const DeclaredWord> stands,
                                           std::span<const WantedWord> wanted,
                                           std::span<const std::string> facts,
                                           const Day& today) {
    const auto before = words_of(stands);
    auto words = before;
    Keys keys;
    for (const auto& word : wanted) {
        keys.insert(word.key);
    }
    for (const auto& word : wanted) {
        if (const auto done = put(words, word, facts); !done) {
            return fail(done);
        }
        if (word.key == "basis" || is_fact(facts, word.key)) {
            date_it(words, word, keys, today);
        }
    }
    if (const auto whole = hold_together(words, facts); !whole) {
        return fail(whole);
    }
    std::vector<WordChange> changes;
    for (const auto& [key, value] : before) {
        if (!words.contains(key)) {
            changes.push_back({key, {}, {}});
        }
    }
    for (const auto& [key, value] : words) {
        const auto was = before.find(key);
        if (was == before.end() || was->second != value) {
            changes.push_back({key, {}, Personal{value}});
        }
    }
    std::erase_if(changes, [&](const WordChange& change) { return is_of_another(change.key, wanted); });
    return changes;
}

std::vector<std::string> scope_facts(const privacy::Adequacy& adequacy) {
    std::vector<std::string> facts;
    for (const auto& decision : adequacy.decisions) {
        if (decision.scope && !is_fact(facts, decision.scope->fact)) {
            facts.push_back(decision.scope->fact);
        }
    }
    return facts;
}

}  // namespace fedtrail::recipients
