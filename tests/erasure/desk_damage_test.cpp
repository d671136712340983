// Requests are listed past one that is damaged, which is named.

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using erasure::RequestRows;
using records::RequestNumber;

namespace {

using Numbers = std::vector<std::uint64_t>;

Numbers whole_in(const RequestRows& rows) {
    Numbers numbers;
    for (const auto& view : rows.views) {
        numbers.push_back(view.request.number.get());
    }
    return numbers;
}

Numbers damaged_in(const RequestRows& rows) {
    Numbers numbers;
    for (const auto& row : rows.damaged) {
        CHECK(row.error.kind == ErrorKind::Corrupt);
        CHECK(row.subject == privacy::SubjectNumber{1});
        numbers.push_back(row.number.get());
    }
    return numbers;
}

/// Requests 1 to 4, each about a post of its own.
struct DamagedDesk : Office {
    DamagedDesk() {
        for (int post = 1; post <= 4; ++post) {
            lies(post, {"a.example"});
            CHECK(started(chosen({post})) == RequestNumber{static_cast<std::uint64_t>(post)});
        }
    }
};

}  // namespace

TEST_CASE("Requests are listed past one that is damaged, or whose history is", "[erasure][desk][damage]") {
    DamagedDesk office;
    office.requests.damaged = {RequestNumber{3}};
    office.requests.damaged_events = {RequestNumber{2}};
    for (const auto& rows : {office.desk.list({}), office.desk.pending({})}) {
        REQUIRE(rows);
        CHECK(whole_in(*rows) == Numbers{1, 4});
        CHECK(damaged_in(*rows) == Numbers{2, 3});
    }
}

TEST_CASE("A page names what is damaged on the way to its end", "[erasure][desk][damage]") {
    DamagedDesk office;
    office.requests.damaged = {RequestNumber{1}, RequestNumber{3}};
    for (const bool all : {true, false}) {
        RequestFilter filter;
        filter.limit = 2;
        const auto page = [&] { return all ? office.desk.list(filter) : office.desk.pending(filter); };
        auto first = page();
        REQUIRE(first);
        CHECK(first->cut_to(1) == RequestNumber{2});
        CHECK(whole_in(*first) == Numbers{2});
        CHECK(damaged_in(*first) == Numbers{1});
        filter.after = RequestNumber{2};
        auto second = page();
        REQUIRE(second);
        CHECK(second->cut_to(1) == RequestNumber{});
        CHECK(whole_in(*second) == Numbers{4});
        CHECK(damaged_in(*second) == Numbers{3});
    }
}

TEST_CASE("A closed request whose history is damaged is listed unless its last event tells that it is done",
          "[erasure][desk][damage]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started(chosen({1}));
    REQUIRE(office.desk.stop(Office::act(number)));
    REQUIRE(office.desk.close(Office::act(number)));
    CHECK(office.desk.pending({})->views.size() == 1);
    office.requests.damaged_events = {number};
    CHECK(damaged_in(*office.desk.pending({})) == Numbers{number.get()});
    office.requests.damaged_events.clear();
    REQUIRE(office.desk.answered(Office::act(number, "on the phone")));
    office.requests.damaged_events = {number};
    const auto done = office.desk.pending({});
    CHECK(done->views.empty());
    CHECK(done->damaged.empty());
}
