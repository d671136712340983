#include "reports/operator_facts.hpp"

#include <algorithm>
#include <charconv>

#include "language/tag.hpp"
#include "reports/processor_safeguards.hpp"

namespace fedtrail::reports {

namespace {

using Missing = std::vector<MissingItem>;

/// Looks for what is missing, activity by activity and in general.
class Search {
public:
    Search(const OperatorFacts& facts, PaperKind kind, std::string_view language, bool own_limited)
        : facts_(facts), notice_(kind == PaperKind::Notice), language_(language), own_limited_(own_limited) {}

    void controller(const privacy::Adequacy& adequacy) {
        const auto& who = facts_.controller;
        text(who.name, who_article("13(1)(a)"), "controller.name", "who is responsible");
        text(who.contact, who_article("13(1)(a)"), "controller.contact", "how a person reaches them");
        text(facts_.country, who_article("13(1)(a)"), "controller.country", "where they are established");
        if (!facts_.country.empty() && !within_eea(facts_.country, adequacy)) {
            text(facts_.representative,
                 who_article("13(1)(a)"),
                 "controller.representative",
                 "the representative in the Union: the controller is established outside it");
        }
        text(who.dpo,
             who_article("13(1)(b)"),
             "controller.dpo",
             "the data protection officer; or notice.dpo = \"none\"");
        if (notice_) {
            text(who.authority,
                 "13(2)(d)",
                 "controller.authority",
                 "to which authority a person may complain");
        }
        if (facts_.hosts.empty()) {
            add(who_article("13(1)(a)"), "origin.host", "for which server");
        }
    }

    void general(const privacy::Adequacy& adequacy) {
        if (!facts_.no_processors && facts_.processors.empty()) {
            add(notice_ ? "13(1)(e)" : "30(1)(d)",
                "notice.processors",
                "a [[processor]] for each who processes data for you, or \"none\"");
        }
        for (const auto& each : facts_.processors) {
            safeguard(each, adequacy);
        }
        automated();
        if (!notice_) {
            measures();
            return;
        }
        if (!facts_.joint.empty()) {
            words(facts_.essence, "26(2)", "notice.joint_essence", "what joint controllers arranged");
        }
        text(facts_.required, "13(2)(e)", "notice.required", "whether people must give data, and why");
    }

    void measures() {
        if (!facts_.own_measures.empty()) {
            words(facts_.own_measures, "30(1)(g)", "ropa.own_measures", "measures in your own words");
        } else if (facts_.measures.empty()) {
            add("30(1)(g)", "ropa.measures", "the technical and organisational measures");
        }
    }

    void safeguard(const ProcessorFacts& processor, const privacy::Adequacy& adequacy) {
        const auto fault = safeguard_fault(processor);
        if (!fault.empty() || (processor.safeguard.empty() && !within_eea(processor.country, adequacy))) {
            add(notice_ ? "13(1)(f)" : "30(1)(e)",
                "processor.safeguard",
                "on what the transfer to " + processor.name + " (" + processor.country + ") rests" +
                    (fault.empty() ? "" : "; not on A45-3: " + fault));
        }
    }

    /// Needed in a notice; in a record what is said has to be in its language.
    void automated() {
        const auto plain = facts_.automated.find("");
        const bool none = plain != facts_.automated.end() && plain->second == kNone;
        if (!none && (notice_ || !facts_.automated.empty())) {
            words(facts_.automated,
                  "13(2)(f)",
                  "notice.automated_decisions",
                  "whether machines alone decide about people, or \"none\"");
        }
    }

    void activity(std::string_view name, const ActivityFacts* said) {
        const std::string of = "processing." + std::string{name};
        const bool of_others = name == "remote_copies" || (said != nullptr && said->source == "others");
        from_ = of_others ? "14" : "13";
        const bool must = name == "federation" || name == "ledger";
        if (said == nullptr) {
            add(notice_ ? from_ + "(1)(c)" : "30(1)(b)",
                of,
                "a [[processing]] with activity = \"" + std::string{name} + "\"" +
                    (must ? "" : ", or done = \"no\" in it"));
            return;
        }
        if (!said->done && must) {
            add(notice_ ? "13(1)(c)" : "30(1)(b)", of + ".done", "this is done here: Fedtrail sees it");
        }
        if (!said->done && !must) {
            return;
        }
        bases(*said, of);
        const bool known = name == "ledger" && own_limited_;
        const auto plain = said->retention.find("");
        if (!known && (plain == said->retention.end() || !retention_from(plain->second))) {
            words(said->retention,
                  notice_ ? from_ + "(2)(a)" : "30(1)(f)",
                  of + ".retention",
                  "how long data is kept");
        }
        own_words(*said, of, !is_known_activity(name));
    }

    [[nodiscard]] Missing take() { return std::move(missing_); }

private:
    [[nodiscard]] std::string who_article(const std::string& of_notice) const {
        return notice_ ? of_notice : "30(1)(a)";
    }

    void add(std::string article, std::string key, std::string what) {
        missing_.push_back({std::move(article), std::move(key), std::move(what)});
    }

    void text(const std::string& said, const std::string& article, const char* key, const char* what) {
        if (said.empty()) {
            add(article, key, what);
        }
    }

    void words(const Wording& said,
               const std::string& article,
               const std::string& key,
               const std::string& what) {
        if (said.empty()) {
            add(article, key, what);
        } else if (!in_language(said, language_, facts_.usual_language)) {
            add(article, key + "." + std::string{language_}, what + ", in this language");
        }
    }

    void bases(const ActivityFacts& said, const std::string& of) {
        const auto on = [&](std::string_view basis) {
            return std::find(said.legal_basis.begin(), said.legal_basis.end(), basis) !=
                   said.legal_basis.end();
        };
        if (said.legal_basis.empty() && notice_) {
            add(from_ + "(1)(c)", of + ".legal_basis", "on which point of Art. 6(1) it rests");
        }
        if (on("6(1)(f)") && (notice_ || !said.legitimate_interest.empty())) {
            words(said.legitimate_interest,
                  from_ == "14" ? "14(2)(b)" : "13(1)(d)",
                  of + ".legitimate_interest",
                  "whose interest, and which");
        }
        if ((on("6(1)(c)") || on("6(1)(e)")) && (notice_ || !said.law.empty())) {
            words(said.law, "6(3)", of + ".law", "which law");
        }
    }

    /// What a known activity has in policies/texts, and one of the operator's own has not.
    void own_words(const ActivityFacts& said, const std::string& of, bool needed) {
        const auto each =
            [&](const Wording& given, const std::string& article, const char* key, const char* what) {
                if (needed || !given.empty()) {
                    words(given, article, of + key, what);
                }
            };
        const auto purpose = notice_ ? from_ + "(1)(c)" : "30(1)(b)";
        each(said.name, purpose, ".name", "what it is called");
        each(said.purpose, purpose, ".purpose", "what it is for");
        if (!notice_ && !said.sub_purposes.empty()) {
            words(said.sub_purposes, purpose, of + ".sub_purposes", "what its purpose is made of");
        }
        if (!notice_ && !said.data_retention.empty()) {
            words(said.data_retention, "30(1)(f)", of + ".data_retention", "how long which category is kept");
        }
        if (!notice_ && !said.retention_reason.empty()) {
            words(said.retention_reason,
                  "30(1)(f)",
                  of + ".retention_reason",
                  "why its policy is not followed");
        }
        each(said.persons, notice_ ? "14(1)(d)" : "30(1)(c)", ".persons", "whose data");
        each(said.data, notice_ ? "14(1)(d)" : "30(1)(c)", ".data", "which categories of data");
        each(said.recipients, notice_ ? from_ + "(1)(e)" : "30(1)(d)", ".recipients", "who gets them");
        if (needed && said.source.empty() && notice_) {
            add("14(2)(f)", of + ".source", "where the data comes from");
        }
    }

    const OperatorFacts& facts_;
    bool notice_;
    std::string_view language_;
    bool own_limited_;
    std::string from_{"13"};  ///< Of the activity that is looked at: from the person (Art. 13) or not (14).
    Missing missing_;
};

}  // namespace

bool is_known_activity(std::string_view activity) {
    return std::find(kActivities.begin(), kActivities.end(), activity) != kActivities.end();
}

std::optional<Retention> retention_from(std::string_view text) {
    Retention retention;
    for (const auto& [word, exists] : {std::pair{std::string_view{"account"}, Retention::While::Account},
                                       std::pair{std::string_view{"item"}, Retention::While::Item}}) {
        if (text == word) {
            retention.exists = exists;
            return retention;
        }
        if (text.starts_with(word) && text.substr(word.size()).starts_with('+')) {
            retention.exists = exists;
            text.remove_prefix(word.size() + 1);
            break;
        }
    }
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, retention.number);
    if (read.ec != std::errc{} || read.ptr + 1 != end || retention.number == 0 ||
        retention.number > 100'000) {
        return std::nullopt;
    }
    const char unit = *read.ptr;
    retention.noun = unit == 'd' ? "days" : unit == 'm' ? "months" : unit == 'y' ? "years" : "";
    return retention.noun.empty() ? std::nullopt : std::optional{retention};
}

std::optional<std::string> in_language(const Wording& words,
                                       std::string_view language,
                                       std::string_view usual) {
    for (const auto& tag : {std::string{language}, std::string{language::primary(language)}}) {
        if (const auto found = words.find(tag); found != words.end()) {
            return found->second;
        }
    }
    const auto plain = words.find("");
    if (plain == words.end() || language::primary(usual) != language::primary(language)) {
        return std::nullopt;
    }
    return plain->second;
}

std::vector<MissingItem> missing_items(const OperatorFacts& facts,
                                       PaperKind kind,
                                       std::string_view language,
                                       const privacy::Adequacy& adequacy,
                                       bool own_limited) {
    Search search{facts, kind, language, own_limited};
    search.controller(adequacy);
    search.general(adequacy);
    for (const auto name : kActivities) {
        const auto said = std::find_if(facts.activities.begin(),
                                       facts.activities.end(),
                                       [&](const auto& each) { return each.activity == name; });
        search.activity(name, said == facts.activities.end() ? nullptr : &*said);
    }
    for (const auto& each : facts.activities) {
        if (!is_known_activity(each.activity)) {
            search.activity(each.activity, &each);
        }
    }
    return search.take();
}

Result<void> refuse_missing(const std::vector<MissingItem>& missing, PaperKind kind) {
    if (missing.empty()) {
        return {};
    }
    std::string what =
        kind == PaperKind::Notice ? "the privacy notice" : "the record of processing activities";
    what += missing.size() == 1
                ? " lacks something that the GDPR asks for:"
                : " lacks " + std::to_string(missing.size()) + " things that the GDPR asks for:";
    for (const auto& item : missing) {
        what += "\n  Art. " + item.article + "  " + item.key + ": " + item.what;
    }
    return fail(ErrorKind::Denied,
                what + "\nNothing was written.",
                "set these in fedtrail.toml (processing.X is the [[processing]] whose activity is X); "
                "docs/papers.md says what belongs there");
}

}  // namespace fedtrail::reports
