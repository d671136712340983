#include "fedtrail/fediverse/activity.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace fedtrail;
using namespace fedtrail::fediverse;
using enum DataCategory;

namespace {

ActivityDigest digest(std::string_view json) {
    auto read = digest_activity(json);
    INFO(json);
    REQUIRE(read);
    return std::move(*read);
}

/// The share of one person; empty if they have none.
CategorySet share(const ActivityDigest& digest, std::string_view actor) {
    for (const auto& share : digest.shares) {
        if (share.actor.reveal() == actor) {
            return share.categories;
        }
    }
    return {};
}

constexpr auto kAlice = "https://o.example/users/alice";
constexpr auto kBob = "https://r.example/users/bob";

}  // namespace

TEST_CASE("A public post is its author's text and handle", "[fediverse][activity]") {
    const auto read = digest(R"({"@context":"https://www.w3.org/ns/activitystreams","type":"Create",
        "id":"https://o.example/users/alice/statuses/1/activity","actor":"https://o.example/users/alice",
        "to":["https://www.w3.org/ns/activitystreams#Public"],"cc":["https://o.example/users/alice/followers"],
        "object":{"type":"Note","id":"https://o.example/users/alice/statuses/1","content":"<p>hi</p>",
        "attributedTo":"https://o.example/users/alice",
        "tag":[{"type":"Mention","href":"https://r.example/users/bob","name":"@bob@r.example"}]}})");
    CHECK(read.type == "Create");
    CHECK(read.id.reveal() == "https://o.example/users/alice/statuses/1/activity");
    CHECK(read.object.reveal() == "https://o.example/users/alice/statuses/1");
    CHECK(read.visibility == Visibility::Public);
    REQUIRE(read.shares.size() == 2);
    CHECK(read.shares[0].actor.reveal() == kAlice);
    CHECK(share(read, kAlice) == CategorySet{Handle, PostText});
    CHECK(share(read, kBob) == CategorySet{Handle});
}
