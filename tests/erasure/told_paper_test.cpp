/// What a person was given is kept as such, and words about it are never taken for it.

#include "erasure/office.hpp"

using namespace fedtrail;
using fedtrail::testing::Office;

TEST_CASE("A reason that begins as the paper does is refused, and the paper is known as one",
          "[erasure][told]") {
    Office office;
    const auto number = office.started();
    const auto mark = std::string{records::kToldMark};
    CHECK(office.desk.answered(Office::act(number, mark + "made up")).error().kind == ErrorKind::Invalid);
    CHECK(office.desk.answered(Office::act(number, mark)).error().kind == ErrorKind::Invalid);
    CHECK(office.desk.answered(Office::act(number, "by post"), "We told a.example.").error().kind ==
          ErrorKind::Invalid);
    REQUIRE(office.desk.answered(Office::act(number, "by post, " + mark)));
    REQUIRE(office.desk.answered(Office::act(number), mark + "We told a.example."));
    const auto events = office.requests.events(number);
    REQUIRE(events);
    const auto last = events->end();
    CHECK_FALSE(records::told_in(*(last - 2)));
    CHECK(records::told_in(*(last - 1)) == mark + "We told a.example.");
}
