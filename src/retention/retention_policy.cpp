#include "retention/retention_policy.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace fedtrail::retention {

namespace {

using Json = nlohmann::json;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> kKinds{
    "person", "case", "letter", "unread_connection", "gap", "access", "rejected_file"};
/// Kept as long as what they hang on: they go with the person's key, with the request, or stay.
constexpr std::array<std::string_view, 12> kLasting{"identity",
                                                    "disclosure",
                                                    "recipient_card",
                                                    "objection",
                                                    "consent",
                                                    "subject_fact",
                                                    "signing_key",
                                                    "log_leaf",
                                                    "policy_text",
                                                    "token",
                                                    "operator_act",
                                                    "shredding"};
constexpr std::array<std::string_view, 3> kEnds{"shredding", "request_closed", "never"};
/// More than this is no limit: a mistake in the file, or a wish to keep everything.
constexpr int kLongestDays = 36'500;
constexpr int kLongestMonths = 1'200;

tl::unexpected<Error> invalid(std::string what) {
    return fail(ErrorKind::Invalid, "retention: " + std::move(what), "see schemas/retention.schema.json");
}

template <typename Words>
bool is_one_of(const Words& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

Result<RetentionRule> rule_of(const Json& row) {
    RetentionRule rule;
    rule.kind = row.at("kind").get<std::string>();
    rule.enabled = row.value("enabled", true);
    const int in_days = row.value("keep_days", 0);
    const int in_months = row.value("keep_months", 0);
    rule.to_year_end = row.value("to_year_end", false);
    rule.why = row.at("why").get<std::string>();
    rule.source = row.at("source").get<std::vector<std::string>>();
    rule.kept_until = row.value("kept_until", "");
    const bool lasting = is_one_of(kLasting, rule.kind);
    if (!lasting && !is_one_of(kKinds, rule.kind)) {
        return invalid("no kind of record is called \"" + rule.kind + "\"");
    }
    if (lasting != is_one_of(kEnds, rule.kept_until) || (lasting && (in_days != 0 || in_months != 0))) {
        return invalid("\"" + rule.kind + "\" is kept " +
                       (lasting ? "until something happens, not for a time" : "for a time"));
    }
    rule.enabled = rule.enabled && !lasting;
    if (in_days < 0 || in_days > kLongestDays || in_months < 0 || in_months > kLongestMonths) {
        return invalid("\"" + rule.kind + "\" is kept for a time that is no time");
    }
    rule.keep_days = days{in_days};
    rule.keep_months = std::chrono::months{in_months};
    return rule;
}

year_month_day plus(year_month_day day, std::chrono::months months) {
    const auto moved = day + months;
    return moved.ok() ? moved : year_month_day{moved.year() / moved.month() / std::chrono::last};
}

}  // namespace

namespace {

/// The end of the time that begins on that day, before it is carried on to the end of a year.
std::chrono::sys_days end_of(const RetentionRule& rule, std::chrono::sys_days from) {
    return std::chrono::sys_days{plus(year_month_day{from}, rule.keep_months)} + rule.keep_days;
}

std::chrono::sys_days first_of(std::chrono::year year) {
    return std::chrono::sys_days{year / std::chrono::January / 1};
}

/// The first day whose time does not end before `day`.
std::chrono::sys_days first_kept(const RetentionRule& rule, std::chrono::sys_days day) {
    auto from = std::chrono::sys_days{plus(year_month_day{day}, -rule.keep_months)} - rule.keep_days;
    while (end_of(rule, from) >= day) {  // months are of different lengths: a few days at most
        from -= days{1};
    }
    while (end_of(rule, from) < day) {
        from += days{1};
    }
    return from;
}

}  // namespace

Instant expiry(const RetentionRule& rule, Instant from) {
    const auto start = floor<days>(from);
    const auto end = end_of(rule, start);
    return rule.to_year_end ? Instant{first_of(year_month_day{end}.year() + std::chrono::years{1})}
                            : Instant{end + (from - start)};
}

Instant horizon(const RetentionRule& rule, Instant now) {
    const auto today = floor<days>(now);
    if (rule.to_year_end) {
        return first_kept(rule, first_of(year_month_day{today}.year()));
    }
    const auto from = first_kept(rule, today);
    return end_of(rule, from) == today ? Instant{from + (now - today)} : Instant{from};
}

namespace {

/// Whether, of what began on the same day, the first may be kept longer.
bool may_outlast(const RetentionRule& first, const RetentionRule& second) {
    // Every day of a leap year and the next three: months and ends of years are of different lengths.
    constexpr std::chrono::sys_days kFirst{std::chrono::year{2024} / std::chrono::January / 1};
    constexpr std::chrono::sys_days kEnd{std::chrono::year{2028} / std::chrono::January / 1};
    for (auto day = kFirst; day < kEnd; day += days{1}) {
        if (expiry(second, day) < expiry(first, day)) {
            return true;
        }
    }
    return false;
}

/// Whoever is shredded is found by their closed case.
bool cases_outlast_people(const RetentionPolicy& policy) {
    const auto* person = policy.rule("person");
    const auto* filed = policy.rule("case");
    return person == nullptr || filed == nullptr || !may_outlast(*person, *filed);
}

Result<void> add_rule(std::vector<RetentionRule>& rules, const Json& row) {
    auto rule = rule_of(row);
    if (!rule) {
        return fail(rule);
    }
    const bool twice =
        std::any_of(rules.begin(), rules.end(), [&](const auto& other) { return other.kind == rule->kind; });
    if (twice) {
        return invalid("\"" + rule->kind + "\" has two rules");
    }
    rules.push_back(std::move(*rule));
    return {};
}

}  // namespace

Result<RetentionPolicy> RetentionPolicy::parse(std::string_view json) {
    try {
        const auto document = Json::parse(json);
        RetentionPolicy policy;
        policy.digest_ = ledger::sha256(bytes_of(json));
        Result<void> added;
        const auto& rows = document.at("rules");
        for (auto row = rows.begin(); row != rows.end() && added; ++row) {
            added = add_rule(policy.rules_, *row);
        }
        if (!added) {
            return fail(added);
        }
        if (!cases_outlast_people(policy)) {
            return invalid(
                "\"case\" is kept for a shorter time than \"person\": a case that is gone "
                "shreds nobody");
        }
        return policy;
    } catch (const Json::exception& failure) {
        return invalid(std::string{"not in the form it should be: "} + failure.what());
    }
}

bool letters_outlast_cases(const RetentionPolicy& policy) {
    const auto* letter = policy.rule("letter");
    const auto* filed = policy.rule("case");
    return filed != nullptr && (letter == nullptr || may_outlast(*letter, *filed));
}

const RetentionRule* RetentionPolicy::rule(std::string_view kind) const {
    const auto found = std::find_if(
        rules_.begin(), rules_.end(), [&](const auto& rule) { return rule.kind == kind && rule.enabled; });
    return found == rules_.end() ? nullptr : &*found;
}

}  // namespace fedtrail::retention
