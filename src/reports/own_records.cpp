#include "reports/own_records.hpp"

#include <algorithm>

#include "fedtrail/core/count.hpp"

#include "reports/paper_texts.hpp"

namespace fedtrail::reports {

namespace {

const OwnPeriod* period_of(std::span<const OwnPeriod> own, std::string_view kind) {
    const auto found =
        std::find_if(own.begin(), own.end(), [&](const auto& each) { return each.kind == kind; });
    return found == own.end() ? nullptr : &*found;
}

std::string in_words(const OwnPeriod& period, const PaperTexts& texts) {
    std::string words = period.months > 0 ? texts.counted("months", period.months) : "";
    if (period.days > 0 || period.months == 0) {
        words += (words.empty() ? "" : texts.forms().between()) + texts.counted("days", period.days);
    }
    return period.to_year_end ? texts.fill("retention.own_year_end", {{"period", words}}) : words;
}

std::string in_english(const OwnPeriod& period) {
    std::string words;
    const auto add = [&](std::uint64_t number, const std::string& noun) {
        if (number > 0) {
            words += (words.empty() ? "" : " and ") + counted(number, noun);
        }
    };
    add(period.months, "month");
    add(period.days, "day");
    return (words.empty() ? "no longer" : words) +
           (period.to_year_end ? ", then to the end of the year" : "");
}

/// How the configuration would say it; nothing if it cannot.
std::optional<std::string> as_setting(const OwnPeriod& period) {
    if (period.to_year_end || (period.months > 0 && period.days > 0)) {
        return std::nullopt;
    }
    if (period.months == 0 && period.days == 0) {
        return "account";
    }
    return "account+" +
           (period.months > 0 ? std::to_string(period.months) + "m" : std::to_string(period.days) + "d");
}

bool says_the_same(const Retention& said, const OwnPeriod& rule) {
    const auto months = said.noun == "years" ? 12 * said.number : said.noun == "months" ? said.number : 0;
    const auto days = said.noun == "days" ? said.number : 0;
    return said.exists == Retention::While::Account && months == rule.months && days == rule.days &&
           !rule.to_year_end;
}

}  // namespace

bool all_limited(std::span<const OwnPeriod> own) {
    return std::all_of(kOwnRecords.begin(), kOwnRecords.end(), [&](const auto kind) {
        return period_of(own, kind) != nullptr;
    });
}

std::string own_retention(std::span<const OwnPeriod> own, const PaperTexts& texts) {
    std::string words;
    const auto add = [&](std::string_view kind, const FillValues& values) {
        words += (words.empty() ? "" : texts.forms().between_parts()) +
                 texts.fill("retention.own_" + std::string{kind}, values);
    };
    for (const auto kind : kOwnRecords) {
        if (const auto* period = period_of(own, kind); period != nullptr) {
            add(kind, {{"period", in_words(*period, texts)}});
        }
    }
    for (const auto kind : kOwnEndless) {
        add(kind, {});
    }
    return words;
}

std::optional<RetentionConflict> retention_conflict(const OperatorFacts& facts,
                                                    std::span<const OwnPeriod> own) {
    const auto ledger = std::find_if(facts.activities.begin(), facts.activities.end(), [](const auto& each) {
        return each.activity == "ledger";
    });
    if (ledger == facts.activities.end() || ledger->retention.empty()) {
        return std::nullopt;
    }
    const auto plain = ledger->retention.find("");
    const auto said = plain == ledger->retention.end() ? std::nullopt : retention_from(plain->second);
    const auto* rule = period_of(own, "person");
    if (!said) {
        return !all_limited(own) ? std::nullopt
                                 : std::optional{RetentionConflict{
                                       "processing.ledger.retention is in words of your own, which cannot be "
                                       "compared; the papers say what policies/retention.json says",
                                       "Leave it out."}};
    }
    const auto setting = "processing.ledger.retention says \"" + plain->second + "\", ";
    if (rule == nullptr) {
        return RetentionConflict{setting +
                                     "but policies/retention.json sets no limit for deliveries (its "
                                     "rule \"person\"): nothing will be removed",
                                 "Enable that rule, or say in words that there is no limit."};
    }
    if (says_the_same(*said, *rule)) {
        return std::nullopt;
    }
    const auto better = as_setting(*rule);
    return RetentionConflict{setting +
                                 "but policies/retention.json keeps deliveries as long as the account "
                                 "exists and after its erasure " +
                                 in_english(*rule) + "; the papers say the latter",
                             better ? "Leave it out, or make it \"" + *better + "\"." : "Leave it out."};
}

}  // namespace fedtrail::reports
