// Posts that the origin itself deleted, and a request of the person for the same posts behind that.

#include "erasure/origin_deletes.hpp"
#include "erasure/plan_shown.hpp"
#include "erasure/told_elsewhere.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::NoticeState;

namespace {

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("Of posts that the origin told a server of nothing is sent there again",
          "[erasure][planner][told]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.knows("pixel.example", "pixelfed");  // drops what the origin sends
    office.knows("missed.example", "mastodon");
    office.lies(1, {"masto.example", "pixel.example", "missed.example"});
    office.lies(2, {"missed.example"});
    const auto seen = origin_deleted(office, {1, 2}, {"masto.example", "pixel.example"});
    CHECK(office.words(office.notice_to(seen, "masto.example")).empty());

    const auto preview = *office.desk.preview(office.order(chosen({1})));
    CHECK(shown(preview, "masto.example").messages == 0);
    CHECK(shown(preview, "masto.example").told_by_origin);
    CHECK_FALSE(shown(preview, "pixel.example").told_by_origin);
    office.clock.at += std::chrono::hours{1};
    const auto asked = office.started(chosen({1}));
    const auto notice = office.notice_to(asked, "masto.example");
    CHECK(notice.steps.empty());
    CHECK(notice.state == NoticeState::Acknowledged);
    CHECK(notice.acknowledged_at == office.notice_to(seen, "masto.example").acknowledged_at);
    CHECK(notice.next_look_at);
    // What is not known to have been heard and obeyed is sent as ever.
    CHECK(office.words(office.notice_to(asked, "pixel.example")) == Lines{"delete 1 tombstone"});
    CHECK(office.words(office.notice_to(asked, "missed.example")) == Lines{"delete 1"});
}

TEST_CASE("Posts that the origin told everybody of are named all the same, to be looked at",
          "[erasure][planner][told]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.lies(1, {"masto.example"});
    office.lies(2, {"masto.example"});
    const auto seen = origin_deleted(office, {1}, {"masto.example"});
    const auto asked = office.started(chosen({1}));
    for (const auto number : {seen, asked}) {
        CHECK(office.words(office.notice_to(number, "masto.example")).empty());
        const auto objects = *office.notices.objects(number, {});
        REQUIRE(objects.size() == 1);
        CHECK(objects.front().uri.reveal() == note(1));
    }
}

TEST_CASE("A post that the origin told a server of is sent there where more is needed",
          "[erasure][planner][told]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.lies(1, {"masto.example"});
    office.lies(2, {"masto.example"});
    const auto seen = origin_deleted(office, {1}, {"masto.example"});
    const auto change = [&](const auto& how) {
        auto notice = office.notice_to(seen, "masto.example");
        how(notice);
        office.write(notice);
    };

    SECTION("it was told of one of two") {
        CHECK(sent_for(office, {1, 2}, "masto.example") == Lines{"delete 2"});
    }
    SECTION("each in a request of its own, it was told of both") {
        origin_deleted(office, {2}, {"masto.example"});
        CHECK(sent_for(office, {1, 2}, "masto.example").empty());
    }
    SECTION("the copy was seen since") {
        change([](auto& notice) { notice.state = NoticeState::StillPresent; });
        CHECK(sent_for(office, {1}, "masto.example") == Lines{"delete 1"});
    }
    SECTION("the copy had come back, and was told of anew") {
        change([](auto& notice) { notice.rounds = 1; });
        CHECK(sent_for(office, {1}, "masto.example") == Lines{"delete 1"});
    }
    SECTION("the origin took it back") {
        auto request = *office.requests.request(seen);
        request.stopped = true;
        REQUIRE(office.requests.record(request, {}));
        CHECK(sent_for(office, {1}, "masto.example") == Lines{"delete 1"});
    }
    SECTION("the post went there anew") {
        office.ledger.add(note(1) + "/again",
                          note(1),
                          {fediverse::DataCategory::PostText},
                          {"masto.example"},
                          format_rfc3339(office.clock.at + std::chrono::minutes{1}));
        CHECK(sent_for(office, {1}, "masto.example") == Lines{"delete 1"});
    }
    SECTION("its software turns out to be one that drops what the origin sends") {
        office.knows("masto.example", "pixelfed");
        CHECK(sent_for(office, {1}, "masto.example") == Lines{"delete 1 tombstone"});
    }
    SECTION("the origin deletes it once more, and does not tell this server") {
        auto request = *office.requests.request(seen);
        request.state = privacy::RequestState::Fulfilled;
        REQUIRE(office.requests.record(request, {}));
        const auto again = origin_deleted(office, {1}, {});
        CHECK(office.words(office.notice_to(again, "masto.example")) == Lines{"delete 1"});
    }
}

TEST_CASE("Software that asks the origin is told once more when that is gone, whoever told it first",
          "[erasure][planner][told]") {
    Office office;
    office.knows("key.example", "misskey");
    office.lies(1, {"key.example"});
    origin_deleted(office, {1}, {"key.example"});
    CHECK(sent_for(office, {1}, "key.example") == Lines{"delete 1 wave 2"});
}

TEST_CASE("What the origin told whom is found behind a hundred requests of the person",
          "[erasure][planner][told]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.lies(1, {"masto.example"});
    records::ErasureRequest other;
    other.subject = office.alice;
    for (int i = 0; i < 100; ++i) {
        REQUIRE(office.requests.open(other, {}));
    }
    origin_deleted(office, {1}, {"masto.example"});
    CHECK(sent_for(office, {1}, "masto.example").empty());
}

TEST_CASE("Of all posts of a category only those are sent that the origin did not tell of",
          "[erasure][planner][told]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.knows("whole.example", "mastodon");
    office.knows("pixel.example", "pixelfed");  // drops what the origin sends
    office.lies(1, {"masto.example", "pixel.example", "whole.example"});
    office.lies(2, {"masto.example", "pixel.example", "whole.example"});
    office.lies(3, {"masto.example", "pixel.example"});
    origin_deleted(office, {1}, {"masto.example", "pixel.example", "whole.example"});
    const auto seen = origin_deleted(office, {2}, {"masto.example", "pixel.example", "whole.example"});

    const auto preview = *office.desk.preview(office.order(every_post()));
    CHECK(shown(preview, "masto.example").messages == 1);
    CHECK_FALSE(shown(preview, "masto.example").told_by_origin);
    CHECK(shown(preview, "whole.example").messages == 0);
    CHECK(shown(preview, "whole.example").told_by_origin);
    office.clock.at += std::chrono::hours{1};
    const auto asked = office.started(every_post());
    CHECK(office.words(office.notice_to(asked, "masto.example")) == Lines{"delete 3"});
    CHECK_FALSE(office.notice_to(asked, "masto.example").seen_from_origin);
    CHECK(office.words(office.notice_to(asked, "pixel.example")).size() == 3);
    const auto whole = office.notice_to(asked, "whole.example");
    CHECK(office.words(whole).empty());
    CHECK(whole.state == NoticeState::Acknowledged);
    CHECK(whole.acknowledged_at == office.notice_to(seen, "whole.example").acknowledged_at);
    CHECK(whole.next_look_at);

    SECTION("planned once more it is the same") {
        REQUIRE(office.desk.start(Office::act(asked)));
        CHECK(office.words(office.notice_to(asked, "masto.example")) == Lines{"delete 3"});
    }
    SECTION("what the origin deletes before it left is not sent either") {
        origin_deleted(office, {3}, {"masto.example"});
        REQUIRE(office.desk.start(Office::act(asked)));
        const auto told = office.notice_to(asked, "masto.example");
        CHECK(office.words(told).empty());
        CHECK(told.state == NoticeState::Acknowledged);
    }
    SECTION("of which posts each was told is known, and of no others") {
        const auto places = [&](const std::string& name) {
            return *erasure::told_places(office.requests, office.notices, office.notice_to(asked, name));
        };
        const auto objects = *office.notices.objects(asked, {});
        std::vector<std::string> uris;
        for (const auto place : places("masto.example")) {
            uris.push_back(objects.at(place).uri.reveal());
        }
        CHECK(uris == std::vector{note(1), note(2)});
        CHECK(places("whole.example") == places("masto.example"));
    }
}

TEST_CASE("Of all posts those are sent again that are needed there again", "[erasure][planner][told]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.knows("key.example", "misskey");
    office.lies(1, {"masto.example", "key.example"});
    office.lies(2, {"masto.example", "key.example"});
    const auto seen = origin_deleted(office, {1}, {"masto.example", "key.example"});
    const auto words = [&](const std::string& name) {
        return office.words(office.notice_to(office.started(every_post()), name));
    };

    SECTION("the post went there anew, in the second in which it was told") {
        office.ledger.add(note(1) + "/again",
                          note(1),
                          {fediverse::DataCategory::PostText},
                          {"masto.example"},
                          format_rfc3339(office.clock.at));
        CHECK(words("masto.example") == Lines{"delete 1", "delete 2"});
    }
    SECTION("the copy was seen since") {
        auto notice = office.notice_to(seen, "masto.example");
        notice.state = NoticeState::StillPresent;
        office.write(notice);
        CHECK(words("masto.example") == Lines{"delete 1", "delete 2"});
    }
    SECTION("it asks the origin") {
        CHECK(words("key.example") == Lines{"delete 2", "delete 1 wave 2", "delete 2 wave 2"});
    }
    SECTION("the account was deleted by the origin, of which other plans know") {
        auto order = office.order();
        order.source = records::RequestSource::Observed;
        REQUIRE(office.desk.open(order));
        CHECK(words("masto.example") == Lines{"delete 2"});
    }
}
