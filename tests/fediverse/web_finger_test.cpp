#include "fedtrail/fediverse/web_finger.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;
using fediverse::handle_in_web_finger;

namespace {

const Uri& alice() {
    static const auto uri = *Uri::parse("https://o.example/users/alice");
    return uri;
}

std::string answer(const std::string& subject, const std::string& href) {
    return R"({"subject":")" + subject + R"(","links":[{"rel":"self","href":")" + href + R"("}]})";
}

}  // namespace

TEST_CASE("WebFinger is asked with the resource encoded", "[fediverse][webfinger]") {
    const auto host = *Host::parse("o.example:8443");
    CHECK(fediverse::web_finger_url(host, "acct:a&b=c@o.example")->text() ==
          "https://o.example:8443/.well-known/webfinger?resource=acct:a%26b%3Dc@o.example");
}

TEST_CASE("The subject of an answer about the actor is their handle", "[fediverse][webfinger]") {
    CHECK(handle_in_web_finger(answer("acct:Alice@Example.ORG", alice().text()), alice()) ==
          "Alice@example.org");
    CHECK(handle_in_web_finger(answer("acct:alice@o.example", "HTTPS://o.example:443/users/alice"),
                               alice()) == "alice@o.example");
}

TEST_CASE("An answer that is about somebody else, or about nothing, names no handle",
          "[fediverse][webfinger]") {
    CHECK_FALSE(handle_in_web_finger(answer("acct:alice@o.example", "https://o.example/users/bob"), alice()));
    CHECK_FALSE(
        handle_in_web_finger(R"({"subject":"acct:bob@o.example","aliases":["https://o.example/users/alice"],)"
                             R"("links":[{"rel":"self","href":"https://o.example/users/bob"}]})",
                             alice()));
    for (const auto* const subject : {"https://o.example/users/alice",
                                      "acct:alice",
                                      "acct:@o.example",
                                      "acct:a b@o.example",
                                      "acct:a@b@o.example",
                                      "acct:alice@",
                                      "acct:alice@not a host",
                                      ""}) {
        CAPTURE(subject);
        CHECK_FALSE(handle_in_web_finger(answer(subject, alice().text()), alice()));
    }
    for (const auto* const body : {"",
                                   "[]",
                                   "{}",
                                   "null",
                                   R"({"subject":7,"links":7})",
                                   R"({"subject":"acct:alice@o.example"})",
                                   R"({"subject":"acct:alice@o.example","links":[7,null,{"rel":"self"}]})",
                                   R"({"subject":"acct:alice@o.example","links":[{"rel":"self","href":)"}) {
        CAPTURE(body);
        CHECK_FALSE(handle_in_web_finger(body, alice()));
    }
    const auto deep = [](int levels) {
        const auto times = static_cast<std::size_t>(levels);
        return R"({"subject":"acct:alice@o.example","x":)" + std::string(times, '[') +
               std::string(times, ']') +
               R"(,"links":[{"rel":"self","href":"https://o.example/users/alice"}]})";
    };
    CHECK(handle_in_web_finger(deep(3), alice()));
    CHECK_NOTHROW(handle_in_web_finger(deep(30'000), alice()));
    const auto padded = answer("acct:alice@o.example", alice().text()) + std::string(65'536, ' ');
    CHECK_FALSE(handle_in_web_finger(padded, alice()));
}

TEST_CASE("Where the subject is no handle, or nothing is linked, the aliases say it (RFC 7033 section 4.4.2)",
          "[fediverse][webfinger]") {
    const std::string actor = R"("https://o.example/users/alice")";
    CHECK(handle_in_web_finger(R"({"subject":"acct:alice@o.example","aliases":["x:y",7,)" + actor + "]}",
                               alice()) == "alice@o.example");
    const auto aliased = [&](const std::string& aliases) {
        return handle_in_web_finger(R"({"subject":)" + actor + R"(,"aliases":[)" + aliases +
                                        R"(],"links":[{"rel":"self","href":)" + actor + "}]}",
                                    alice());
    };
    CHECK(aliased(R"("https://o.example/@alice","acct:alice@example.org")") == "alice@example.org");
    CHECK_FALSE(aliased(R"("acct:alice@example.org","acct:al@example.org")"));
    CHECK_FALSE(aliased(""));
    CHECK_FALSE(handle_in_web_finger(
        R"({"subject":"acct:alice@o.example","aliases":["https://o.example/users/bob"]})", alice()));
}

TEST_CASE("An answer links to the account itself as self", "[fediverse][webfinger]") {
    const auto actors = fediverse::actors_in_web_finger(
        R"({"links":[{"rel":"http://webfinger.net/rel/profile-page","href":"https://o.example/@alice"},)"
        R"({"rel":"self","href":"https://o.example/sue"},{"rel":"self","href":7},"self"]})");
    REQUIRE(actors.size() == 1);
    CHECK(actors.front().text() == "https://o.example/sue");
    for (const auto* const nothing : {"", "[]", R"({"links":{}})", R"({"subject":"acct:a@o.example"})"}) {
        CHECK(fediverse::actors_in_web_finger(nothing).empty());
    }
    std::string many = R"({"links":[)";
    for (int i = 0; i < 9; ++i) {
        many += std::string{i == 0 ? "" : ","} + R"({"rel":"self","href":"https://o.example/)" +
                std::to_string(i) + R"("})";
    }
    CHECK(fediverse::actors_in_web_finger(many + "]}").size() == 4);
}

TEST_CASE("An actor's document names its user, and nobody else's does", "[fediverse][webfinger]") {
    const auto document = [](const std::string& id, const std::string& name) {
        return R"({"id":")" + id + R"(","type":"Person","preferredUsername":)" + name + "}";
    };
    CHECK(fediverse::username_in_actor(document(alice().text(), R"("Alice")"), alice()) == "Alice");
    CHECK_FALSE(fediverse::username_in_actor(document("https://o.example/users/bob", R"("bob")"), alice()));
    CHECK_FALSE(fediverse::username_in_actor(document(alice().text(), "7"), alice()));
    CHECK_FALSE(fediverse::username_in_actor(document(alice().text(), R"("")"), alice()));
    CHECK_FALSE(fediverse::username_in_actor("[]", alice()));
}
