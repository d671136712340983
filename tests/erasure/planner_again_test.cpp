// A plan that is made again, or while something leaves.

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using Lines = std::vector<std::string>;

TEST_CASE("A plan that was cut short is made again without telling anybody twice", "[erasure][planner]") {
    Office office{{10, 2}};
    for (int i = 0; i < 9; ++i) {
        office.lies(i, {"a.example", "b.example", "c.example"});
    }
    const auto number = office.opened();
    int writes = 0;
    office.notices.before_write = [&]() -> Result<void> {
        if (++writes == 3) {
            return fail(ErrorKind::Unavailable, "the disk is full");
        }
        return {};
    };
    CHECK_FALSE(office.desk.start(Office::act(number)));
    CHECK(office.requests.request(number)->state == privacy::RequestState::Received);
    CHECK(office.notices_of(number) == 2);
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.notices_of(number) == 3);
    for (const auto* const name : {"a.example", "b.example", "c.example"}) {
        CHECK(office.notice_to(number, name).steps.size() == 20);
    }
    CHECK(office.notices.objects(number, {})->size() == 9);
}

TEST_CASE("What is learned later changes what was not sent yet", "[erasure][planner]") {
    Office office;
    office.lies(1, {"who.example"});
    const auto number = office.started();
    REQUIRE(office.notice_to(number, "who.example").steps.size() == 4);
    office.deliver(office.notice_to(number, "who.example"), 1);
    office.knows("who.example", "mastodon");
    REQUIRE(office.desk.start(Office::act(number)));
    const auto notice = office.notice_to(number, "who.example");
    CHECK(office.words(notice) == Lines{"delete 1", "actor"});
    CHECK(notice.position == 1);
    CHECK(notice.dialect == "mastodon");
    CHECK(notice.inbox == "https://who.example/inbox");
}

TEST_CASE("What is in flight keeps its place", "[erasure][planner]") {
    Office office;
    office.lies(1, {"who.example"});
    const auto number = office.started();
    auto flying = office.notice_to(number, "who.example");
    flying.in_flight = true;
    office.write(flying);
    office.knows("who.example", "mastodon");
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.words(office.notice_to(number, "who.example")) == Lines{"delete 1", "actor"});
}

TEST_CASE("What leaves while a plan is made anew keeps its mark and its place", "[erasure][planner]") {
    Office office;
    office.lies(1, {"a.example", "b.example"});
    office.lies(2, {"a.example", "b.example"});
    const auto number = office.started();
    office.knows("a.example", "snac");
    office.knows("b.example", "snac");
    int writes = 0;
    office.notices.before_write = [&]() -> Result<void> {
        if (++writes > 1) {
            return {};
        }
        auto sending = office.notice_to(number, "a.example");
        sending.in_flight = true;
        sending.attempts = 1;
        return office.notices.apply({{sending}, {}, {}, {}});
    };
    REQUIRE(office.planner.plan(*office.requests.request(number)));
    CHECK(writes > 1);
    const auto sent = office.notice_to(number, "a.example");
    CHECK(sent.in_flight);
    CHECK(sent.attempts == 1);
    CHECK(sent.dialect == "snac");
    CHECK(office.words(sent) == std::vector<std::string>{"delete 1", "delete 2"});
    CHECK(office.words(office.notice_to(number, "b.example")) ==
          std::vector<std::string>{"delete 1", "delete 2"});
}
