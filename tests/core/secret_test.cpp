#include "fedtrail/core/secret.hpp"

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "core/streams.hpp"

using fedtrail::overwrite;
using fedtrail::Personal;
using fedtrail::Secret;
using fedtrail::testing::Streams;

TEST_CASE("A secret cannot be streamed, and what is personal may become one") {
    STATIC_REQUIRE(Streams<std::string>);
    STATIC_REQUIRE_FALSE(Streams<Secret>);
    const Secret secret = Personal<std::string>{"-----BEGIN"};
    CHECK(secret.reveal() == "-----BEGIN");
    CHECK(secret == Secret{"-----BEGIN"});
    CHECK(secret != Secret{"-----END"});
}

TEST_CASE("Overwriting a text leaves zeros where it stood, behind its end too") {
    std::string text(200, 'k');
    text.resize(20);  // the other 180 still stand in memory
    const auto* start = text.data();
    overwrite(text);
    REQUIRE(text.data() == start);
    CHECK(text.empty());
    text.resize(200, '\0');
    CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c == '\0'; }));
}

TEST_CASE("A secret that was moved from holds nothing, short or long") {
    for (const std::string& text : {std::string(5, 's'), std::string(500, 'l')}) {
        Secret first{text};
        Secret second = std::move(first);
        CHECK(second.reveal() == text);
        CHECK(first.reveal().empty());  // NOLINT(bugprone-use-after-move): the point
        first = std::move(second);
        CHECK(first.reveal() == text);
        CHECK(second.reveal().empty());  // NOLINT(bugprone-use-after-move): the point
        second = first;
        CHECK(second == first);
    }
}
