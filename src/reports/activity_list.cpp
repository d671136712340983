#include "reports/activity_list.hpp"

#include <algorithm>

#include "reports/paper.hpp"
#include "reports/paper_texts.hpp"

namespace fedtrail::reports {

namespace {

class Entries {
public:
    Entries(const OperatorFacts& facts, std::span<const OwnPeriod> own, const PaperTexts& texts)
        : facts_(facts), own_(own), texts_(texts) {}

    /// Of what is done, that whose activity `fits`.
    template <typename Fits>
    void add(const Fits& fits, std::vector<ActivityEntry>& list) const {
        for (const auto& said : facts_.activities) {
            if (said.done && fits(said.activity)) {
                list.push_back(entry(said));
            }
        }
    }

    [[nodiscard]] ActivityEntry entry(const ActivityFacts& said) const {
        ActivityEntry entry;
        entry.code = said.activity;
        entry.name = word(said.name, said.activity, "name");
        entry.purpose = word(said.purpose, said.activity, "purpose");
        entry.sub_purposes = own(said.sub_purposes);
        entry.persons = word(said.persons, said.activity, "persons");
        entry.data = word(said.data, said.activity, "data");
        entry.recipients = word(said.recipients, said.activity, "recipients");
        entry.source = said.source.empty() ? usual_source(said.activity) : said.source;
        const auto known = "activity." + said.activity + ".source";
        entry.source_words =
            said.source.empty() && texts_.has(known) ? texts_.at(known) : texts_.at("source." + entry.source);
        entry.legal_basis = said.legal_basis;
        entry.law = own(said.law);
        entry.interest = own(said.legitimate_interest);
        entry.balancing = without_marks(said.balancing);
        entry.special_basis = without_marks(said.special_basis);
        entry.special_condition = without_marks(said.special_condition);
        entry.retention = said.activity == "ledger" ? own_records(said) : retention(said.retention);
        entry.data_retention = own(said.data_retention);
        entry.retention_policy = policy_place(said);
        entry.retention_followed = said.retention_followed;
        entry.retention_reason = own(said.retention_reason);
        entry.assessment_required = said.assessment_required;
        entry.assessment_progress = said.assessment_progress;
        entry.breach_occurred = said.breach_occurred;
        entry.assessment = without_marks(said.assessment);
        entry.consents = without_marks(said.consents);
        entry.location = without_marks(said.location);
        entry.breaches = without_marks(said.breaches);
        entry.rights = rights(said.legal_basis);
        return entry;
    }

private:
    [[nodiscard]] std::string own(const Wording& words) const {
        return without_marks(in_language(words, texts_.language(), facts_.usual_language).value_or(""));
    }

    [[nodiscard]] std::string word(const Wording& said, const std::string& activity, const char* what) const {
        if (!said.empty() || !is_known_activity(activity)) {
            return own(said);
        }
        return texts_.at("activity." + activity + "." + what);
    }

    static std::string usual_source(const std::string& activity) {
        if (activity == "remote_copies") {
            return "others";
        }
        const bool both = activity == "moderation" || activity == "backups" || activity == "ledger";
        return both ? "both" : "person";
    }

    [[nodiscard]] std::string retention(const Wording& said) const {
        const auto plain = said.find("");
        const auto period = plain == said.end() ? std::nullopt : retention_from(plain->second);
        if (!period) {
            return own(said);
        }
        const std::string key = period->exists == Retention::While::Account ? "retention.account"
                                : period->exists == Retention::While::Item  ? "retention.item"
                                                                            : "retention.time";
        if (period->noun.empty()) {
            return texts_.at(key);
        }
        return texts_.fill(period->exists == Retention::While::Nothing ? key : key + "_more",
                           {{"period", texts_.counted(period->noun, period->number)}});
    }

    [[nodiscard]] std::string own_records(const ActivityFacts& said) const {
        const auto ours = own_retention(own_, texts_);
        return all_limited(own_) ? ours : ours + texts_.forms().between_parts() + retention(said.retention);
    }

    /// Whether it is followed is for the controller to say, also where we know the file.
    [[nodiscard]] std::string policy_place(const ActivityFacts& said) const {
        const bool ours = said.retention_policy.empty() && said.activity == "ledger" && !own_.empty();
        return ours ? "policies/retention.json" : without_marks(said.retention_policy);
    }

    static std::vector<std::string> rights(const std::vector<std::string>& bases) {
        const auto on = [&](std::string_view basis) {
            return std::find(bases.begin(), bases.end(), basis) != bases.end();
        };
        std::vector<std::string> rights{"15", "16", "17", "18"};
        if (on("6(1)(a)") || on("6(1)(b)")) {
            rights.emplace_back("20");
        }
        if (on("6(1)(e)") || on("6(1)(f)")) {
            rights.emplace_back("21");
        }
        if (on("6(1)(a)")) {
            rights.emplace_back("7(3)");
        }
        return rights;
    }

    const OperatorFacts& facts_;
    std::span<const OwnPeriod> own_;
    const PaperTexts& texts_;
};

}  // namespace

std::vector<ActivityEntry> activity_list(const OperatorFacts& facts,
                                         std::span<const OwnPeriod> own,
                                         const PaperTexts& texts) {
    const Entries entries{facts, own, texts};
    std::vector<ActivityEntry> list;
    for (const auto name : kActivities) {
        entries.add([name](std::string_view activity) { return activity == name; }, list);
    }
    entries.add([](std::string_view activity) { return !is_known_activity(activity); }, list);
    return list;
}

std::string basis_words(const std::string& point, const PaperTexts& texts) {
    return texts.at("legal_basis." + point.substr(5, 1));
}

std::vector<std::string> measure_words(const OperatorFacts& facts, const PaperTexts& texts) {
    std::vector<std::string> all;
    for (const auto& measure : facts.measures) {
        all.push_back(texts.at("measure." + measure));
    }
    if (const auto own = in_language(facts.own_measures, texts.language(), facts.usual_language)) {
        all.push_back(without_marks(*own));
    }
    return all;
}

std::string safeguard_words(const std::string& basis, const std::string& decision, const PaperTexts& texts) {
    if (basis.empty()) {
        return texts.at("basis.none_needed.word");
    }
    const auto& words = texts.has("safeguard." + basis) ? texts.at("safeguard." + basis)
                                                        : texts.at("basis." + basis + ".word");
    return decision.empty() ? words : words + ", " + without_marks(texts.forms().act(decision));
}

std::string declared_reference(const std::string& article, const PaperTexts& texts) {
    if (!is_article(article)) {
        return {};
    }
    return kCiteBegins + article + kCiteEnds + declared_suffix(texts.shared(), article);
}

std::string joined(const std::vector<std::string>& parts, const PaperTexts& texts) {
    std::string out;
    for (const auto& part : parts) {
        out += (out.empty() ? "" : texts.forms().between()) + part;
    }
    return out;
}

}  // namespace fedtrail::reports
