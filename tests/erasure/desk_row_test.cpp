// What is done to a request without opening what it erases.

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

TEST_CASE("Nothing of a request is opened for who shows none of it", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started(chosen({1}));
    REQUIRE(office.desk.stop(Office::act(number)));
    office.notices.damaged_objects = {number};
    CHECK_FALSE(office.desk.view(number));
    const auto row = office.desk.row(number);
    REQUIRE(row);
    CHECK(row->request.stopped);
    CHECK(row->tally.notices == 1);
    CHECK(row->held.empty());
    CHECK(office.desk.extend(Office::act(number, "many servers")));
    const auto closed = office.desk.close(Office::act(number));
    REQUIRE(closed);
    CHECK(closed->state == privacy::RequestState::PartlyFulfilled);
    CHECK(office.desk.row(records::RequestNumber{9}).error().kind == ErrorKind::NotFound);
}
