#include "retention/retention_policy.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::retention;

namespace {

Instant at(const std::string& day) {
    return *parse_rfc3339(day + "T10:30:00Z");
}
std::string day_of(Instant instant) {
    return format_rfc3339(instant).substr(0, 10);
}

RetentionRule rule_of(int days, int months, bool to_year_end = false) {
    RetentionRule rule;
    rule.keep_days = std::chrono::days{days};
    rule.keep_months = std::chrono::months{months};
    rule.to_year_end = to_year_end;
    return rule;
}

std::string shipped() {
    std::ifstream file{FEDTRAIL_SOURCE_DIR "/policies/retention.json"};
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace

TEST_CASE("Days and calendar months are added, and a month that lacks the day ends earlier", "[retention]") {
    CHECK(expiry(rule_of(90, 0), at("2026-11-28")) == at("2027-02-26"));
    CHECK(expiry(rule_of(0, 3), at("2026-11-30")) == at("2027-02-28"));
    CHECK(expiry(rule_of(1, 3), at("2026-11-30")) == at("2027-03-01"));
    CHECK(expiry(rule_of(0, 36), at("2024-02-29")) == at("2027-02-28"));
    CHECK(expiry(rule_of(0, 0), at("2026-11-28")) == at("2026-11-28"));
}

TEST_CASE("To the end of the year is to the first moment of the next", "[retention]") {
    CHECK(format_rfc3339(expiry(rule_of(0, 36, true), at("2026-03-05"))).substr(0, 19) ==
          "2030-01-01T00:00:00");
    CHECK(day_of(expiry(rule_of(0, 36, true), at("2026-12-31"))) == "2030-01-01");
    CHECK(day_of(expiry(rule_of(0, 0, true), at("2026-01-01"))) == "2027-01-01");
}

TEST_CASE("What lies before the horizon has expired, and what lies at it has not been kept too short",
          "[retention]") {
    for (const auto& rule : {rule_of(90, 0),
                             rule_of(0, 1),
                             rule_of(0, 36, true),
                             rule_of(3, 1),
                             rule_of(0, 0),
                             rule_of(90, 1),
                             rule_of(30, 0, true),
                             rule_of(0, 6, true),
                             rule_of(180, 6, true),
                             rule_of(0, 0, true)}) {
        for (auto now = at("2026-01-25"); now < at("2028-04-05"); now += std::chrono::hours{23}) {
            const auto edge = horizon(rule, now);
            CAPTURE(format_rfc3339(now), format_rfc3339(edge), rule.keep_months.count(), rule.to_year_end);
            REQUIRE(expiry(rule, edge - std::chrono::milliseconds{1}) <= now);
            REQUIRE(expiry(rule, edge - std::chrono::hours{7}) <= now);
            REQUIRE(expiry(rule, edge - std::chrono::days{40}) <= now);
            // Nothing that is a week younger goes.
            REQUIRE(expiry(rule, edge + std::chrono::days{7}) > now);
        }
    }
}

TEST_CASE("Nothing goes in a year to whose end it is kept", "[retention]") {
    const auto half_a_year = rule_of(0, 6, true);
    CHECK(day_of(expiry(half_a_year, at("2027-12-19"))) == "2029-01-01");
    CHECK(day_of(horizon(half_a_year, at("2028-08-01"))) == "2027-07-01");
    CHECK(day_of(horizon(rule_of(30, 0, true), at("2028-02-01"))) == "2027-12-02");
    CHECK(day_of(horizon(rule_of(0, 36, true), at("2028-02-01"))) == "2025-01-01");
}

TEST_CASE("The shipped policy has a rule for each kind", "[retention]") {
    const auto policy = RetentionPolicy::parse(shipped());
    REQUIRE(policy);
    for (const auto* kind :
         {"person", "case", "letter", "unread_connection", "gap", "access", "rejected_file"}) {
        CAPTURE(kind);
        REQUIRE(policy->rule(kind) != nullptr);
        CHECK_FALSE(policy->rule(kind)->why.empty());
    }
    CHECK(policy->rule("person")->keep_days == std::chrono::days{90});
    for (const auto* kind : {"identity",
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
                             "shredding"}) {
        CAPTURE(kind);
        const auto& rules = policy->rules();
        const auto found =
            std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.kind == kind; });
        REQUIRE(found != rules.end());
        CHECK_FALSE(found->kept_until.empty());
        CHECK(policy->rule(kind) == nullptr);  // nothing is dropped by it
    }
}

TEST_CASE("Letters that are kept longer than the case that says whose they are are told of", "[retention]") {
    const auto outlast = [](const std::string& rows) {
        const auto policy =
            RetentionPolicy::parse(R"({"format": "fedtrail/retention/1", "rules": [)" + rows + "]}");
        REQUIRE(policy);
        return letters_outlast_cases(*policy);
    };
    const std::string filed = R"({"kind": "case", "keep_months": 6, "why": "w", "source": ["s"]})";
    const auto letter = [](const std::string& kept) {
        return R"({"kind": "letter", )" + kept + R"(, "why": "w", "source": ["s"]})";
    };
    CHECK_FALSE(letters_outlast_cases(RetentionPolicy::parse(shipped()).value()));
    CHECK_FALSE(outlast(filed + "," + letter(R"("keep_months": 6)")));
    CHECK(outlast(filed + "," + letter(R"("keep_days": 182)")));  // from August to February are 181 to 184
    CHECK(outlast(filed + "," + letter(R"("keep_days": 1, "enabled": false)")));
    CHECK(outlast(filed));
    CHECK_FALSE(outlast(letter(R"("keep_days": 182)")));  // cases are kept for good
}

TEST_CASE("A kind that does not exist, or comes twice, or has no time is refused", "[retention]") {
    const auto with = [](const std::string& rows) {
        return RetentionPolicy::parse(R"({"format": "fedtrail/retention/1", "rules": [)" + rows + "]}");
    };
    const std::string person = R"({"kind": "person", "keep_days": 1, "why": "w", "source": ["s"]})";
    REQUIRE(with(person));
    CHECK(with(person + "," + person).error().kind == ErrorKind::Invalid);
    CHECK(with(R"({"kind": "people", "keep_days": 1, "why": "w", "source": ["s"]})").error().kind ==
          ErrorKind::Invalid);
    CHECK(with(R"({"kind": "gap", "keep_days": -1, "why": "w", "source": ["s"]})").error().kind ==
          ErrorKind::Invalid);
    CHECK(with(R"({"kind": "gap", "keep_days": 1, "source": ["s"]})").error().kind == ErrorKind::Invalid);
    // A case that is gone shreds nobody.
    CHECK(with(R"({"kind": "person", "keep_days": 31, "why": "w", "source": ["s"]},)"
               R"({"kind": "case", "keep_months": 1, "why": "w", "source": ["s"]})")
              .error()
              .kind == ErrorKind::Invalid);
    CHECK(with(R"({"kind": "person", "keep_days": 28, "why": "w", "source": ["s"]},)"
               R"({"kind": "case", "keep_months": 1, "why": "w", "source": ["s"]})"));
    CHECK(RetentionPolicy::parse("nothing").error().kind == ErrorKind::Invalid);
    // What lasts has no time, and what has a time does not last.
    const std::string lasts =
        R"({"kind": "disclosure", "kept_until": "shredding", "why": "w", "source": ["s"])";
    CHECK(with(lasts + "}"));
    for (const auto& bad :
         {lasts + R"(, "keep_days": 1})",
          std::string{R"({"kind": "disclosure", "keep_days": 1, "why": "w", "source": ["s"]})"},
          std::string{R"({"kind": "disclosure", "kept_until": "me", "why": "w", "source": ["s"]})"},
          std::string{R"({"kind": "gap", "kept_until": "never", "why": "w", "source": ["s"]})"}}) {
        CAPTURE(bad);
        CHECK(with(bad).error().kind == ErrorKind::Invalid);
    }
    const auto off =
        with(R"({"kind": "gap", "enabled": false, "keep_days": 1, "why": "w", "source": ["s"]})");
    REQUIRE(off);
    CHECK(off->rule("gap") == nullptr);
}
