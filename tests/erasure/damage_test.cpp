// One person's damaged rows, or one recipient's, and what the workers do for everybody else.

#include <algorithm>
#include <set>

#include "courier_house.hpp"
#include "spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

constexpr privacy::SubjectNumber kFirst{1};

/// A courier that tells of whom it met damaged.
struct DamagedHouse : CourierHouse {
    std::set<privacy::SubjectNumber> told;

    DamagedHouse() {
        options.damaged = [this](privacy::SubjectNumber who, const Error& error) {
            CHECK(error.kind == ErrorKind::Corrupt);
            told.insert(who);
        };
        http.server = [](const RemoteRequest&) { return answered(202); };
        restart();
    }
    [[nodiscard]] std::set<std::string> asked() const {
        std::set<std::string> hosts;
        for (const auto& request : http.requests()) {
            hosts.insert(request.url.host().text());
        }
        return hosts;
    }
};

}  // namespace

TEST_CASE("Notices that are damaged, however many are due, hold up no others", "[courier][damage]") {
    DamagedHouse house;
    house.options.max_begun = 5;
    house.options.max_in_flight = 5;
    house.restart();
    std::vector<std::string> many;
    for (int i = 0; i < 30; ++i) {
        many.push_back("h" + std::to_string(i) + ".example");
    }
    house.tell(many);
    for (std::uint64_t number = 1; number <= many.size(); ++number) {
        house.notices.damaged_rows.insert(records::NoticeNumber{number});
    }
    house.tell({"a.example", "b.example"});
    house.work();
    CHECK(house.asked() == std::set<std::string>{"a.example", "b.example"});
    CHECK(house.told == std::set{kFirst});
}

TEST_CASE("An object that is damaged holds up the notice that names it, and no other", "[courier][damage]") {
    DamagedHouse house;
    const auto request = house.open_request();
    const auto object = [](std::uint32_t index) {
        return CourierHouse::Step{CourierHouse::kObject, CourierHouse::kPlain, 1, index};
    };
    REQUIRE(house.notices.plan(request,
                               CourierHouse::objects(2),
                               std::vector{house.notice(request, "a.example", {object(1)}),
                                           house.notice(request, "b.example", {object(0)})}));
    house.notices.damaged_objects = {request};
    const auto next = house.work();
    CHECK(house.asked() == std::set<std::string>{"b.example"});
    CHECK(house.told == std::set{kFirst});
    CHECK(next == house.clock.at + 1h);
    CHECK(house.only("a.example").state == NoticeState::Planned);

    house.notices.damaged_objects.clear();
    house.work_at(house.clock.at + 1h);
    CHECK(house.asked() == std::set<std::string>{"a.example", "b.example"});
}

TEST_CASE("A request that is damaged waits, and the others go", "[courier][damage]") {
    DamagedHouse house;
    house.requests.damaged = {house.tell({"a.example"})};
    house.tell({"b.example"});
    CHECK(house.work() == house.clock.at + 1h);
    CHECK(house.asked() == std::set<std::string>{"b.example"});
    CHECK(house.told == std::set{kFirst});
}

TEST_CASE("What comes back of a notice that was damaged meanwhile holds up no other", "[courier][damage]") {
    DamagedHouse house;
    house.tell({"a.example", "b.example"});
    REQUIRE(house.courier->step());
    house.notices.damaged_rows = {house.only("a.example").number};
    const auto settled = house.courier->step();
    REQUIRE_FALSE(settled);
    CHECK(settled.error().kind == ErrorKind::Corrupt);
    CHECK(house.only("b.example").state == NoticeState::Acknowledged);
    CHECK(house.courier->step());  // said once
    CHECK(house.courier->figures().in_flight == 0);
}

TEST_CASE("A recipient whose entry is damaged is not told, and all others are", "[courier][damage]") {
    DamagedHouse house;
    house.tell({"a.example", "b.example"});
    house.directory.damaged = {*Host::parse("a.example")};
    const auto first = house.courier->step();
    REQUIRE_FALSE(first);
    CHECK(first.error().kind == ErrorKind::Corrupt);
    CHECK(house.work() == house.clock.at + 1h);
    CHECK(house.asked() == std::set<std::string>{"b.example"});
    CHECK(house.told.empty());
    CHECK(house.entry("b.example").told == 1);
}

TEST_CASE("A deletion that is taken back stops all that can be stopped", "[spotter][damage]") {
    Spot s;
    records::ErasureRequest request;
    request.subject = s.alice;
    request.source = records::RequestSource::Observed;
    request.identity_verified = true;
    request.state = privacy::RequestState::InProgress;
    request.received_at = s.clock.at;
    const auto broken = s.requests.open(request, {})->number;
    const auto whole = s.requests.open(request, {})->number;
    s.requests.damaged = {broken};
    s.deliver(s.delivery("Undo", kAlice, "a.example"), privacy::OutcomeKind::Accepted);
    const auto stepped = s.spotter.step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    CHECK(s.requests.request(whole)->stopped);
}

TEST_CASE("What was watched of somebody who is damaged now is watched on", "[spotter][damage]") {
    Spot s;
    records::ErasureRequest request;
    request.subject = s.alice;
    request.identity_verified = true;
    request.state = privacy::RequestState::InProgress;
    request.origin_gone_at = s.clock.at;
    const auto number = s.requests.open(request, {})->number;
    s.step();
    REQUIRE(s.spotter.watches(kAlice));
    SECTION("where the identity is damaged") {
        s.vault.damaged = {s.alice.get()};
    }
    SECTION("where the request is") {
        s.requests.damaged = {number};
    }
    s.clock.at += 10min;
    const auto stepped = s.spotter.step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    CHECK(s.spotter.watches(kAlice));
}
