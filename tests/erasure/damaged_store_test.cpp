// A courier whose store is damaged, not only one thing in it, and one that crashed before a recipient was.

#include <string>

#include "courier_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

TEST_CASE("A courier that could write nothing says more than that something was passed over",
          "[courier][damage]") {
    CourierHouse house;
    house.tell({"a.example"});
    house.notices.before_write = []() -> Result<void> { return fail(ErrorKind::Corrupt, "damaged"); };
    const auto stepped = house.courier->step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Unavailable);
    CHECK(stepped.error().what == "damaged");
    CHECK(house.http.requests().empty());
}

TEST_CASE("A notice that a crash left under way is not so for ever where its recipient is damaged",
          "[courier][damage]") {
    CourierHouse house;
    house.tell({"a.example"});
    REQUIRE(house.courier->step());
    REQUIRE(house.only("a.example").in_flight);
    house.restart();
    house.directory.damaged = {*Host::parse("a.example")};
    house.clock.at += house.options.window;
    REQUIRE_FALSE(house.courier->step());
    const auto passed = house.only("a.example");
    CHECK(passed.next_at == house.clock.at + 1h);
    CHECK_FALSE(records::is_under_way(passed, house.clock.at));
    // Once it can be read again it is told.
    house.directory.damaged.clear();
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    house.work_at(house.clock.at + 1h);
    CHECK(house.only("a.example").state == NoticeState::Acknowledged);
}
