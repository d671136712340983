// The books in memory must be as strict as the ports say, or the tests that lean on them show nothing.

#include <catch2/catch.hpp>

#include "fakes/notice_book.hpp"
#include "fakes/request_book.hpp"

using namespace fedtrail;
using fediverse::NoticeState;
using privacy::RequestState;

namespace {

const Instant kMorning = *parse_rfc3339("2026-11-22T08:00:00Z");
const Instant kNoon = *parse_rfc3339("2026-11-22T12:00:00Z");

struct Books {
    testing::FakeRequestBook requests;
    testing::FakeNoticeBook notices{requests};

    records::RequestNumber open(RequestState state) {
        records::ErasureRequest request;
        request.state = state;
        return requests.open(request, {})->number;
    }
    records::Notice notice(records::RequestNumber request, const char* host, std::optional<Instant> next) {
        records::Notice made;
        made.request = request;
        made.recipient = *Host::parse(host);
        made.steps = {records::NoticeStep{}};
        made.next_at = next;
        return made;
    }
    void plan(const records::Notice& notice) {
        REQUIRE(notices.plan(notice.request, {}, std::vector{notice}));
    }
    std::vector<records::Notice> due(Instant at) {
        NoticeFilter filter;
        filter.due_at = at;
        return *notices.notices(filter);
    }
};

}  // namespace

TEST_CASE("A change that names an old version is a conflict", "[erasure][fakes]") {
    Books books;
    const auto number = books.open(RequestState::Received);
    auto request = *books.requests.request(number);
    REQUIRE(books.requests.record(request, {}));
    CHECK(books.requests.record(request, {}).error().kind == ErrorKind::Conflict);
    request.number = records::RequestNumber{99};
    CHECK(books.requests.record(request, {}).error().kind == ErrorKind::NotFound);
    CHECK(books.requests.request(records::RequestNumber{0}).error().kind == ErrorKind::NotFound);
}

TEST_CASE("Notices are due only while their request lets them leave", "[erasure][fakes]") {
    Books books;
    const auto sending = books.open(RequestState::InProgress);
    const auto paused = books.open(RequestState::PausedForInfo);
    books.plan(books.notice(sending, "late.example", kNoon));
    books.plan(books.notice(sending, "early.example", kMorning));
    books.plan(books.notice(sending, "never.example", std::nullopt));
    books.plan(books.notice(paused, "paused.example", kMorning));

    CHECK(books.due(kMorning).size() == 1);
    const auto both = books.due(kNoon);
    REQUIRE(both.size() == 2);
    CHECK(both[0].recipient.text() == "early.example");

    auto request = *books.requests.request(sending);
    request.stopped = true;
    REQUIRE(books.requests.record(request, {}));
    CHECK(books.due(kNoon).empty());
}

TEST_CASE("A change of an unknown notice is not applied at all", "[erasure][fakes]") {
    Books books;
    const auto request = books.open(RequestState::InProgress);
    books.plan(books.notice(request, "a.example", kMorning));
    auto known = books.due(kNoon).at(0);
    known.state = NoticeState::Sent;
    auto unknown = known;
    unknown.number = records::NoticeNumber{77};
    NoticeChange change;
    change.notices = {known, unknown};
    CHECK(books.notices.apply(change).error().kind == ErrorKind::NotFound);
    CHECK(books.due(kNoon).at(0).state == NoticeState::Planned);
    change.notices = {known};
    change.attempts = {records::NoticeAttempt{}};
    CHECK(books.notices.apply(change).error().kind == ErrorKind::NotFound);
    CHECK(books.notices.history(records::NoticeNumber{77}).error().kind == ErrorKind::NotFound);
}

TEST_CASE("Objects keep their places, and only a hold on them changes", "[erasure][fakes]") {
    Books books;
    const auto request = books.open(RequestState::Received);
    std::vector<records::ErasedObject> objects{{Personal<std::string>{"https://o.example/1"}, {}, false},
                                               {Personal<std::string>{"https://o.example/2"}, {}, false}};
    REQUIRE(books.notices.plan(request, objects, {}));
    objects[1].held_for_law = true;
    REQUIRE(books.notices.plan(request, objects, {}));
    const std::vector<std::uint32_t> second{1};
    CHECK(books.notices.objects(request, second)->at(0).held_for_law);
    CHECK(books.notices.objects(request, {})->size() == 2);

    auto swapped = objects;
    std::swap(swapped[0], swapped[1]);
    CHECK_FALSE(books.notices.plan(request, swapped, {}));
    objects.pop_back();
    CHECK_FALSE(books.notices.plan(request, objects, {}));

    auto lost = books.notice(request, "a.example", kMorning);
    lost.steps = {records::NoticeStep{fediverse::StepKind::DeleteObject, {}, 1, 2}};
    CHECK_FALSE(books.notices.plan(request, objects, std::vector{lost}));
}

TEST_CASE("A tally counts notices by state and messages behind us", "[erasure][fakes]") {
    Books books;
    const auto request = books.open(RequestState::InProgress);
    books.plan(books.notice(request, "a.example", kMorning));
    books.plan(books.notice(request, "b.example", kMorning));
    auto done = books.due(kNoon).at(0);
    done.state = NoticeState::Acknowledged;
    done.position = 1;
    NoticeChange change;
    change.notices = {done};
    REQUIRE(books.notices.apply(change));
    const auto tally = *books.notices.tally(request);
    CHECK(tally.notices == 2);
    CHECK(tally.steps == 2);
    CHECK(tally.steps_done == 1);
    CHECK(tally.states.at(NoticeState::Acknowledged) == 1);
    CHECK(tally.states.at(NoticeState::Planned) == 1);
}
