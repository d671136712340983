#include "erasure/office.hpp"
#include "erasure/planner.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

TEST_CASE("What is planned after a server was given up waits for its rest from then on",
          "[erasure][planner][rest]") {
    Office office;
    office.knows("snac.example", "snac");
    office.lies(1, {"snac.example"});
    const auto number = office.started();
    auto tired = office.notice_to(number, "snac.example");
    tired.state = fediverse::NoticeState::Unreachable;
    tired.resting_since = office.clock.at;
    tired.next_at.reset();
    office.write(tired);

    office.clock.at += 24h * 30;
    office.lies(2, {"snac.example"});
    REQUIRE(office.planner.plan(*office.requests.request(number)));
    const auto again = office.notice_to(number, "snac.example");
    CHECK(again.steps.size() == 2);
    CHECK(again.next_at == office.clock.at);
    CHECK_FALSE(again.resting_since);
}
