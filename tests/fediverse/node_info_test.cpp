#include "fedtrail/fediverse/node_info.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

const Host& here() {
    static const Host kHost = *Host::parse("social.example");
    return kHost;
}

std::string links(const std::string& list) {
    return R"({"links":[)" + list + "]}";
}

std::string link_to(const std::string& schema, const std::string& href) {
    return R"({"rel":"http://nodeinfo.diaspora.software/ns/schema/)" + schema + R"(","href":")" + href +
           "\"}";
}

std::string linked(const std::string& body) {
    const auto uri = node_info_link(body, here());
    return uri ? uri->text() : "";
}

}  // namespace

TEST_CASE("The newest NodeInfo on the server itself is taken") {
    const auto v20 = link_to("2.0", "https://social.example/nodeinfo/2.0");
    const auto v21 = link_to("2.1", "https://social.example/nodeinfo/2.1");
    CHECK(linked(links(v20)) == "https://social.example/nodeinfo/2.0");
    CHECK(linked(links(v20 + "," + v21)) == "https://social.example/nodeinfo/2.1");
    CHECK(linked(links(v21 + "," + v20)) == "https://social.example/nodeinfo/2.1");
    CHECK(linked(links(link_to("2.0", "http://Social.Example/n?x=1"))) == "https://social.example/n?x=1");
}

TEST_CASE("Links elsewhere, of other schemas and of no sense are not followed") {
    const std::string body =
        GENERATE(links(link_to("2.0", "https://other.example/nodeinfo/2.0")),
                 links(link_to("2.0", "https://social.example:8443/nodeinfo/2.0")),
                 links(link_to("2.0", "https://social.example@other.example/")),
                 links(link_to("2.0", "file:///etc/passwd")),
                 links(link_to("2.0", "/nodeinfo/2.0")),
                 links(link_to("1.0", "https://social.example/nodeinfo/1.0")),
                 links(R"({"rel":"https://social.example/schema/2.0","href":"https://social.example/x"})"),
                 links(R"({"rel":5,"href":["https://social.example/x"]})"),
                 links("null,7,[],\"x\""),
                 std::string{R"({"links":{"rel":"x"}})"},
                 std::string{R"([])"},
                 std::string{R"("links")"},
                 std::string{"{"},
                 std::string{},
                 std::string{"<html>"},
                 std::string(100'000, '['));
    CHECK(linked(body).empty());
}

TEST_CASE("What software there is, whose and in which language") {
    SECTION("as Misskey says it") {
        const auto facts = read_node_info(
            R"({"version":"2.1","software":{"name":"Misskey","version":"2025.4.1"},
                "metadata":{"maintainer":{"name":"x","email":"admin@Social.Example"},"langs":["ja","en"]}})");
        REQUIRE(facts);
        CHECK(facts->software == "misskey");
        CHECK(facts->version == "2025.4.1");
        CHECK(facts->contact.reveal() == "admin@social.example");
        CHECK(facts->language == "ja");
    }
    SECTION("as Mastodon says it: nothing more than its name") {
        const auto facts = read_node_info(
            R"({"version":"2.0","software":{"name":"mastodon","version":"4.6.0+glitch"},"metadata":{}})");
        REQUIRE(facts);
        CHECK(facts->software == "mastodon");
        CHECK(facts->version == "4.6.0+glitch");
        CHECK(facts->contact.reveal().empty());
        CHECK(facts->language.empty());
    }
    SECTION("as nobody should") {
        const auto facts =
            read_node_info(R"({"software":{"name":"x-1","version":"1 \n\u00e9\u0000 2)" +
                           std::string(1'000, 'v') + R"("},"metadata":[{"email":"a@b.example"}]})");
        REQUIRE(facts);
        CHECK(facts->version.size() == 64);
        CHECK(facts->version.rfind("12vvv", 0) == 0);
        CHECK(facts->contact.reveal().empty());
    }
}

TEST_CASE("Without a name of a software there are no facts") {
    const std::string body = GENERATE(as<std::string>{},
                                      "{}",
                                      "[]",
                                      "",
                                      R"({"software":"mastodon"})",
                                      R"({"software":{"name":""}})",
                                      R"({"software":{"name":{"x":1}}})",
                                      R"({"software":{"name":"<script>"}})",
                                      R"({"software":{"name":"a\nb"}})",
                                      R"({"software":{"name":"mastodön"}})",
                                      R"({"software":{"name":")" + std::string(65, 'a') + "\"}}",
                                      R"({"software":{"name":"mastodon"})");
    CAPTURE(body);
    CHECK(read_node_info(body).error().kind == ErrorKind::Invalid);
}

TEST_CASE("Depth and size do no harm") {
    const std::string deep = R"({"software":{"name":"mastodon"},"metadata":)" + std::string(50'000, '[') +
                             std::string(50'000, ']') + "}";
    const auto facts = read_node_info(deep);
    CHECK((!facts || facts->software == "mastodon"));
    NodeFacts none;
    add_instance_facts(none, std::string(200'000, '{'));
    CHECK(none.contact.reveal().empty());
}

TEST_CASE("The instance API fills in what is missing") {
    const auto with = [](const std::string& body) {
        NodeFacts facts;
        add_instance_facts(facts, body);
        return facts.contact.reveal() + " " + facts.language;
    };
    CHECK(with(R"({"contact":{"email":"a@social.example","account":{}},"languages":["de"]})") ==
          "a@social.example de");
    CHECK(with(R"({"email":"a@social.example","languages":["pt-BR"]})") == "a@social.example pt-BR");
    CHECK(with(R"({"maintainerName":"x","maintainerEmail":"a@social.example","langs":[]})") ==
          "a@social.example ");
    CHECK(with(R"({"instance":{"languages":["fr","en"],"shortDescription":"x"}})") == " fr");
    CHECK(with(R"([{"identifier":"x","value":"y"},
                   {"identifier":"instance__contact_email","value":"a@social.example"}])") ==
          "a@social.example ");
    CHECK(with(R"({"email":"not an address","languages":[1,null,"x y","toolonglanguage","en"]})") == " en");

    NodeFacts known;
    known.contact = Personal<std::string>{"known@social.example"};
    known.language = "nl";
    add_instance_facts(known, R"({"email":"a@social.example","languages":["de"]})");
    CHECK(known.contact.reveal() == "known@social.example");
    CHECK(known.language == "nl");
}

TEST_CASE("Only addresses that can be written to, and only one") {
    CHECK(mail_address("admin@social.example") == "admin@social.example");
    CHECK(mail_address("mailto:a.b+c@Social.Example") == "a.b+c@social.example");
    const std::string bad = GENERATE(as<std::string>{},
                                     "",
                                     "@",
                                     "a",
                                     "a@",
                                     "@b.example",
                                     "a@b",
                                     "a@b.example, c@d.example",
                                     "a@b.example\r\nBcc: c@d.example",
                                     "\"a b\"@c.example",
                                     "a b@c.example",
                                     "<a@b.example>",
                                     ".a@b.example",
                                     "a.@b.example",
                                     "a..b@c.example",
                                     "a@b@c.example",
                                     "a@[127.0.0.1]",
                                     "a@b.example:25",
                                     std::string(65, 'a') + "@b.example",
                                     "a@" + std::string(300, 'b') + ".example");
    CAPTURE(bad);
    CHECK_FALSE(mail_address(bad));
}

TEST_CASE("Only software whose way of answering is known is asked more") {
    CHECK(instance_question("mastodon")->path == "/api/v2/instance");
    CHECK(instance_question("misskey")->method == "POST");
    CHECK(instance_question("misskey")->path == "/api/meta");
    CHECK(instance_question("lemmy")->path == "/api/v3/site");
    CHECK_FALSE(instance_question("wordpress"));
    CHECK_FALSE(instance_question(""));
    CHECK(is_relay("activity-relay"));
    CHECK_FALSE(is_relay("mastodon"));
}

TEST_CASE("Accounts, doors, the operator and where its promises stand") {
    SECTION("as Misskey says it") {
        const auto facts = read_node_info(
            R"({"version":"2.1","software":{"name":"misskey"},"openRegistrations":true,
                "usage":{"users":{"total":1,"activeMonth":1}},
                "metadata":{"maintainer":{"name":" Jane \n Doe ","email":"a@b.example"},
                "tosUrl":"https://b.example/tos","privacyPolicyUrl":"http://b.example/p","impressumUrl":"https://b.example/i"}})");
        REQUIRE(facts);
        CHECK(facts->users == 1);
        CHECK(facts->registrations_open == true);
        CHECK(facts->operator_name.reveal() == "Jane Doe");
        CHECK(facts->contact_name.reveal().empty());
        CHECK(facts->terms == "https://b.example/tos");
        CHECK(facts->privacy_policy.empty());
        CHECK(facts->imprint == "https://b.example/i");
        CHECK(facts->account_host.empty());
    }
    SECTION("as Mastodon's API says it") {
        NodeFacts facts;
        facts.registrations_open = false;
        add_instance_facts(facts,
                           R"({"domain":"b.example","registrations":{"enabled":true},
                "contact":{"email":"a@b.example","account":{"display_name":"The B Collective"}},
                "configuration":{"urls":{"privacy_policy":"https://b.example/privacy-policy","terms_of_service":null}}})");
        CHECK(facts.account_host.text() == "b.example");
        CHECK(facts.registrations_open == false);
        CHECK(facts.operator_name.reveal().empty());  // whoever has the account calls it what they like
        CHECK(facts.contact_name.reveal() == "The B Collective");
        CHECK(facts.privacy_policy == "https://b.example/privacy-policy");
        CHECK(facts.terms.empty());
    }
    SECTION("as others do") {
        NodeFacts lemmy;
        add_instance_facts(
            lemmy, R"({"site_view":{"counts":{"users":7},"local_site":{"registration_mode":"Open"}}})");
        CHECK(lemmy.users == 7);
        NodeFacts administered;
        add_instance_facts(administered,
                           R"({"site_view":{"site":{"name":"L"}},"admins":[{"person":{"name":"fred",
                "actor_id":"https://l.example/u/fred"}},{"person":{"name":"second"}}]})");
        CHECK(administered.contact_name.reveal() == "fred (https://l.example/u/fred)");
        CHECK(administered.operator_name.reveal().empty());
        NodeFacts bare;
        add_instance_facts(bare, R"({"admins":[{"person":{"user_name":"ann","actor_id":"javascript:x"}}]})");
        CHECK(bare.contact_name.reveal() == "ann");
        for (const auto* odd : {R"({"admins":[]})", R"({"admins":{"person":1}})", R"({"admins":[3]})"}) {
            NodeFacts none;
            add_instance_facts(none, odd);
            CHECK(none.contact_name.reveal().empty());
        }
        NodeFacts peertube;
        add_instance_facts(peertube, R"({"instance":{"serverCountry":"France","languages":["fr"]}})");
        CHECK(peertube.declared_country == "France");
        CHECK(peertube.operator_name.reveal().empty());
        add_instance_facts(peertube, R"({"instance":{"administrator":"Association Exemple"}})");
        CHECK(peertube.operator_name.reveal() == "Association Exemple");
        NodeFacts wordy;
        add_instance_facts(wordy, R"({"instance":{"administrator":")" + std::string(201, 'x') + R"("}})");
        CHECK(wordy.operator_name.reveal().empty());
        NodeFacts older;
        add_instance_facts(older,
                           R"({"uri":"https://b.example","registrations":true,"disableRegistration":true})");
        CHECK(older.account_host.text() == "b.example");
        CHECK(older.registrations_open == true);
    }
    SECTION("as nobody should") {
        const auto facts = read_node_info(
            R"({"software":{"name":"x"},"openRegistrations":"yes","usage":{"users":{"total":-5}},
                "metadata":{"maintainer":{"name":")" +
            std::string(5'000, 'n') + R"("},"privacyPolicyUrl":"javascript:x",
                "country":")" +
            std::string(500, 'c') + "\"}}");
        REQUIRE(facts);
        CHECK_FALSE(facts->users);
        CHECK_FALSE(facts->registrations_open);
        CHECK(facts->operator_name.reveal().size() == 200);
        CHECK(facts->privacy_policy.empty());
        CHECK(facts->declared_country.empty());
    }
}

TEST_CASE("A NodeInfo on another host is found where that is asked for") {
    const auto elsewhere = links(link_to("2.0", "https://other.example/nodeinfo/2.0"));
    CHECK_FALSE(node_info_link(elsewhere, here()));
    CHECK(node_info_link_anywhere(elsewhere)->text() == "https://other.example/nodeinfo/2.0");
    CHECK_FALSE(node_info_link_anywhere("{}"));
}
