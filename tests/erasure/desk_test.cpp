#include "erasure/desk.hpp"

#include <algorithm>

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using privacy::RefusalGround;
using privacy::RequestEventKind;
using privacy::RequestState;

namespace {

std::vector<RequestEventKind> kinds(const std::vector<records::RequestEvent>& events) {
    std::vector<RequestEventKind> found;
    for (const auto& event : events) {
        found.push_back(event.kind);
    }
    return found;
}

erasure::OpenOrder unverified(const Office& office, const records::ErasureScope& scope = {}) {
    auto order = office.order(scope);
    order.identity_verified = false;
    return order;
}

Instant at(std::string_view text) {
    return *parse_rfc3339(text);
}

}  // namespace

TEST_CASE("Every act is an event with who did it and why", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.opened();
    REQUIRE(office.desk.extend(Office::act(number, "many servers")));
    REQUIRE(office.desk.start(Office::act(number)));
    REQUIRE(office.desk.stop(Office::act(number, "a mistake")));
    REQUIRE(office.desk.resume_sending(Office::act(number)));
    REQUIRE(office.desk.answered(Office::act(number)));
    const auto events = office.desk.view(number)->events;
    CHECK(kinds(events) == std::vector{RequestEventKind::Received,
                                       RequestEventKind::IdentityVerified,
                                       RequestEventKind::Extended,
                                       RequestEventKind::Started,
                                       RequestEventKind::Stopped,
                                       RequestEventKind::Resumed,
                                       RequestEventKind::Answered});
    CHECK(events[2].reason == "many servers");
    CHECK(std::all_of(events.begin(), events.end(), [](const auto& event) { return event.by == "cli"; }));
    CHECK(events[3].state == RequestState::InProgress);
    CHECK(events[4].at == office.clock.at);
}

TEST_CASE("Nothing leaves before the identity of who asks is verified", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.desk.open(unverified(office))->number;
    CHECK(denied(office.desk.start(Office::act(number))));
    CHECK(office.notices_of(number) == 0);
    REQUIRE(office.desk.ask_identity(Office::act(number)));
    CHECK(denied(office.desk.start(Office::act(number))));
    REQUIRE(office.desk.verify_identity(Office::act(number)));
    CHECK(denied(office.desk.ask_identity(Office::act(number))));
    CHECK(office.desk.start(Office::act(number)));
}

TEST_CASE("Who was taken for the person can be doubted, with a reason", "[erasure][desk]") {
    Office office;
    const auto number = office.opened();
    CHECK(denied(office.desk.ask_identity(Office::act(number))));
    const auto asked = office.desk.ask_identity(Office::act(number, "the address is another one"));
    REQUIRE(asked);
    CHECK(asked->state == RequestState::IdentityPending);
    CHECK_FALSE(asked->identity_verified);
    CHECK(denied(office.desk.start(Office::act(number))));
    REQUIRE(office.desk.verify_identity(Office::act(number)));
    CHECK(office.desk.start(Office::act(number)));
}

TEST_CASE("A scope that contradicts itself is refused", "[erasure][desk]") {
    Office office;
    const auto opens = [&](const std::function<void(records::ErasureScope&)>& change) {
        records::ErasureScope scope;
        change(scope);
        return office.desk.open(office.order(scope));
    };
    using records::ScopeKind;
    CHECK(invalid(opens([](auto& scope) { scope.kind = ScopeKind::Objects; })));
    CHECK(invalid(opens([](auto& scope) { scope.kind = ScopeKind::Matching; })));
    CHECK(invalid(opens([](auto& scope) { scope.objects = {personal(note(1))}; })));
    CHECK(invalid(opens([](auto& scope) { scope.before = Instant{}; })));
    CHECK(invalid(opens([](auto& scope) { scope.recipients = {Host{}}; })));
    const auto object = [&](std::vector<Personal<std::string>> objects) {
        return opens([&](auto& scope) {
            scope.kind = ScopeKind::Objects;
            scope.objects = std::move(objects);
        });
    };
    CHECK(invalid(object({personal("not a URI")})));
    CHECK(invalid(object({personal(kActor)})));
    CHECK(invalid(object(std::vector(10'001, personal(note(1))))));
    office.lies(1, {"a.example"});
    office.lies(2, {"a.example"});
    const auto tidy =
        object({personal(note(2)), personal("HTTPS://Origin.example:443/notes/1"), personal(note(2))});
    REQUIRE(tidy);
    CHECK(tidy->scope.objects == std::vector{personal(note(1)), personal(note(2))});
    CHECK(office.requests.requests({})->size() == 1);
}

TEST_CASE("A request cannot have been received tomorrow", "[erasure][desk]") {
    Office office;
    auto order = office.order();
    order.received_at = office.clock.at + std::chrono::hours{24};
    CHECK(invalid(office.desk.open(order)));
    order.received_at = office.clock.at - std::chrono::hours{24 * 10};
    const auto request = office.desk.open(order);
    REQUIRE(request);
    CHECK(privacy::format_day(office.desk.view(request->number)->clock.response.due) == "2026-12-14");
    CHECK(privacy::format_day(office.desk.view(request->number)->wanted_by) == "2026-11-26");
}

TEST_CASE("Asking about the scope stops the clock and the messages", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    office.clock.at = at("2026-09-01T10:00:00Z");
    const auto number = office.started();
    office.clock.at = at("2026-09-03T10:00:00Z");
    REQUIRE(office.desk.pause(Office::act(number, "which posts?")));
    NoticeFilter due;
    due.due_at = office.clock.at;
    CHECK(office.notices.notices(due)->empty());
    CHECK_FALSE(office.desk.view(number)->clock.running);
    office.clock.at = at("2026-09-13T10:00:00Z");
    office.lies(2, {"b.example"});
    const auto resumed = office.desk.resume(Office::act(number));
    REQUIRE(resumed);
    CHECK(resumed->state == RequestState::InProgress);
    CHECK(office.notices_of(number) == 2);  // planned anew
    const auto view = *office.desk.view(number);
    CHECK(privacy::format_day(view.clock.response.due) == "2026-10-01");
    CHECK(privacy::format_day(view.clock.paused->due) == "2026-10-12");
}

TEST_CASE("Waiting for proof of identity stops the clock too", "[erasure][desk]") {
    Office office;
    office.clock.at = at("2026-09-01T10:00:00Z");
    const auto number = office.desk.open(unverified(office))->number;
    REQUIRE(office.desk.ask_identity(Office::act(number)));
    CHECK_FALSE(office.desk.view(number)->clock.running);
    office.clock.at = at("2026-09-04T10:00:00Z");
    REQUIRE(office.desk.verify_identity(Office::act(number)));
    CHECK(privacy::format_day(office.desk.view(number)->clock.paused->raw) == "2026-10-04");
    REQUIRE(office.desk.pause(Office::act(number, "which posts?")));
    office.clock.at = at("2026-09-06T10:00:00Z");
    REQUIRE(office.desk.resume(Office::act(number)));
    CHECK(office.requests.request(number)->state == RequestState::Received);  // it was never started
    CHECK(privacy::format_day(office.desk.view(number)->clock.paused->raw) == "2026-10-06");
}

TEST_CASE("A duplicate that wakes does not wait for an answer of long ago", "[erasure][desk]") {
    Office office;
    office.clock.at = at("2026-09-01T10:00:00Z");
    const auto asked = office.desk.open(unverified(office))->number;
    REQUIRE(office.desk.ask_identity(Office::act(asked)));
    const auto other = office.opened();
    REQUIRE(office.desk.mark_duplicate(Office::act(asked), other));
    office.clock.at = at("2026-09-05T10:00:00Z");
    REQUIRE(office.desk.withdraw(Office::act(other)));
    REQUIRE(office.desk.ask_identity(Office::act(asked)));
    const auto view = office.desk.view(asked);
    REQUIRE(view);
    CHECK_FALSE(view->clock.running);
}

TEST_CASE("An extension comes once, in time and with a reason", "[erasure][desk]") {
    Office office;
    office.clock.at = at("2026-09-01T10:00:00Z");
    const auto number = office.opened();
    CHECK(invalid(office.desk.extend(Office::act(number))));
    SECTION("on the last day") {
        office.clock.at = at("2026-10-01T21:00:00Z");
        CHECK(office.desk.extend(Office::act(number, "many servers"))->extended);
        CHECK(denied(office.desk.extend(Office::act(number, "many servers"))));
        CHECK(privacy::format_day(office.desk.answer(number)->due) == "2026-12-01");
    }
    SECTION("but not on the day after") {
        office.clock.at = at("2026-10-02T01:00:00Z");
        CHECK(denied(office.desk.extend(Office::act(number, "many servers"))));
    }
}

TEST_CASE("A request is refused as a whole only while nobody was told", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example", "b.example"});
    const auto number = office.started();
    CHECK(invalid(office.desk.refuse(Office::act(number), RefusalGround::Excessive)));
    SECTION("nobody was") {
        const auto refused =
            office.desk.refuse(Office::act(number, "the tenth today"), RefusalGround::Excessive);
        REQUIRE(refused);
        CHECK(refused->state == RequestState::Refused);
        CHECK(refused->closed_at == office.clock.at);
        CHECK(office.desk.view(number)->events.back().ground == RefusalGround::Excessive);
        NoticeFilter due;
        due.due_at = office.clock.at;
        CHECK(office.notices.notices(due)->empty());
    }
    SECTION("nobody could be") {
        auto notice = office.notice_to(number, "a.example");
        notice.state = NoticeState::Unreachable;
        office.write(notice);
        CHECK(office.desk.refuse(Office::act(number, "the tenth today"), RefusalGround::Excessive));
    }
    SECTION("somebody was, before it was given up") {
        auto notice = office.notice_to(number, "a.example");
        notice.state = NoticeState::Unreachable;
        notice.left = true;
        office.write(notice);
        const auto refused =
            office.desk.refuse(Office::act(number, "the tenth today"), RefusalGround::Excessive);
        CHECK(denied(refused));
        CHECK_THAT(refused.error().remedy, Catch::Contains("stop it and close it; to keep a part"));
    }
    SECTION("somebody was") {
        office.deliver(office.notice_to(number, "a.example"), 1);
        CHECK(denied(office.desk.refuse(Office::act(number, "the tenth today"), RefusalGround::Excessive)));
    }
}

TEST_CASE("What a crash left under way is not waited for without end", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    const auto number = office.started();
    auto notice = office.notice_to(number, "a.example");
    notice.in_flight = true;
    notice.next_at = office.clock.at + std::chrono::minutes{10};
    office.write(notice);
    REQUIRE(office.desk.stop(Office::act(number)));
    CHECK(office.desk.sent_so_far(number)->under_way == 1);
    office.clock.at += std::chrono::minutes{10};
    CHECK(office.desk.sent_so_far(number)->under_way == 0);
}

TEST_CASE("Who passes on what they get is named as such, told or not", "[erasure][desk]") {
    Office office;
    office.knows("community.example", "lemmy");
    office.knows("plain.example", "mastodon");
    office.knows("relay.example", "");
    office.knows("bridge.example", "");
    REQUIRE(
        office.directory.update(host("relay.example"), [](RecipientEntry& entry) { entry.relay = true; }));
    REQUIRE(
        office.directory.update(host("bridge.example"), [](RecipientEntry& entry) { entry.bridge = true; }));
    office.lies(1, {"bridge.example", "community.example", "plain.example", "relay.example"});
    const auto number = office.opened();
    for (const auto& started : {false, true}) {
        CAPTURE(started);
        if (started) {
            REQUIRE(office.desk.start(Office::act(number)));
        }
        const auto answer = *office.desk.answer(number);
        REQUIRE(answer.recipients.size() == 4);
        for (const auto& told : answer.recipients) {
            CAPTURE(told.host.text());
            CHECK(told.passes_on == (told.host != host("plain.example")));
        }
    }
    const auto plan = *office.desk.preview(office.order());
    for (const auto& planned : plan.recipients) {
        CHECK(planned.passes_on == (planned.host != host("plain.example")));
    }
}

TEST_CASE("What had left when a request was stopped is said by recipients", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example", "b.example", "c.example", "d.example", "e.example"});
    const auto number = office.started();
    auto away = office.notice_to(number, "e.example");
    away.state = NoticeState::Unreachable;
    office.write(away);
    office.deliver(office.notice_to(number, "a.example"), 1);
    auto sending = office.notice_to(number, "b.example");
    sending.state = fediverse::NoticeState::Sent;
    sending.in_flight = true;
    sending.next_at = office.clock.at + std::chrono::minutes{10};
    office.write(sending);
    REQUIRE(office.desk.stop(Office::act(number)));
    const auto sent = office.desk.sent_so_far(number);
    REQUIRE(sent);
    CHECK(sent->told == 2);
    CHECK(sent->under_way == 1);
    CHECK(sent->untouched == 3);
    CHECK(office.desk.sent_so_far(records::RequestNumber{99}).error().kind == ErrorKind::NotFound);
}

TEST_CASE("Whom the origin's own Delete did not move is planned for when its copy comes back",
          "[erasure][desk]") {
    Office office;
    office.knows("a.example", "misskey");
    office.lies(1, {"a.example"});
    const auto number = office.started();
    auto request = *office.requests.request(number);
    request.origin_gone_at = office.clock.at;
    REQUIRE(office.requests.record(request, {}));
    auto back = office.notice_to(number, "a.example");
    back.steps.clear();
    back.seen_from_origin = true;
    back.state = fediverse::NoticeState::StillPresent;
    back.next_at.reset();
    office.write(back);
    REQUIRE(office.planner.plan(*office.requests.request(number)));
    const auto before = office.notice_to(number, "a.example").steps.size();
    back = office.notice_to(number, "a.example");
    back.steps.clear();
    back.rounds = 1;
    back.next_at = office.clock.at + 10min;
    office.write(back);
    REQUIRE(office.planner.plan(*office.requests.request(number)));
    CHECK(office.words(office.notice_to(number, "a.example")) == std::vector<std::string>{"actor wave 2"});
    CHECK(office.notice_to(number, "a.example").next_at == office.clock.at + 10min);
    CHECK(before <= 1);
}

TEST_CASE("A list shows each request with its clock and progress", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    (void)office.opened(chosen({1}));
    const auto views = office.desk.list({})->views;
    REQUIRE(views.size() == 2);
    CHECK(views[0].request.number == number);
    CHECK(views[0].tally.notices == 1);
    CHECK(views[0].clock.running);
    CHECK(views[0].events.empty());
}

TEST_CASE("Nobody is asked about somebody who is not known", "[erasure][desk]") {
    Office office;
    auto order = office.order();
    order.subject = privacy::SubjectNumber{77};
    CHECK(office.desk.open(order).error().kind == ErrorKind::NotFound);
    CHECK(office.desk.view(records::RequestNumber{9}).error().kind == ErrorKind::NotFound);
    CHECK(office.desk.start(Office::act(records::RequestNumber{9})).error().kind == ErrorKind::NotFound);
}
