#include "recipients/policy_page.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "recipients/town.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using namespace fedtrail::testing;

namespace {

constexpr const char* kPromise = "<main><p>We keep addresses for a year, and pass on nothing.</p></main>";
constexpr const char* kDoor =
    "<main><p>You must log in before you can see this page.</p>"
    "<form><input name=u><INPUT TYPE=Password name=p></form></main>";

bool away(const std::string& from, const std::string& to) {
    return leads_away(*Uri::parse(from), *Uri::parse(to));
}

/// One server whose privacy policy lies at https://a.example/privacy.
void serve_policy(Town& town, const RemoteResponse& response) {
    town.serve("a.example", "misskey", 5, R"({"privacyPolicyUrl":"https://a.example/privacy"})");
    town.pages["https://a.example/privacy"] = response;
    town.know("a.example");
    town.work();
}

}  // namespace

TEST_CASE("A redirect to a door, the front page or a profile leads away from a policy",
          "[refresh][policies]") {
    const std::string from = "https://a.example/tos";
    for (const auto* to : {"https://a.example/",
                           "https://www.a.example/",
                           "https://a.example/auth/sign_in",
                           "https://a.example/Login?next=/tos",
                           "https://sso.example/realms/a/login",
                           "https://a.example/wp-login.php",
                           "https://a.example/profile/erika",
                           "https://a.example/@erika"}) {
        CAPTURE(to);
        CHECK(away(from, to));
    }
    for (const auto* to : {"https://a.example/tos/",
                           "https://a.example/tos/2026",
                           "https://www.a.example/datenschutz",
                           "https://law.example/",
                           "https://a.example/?page=privacy",
                           "https://write.example/@admin/privacy",
                           "https://a.example/authors/terms"}) {
        CAPTURE(to);
        CHECK_FALSE(away(from, to));
    }
    CHECK_FALSE(away("https://law.example/", "https://law.example/"));
}

TEST_CASE("A form to log in by and an error page with status 200 are no policies", "[refresh][policies]") {
    const libxml2::LibxmlHtmlReader html;
    CHECK(is_no_policy(html.read(kDoor, "utf-8")));
    CHECK(
        is_no_policy(html.read("<h1>Error 404</h1><p>The page you look for is not here any more.</p>", "")));
    CHECK_FALSE(is_no_policy(html.read(kPromise, "utf-8")));
    const auto beside = std::string{"<aside><input type=password></aside>"} + kPromise;
    CHECK_FALSE(is_no_policy(html.read(beside, "utf-8")));
    const auto longer = "<p>" + std::string(3'000, 'a') + "</p><input type=password>";
    CHECK_FALSE(is_no_policy(html.read(longer, "utf-8")));
    CHECK_FALSE(is_no_policy({"404b High Street, room 1404\nWhere our office is.", {}, false, false}));
}

TEST_CASE("What stands in place of a policy is not kept, and does not change the one that is",
          "[refresh][policies]") {
    const auto response = GENERATE(page(kDoor),
                                   moved("https://a.example/login"),
                                   moved("https://a.example/"),
                                   moved("https://a.example/profile/erika"));
    Town town;
    town.pages["https://a.example/login"] = page(kDoor);
    const auto other = page("<p>Erika lives here, and writes about her garden every day.</p>");
    town.pages["https://a.example/"] = other;
    town.pages["https://a.example/profile/erika"] = other;
    serve_policy(town, page(kPromise));
    REQUIRE(town.versions("a.example").size() == 1);
    town.pages["https://a.example/privacy"] = response;
    town.again("a.example");
    CHECK(town.versions("a.example").size() == 1);
}

TEST_CASE("That a page that was not kept is as it was says nothing of the policy before it",
          "[refresh][policies]") {
    Town town;
    serve_policy(town, page(kPromise));
    REQUIRE(town.versions("a.example").size() == 1);
    const auto seen = town.versions("a.example")[0].last_seen;
    auto door = page(kDoor);
    door.headers.emplace_back("ETag", "\"door\"");
    town.pages["https://a.example/privacy"] = door;
    town.again("a.example");
    town.again("a.example");
    CHECK(town.asked["https://a.example/privacy"] == 3);
    REQUIRE(town.versions("a.example").size() == 1);
    CHECK(town.versions("a.example")[0].last_seen == seen);
}
