#include "intake/events/observation_line.hpp"

#include <catch2/catch.hpp>

#include "intake/events/examples.hpp"

using namespace fedtrail;
using namespace fedtrail::intake::events;

TEST_CASE("A line with a digest is read whole", "[intake][events]") {
    const auto read = parse_observation(test::digest_line("R.example"));
    REQUIRE(read);
    CHECK(format_rfc3339(read->at) == "2026-11-22T10:00:00Z");
    CHECK(read->channel == privacy::Channel::Push);
    CHECK(read->origin.text() == "o.example");
    CHECK(read->recipient.text() == "r.example");
    CHECK(read->outcome == privacy::Outcome{privacy::OutcomeKind::Accepted, 201});
    CHECK(read->activity.type == "Create");
    CHECK(read->activity.id.reveal() == "https://o.example/a/1");
    CHECK(read->activity.object.reveal() == "https://o.example/n/1");
    CHECK(read->activity.visibility == fediverse::Visibility::Public);
    REQUIRE(read->activity.shares.size() == 1);
    CHECK(read->activity.shares[0].actor.reveal() == "https://o.example/users/alice");
    CHECK(read->activity.shares[0].categories ==
          fediverse::CategorySet{fediverse::DataCategory::Handle, fediverse::DataCategory::PostText});
}

TEST_CASE("A digest may tell the person's name", "[intake][events]") {
    const auto read =
        parse_observation(test::with(test::digest_line(), "\"type\"", R"("username":"al\u0069ce","type")"));
    REQUIRE(read);
    CHECK(read->activity.shares.at(0).username.reveal() == "alice");
}

TEST_CASE("A line may say which inbox the recipient has, and none of another server", "[intake][events]") {
    const auto with_inbox = [](const std::string& inbox, const std::string& channel = "push") {
        return parse_observation(test::with(test::with(test::digest_line(), "push", channel),
                                            R"("outcome")",
                                            R"("inbox":")" + inbox + R"(","outcome")"));
    };
    const auto read = with_inbox("https://R.example/users/bob/inbox");
    REQUIRE(read);
    CHECK(read->inbox.reveal() == "https://r.example/users/bob/inbox");
    CHECK(parse_observation(test::digest_line())->inbox.reveal().empty());
    for (const auto& refused : {with_inbox("https://secret.example/inbox"),
                                with_inbox("https://r.example:8443/inbox"),
                                with_inbox("https://r.example/inbox", "anonymous_pull")}) {
        REQUIRE_FALSE(refused);
        CHECK_THAT(refused.error().what, Catch::Contains("`inbox`") && !Catch::Contains("secret"));
    }
}

TEST_CASE("A line with a whole activity gives the activity's digest", "[intake][events]") {
    const std::string activity =
        R"({"type":"Create","id":"https://o.example/1/activity","actor":"https://o.example/users/alice",
        "to":["as:Public"],"object":{"type":"Note","id":"https://o.example/1","content":"hi",
        "tag":[{"type":"Mention","href":"https://r.example/users/bob"}]}})";
    const auto read =
        parse_observation(R"({"activity":)" + activity +
                          R"(,"at":"2026-11-22T10:00:00Z","channel":"forward","recipient":"r.example",
        "outcome":{"status":410,"kind":"rejected"}})");
    REQUIRE(read);
    CHECK(read->activity == *fediverse::digest_activity(activity));
    CHECK(read->origin.empty());
    CHECK(read->outcome == privacy::Outcome{privacy::OutcomeKind::Rejected, 410});
}

TEST_CASE("What is no observation is refused with its reason and without its content", "[intake][events]") {
    for (const auto& [line, reason] : test::bad_lines()) {
        CAPTURE(line);
        const auto read = parse_observation(line);
        REQUIRE_FALSE(read);
        CHECK(read.error().kind == ErrorKind::Invalid);
        CHECK_THAT(read.error().what, Catch::Contains(reason));
        CHECK_THAT(read.error().what, !Catch::Contains("o.example") && !Catch::Contains("secret"));
        CHECK_FALSE(read.error().remedy.empty());
    }
}

TEST_CASE("A line may be as long as an activity and what stands around it", "[intake][events]") {
    const auto line = [](std::size_t text) {
        return R"({"at":"2026-11-22T10:00:00Z","channel":"push","recipient":"r.example","outcome":{"kind":"sent"},)"
               R"("activity":{"type":"Note","attributedTo":"https://o.example/users/a","content":")" +
               std::string(text, 'x') + "\"}}";
    };
    CHECK(parse_observation(line(fediverse::kMaxActivityBytes - 100)));
    const auto activity_too_long = parse_observation(line(fediverse::kMaxActivityBytes));
    REQUIRE_FALSE(activity_too_long);
    CHECK_THAT(activity_too_long.error().what, Catch::Contains("`activity`"));
    const auto too_long = parse_observation(line(2 * kMaxLineBytes));
    REQUIRE_FALSE(too_long);
    CHECK_THAT(too_long.error().what, Catch::Contains("longer"));
}

TEST_CASE("A digest tells what is deleted, or back, and whose act that is", "[intake][events]") {
    const auto line =
        test::with(test::digest_line(),
                   R"("type":"Create")",
                   R"("reasoned":false,"deleted":"https://o.example/n/1","restored":"https://o.example/n/2",)"
                   R"("deleter":"https://O.example/users/alice","type":"Announce")");
    const auto read = parse_observation(line);
    REQUIRE(read);
    CHECK(read->activity.deleted.reveal() == "https://o.example/n/1");
    CHECK(read->activity.restored.reveal() == "https://o.example/n/2");
    CHECK(read->activity.deleter.reveal() == "https://o.example/users/alice");
    CHECK(read->activity.reasoned == false);
    for (const auto* name : {"deleted", "restored", "deleter"}) {
        CHECK_FALSE(parse_observation(
            test::with(test::digest_line(), R"("type")", "\"" + std::string{name} + R"(":1,"type")")));
    }
    CHECK_FALSE(
        parse_observation(test::with(test::digest_line(), R"("type")", R"("reasoned":"yes","type")")));
}
