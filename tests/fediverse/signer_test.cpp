#include "fedtrail/fediverse/signer.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::fediverse;

TEST_CASE("A draft-cavage signature names its key", "[fediverse][signer]") {
    CHECK(key_id_of_signature(R"(keyId="https://a.example/users/eve#main-key",algorithm="rsa-sha256")") ==
          "https://a.example/users/eve#main-key");
    CHECK(key_id_of_signature(R"(algorithm="hs2019", headers="keyId=\"no\"", keyId="https://a.example/k")") ==
          "https://a.example/k");
    CHECK(key_id_of_signature(R"(Signature keyId="https://a.example/k",signature="YQ==")") ==
          "https://a.example/k");
}

TEST_CASE("A signature input of RFC 9421 names its key", "[fediverse][signer]") {
    CHECK(key_id_of_signature(R"(sig1=("@method" "@target-uri" "host");alg="rsa-v1_5-sha256";)"
                              R"(keyid="https://b.example/users/alice#main-key";created=1795320751)") ==
          "https://b.example/users/alice#main-key");
}

TEST_CASE("A header without a readable key id names none", "[fediverse][signer]") {
    for (const std::string header : {"",
                                     "keyId",
                                     "keyId=",
                                     "keyId=\"",
                                     "keyId=\"unended",
                                     "keyId=\"\"",
                                     "keyId=bare",
                                     "notkeyId=\"https://a.example/k\"",
                                     "x=\"keyId=\\\"https://a.example/k\\\"\"",
                                     "sig1=:YQ==:"}) {
        CAPTURE(header);
        CHECK_FALSE(key_id_of_signature(header));
    }
    CHECK_FALSE(key_id_of_signature("keyId=\"" + std::string(3'000, 'k') + "\""));
    CHECK_FALSE(key_id_of_signature("keyId=\"k\"" + std::string(20'000, ' ')));
}

TEST_CASE("Every software's key leads to its actor", "[fediverse][signer]") {
    const auto actor = [](std::string_view key) {
        const auto uri = actor_of_key_id(key);
        return uri ? uri->text() : "none";
    };
    CHECK(actor("https://a.example/users/eve#main-key") == "https://a.example/users/eve");
    CHECK(actor("https://gts.example/users/gus/main-key") == "https://gts.example/users/gus");
    CHECK(actor("https://wp.example/?author=1#main-key") == "https://wp.example/?author=1");
    CHECK(actor("https://pt.example/accounts/root") == "https://pt.example/accounts/root");
    CHECK(actor("https://h.example/users/main-key#main-key") == "https://h.example/users/main-key");
    CHECK(actor("https://b.example/users/x/publickey") == "https://b.example/users/x");
    CHECK(actor("acct:a@a.example") == "none");
    CHECK(actor("did:key:z6Mk") == "none");
    CHECK(actor("") == "none");
}

TEST_CASE("A name is read from an actor's URI where its form is known", "[fediverse][signer]") {
    const auto name = [](std::string_view text) {
        const auto uri = Uri::parse(text);
        REQUIRE(uri);
        return std::string{username_of_actor(*uri)};
    };
    CHECK(name("https://a.example/users/alice") == "alice");
    CHECK(name("https://a.example/users/alice/") == "alice");
    CHECK(name("https://a.example/u/bob") == "bob");
    CHECK(name("https://a.example/@carol") == "carol");
    CHECK(name("https://a.example/accounts/dave") == "dave");
    CHECK(name("https://a.example/c/news") == "news");
    CHECK(name("https://a.example/m/news") == "news");
    CHECK(name("https://a.example/profile/erin") == "erin");
    CHECK(name("https://a.example/author/frank") == "frank");
    CHECK(name("https://a.example/channel/grace") == "grace");
    CHECK(name("https://a.example/video-channels/root_channel") == "root_channel");
    CHECK(name("https://a.example/users/alexandria") == "alexandria");
}

TEST_CASE("What is no name is not taken for one", "[fediverse][signer]") {
    for (const auto* text : {"https://a.example/users/atutkhhq4yf40003",
                             "https://a.example/users/9a1b2c3d4e",
                             "https://a.example/users/5f0a1b2c3d4e5f6a7b8c9d0e",
                             "https://a.example/users/01M80Q83AWQ8FNCE8JAY5A0HZ4",
                             "https://a.example/ap/users/116000000000000000",
                             "https://a.example/users/0f8fad5b-d9cb-469f-a165-70867728950e",
                             "https://a.example/users/alice/statuses/1",
                             "https://a.example/sue",
                             "https://a.example/actor",
                             "https://a.example/?author=1",
                             "https://a.example/users/al%20ice",
                             "https://a.example/users/",
                             "https://a.example/post/12"}) {
        CAPTURE(text);
        CHECK(username_of_actor(*Uri::parse(text)).empty());
    }
}

TEST_CASE("An actor's URI is told from a post's", "[fediverse][signer]") {
    for (const auto* text : {"https://a.example/users/alice",
                             "https://a.example/users/atutkhhq4yf40003",
                             "https://a.example/ap/users/116000000000000000",
                             "https://a.example/@alice",
                             "https://a.example/sue",
                             "https://a.example/?author=1"}) {
        CAPTURE(text);
        CHECK(looks_like_actor(*Uri::parse(text)));
    }
    for (const auto* text : {"https://a.example/users/alice/statuses/1",
                             "https://a.example/@alice/1",
                             "https://a.example/post/12",
                             "https://a.example/notes/atuvxbxxb4qg0001",
                             "https://a.example/?p=11",
                             "https://a.example/users/alice#likes/1",
                             "https://a.example/"}) {
        CAPTURE(text);
        CHECK_FALSE(looks_like_actor(*Uri::parse(text)));
    }
}
