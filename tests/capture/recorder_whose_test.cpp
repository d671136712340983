// Whose data a delivery carries, and what of theirs it is.

#include "capture/bench_of_recorder.hpp"
#include "capture/recorder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::CategorySet;
using fediverse::DataCategory;
using privacy::Outcome;
using privacy::OutcomeKind;

TEST_CASE("A delivery to a host of the person's own origin is no disclosure, to another origin it is one") {
    Desk desk;
    CHECK(*desk.intend(post("alice", 1, "origin.example")) == IntentId{0});
    CHECK(*desk.intend(post("alice", 1, "web.origin.example")) == IntentId{0});
    CHECK(*desk.intend(post("alice", 1, "second.example")) != IntentId{0});
    CHECK(desk.durable().attempts.size() == 1);
}

TEST_CASE("Every local person in an activity has a record of their own kinds of data") {
    Desk desk;
    auto reply = post("alice", 1, "a.example");
    reply.activity.shares.push_back(share("https://remote.example/users/zoe", {DataCategory::Handle}));
    reply.activity.shares.push_back(share("https://web.origin.example/users/bob", {DataCategory::Handle}));
    reply.activity.shares.push_back(share("https://second.example/users/carol", {DataCategory::Handle}));
    const auto id = desk.intend(reply);
    REQUIRE(id);
    REQUIRE(desk.durable().attempts.size() == 3);
    CHECK(desk.activity(0).categories == CategorySet{DataCategory::PostText, DataCategory::Handle});
    CHECK(desk.activity(1).categories == CategorySet{DataCategory::Handle});
    CHECK(desk.activity(1).object == reply.activity.id.reveal());  // Alice's object is not Bob's
    CHECK(desk.activity(2).object == reply.activity.id.reveal());  // another origin's object is not carol's
    desk.recorder.settle(*id, Outcome{OutcomeKind::Accepted, 202});
    desk.recorder.run_once();
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(desk.kind(i) == OutcomeKind::Accepted);
    }
}

TEST_CASE("What is done to a remote object is filed under the activity itself") {
    Desk desk;
    auto like = post("alice", 1, "a.example");
    like.activity.object = Personal<std::string>{"https://a.example/notes/1"};
    REQUIRE(desk.intend(like));
    CHECK(desk.activity(0).object == like.activity.id.reveal());
    like.activity.id = Personal<std::string>{};
    REQUIRE(desk.intend(like));
    CHECK(desk.activity(1).id.empty());
    CHECK(desk.activity(1).object.empty());
}

TEST_CASE("A colleague's post that is announced is filed under its address for the colleague alone") {
    Desk desk;
    auto boost = post("alice", 1, "a.example");
    boost.activity.type = "Announce";
    boost.activity.object = Personal<std::string>{"https://origin.example/users/bob/statuses/7"};
    boost.activity.shares = {
        share("https://origin.example/users/alice", {DataCategory::Handle, DataCategory::Boost}),
        share("https://origin.example/users/bob", {DataCategory::Handle})};
    REQUIRE(desk.intend(boost));
    REQUIRE(desk.durable().attempts.size() == 2);
    CHECK(desk.activity(0).object == boost.activity.id.reveal());
    CHECK(desk.activity(1).object == boost.activity.object.reveal());
}

TEST_CASE("What is done to an object of nobody's form is filed under the activity, a report too") {
    const auto* const type = GENERATE("Announce", "Flag", "Like");
    Desk desk;
    auto done = post("alice", 1, "a.example");
    done.activity.type = type;
    done.activity.object = Personal<std::string>{"https://origin.example/notes/7"};
    done.activity.shares = {share("https://origin.example/users/alice", {DataCategory::Handle})};
    REQUIRE(desk.intend(done));
    CHECK(desk.activity(0).object == done.activity.id.reveal());
    done.activity.id = Personal<std::string>{"https://origin.example/activities/8"};
    done.activity.shares = {
        share("https://origin.example/users/alice", {DataCategory::Handle, DataCategory::PostText})};
    REQUIRE(desk.intend(done));  // embedded, and so one's own
    CHECK(desk.activity(1).object == done.activity.object.reveal());
}

TEST_CASE("A server's own actor is no data subject, and what it sends is not unread") {
    Desk desk;
    auto flag = post("alice", 1, "a.example");
    flag.activity.type = "Flag";
    flag.activity.shares = {
        share("https://origin.example/actor", {DataCategory::Handle, DataCategory::Report})};
    CHECK(*desk.intend(flag) == IntentId{0});
    CHECK(desk.durable().attempts.empty());
}

TEST_CASE("Where accounts are at the root, whoever is named actor is a data subject") {
    auto options = options_of_two_origins();
    options.origins.front().paths = fediverse::AccountPaths::Root;
    Desk desk{std::move(options)};
    auto note = post("actor", 1, "a.example");
    note.activity.shares = {
        share("https://web.origin.example/actor", {DataCategory::Handle, DataCategory::PostText})};
    CHECK(*desk.intend(note) != IntentId{0});
    CHECK(desk.number_of("https://web.origin.example/actor") != 0);
    note.activity.shares = {
        share("https://second.example/actor", {DataCategory::Handle, DataCategory::PostText})};
    CHECK(*desk.intend(note) == IntentId{0});
}

TEST_CASE("Activities without an id are each one of their own") {
    Desk desk;
    auto vote = post("alice", 1, "a.example");
    vote.activity.id = Personal<std::string>{};
    int durable = 0;
    for (int i = 0; i < 3; ++i) {
        vote.recipient = host("r" + std::to_string(i) + ".example");
        desk.recorder.intend(vote, [&](const Result<IntentId>& id) { durable += id ? 1 : 0; });
    }
    desk.recorder.run_once();
    CHECK(durable == 3);
    CHECK(desk.durable().activities.size() == 3);
}

TEST_CASE("A name that is told later completes the handle") {
    Desk desk;
    auto first = post("alice", 1, "a.example");
    first.activity.shares[0].actor =
        Personal<std::string>{"https://origin.example/ap/users/115613099887123456"};
    REQUIRE(desk.intend(first));
    CHECK(desk.number_of("alice@origin.example") == 0);
    first.activity.shares[0].username = Personal<std::string>{"alice"};
    REQUIRE(desk.intend(first));
    CHECK(desk.number_of("alice@origin.example") == 1);
}
