/// What papers say of Fedtrail's own records is what policies/retention.json says.

#include "reports/own_records.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "reports/activity_list.hpp"
#include "reports/example_papers.hpp"

namespace fedtrail::reports::test {

namespace {

std::string of_ledger(const OperatorFacts& facts, const std::vector<OwnPeriod>& own) {
    for (const auto& entry : activity_list(facts, own, papers_in("en"))) {
        if (entry.code == "ledger") {
            return entry.retention;
        }
    }
    return "";
}

OperatorFacts saying(const std::string& period) {
    auto facts = example_facts();
    auto& said = facts.activities[7].retention;
    said.clear();
    if (!period.empty()) {
        said[""] = period;
    }
    return facts;
}

std::vector<OwnPeriod> without(const std::string& kind) {
    auto own = example_policies().own;
    own.erase(std::remove_if(own.begin(), own.end(), [&](const auto& each) { return each.kind == kind; }),
              own.end());
    return own;
}

}  // namespace

TEST_CASE("The periods of the ledger's records are those of the rules, whatever the operator says",
          "[reports][retention]") {
    const auto words = of_ledger(saying("3y"), example_policies().own);
    CHECK(words == of_ledger(saying(""), example_policies().own));
    CHECK(words.starts_with(
        "handle, whether a minor, deliveries, objections and consents: as long as the account exists, and "
        "after its erasure "
        "90 days; requests for erasure: after they are closed 36 months, then to the end of the year; "
        "letters kept as files: 180 days; who looked at a person’s data: 36 months; "));
    CHECK(of_ledger(saying(""), {{"person", 1, 1, false}, {"case", 0, 0, false}, {"gap", 1, 0, false}})
              .starts_with("handle, whether a minor, deliveries, objections and consents: as long as the "
                           "account exists, and "
                           "after its erasure 1 month, 1 day; requests for erasure: after they are closed 0 "
                           "days"));
}

TEST_CASE("What no time ends is said with what ends it", "[reports][retention]") {
    for (const auto* language : {"de", "en", "es", "fr", "it", "nl", "pl"}) {
        const auto& texts = papers_in(language);
        const auto words = own_retention(example_policies().own, texts);
        for (const auto* kind : {"signing_key", "recipient_card", "log_leaf"}) {
            CAPTURE(language, kind);
            CHECK(words.find(texts.forms().between_parts() +
                             texts.at("retention.own_" + std::string{kind})) != std::string::npos);
        }
    }
}

TEST_CASE("What no rule limits the operator has to say", "[reports][retention]") {
    const auto& adequacy = example_policies().adequacy;
    CHECK(all_limited(example_policies().own));
    CHECK(missing_items(saying(""), PaperKind::Notice, "en", adequacy, true).empty());
    for (const auto kind : kOwnRecords) {
        CHECK_FALSE(all_limited(without(std::string{kind})));
    }
    const auto missing = missing_items(saying(""), PaperKind::Notice, "en", adequacy, false);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].key == "processing.ledger.retention");
    CHECK(of_ledger(saying("letters without end"), without("letter")).ends_with("; letters without end"));
}

TEST_CASE("A setting that disagrees with the rules is said to, with both", "[reports][retention]") {
    const auto& own = example_policies().own;
    CHECK_FALSE(retention_conflict(saying(""), own));
    CHECK_FALSE(retention_conflict(saying("account+90d"), own));
    CHECK_FALSE(retention_conflict(saying("account+1y"), std::vector{OwnPeriod{"person", 12, 0, false}}));
    for (const auto* wrong : {"3y", "90d", "account", "item+90d", "account+91d", "account+3m"}) {
        CAPTURE(wrong);
        CHECK(retention_conflict(saying(wrong), own));
    }
    const auto conflict = retention_conflict(saying("3y"), own);
    REQUIRE(conflict);
    CHECK(conflict->what ==
          "processing.ledger.retention says \"3y\", but policies/retention.json keeps deliveries as long as "
          "the account exists and after its erasure 90 days; the papers say the latter");
    CHECK(conflict->remedy == "Leave it out, or make it \"account+90d\".");
    const auto to_year_end =
        retention_conflict(saying("account+3y"), std::vector{OwnPeriod{"person", 36, 0, true}});
    REQUIRE(to_year_end);
    CHECK(to_year_end->remedy == "Leave it out.");
}

TEST_CASE("Words that cannot be compared are not printed, and it is said", "[reports][retention]") {
    const auto conflict = retention_conflict(saying("as long as we like"), example_policies().own);
    REQUIRE(conflict);
    CHECK(conflict->what.find("in words of your own") != std::string::npos);
    CHECK(of_ledger(saying("as long as we like"), example_policies().own).find("like") == std::string::npos);
    CHECK_FALSE(retention_conflict(saying("letters without end"), without("letter")));
}

TEST_CASE("A period promised where no rule removes anything is a conflict", "[reports][retention]") {
    const auto conflict = retention_conflict(saying("account+90d"), without("person"));
    REQUIRE(conflict);
    CHECK(conflict->what.find("sets no limit") != std::string::npos);
}

}  // namespace fedtrail::reports::test
