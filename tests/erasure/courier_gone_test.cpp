// What GoToSocial's 403 and 410 mean: that the account is deleted there, or that we are blocked.

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using records::AttemptResult;

namespace {

/// A GoToSocial that is told of two posts, then of the account.
struct BlockHouse : CourierHouse {
    static constexpr const char* kHost = "gts.example";
    int objects_get = 202;
    int actor_gets = 202;

    BlockHouse() {
        http.server = [this](const RemoteRequest& sent) {
            return answered(sent.body.find("statuses/") == std::string::npos ? actor_gets : objects_get);
        };
    }
    void tell_all() {
        const auto request = open_request();
        const std::vector<Step> steps{
            {kObject, kPlain, 1, 0}, {kObject, kPlain, 1, 1}, {kActor, kPlain, 1, 0}};
        REQUIRE(notices.plan(request, objects(2), std::vector{notice(request, kHost, steps, "gotosocial")}));
    }
    void tell_again() {
        auto notice = last();
        notice.state = NoticeState::StillPresent;
        notice.rounds = 1;
        notice.position = 0;
        notice.declined = 0;
        notice.next_at = clock.at;
        REQUIRE(notices.apply({{notice}, {}, {}, {}}));
    }
    void told_by_origin() {
        auto notice = last();
        notice.seen_from_origin = true;
        REQUIRE(notices.apply({{notice}, {}, {}, {}}));
    }
    /// Of several requests the latest one's.
    [[nodiscard]] records::Notice last() const {
        NoticeFilter filter;
        filter.recipient = *Host::parse(kHost);
        const auto found = notices.notices(filter);
        REQUIRE(found);
        REQUIRE(!found->empty());
        return found->back();
    }
};

}  // namespace

TEST_CASE("A server that answers 403 or 410 to everything has refused, and was told nothing") {
    BlockHouse house;
    house.objects_get = house.actor_gets = GENERATE(403, 410);
    CAPTURE(house.actor_gets);
    SECTION("posts and account") {
        house.tell_all();
    }
    SECTION("the account alone") {
        house.tell({BlockHouse::kHost}, "gotosocial");
    }
    house.work_on();
    const auto notice = house.last();
    CHECK(notice.state == NoticeState::Refused);
    CHECK(notice.declined == notice.steps.size());
    CHECK(!notice.acknowledged_at);
}

TEST_CASE("A server that takes posts and forbids the account's Delete did not take that") {
    BlockHouse house;
    house.actor_gets = 403;
    house.tell_all();
    house.work_on();
    CHECK(house.last().state == NoticeState::Acknowledged);
    CHECK(house.last().declined == 1);
}

TEST_CASE("Where the account's Delete was taken before, 403 says that it is deleted there") {
    BlockHouse house;
    SECTION("in an earlier round") {
        house.tell_all();
        house.work_on();
        REQUIRE(house.last().position == 3);
        house.tell_again();
    }
    SECTION("in an earlier request") {
        house.tell({BlockHouse::kHost}, "gotosocial");
        house.work_on();
        REQUIRE(house.last().state == NoticeState::Acknowledged);
        house.tell_all();
    }
    SECTION("from the origin itself") {
        house.tell_all();
        house.told_by_origin();
    }
    house.objects_get = house.actor_gets = 403;
    house.work_on();
    const auto notice = house.last();
    CHECK(notice.state == (notice.rounds > 0 ? NoticeState::StillPresent : NoticeState::Acknowledged));
    CHECK(notice.position == notice.steps.size());
    CHECK(notice.declined == 0);
    CHECK(notice.reason.empty());
}

TEST_CASE("What an earlier round refused is no proof for a later one") {
    BlockHouse house;
    house.actor_gets = 403;
    house.tell_all();
    house.work_on();
    REQUIRE(house.last().acknowledged_at);
    house.tell_again();
    house.objects_get = 403;
    house.work_on();
    CHECK(house.last().declined == 3);
}

TEST_CASE("Another person's deletion there proves nothing of this one") {
    BlockHouse house;
    house.tell({BlockHouse::kHost}, "gotosocial");
    house.work_on();
    const auto other = house.vault.enrol(*Uri::parse("https://origin.example/users/bob"), "bob");
    REQUIRE(other);
    records::ErasureRequest request;
    request.subject = *other;
    request.state = privacy::RequestState::InProgress;
    request.received_at = house.clock.at;
    const auto number = house.requests.open(request, {})->number;
    auto notice = house.notice(
        number, BlockHouse::kHost, {CourierHouse::Step{house.kActor, house.kPlain, 1, 0}}, "gotosocial");
    notice.subject = *other;
    REQUIRE(house.notices.plan(number, {}, std::vector{notice}));
    house.actor_gets = 403;
    house.work_on();
    CHECK(house.last().state == NoticeState::Refused);
}

TEST_CASE("410 to the account's Delete, from who took the posts, says that no account is kept") {
    BlockHouse house;
    house.actor_gets = 410;
    house.tell_all();
    house.work_on();
    CHECK(house.last().state == NoticeState::Acknowledged);
    CHECK(house.last().declined == 0);
}

TEST_CASE("403 after an account's Delete that left and was not answered says that it arrived") {
    BlockHouse house;
    int tries = 0;
    house.http.server = [&tries](const RemoteRequest& sent) {
        if (sent.body.find("statuses/") != std::string::npos) {
            return answered(202);
        }
        return ++tries == 1 ? failed(RemoteFault::TimedOut, true) : answered(403);
    };
    SECTION("by who took the posts") {
        house.tell_all();
        house.work_on();
        CHECK(house.last().state == NoticeState::Acknowledged);
        CHECK(house.last().declined == 0);
    }
    SECTION("and nothing of who took nothing") {
        house.tell({BlockHouse::kHost}, "gotosocial");
        house.work_on();
        CHECK(house.last().state == NoticeState::Refused);
    }
}
