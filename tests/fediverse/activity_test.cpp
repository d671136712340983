#include "fedtrail/fediverse/activity.hpp"

#include <string>
#include <vector>

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

namespace {

/// The visibility of a post addressed like this; `rest` is more of the document.
std::string visibility(const std::string& to, const std::string& cc, const std::string& rest = "") {
    const auto read = digest(R"({"type":"Create","to":)" + to + ",\"cc\":" + cc + rest +
                             R"(,"object":{"type":"Note","content":"x"}})");
    return std::string{name_of(read.visibility)};
}

}  // namespace

TEST_CASE("Everybody has three spellings", "[fediverse][audience]") {
    for (const std::string everybody :
         {R"("https://www.w3.org/ns/activitystreams#Public")", R"("as:Public")", R"("Public")"}) {
        CHECK(visibility(everybody, "[]") == "public");
        CHECK(visibility("[" + everybody + "]", "null") == "public");
        CHECK(visibility("[]", "[\"https://o.example/users/a/followers\"," + everybody + "]") == "unlisted");
    }
}

TEST_CASE("A collection is told from a person by its form", "[fediverse][audience]") {
    for (const std::string collection : {R"("https://o.example/users/a/followers")",
                                         R"("https://o.example/followers/a")",
                                         R"("https://o.example/users/a/followers/")",
                                         R"("https://o.example/users/a/followers?page=1")",
                                         R"("https://o.example/@group/members")",
                                         R"({"type":"OrderedCollection","id":"https://o.example/x"})"}) {
        CAPTURE(collection);
        CHECK(visibility(collection, "[\"https://r.example/users/bob\"]") == "followers");
    }
    CHECK(visibility(R"("https://o.example/x/7")", "[]") == "direct");
    CHECK(
        visibility(
            R"("https://o.example/x/7")",
            "[]",
            R"(,"actor":{"id":"https://o.example/x","type":"Person","followers":"https://o.example/x/7"})") ==
        "followers");
}

TEST_CASE("No audience, or one that never leaves its server, is unknown", "[fediverse][audience]") {
    CHECK(visibility("[]", "[]") == "unknown");
    CHECK(visibility("null", "null") == "unknown");
    CHECK(visibility(R"("https://o.example/#Public")", "[]") == "unknown");
}

TEST_CASE("An embedded actor tells the name and shares their profile", "[fediverse][activity]") {
    const auto read =
        digest(R"({"type":"Create","actor":{"type":"Person","id":"https://o.example/users/alice",
        "preferredUsername":"alice","summary":"trams","icon":{"type":"Image","url":"https://o.example/a.png"}},
        "object":{"type":"Note","content":"x","attributedTo":[{"id":"https://o.example/users/alice"}]}})");
    REQUIRE(read.shares.size() == 1);
    CHECK(read.shares[0].username.reveal() == "alice");
    CHECK(share(read, kAlice) == CategorySet{Profile, Handle, PostText, Media});
}

TEST_CASE("URIs of one place are one person", "[fediverse][activity]") {
    const auto read = digest(R"({"type":"Create","actor":"HTTPS://O.example:443/users/%61lice",
        "object":{"type":"Note","content":"x","attributedTo":"https://o.example/users/alice"}})");
    REQUIRE(read.shares.size() == 1);
    CHECK(share(read, kAlice) == CategorySet{Handle, PostText});
}

TEST_CASE("A post by two people is the data of both", "[fediverse][activity]") {
    const auto read = digest(R"({"type":"Update","actor":"https://o.example/users/editor",
        "object":{"type":"Article","name":"x","attributedTo":["https://o.example/users/alice",
        {"type":"Person","id":"https://r.example/users/bob","preferredUsername":"bob"}]}})");
    REQUIRE(read.shares.size() == 3);
    CHECK(read.shares[0].categories == CategorySet{Handle});
    CHECK(share(read, kAlice) == CategorySet{Handle, PostText});
    CHECK(share(read, kBob) == CategorySet{Handle, PostText});
    CHECK(read.shares[2].username.reveal() == "bob");
}

TEST_CASE("One of ours whose post is announced shares their handle", "[fediverse][activity]") {
    const std::vector<Host> ours{*Host::parse("o.example")};
    const auto announce = [&](const std::string& post, const std::string& wrapped = "") {
        const auto undo = R"({"type":"Undo","actor":"https://o.example/users/alice","object":)";
        const auto inner = R"({"type":"Announce","id":"https://o.example/users/alice/statuses/8/activity",
            "actor":"https://o.example/users/alice","to":["https://www.w3.org/ns/activitystreams#Public"],
            "cc":["https://o.example/users/bea","https://o.example/users/be","https://r.example/users/bob",
            "https://o.example/users/alice/followers"],"object":")" +
                           post + "\"}";
        const auto read = digest_activity(wrapped.empty() ? inner : undo + inner + "}", local_to(ours));
        REQUIRE(read);
        return *read;
    };
    const auto boost = announce("https://o.example/users/bea/statuses/7");
    REQUIRE(boost.shares.size() == 2);
    CHECK(boost.shares[1].actor.reveal() == "https://o.example/users/bea");
    CHECK(boost.shares[1].categories == CategorySet{Handle});
    CHECK(announce("https://o.example/users/bea/statuses/7", "undone").shares.size() == 2);
    CHECK(announce("https://r.example/users/bob/statuses/9").shares.size() == 1);  // not one of ours
    CHECK(announce("https://o.example/notes/7").shares.size() == 1);               // nobody can tell whose
}

TEST_CASE("The choices of a poll are text", "[fediverse][activity]") {
    const auto poll = [](const std::string& choices) {
        return share(digest(R"({"type":"Create","actor":"https://o.example/users/alice","object":{)"
                            R"("type":"Question",)" +
                            choices + "}}"),
                     kAlice);
    };
    CHECK(poll(R"("oneOf":[{"type":"Note","name":""},{"type":"Note","name":"tea"}])") ==
          CategorySet{Handle, PostText});
    CHECK(poll(R"("anyOf":[{"type":"Note","nameMap":{"en":"tea"}}])") == CategorySet{Handle, PostText});
    CHECK(poll(R"("oneOf":[{"type":"Note","name":""},7])") == CategorySet{Handle});
}

TEST_CASE("Who is addressed blindly is addressed", "[fediverse][audience]") {
    const auto* const blind = GENERATE("bto", "bcc");
    const auto read =
        digest(std::string{R"({"type":"Create","actor":"https://o.example/users/alice",")"} + blind +
               R"(":["https://r.example/users/bob"],"object":{"type":"Note",)" + R"("content":"x"}})");
    CHECK(read.visibility == Visibility::Direct);
    CHECK(share(read, kAlice) == CategorySet{Handle, DirectMessage});
    CHECK(share(read, kBob) == CategorySet{Handle});
}

TEST_CASE("An attachment without a type is a file if its address ends like one", "[fediverse][activity]") {
    const auto has_media = [](const std::string& attachment) {
        return share(digest(R"({"type":"Create","actor":"https://o.example/users/alice","object":{)"
                            R"("type":"Note","attachment":[)" +
                            attachment + "]}}"),
                     kAlice)
            .has(Media);
    };
    CHECK(has_media(R"({"url":"https://o.example/a.PNG?x=1.html"})"));
    CHECK(has_media(R"({"url":"https://o.example/a.webm"})"));
    CHECK_FALSE(has_media(R"({"url":"https://o.example/a.html"})"));
    CHECK_FALSE(has_media(R"({"url":"https://o.example/png"})"));
    CHECK_FALSE(has_media(R"({"type":"Link","href":"https://o.example/a.png"})"));
}

TEST_CASE("One activity in a list or a graph is read, two are not", "[fediverse][activity]") {
    const std::string like = R"({"type":"Like","actor":"https://o.example/users/alice",)"
                             R"("object":"https://r.example/notes/1"})";
    for (const auto& document :
         {"[" + like + "]", R"({"@graph":[)" + like + "]}", R"({"@graph":)" + like + "}"}) {
        CHECK(share(digest(document), kAlice) == CategorySet{Handle, Reaction});
    }
    CHECK_FALSE(digest_activity("[" + like + "," + like + "]"));
    CHECK_FALSE(digest_activity(R"({"@graph":[)" + like + "," + like + "]}"));
}

TEST_CASE("JSON-LD in its expanded form is read", "[fediverse][activity]") {
    const auto read = digest(R"([{"@type":["https://www.w3.org/ns/activitystreams#Create"],
        "@id":"https://o.example/a/1",
        "https://www.w3.org/ns/activitystreams#actor":[{"@id":"https://o.example/users/alice"}],
        "https://www.w3.org/ns/activitystreams#to":[{"@id":"https://www.w3.org/ns/activitystreams#Public"}],
        "https://www.w3.org/ns/activitystreams#object":[{"@id":"https://o.example/n/1",
            "@type":["https://www.w3.org/ns/activitystreams#Note"],
            "https://www.w3.org/ns/activitystreams#content":[{"@value":"hi"}],
            "https://www.w3.org/ns/activitystreams#tag":[{
                "@type":["https://www.w3.org/ns/activitystreams#Mention"],
                "https://www.w3.org/ns/activitystreams#href":[{"@id":"https://r.example/users/bob"}]}]}]}])");
    CHECK(read.type == "Create");
    CHECK(read.id.reveal() == "https://o.example/a/1");
    CHECK(read.object.reveal() == "https://o.example/n/1");
    CHECK(read.visibility == Visibility::Public);
    CHECK(share(read, kAlice) == CategorySet{Handle, PostText});
    CHECK(share(read, kBob) == CategorySet{Handle});
}

TEST_CASE("What lies below an actor is theirs", "[fediverse][whose]") {
    CHECK(lies_below("https://o.example/users/a", "https://o.example/users/a"));
    CHECK(lies_below("https://o.example/users/a/statuses/1", "https://o.example/users/a"));
    CHECK(lies_below("https://o.example/users/a#likes/1", "https://o.example/users/a"));
    CHECK(lies_below("https://o.example/author/a/7", "https://o.example/author/a/"));
    CHECK_FALSE(lies_below("https://o.example/users/ab", "https://o.example/users/a"));
    CHECK_FALSE(lies_below("https://o.example/?author=12", "https://o.example/?author=1"));
    CHECK_FALSE(lies_below("https://o.example/users/a", "https://o.example/"));
    CHECK_FALSE(lies_below("https://o.example/users/a", ""));
}

TEST_CASE("A server's own actor is told by its URI", "[fediverse][whose]") {
    for (const auto* actor : {"https://o.example/actor",
                              "https://o.example/",
                              "https://o.example/i/actor",
                              "https://o.example/internal/fetch",
                              "https://o.example/accounts/peertube",
                              "https://o.example/users/o.example",
                              "https://o.example/users/instance.actor"}) {
        CAPTURE(actor);
        CHECK(is_instance_actor(actor));
    }
    for (const auto* actor : {"https://o.example/users/actor",
                              "https://o.example/users/r.example",
                              "https://o.example/@actor",
                              "https://o.example/actor/1",
                              "https://o.example/?author=1",
                              "actor",
                              ""}) {
        CAPTURE(actor);
        CHECK_FALSE(is_instance_actor(actor));
    }
}

TEST_CASE("Where accounts are at the root, a person may be named actor", "[fediverse][whose]") {
    for (const auto* software : {"snac", "snac2", "Snac"}) {
        CAPTURE(software);
        CHECK(account_paths_of(software) == AccountPaths::Root);
    }
    CHECK(account_paths_of("mastodon") == AccountPaths::Folder);
    CHECK(account_paths_of("") == AccountPaths::Folder);
    CHECK_FALSE(is_instance_actor("https://o.example/actor", AccountPaths::Root));
    CHECK(is_instance_actor("https://o.example/", AccountPaths::Root));
    CHECK(is_instance_actor("https://o.example", AccountPaths::Root));
}

TEST_CASE("The media types of activities are known, others are not", "[fediverse][activity]") {
    for (const auto* type : {"application/activity+json",
                             "application/activity+json; charset=utf-8",
                             "Application/Activity+JSON",
                             " application/ld+json ;profile=\"https://www.w3.org/ns/activitystreams\"",
                             "application/ld+json"}) {
        CAPTURE(type);
        CHECK(is_activity_type(type));
    }
    for (const auto* type : {"",
                             "application/json",
                             "text/html",
                             "application/jrd+json",
                             "application/activity+jsonx",
                             "application/activity",
                             "x; application/activity+json"}) {
        CAPTURE(type);
        CHECK_FALSE(is_activity_type(type));
    }
}
