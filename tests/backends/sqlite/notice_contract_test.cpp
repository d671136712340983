/// What the port of notices promises, asked of the real book and of the fake that other tests stand on.

#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using fediverse::NoticeState;
using privacy::RequestEventKind;
using privacy::RequestState;
using records::NoticeNumber;
using records::RequestNumber;

namespace {

records::Notice full_notice(const records::ErasureRequest& request) {
    auto notice = notice_to(request, "a.example", 3);
    notice.state = NoticeState::StillPresent;
    notice.steps = {{fediverse::StepKind::DeleteObject, fediverse::ObjectForm::Tombstone, 1, 0},
                    {fediverse::StepKind::DeleteObject, fediverse::ObjectForm::Tombstone, 1, 1},
                    {fediverse::StepKind::UndoActivity, fediverse::ObjectForm::Plain, 1, 0},
                    {fediverse::StepKind::DeleteActor, fediverse::ObjectForm::Typed, 2, 0}};
    notice.position = 2;
    notice.attempts = 5;
    notice.declined = 1;
    notice.in_flight = true;
    notice.last_status = 503;
    notice.acknowledged_at = at(2);
    notice.seen_from_origin = true;
    notice.left = true;
    notice.presence = fediverse::Presence::Present;
    notice.looks = 4;
    notice.rounds = 2;
    notice.next_look_at = at(80);
    notice.reason = "it answers 503";
    notice.resting_since = at(60);
    return notice;
}

template <typename Shelf>
std::vector<records::Notice> due(Shelf& shelf, std::int64_t seconds) {
    NoticeFilter filter;
    filter.due_at = at(seconds);
    return *shelf.notices().notices(filter);
}

template <typename Shelf>
std::vector<records::Notice> all_notices(Shelf& shelf) {
    return *shelf.notices().notices(NoticeFilter{});
}

}  // namespace

TEMPLATE_TEST_CASE("A notice is read as it was planned and as it was changed",
                   "[cases]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    const auto request = started(shelf.requests(), 7);
    const std::vector planned{full_notice(request), notice_to(request, "b.example")};
    REQUIRE(shelf.notices().plan(request.number, objects_of(2), planned));
    shelf.reopen();
    auto read = all_notices(shelf);
    REQUIRE(read.size() == 2);
    CHECK(read[0].number == NoticeNumber{1});
    CHECK(read[1].number == NoticeNumber{2});
    for (std::size_t i = 0; i < 2; ++i) {
        auto expected = planned[i];
        expected.number = read[i].number;
        CHECK(same(read[i], expected));
    }
    auto& changed = read[1];
    const auto version = changed.version;
    changed = full_notice(request);
    changed.version = version;
    changed.number = NoticeNumber{2};
    changed.recipient = host("b.example");
    changed.steps.pop_back();
    changed.next_at.reset();
    changed.acknowledged_at.reset();
    changed.next_look_at.reset();
    REQUIRE(shelf.notices().apply(NoticeChange{{changed}, {}, {}, {}}));
    shelf.reopen();
    CHECK(same(all_notices(shelf)[1], changed));
    CHECK(same(all_notices(shelf)[0], read[0]));
}

TEMPLATE_TEST_CASE("A plan is taken whole or not at all", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    const auto request = started(shelf.requests(), 7);
    const std::vector good{notice_to(request, "a.example")};
    REQUIRE(shelf.notices().plan(request.number, objects_of(2), good));
    const auto refused = [&](const std::vector<records::ErasedObject>& objects,
                             const std::vector<records::Notice>& notices) {
        const auto planned = shelf.notices().plan(request.number, objects, notices);
        REQUIRE_FALSE(planned);
        CHECK(shelf.notices().objects(request.number, {})->size() == 2);
        CHECK(all_notices(shelf).size() == 1);
        return planned.error().kind;
    };
    auto other = notice_to(request, "b.example");
    CHECK(refused(objects_of(1), {other}) == ErrorKind::Invalid);
    CHECK(refused({}, {other}) == ErrorKind::Invalid);
    CHECK(refused({object_of(1), object_of(0)}, {other}) == ErrorKind::Invalid);
    CHECK(refused(objects_of(3), {other, notice_to(request, "a.example")}) == ErrorKind::Conflict);
    CHECK(refused(objects_of(3), {other, other}) == ErrorKind::Conflict);
    auto stray = other;
    stray.request = RequestNumber{2};
    CHECK(refused(objects_of(3), {other, stray}) == ErrorKind::Invalid);
    stray = other;
    stray.steps = {{fediverse::StepKind::DeleteObject, fediverse::ObjectForm::Plain, 1, 3}};
    CHECK(refused(objects_of(3), {stray}) == ErrorKind::Invalid);
    stray = other;
    stray.recipient = Host{};
    CHECK(refused(objects_of(3), {stray}) == ErrorKind::Invalid);
}

TEMPLATE_TEST_CASE("A plan grows at its end, and a hold comes and goes", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    const auto request = started(shelf.requests(), 7);
    auto objects = objects_of(300);
    objects[130].held_for_law = true;
    objects[299].categories = {fediverse::DataCategory::Media};
    REQUIRE(shelf.notices().plan(request.number, objects, {}));
    shelf.reopen();
    CHECK(*shelf.notices().objects(request.number, {}) == objects);
    const std::vector<std::uint32_t> some{299, 0, 130};
    CHECK(*shelf.notices().objects(request.number, some) ==
          std::vector{objects[299], objects[0], objects[130]});
    objects[130].held_for_law = false;
    objects[1].held_for_law = true;
    objects.push_back(object_of(300));
    REQUIRE(shelf.notices().plan(request.number, objects, std::vector{notice_to(request, "a.example")}));
    CHECK(*shelf.notices().objects(request.number, {}) == objects);
    const std::vector<std::uint32_t> beyond{301};
    CHECK(shelf.notices().objects(request.number, beyond).error().kind == ErrorKind::Corrupt);
}

TEMPLATE_TEST_CASE("A change is taken whole or not at all", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    const auto request = started(shelf.requests(), 7);
    REQUIRE(shelf.notices().plan(request.number, {}, std::vector{notice_to(request, "a.example")}));
    auto notice = all_notices(shelf)[0];
    notice.state = NoticeState::Sent;
    const NoticeNumber nobody{99};
    auto stray = notice;
    stray.number = nobody;
    const records::NoticeAttempt attempt{notice.number, 0, at(1), {}, 0, "cavage", {}};
    auto stray_attempt = attempt;
    stray_attempt.notice = nobody;
    const std::vector<NoticeChange> refused{
        NoticeChange{{notice, stray}, {attempt}, {}, {}},
        NoticeChange{{notice}, {attempt, stray_attempt}, {}, {}},
        NoticeChange{{notice}, {attempt}, {records::NoticeLook{nobody, at(1), "p", {}, 0}}, {}},
        NoticeChange{{notice},
                     {attempt},
                     {},
                     {records::NoticeLetter{nobody, at(1), "r", "en", "file", "", true, ""}}}};
    for (const auto& change : refused) {
        CHECK(shelf.notices().apply(change).error().kind == ErrorKind::NotFound);
        CHECK(all_notices(shelf)[0].state == NoticeState::Planned);
        CHECK(shelf.notices().history(notice.number)->attempts.empty());
    }
    CHECK(shelf.notices().history(nobody).error().kind == ErrorKind::NotFound);
}

TEMPLATE_TEST_CASE("Evidence is kept whole, oldest first", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    const auto request = started(shelf.requests(), 7);
    REQUIRE(shelf.notices().plan(
        request.number, {}, std::vector{notice_to(request, "a.example"), notice_to(request, "b.example")}));
    const NoticeNumber one{1};
    const NoticeNumber two{2};
    using records::AttemptResult;
    REQUIRE(shelf.notices().apply(
        NoticeChange{{},
                     {{one, 3, at(1), AttemptResult::Begun, 0, "cavage", ""},
                      {two, 0, at(1), AttemptResult::Blocked, 0, "rfc9421", "no key"}},
                     {{one, at(2), "mastodon-account", fediverse::Presence::NotVisible, 401}},
                     {{one, at(3), "first", "nl", "smtp", "<x@origin.example>", true, "sent"}}}));
    shelf.reopen();
    REQUIRE(shelf.notices().apply(
        NoticeChange{{}, {{one, 3, at(9), AttemptResult::Answered, 202, "cavage", "a note"}}, {}, {}}));
    const auto history = *shelf.notices().history(one);
    REQUIRE(history.attempts.size() == 2);
    REQUIRE(history.looks.size() == 1);
    REQUIRE(history.letters.size() == 1);
    CHECK(history.attempts[0].result == AttemptResult::Begun);
    const auto& attempt = history.attempts[1];
    CHECK(attempt.notice == one);
    CHECK(attempt.step == 3);
    CHECK(attempt.at == at(9));
    CHECK(attempt.result == AttemptResult::Answered);
    CHECK(attempt.status == 202);
    CHECK(attempt.scheme == "cavage");
    CHECK(attempt.note == "a note");
    const auto& look = history.looks[0];
    CHECK(look.notice == one);
    CHECK(look.at == at(2));
    CHECK(look.probe == "mastodon-account");
    CHECK(look.presence == fediverse::Presence::NotVisible);
    CHECK(look.status == 401);
    const auto& letter = history.letters[0];
    CHECK(letter.notice == one);
    CHECK(letter.at == at(3));
    CHECK(letter.rung == "first");
    CHECK(letter.language == "nl");
    CHECK(letter.channel == "smtp");
    CHECK(letter.message_id == "<x@origin.example>");
    CHECK(letter.handed_over);
    CHECK(letter.note == "sent");
    CHECK(shelf.notices().history(two)->attempts[0].note == "no key");
}

TEMPLATE_TEST_CASE("What is due comes in the order of its time", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    const auto request = started(shelf.requests(), 7);
    auto nothing_to_send = notice_to(request, "e.example");
    nothing_to_send.next_at.reset();
    REQUIRE(shelf.notices().plan(request.number,
                                 {},
                                 std::vector{notice_to(request, "c.example", 30),
                                             notice_to(request, "b.example", 20),
                                             notice_to(request, "a.example", 10),
                                             notice_to(request, "d.example", 10),
                                             nothing_to_send}));
    CHECK(due(shelf, 9).empty());
    CHECK(recipients_of(due(shelf, 20)) == Names{"a.example", "d.example", "b.example"});
    NoticeFilter first;
    first.due_at = at(1'000'000);
    first.limit = 1;
    CHECK(recipients_of(*shelf.notices().notices(first)) == Names{"a.example"});
    first.due_at = Instant::max();
    first.limit = 10;
    CHECK(recipients_of(*shelf.notices().notices(first)) ==
          Names{"a.example", "d.example", "b.example", "c.example"});
    auto moved = due(shelf, 10)[0];
    moved.next_at = at(25);
    REQUIRE(shelf.notices().apply(NoticeChange{{moved}, {}, {}, {}}));
    CHECK(recipients_of(due(shelf, 100)) == Names{"d.example", "b.example", "a.example", "c.example"});
}

TEMPLATE_TEST_CASE("A notice is due only while its request lets it leave",
                   "[cases]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    auto request =
        *shelf.requests().open(request_of(7), event(RequestEventKind::Received, RequestState::Received));
    REQUIRE(shelf.notices().plan(request.number, {}, std::vector{notice_to(request, "a.example")}));
    CHECK(due(shelf, 5).empty());
    request.state = RequestState::InProgress;
    request = record(shelf, request);
    CHECK(due(shelf, 5).size() == 1);
    request.stopped = true;
    request = record(shelf, request);
    CHECK(due(shelf, 5).empty());
    auto notice = all_notices(shelf)[0];
    notice.attempts = 1;
    REQUIRE(shelf.notices().apply(NoticeChange{{notice}, {}, {}, {}}));
    CHECK(due(shelf, 5).empty());
    request.stopped = false;
    request = record(shelf, request);
    CHECK(due(shelf, 5).size() == 1);
    request.state = RequestState::Withdrawn;
    request = record(shelf, request);
    CHECK(due(shelf, 5).empty());
}

TEMPLATE_TEST_CASE("A step of the second wave waits until the origin is gone",
                   "[cases]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    auto request = started(shelf.requests(), 7);
    auto notice = notice_to(request, "a.example");
    notice.steps = {{fediverse::StepKind::DeleteActor, fediverse::ObjectForm::Plain, 1, 0},
                    {fediverse::StepKind::DeleteActor, fediverse::ObjectForm::Plain, 2, 0}};
    auto late = notice;
    late.recipient = host("b.example");
    late.position = 1;
    REQUIRE(shelf.notices().plan(request.number, {}, std::vector{notice, late}));
    CHECK(recipients_of(due(shelf, 5)) == Names{"a.example"});
    notice = due(shelf, 5)[0];
    notice.position = 1;
    REQUIRE(shelf.notices().apply(NoticeChange{{notice}, {}, {}, {}}));
    CHECK(due(shelf, 5).empty());
    request.origin_gone_at = at(2);
    request = record(shelf, request);
    CHECK(recipients_of(due(shelf, 5)) == Names{"a.example", "b.example"});
    request.origin_gone_at.reset();
    request = record(shelf, request);
    CHECK(due(shelf, 5).empty());
}

TEMPLATE_TEST_CASE("Looks come in the order of their time, whatever the request is",
                   "[cases]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    auto request = started(shelf.requests(), 7);
    std::vector<records::Notice> planned;
    for (const auto& [name, seconds] : {std::pair{"a.example", 30}, std::pair{"b.example", 20}}) {
        planned.push_back(notice_to(request, name));
        planned.back().next_look_at = at(seconds);
    }
    planned.push_back(notice_to(request, "c.example"));
    REQUIRE(shelf.notices().plan(request.number, {}, planned));
    request.state = RequestState::Fulfilled;
    (void)record(shelf, request);
    NoticeFilter filter;
    filter.look_at = at(29);
    CHECK(recipients_of(*shelf.notices().notices(filter)) == Names{"b.example"});
    filter.look_at = at(30);
    CHECK(recipients_of(*shelf.notices().notices(filter)) == Names{"b.example", "a.example"});
    filter.limit = 1;
    CHECK(recipients_of(*shelf.notices().notices(filter)) == Names{"b.example"});
    filter.not_to = {host("x.example"), host("b.example")};
    CHECK(recipients_of(*shelf.notices().notices(filter)) == Names{"a.example"});
    filter.not_to = {host("b.example.org"), host("ab.example")};
    CHECK(recipients_of(*shelf.notices().notices(filter)) == Names{"b.example"});
}

TEMPLATE_TEST_CASE("All that a filter says must hold", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    const auto one = started(shelf.requests(), 7);
    const auto two = started(shelf.requests(), 8);
    auto sent = notice_to(one, "b.example", 50);
    sent.state = NoticeState::Sent;
    sent.next_look_at = at(60);
    REQUIRE(shelf.notices().plan(one.number, {}, std::vector{notice_to(one, "a.example", 9), sent}));
    REQUIRE(shelf.notices().plan(
        two.number, {}, std::vector{notice_to(two, "a.example", 5), notice_to(two, "c.example", 70)}));
    const auto numbers = [&](const auto& set) {
        NoticeFilter filter;
        set(filter);
        std::vector<std::uint64_t> found;
        const auto listed = shelf.notices().notices(filter);
        for (const auto& notice : *listed) {
            found.push_back(notice.number.get());
        }
        return found;
    };
    using Numbers = std::vector<std::uint64_t>;
    CHECK(numbers([](NoticeFilter& f) { f.after = NoticeNumber{2}; }) == Numbers{3, 4});
    CHECK(numbers([](NoticeFilter& f) { f.limit = 2; }) == Numbers{1, 2});
    CHECK(numbers([](NoticeFilter& f) { f.recipient = host("a.example"); }) == Numbers{1, 3});
    CHECK(numbers([](NoticeFilter& f) { f.subject = privacy::SubjectNumber{8}; }) == Numbers{3, 4});
    CHECK(numbers([](NoticeFilter& f) { f.request = RequestNumber{1}; }) == Numbers{1, 2});
    CHECK(numbers([](NoticeFilter& f) { f.state = NoticeState::Sent; }) == Numbers{2});
    CHECK(numbers([](NoticeFilter& f) {
              f.recipient = host("a.example");
              f.request = RequestNumber{2};
              f.subject = privacy::SubjectNumber{8};
              f.due_at = at(5);
              f.state = NoticeState::Planned;
          }) == Numbers{3});
    CHECK(numbers([](NoticeFilter& f) {
              f.due_at = at(100);
              f.look_at = at(100);
          }) == Numbers{2});
    CHECK(numbers([](NoticeFilter& f) {
              f.due_at = at(100);
              f.after = NoticeNumber{1};
          }) == Numbers{3, 2, 4});
    CHECK(numbers([](NoticeFilter& f) {
              f.due_at = at(100);
              f.request = RequestNumber{1};
              f.recipient = host("c.example");
          }).empty());
}

TEMPLATE_TEST_CASE("A tally adds up", "[cases]", SqliteShelf, FakeShelf) {
    TestType shelf;
    const auto request = started(shelf.requests(), 7);
    auto done = full_notice(request);
    auto later = notice_to(request, "c.example");
    for (auto& step : later.steps) {
        step.wave = 2;
    }
    REQUIRE(shelf.notices().plan(
        request.number, objects_of(2), std::vector{done, notice_to(request, "b.example"), later}));
    const auto tally = *shelf.notices().tally(request.number);
    CHECK(tally.notices == 3);
    CHECK(tally.steps == 6);
    CHECK(tally.steps_done == 2);
    CHECK(tally.to_leave == 2);
    CHECK(tally.first_wave == 1);
    CHECK(tally.states ==
          std::map<NoticeState, std::uint64_t>{{NoticeState::Planned, 2}, {NoticeState::StillPresent, 1}});
}

TEMPLATE_TEST_CASE("A change of what somebody else changed meanwhile is refused as a whole",
                   "[cases]",
                   SqliteShelf,
                   FakeShelf) {
    TestType shelf;
    const auto request = started(shelf.requests(), 7);
    REQUIRE(shelf.notices().plan(
        request.number, {}, std::vector{notice_to(request, "a.example"), notice_to(request, "b.example")}));
    const auto read = all_notices(shelf);
    auto sending = read[0];
    sending.in_flight = true;
    REQUIRE(shelf.notices().apply(NoticeChange{{sending}, {}, {}, {}}));
    auto late = read;
    late[0].looks = 1;
    late[1].looks = 1;
    std::swap(late[0], late[1]);
    const records::NoticeLook look{read[0].number, at(1), "p", fediverse::Presence::Gone, 410};
    CHECK(shelf.notices().apply(NoticeChange{late, {}, {look}, {}}).error().kind == ErrorKind::Conflict);
    shelf.reopen();
    const auto now = all_notices(shelf);
    CHECK(same(now[0], sending));
    CHECK(now[0].version == read[0].version + 1);
    CHECK(same(now[1], read[1]));
    CHECK(now[1].version == read[1].version);
    CHECK(shelf.notices().history(read[0].number)->looks.empty());
    CHECK(shelf.notices().apply(NoticeChange{{now[1], now[1]}, {}, {}, {}}).error().kind ==
          ErrorKind::Conflict);
    // Evidence is only ever added: it asks for no version and changes none.
    REQUIRE(shelf.notices().apply(NoticeChange{{}, {}, {look}, {}}));
    CHECK(all_notices(shelf)[0].version == now[0].version);
    REQUIRE(shelf.notices().apply(NoticeChange{now, {}, {}, {}}));
}
