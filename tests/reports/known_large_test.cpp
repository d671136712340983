/// Who is very large is known of some that do not say it.

#include <algorithm>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "fedtrail/records/recipient_card.hpp"

#include "host.hpp"
#include "reports/risk_points.hpp"

using namespace fedtrail;
using fedtrail::testing::host;

TEST_CASE("Threads is very large though its NodeInfo says nothing", "[reports][assessment][hosts]") {
    std::ostringstream text;
    text << std::ifstream{FEDTRAIL_SOURCE_DIR "/policies/risk-points.json"}.rdbuf();
    const auto rules = reports::parse_risk_points(text.str());
    REQUIRE(rules);
    const auto rule = std::find_if(
        rules->begin(), rules->end(), [](const auto& each) { return each.code == "very_large"; });
    REQUIRE(rule != rules->end());
    const records::PolicyHistory policy;
    records::RecipientCard card;
    const auto is_very_large = [&](const char* name) {
        card.host = host(name);
        return reports::applies(*rule, {card, policy, nullptr});
    };
    CHECK(is_very_large("threads.net"));
    CHECK(is_very_large("www.threads.net"));
    CHECK_FALSE(is_very_large("scontent.threads.net"));
    CHECK_FALSE(is_very_large("a.example"));
    card.users = 1'000'000;
    CHECK(is_very_large("a.example"));
}
