#include "recipients/policy_places.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::recipients;
using records::PolicyKind;

namespace {

std::vector<std::string> pages_of(const std::string& software) {
    fediverse::NodeFacts facts;
    facts.software = software;
    std::vector<std::string> pages;
    for (const auto& place : policy_places(facts, *Host::parse("a.example"))) {
        pages.push_back(std::string{records::name_of(place.kind)} + " " + place.url.text());
    }
    return pages;
}

}  // namespace

TEST_CASE("Policies are looked for where the software has them", "[policies]") {
    using Pages = std::vector<std::string>;
    CHECK(pages_of("piefed") == Pages{"privacy https://a.example/privacy"});
    CHECK(pages_of("wordpress") == Pages{"privacy https://a.example/privacy-policy/"});
    CHECK(pages_of("pixelfed") ==
          Pages{"privacy https://a.example/site/privacy", "terms https://a.example/site/terms"});
    CHECK(pages_of("unheard-of").empty());
    CHECK(usual_page("piefed", PolicyKind::Privacy, *Host::parse("a.example")) ==
          "https://a.example/privacy");
}

TEST_CASE("Policies stand in the answers of some software's API", "[policies]") {
    const auto peertube =
        inline_policies("peertube", R"({"instance":{"terms":"Be kind.","description":"We are a choir."}})");
    REQUIRE(peertube.size() == 2);
    CHECK(peertube[0].kind == PolicyKind::Terms);
    CHECK(peertube[0].text == "Be kind.");
    CHECK(peertube[1].kind == PolicyKind::About);
    CHECK(peertube[1].text == "We are a choir.");
    const auto funkwhale = inline_policies("funkwhale",
                                           R"([{"identifier":"instance__name","value":"F"},
            {"identifier":"instance__terms","value":"We keep logs for a day."}])");
    REQUIRE(funkwhale.size() == 1);
    CHECK(funkwhale[0].kind == PolicyKind::Terms);
    CHECK(funkwhale[0].text == "We keep logs for a day.");
    for (const auto* odd : {"{}",
                            "[3]",
                            R"([{"identifier":3}])",
                            R"([{"identifier":"instance__terms"}])",
                            R"([{"identifier":"instance__terms","value":1}])",
                            "no JSON"}) {
        CAPTURE(odd);
        CHECK(inline_policies("funkwhale", odd).empty());
    }
}
