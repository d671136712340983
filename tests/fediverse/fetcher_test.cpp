#include "fedtrail/fediverse/fetcher.hpp"

#include <catch2/catch.hpp>

#include "policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;

namespace {

const FetcherWords& shipped_fetchers() {
    static const auto parsed = *FetcherWords::parse(testing::policy_file("fetchers.json"));
    return parsed;
}

/// "server a.example", "browser", …
std::string says(std::string_view agent, bool wants = false) {
    const auto fetcher = shipped_fetchers().fetcher_of(agent, wants);
    return std::string{name_of(fetcher.kind)} + (fetcher.host.empty() ? "" : " " + fetcher.host.text());
}

std::string signs(std::string_view signature, std::string_view input = {}) {
    const auto host = signing_host(signature, input);
    return host ? host->text() : "";
}

}  // namespace

TEST_CASE("Server software of the fediverse names its server", "[fediverse][fetcher]") {
    for (const auto* agent : {"Mastodon/4.3.0 (http.rb/5.2.0; +https://a.example/)",
                              "http.rb/5.1.1 (Mastodon/4.2.1+glitch; +https://a.example/)",
                              "Mastodon/4.3.0 (http.rb/5.2.0; +https://a.example/) Bot",
                              "Misskey/2024.5.0 (https://a.example)",
                              "Sharkey/2024.9.1 (https://A.Example)",
                              "Lemmy/0.19.5; +https://a.example",
                              "gotosocial/0.17.0 (+https://a.example)",
                              "PeerTube/6.2.1 (+https://a.example)",
                              "PixelFedBot/1.0.0 (Pixelfed/0.12.3; +https://a.example)",
                              "(Pixelfed/0.12.3; +https://a.example)",
                              "Friendica 'Yellow Archangel' 2024.08; https://a.example",
                              "Friendica/2024.08 DatabaseVersion/1571 Request/pubcontact +https://a.example",
                              "Mbin/1.7.0 (+https://a.example/agent)",
                              "Pleroma 2.7.0; https://a.example <admin@b.example>",
                              "Akkoma 3.13.2; https://a.example <admin@b.example>",
                              "snac/2.65; +https://a.example/",
                              "PieFed/1.0; +https://a.example",
                              "python-requests (funkwhale/1.4.0; +https://a.example)",
                              "WordPress/6.6; https://a.example/blog; ActivityPub"}) {
        INFO(agent);
        CHECK(says(agent) == "server a.example");
    }
    CHECK(says("Mastodon/4.3.0 (http.rb/5.2.0; +https://bücher.example/)") == "server xn--bcher-kva.example");
    CHECK(says("Mastodon/4.3.0 (+https://a.example:8443/)") == "server a.example:8443");
}

TEST_CASE("An address that is nobody's server names nobody", "[fediverse][fetcher]") {
    CHECK(says("Mastodon/2024.2 CFNetwork/1490 Darwin/23.2.0") == "server");
    CHECK(says("Mastodon/4.3.0 (+https://127.0.0.1/)") == "server");
    CHECK(says("Mastodon/4.3.0 (+https://[::1]/)") == "server");
    CHECK(says("Mastodon/4.3.0 (+https://localhost/)") == "server");
    CHECK(says("Mastodon/4.3.0 (+https://user@a.example/)") == "server");
    CHECK(says("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)") == "crawler");
    CHECK(says("FreshRSS/1.24 (Linux; https://freshrss.org)") == "feed_reader");
    CHECK(says("Feedbin feed-id:1 - 2 subscribers") == "feed_reader");
    CHECK(says("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") == "browser");
    CHECK(says("curl/8.5.0") == "crawler");
    CHECK(says("x (https://mastodon.example/)") == "other");
    CHECK(says("") == "other");
    CHECK(says(std::string(100'000, 'a')) == "other");
}

TEST_CASE("Software nobody knows is believed where it asks as a server does", "[fediverse][fetcher]") {
    CHECK(says("Newcomer/0.1 (+https://a.example/)", true) == "server a.example");
    CHECK(says("Newcomer/0.1 (+https://a.example/about/bot.html)", true) == "other");
    CHECK(says("FreshRSS/1.24 (Linux; https://freshrss.org)", true) == "feed_reader");
    CHECK(wants_activity("application/activity+json, application/ld+json"));
    CHECK(wants_activity(R"(application/ld+json; profile="https://www.w3.org/ns/activitystreams")"));
    CHECK_FALSE(wants_activity("text/html"));
}

TEST_CASE("The key of a signature names a host", "[fediverse][fetcher]") {
    CHECK(
        signs(
            R"(keyId="https://a.example/actor#main-key",algorithm="rsa-sha256",headers="host date",signature="x")") ==
        "a.example");
    CHECK(signs(R"(algorithm="hs2019", keyId="https://a.example/users/b/main-key", signature="keyId=")") ==
          "a.example");
    CHECK(
        signs("", R"(sig1=("@method" "@target-uri");created=1700000000;keyid="https://a.example/actor#k")") ==
        "a.example");
    CHECK(signs("sig1=:AAAA:", R"(sig1=("@method");keyid="https://a.example/k")") == "a.example");
    for (const auto* none : {R"(keyId="acct:a@a.example")",
                             R"(keyId="https://10.0.0.1/actor")",
                             R"(keyId="https://localhost/actor")",
                             R"(keyId="https://a.example/actor)",
                             R"(xkeyId="https://a.example/actor")",
                             "keyId=https://a.example/actor",
                             ""}) {
        INFO(none);
        CHECK(signs(none).empty());
    }
}

TEST_CASE("A list of words that cannot be right is refused", "[fediverse][fetcher]") {
    CHECK_FALSE(FetcherWords::parse("{}"));
    CHECK_FALSE(FetcherWords::parse(
        R"({"format":"fedtrail/fetchers/1","fetchers":[{"name":"x","kind":"person","products":[]}]})"));
}
