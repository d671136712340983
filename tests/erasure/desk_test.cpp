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

template <typename T>
bool denied(const Result<T>& result) {
    return !result && result.error().kind == ErrorKind::Denied;
}

template <typename T>
bool invalid(const Result<T>& result) {
    return !result && result.error().kind == ErrorKind::Invalid;
}

erasure::OpenOrder unverified(const Office& office, const records::ErasureScope& scope = {}) {
    auto order = office.order(scope);
    order.identity_verified = false;
    return order;
}

Instant at(std::string_view text) {
    return *parse_rfc3339(text);
}

void settle(Office& office, records::RequestNumber number, const std::string& name, NoticeState state) {
    auto notice = office.notice_to(number, name);
    notice.position = static_cast<std::uint32_t>(notice.steps.size());
    notice.next_at.reset();
    notice.state = state;
    office.write(notice);
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

TEST_CASE("A withdrawn removal from one server lifts the objection that it brought",
          "[erasure][desk][objections]") {
    Office office;
    office.lies(1, {"a.example", "b.example"});
    REQUIRE(office.desk.object_to(office.alice, host("b.example"), ""));
    records::ErasureScope scope;
    scope.recipients = {host("a.example"), host("b.example")};
    const auto number = office.started(scope);
    CHECK(office.desk.objections_of(office.alice)->size() == 2);
    CHECK(denied(office.desk.allow(office.alice, host("a.example"))));
    REQUIRE(office.desk.withdraw(Office::act(number)));
    const auto left = *office.desk.objections_of(office.alice);
    REQUIRE(left.size() == 1);  // they had objected to that one before
    CHECK(left[0].recipient == host("b.example"));
    CHECK(left[0].request.get() == 0);
}

TEST_CASE("A refused removal from one server lifts the objection that it brought",
          "[erasure][desk][objections]") {
    Office office;
    office.lies(1, {"a.example"});
    records::ErasureScope scope;
    scope.recipients = {host("a.example")};
    const auto number = office.started(scope);
    CHECK(office.desk.objections_of(office.alice)->size() == 1);
    REQUIRE(office.desk.refuse(Office::act(number, "asked every day"), privacy::RefusalGround::Excessive));
    CHECK(office.desk.objections_of(office.alice)->empty());
}

TEST_CASE("Why somebody objects is kept until they take it back", "[erasure][desk][objections]") {
    Office office;
    const auto reasons = [&] { return *office.desk.objection_reasons(office.alice); };
    REQUIRE(office.desk.object_to(office.alice, host("a.example"), "they mock me there"));
    REQUIRE(office.desk.object_to(office.alice, host("b.example"), ""));
    CHECK(reasons() == std::map<Host, std::string>{{host("a.example"), "they mock me there"}});
    REQUIRE(office.desk.object_to(office.alice, host("a.example"), ""));
    CHECK(reasons().size() == 1);
    REQUIRE(office.desk.object_to(office.alice, host("a.example"), "and they sell it"));
    CHECK(reasons().begin()->second == "and they sell it");
    CHECK(office.desk.object_to(office.alice, host("c.example"), std::string(2'001, 'x')).error().kind ==
          ErrorKind::Invalid);
    CHECK(office.desk.objections_of(office.alice)->size() == 2);
    REQUIRE(office.desk.allow(office.alice, host("a.example")));
    REQUIRE(office.desk.object_to(office.alice, host("a.example"), ""));
    CHECK(reasons().empty());
}

TEST_CASE("An objection that another request needs stays", "[erasure][desk][objections]") {
    Office office;
    office.lies(1, {"a.example"});
    office.lies(2, {"a.example"});
    records::ErasureScope whole;
    whole.recipients = {host("a.example")};
    auto some = chosen({1});
    some.recipients = whole.recipients;
    const auto first = office.started(whole);
    const auto second = office.started(some);
    REQUIRE(office.desk.withdraw(Office::act(first)));
    CHECK(office.desk.objections_of(office.alice)->size() == 1);
    REQUIRE(office.desk.stop(Office::act(second)));
    REQUIRE(office.desk.close(Office::act(second)));
    REQUIRE(office.desk.allow(office.alice, host("a.example")));
    CHECK(office.desk.objections_of(office.alice)->empty());
}

TEST_CASE("A person can object without an erasure, and take it back", "[erasure][desk][objections]") {
    Office office;
    CHECK(office.desk.allow(office.alice, host("a.example")).error().kind == ErrorKind::NotFound);
    for (int i = 0; i < 2; ++i) {
        REQUIRE(office.desk.object_to(office.alice, host("a.example"), ""));
    }
    CHECK(office.desk.objections_of(office.alice)->size() == 1);
    CHECK(office.desk.objections_of(privacy::SubjectNumber{7})->empty());
    CHECK(office.desk.object_to(privacy::SubjectNumber{7}, host("a.example"), "").error().kind ==
          ErrorKind::NotFound);
    REQUIRE(office.desk.allow(office.alice, host("a.example")));
    CHECK(office.desk.objections_of(office.alice)->empty());
    CHECK(office.requests.requests({})->empty());
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

TEST_CASE("What never went anywhere can be neither held nor erased by its address", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    const std::array page{personal("https://origin.example/@alice/1")};
    const std::array both{personal(note(1)), page[0]};
    const auto number = office.opened();
    const auto held =
        office.desk.hold(Office::act(number, "a court"), both, privacy::RefusalGround::LegalClaims);
    REQUIRE_FALSE(held);
    CHECK(held.error().kind == ErrorKind::NotFound);
    CHECK(held.error().what == "1 of 2 objects is nothing of this person that went to any server");
    CHECK(office.desk.view(number)->held.empty());
    CHECK_FALSE(office.desk.refuse_partly(
        Office::act(number, "a law"), {{page[0]}, {}}, privacy::RefusalGround::LegalObligation));
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Objects;
    scope.objects = {page[0]};
    CHECK(office.desk.open(office.order(scope)).error().kind == ErrorKind::NotFound);
    CHECK(office.desk.preview(office.order(scope)).error().kind == ErrorKind::NotFound);
    scope.recipients = {host("a.example")};  // whom somebody names is told all the same
    CHECK(office.desk.open(office.order(scope)));
}

TEST_CASE("A request is not closed before what waits for the origin has left", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "misskey");
    office.lies(1, {"a.example"});
    const auto number = office.started();
    auto notice = office.notice_to(number, "a.example");
    // The origin's own Delete was accepted; ours has not left yet.
    notice.state = fediverse::NoticeState::Acknowledged;
    notice.seen_from_origin = true;
    REQUIRE(notice.next_at);
    office.write(notice);
    CHECK(office.desk.view(number)->tally.to_leave == 1);
    CHECK(office.desk.close(Office::act(number)).error().kind == ErrorKind::Denied);
    notice = office.notice_to(number, "a.example");
    office.deliver(notice, notice.steps.size());
    CHECK(office.desk.view(number)->tally.to_leave == 0);
    CHECK(office.desk.close(Office::act(number, "deleted by hand")));
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

TEST_CASE("A hold that comes late keeps what was not sent", "[erasure][desk]") {
    Office office;
    office.knows("gts.example", "gotosocial");
    office.lies(1, {"gts.example"});
    office.lies(2, {"gts.example"});
    office.lies(3, {"gts.example"});
    const auto number = office.started();
    office.deliver(office.notice_to(number, "gts.example"), 1);
    const std::vector held{personal(note(1)), personal(note(3))};
    const auto changed =
        office.desk.hold(Office::act(number, "a court asked"), held, privacy::RefusalGround::LegalClaims);
    REQUIRE(changed);
    CHECK(changed->stopped);
    CHECK(office.words(office.notice_to(number, "gts.example")) ==
          std::vector<std::string>{"delete 1", "delete 2"});
    CHECK(office.desk.view(number)->held.size() == 2);
    REQUIRE(office.desk.resume_sending(Office::act(number)));

    SECTION("and goes on with it when it is released") {
        const std::vector one{personal(note(3))};
        CHECK(office.desk.release_hold(Office::act(number), std::vector{personal(note(2))}).error().kind ==
              ErrorKind::NotFound);
        REQUIRE(office.desk.release_hold(Office::act(number), one));
        CHECK(office.words(office.notice_to(number, "gts.example")) ==
              std::vector<std::string>{"delete 1", "delete 2", "delete 3"});
        REQUIRE(office.desk.release_hold(Office::act(number), std::vector{personal(note(1))}));
        CHECK(office.words(office.notice_to(number, "gts.example")) ==
              std::vector<std::string>{"delete 1", "delete 2", "delete 3", "actor"});
        CHECK(office.desk.view(number)->held.empty());
        CHECK(office.requests.request(number)->stopped);
    }
    SECTION("and with that the request is done in part") {
        settle(office, number, "gts.example", NoticeState::VerifiedGone);
        CHECK(office.desk.close(Office::act(number))->state == RequestState::PartlyFulfilled);
    }
}

TEST_CASE("What is kept by a request that came to nothing can be released", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    const std::vector kept{personal(note(1))};
    REQUIRE(office.hold(number, {note(1)}));
    SECTION("withdrawn") {
        REQUIRE(office.desk.withdraw(Office::act(number)));
        CHECK(office.desk.release_hold(Office::act(number), kept)->state == RequestState::Withdrawn);
        CHECK(office.desk.view(number)->held.empty());
        CHECK(office.desk.answer(number)->refusals.empty());
    }
    SECTION("closed in part, only after it was woken: it is erased then") {
        REQUIRE(office.desk.close(Office::act(number))->state == RequestState::PartlyFulfilled);
        CHECK(denied(office.desk.release_hold(Office::act(number), kept)));
        CHECK(office.desk.view(number)->held.size() == 1);
        REQUIRE(office.desk.wake(Office::act(number)));
        REQUIRE(office.desk.release_hold(Office::act(number), kept));
        CHECK(office.desk.view(number)->tally.to_leave == 1);
    }
}

TEST_CASE("Nothing goes on past a hold while a message is under way", "[erasure][desk]") {
    Office office;
    office.knows("gts.example", "gotosocial");
    office.lies(1, {"gts.example"});
    office.lies(2, {"gts.example"});
    const auto number = office.started();
    auto flying = office.notice_to(number, "gts.example");
    flying.in_flight = true;
    flying.next_at = office.clock.at + std::chrono::minutes{10};
    office.write(flying);
    REQUIRE(office.hold(number, {note(2)}));
    CHECK(office.desk.resume_sending(Office::act(number)).error().kind == ErrorKind::Unavailable);
    flying.version = office.notice_to(number, "gts.example").version;
    office.write(flying);  // its outcome, written with the steps of before
    CHECK(office.requests.request(number)->stopped);
    office.clock.at += std::chrono::minutes{10};
    REQUIRE(office.desk.resume_sending(Office::act(number)));
    CHECK(office.words(office.notice_to(number, "gts.example")) == std::vector<std::string>{"delete 1"});
}

TEST_CASE("A partial refusal keeps kinds of things, each with its ground", "[erasure][desk]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.lies(1, {"masto.example"});
    office.ledger.add(note(2) + "/a", note(2), {fediverse::DataCategory::Media}, {"masto.example"});
    const auto number = office.opened();
    erasure::KeepChoice keep;
    keep.categories = {fediverse::DataCategory::Media};
    CHECK(invalid(office.desk.refuse_partly(Office::act(number), keep, RefusalGround::LegalClaims)));
    CHECK(invalid(office.desk.refuse_partly(
        Office::act(number, "a claim"), erasure::KeepChoice{}, RefusalGround::LegalClaims)));
    REQUIRE(office.desk.refuse_partly(Office::act(number, "a claim"), keep, RefusalGround::LegalClaims));
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.words(office.notice_to(number, "masto.example")) == std::vector<std::string>{"delete 1"});
    const auto answer = *office.desk.answer(number);
    REQUIRE(answer.refusals.size() == 1);
    CHECK(answer.refusals[0].ground == RefusalGround::LegalClaims);
    CHECK_FALSE(answer.refusals[0].whole);
    CHECK(answer.names_remedies);
    REQUIRE(answer.recipients.size() == 1);
    CHECK(answer.recipients[0].profile_stays);

    REQUIRE(office.desk.release_hold(Office::act(number), std::vector{personal(note(2))}));
    REQUIRE(office.desk.resume_sending(Office::act(number)));
    const auto released = *office.desk.answer(number);
    CHECK(released.refusals.empty());
    CHECK_FALSE(released.names_remedies);
    CHECK_FALSE(released.recipients[0].profile_stays);
    settle(office, number, "masto.example", NoticeState::VerifiedGone);
    CHECK(office.desk.close(Office::act(number, "deleted by hand"))->state == RequestState::Fulfilled);
}

TEST_CASE("Where nothing kept lies the profile goes", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.knows("b.example", "mastodon");
    office.lies(1, {"a.example"});
    office.lies(2, {"b.example"});
    const auto number = office.started();
    office.deliver(office.notice_to(number, "b.example"), office.notice_to(number, "b.example").steps.size());
    REQUIRE(office.hold(number, {note(1), note(2)}));
    const auto answer = *office.desk.answer(number);
    REQUIRE(answer.recipients.size() == 2);
    CHECK(answer.recipients[0].profile_stays);
    CHECK_FALSE(answer.recipients[1].profile_stays);  // told before the hold
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

TEST_CASE("Closing says fulfilled only if everybody was told and nothing is known to remain",
          "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.knows("b.example", "mastodon");
    office.lies(1, {"a.example", "b.example"});
    const auto number = office.started();
    CHECK(denied(office.desk.close(Office::act(number))));
    settle(office, number, "a.example", NoticeState::VerifiedGone);
    CHECK(denied(office.desk.close(Office::act(number))));
    const auto state = GENERATE(NoticeState::Acknowledged,
                                NoticeState::VerifiedGone,
                                NoticeState::NotVisible,
                                NoticeState::Unprobeable,
                                NoticeState::Refused,
                                NoticeState::StillPresent,
                                NoticeState::Unreachable,
                                NoticeState::Escalated,
                                NoticeState::Disproportionate);
    CAPTURE(fediverse::name_of(state));
    settle(office, number, "b.example", state);
    const bool full = state == NoticeState::Acknowledged || state == NoticeState::VerifiedGone ||
                      state == NoticeState::NotVisible || state == NoticeState::Unprobeable;
    const auto closed = office.desk.close(Office::act(number, "deleted by hand"));
    REQUIRE(closed);
    CHECK(closed->state == (full ? RequestState::Fulfilled : RequestState::PartlyFulfilled));
    CHECK(closed->closed_at == office.clock.at);

    // A copy comes back.
    const auto woken = office.desk.wake(Office::act(number, "b.example has it again"));
    REQUIRE(woken);
    CHECK(woken->state == RequestState::InProgress);
    CHECK_FALSE(woken->closed_at);
}

TEST_CASE("What still lies with us is not closed as fulfilled in silence", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    SECTION("unless somebody says how they know, which stays in the history") {
        const auto number = office.started();
        settle(office, number, "a.example", NoticeState::Acknowledged);
        CHECK(denied(office.desk.close(Office::act(number))));
        CHECK(office.desk.answer(number)->own_copy == erasure::OwnCopy::NotSeenGone);
        REQUIRE(office.desk.close(Office::act(number, "purged with tootctl")));
        CHECK(office.desk.view(number)->events.back().reason == "purged with tootctl");
        CHECK(office.desk.answer(number)->own_copy == erasure::OwnCopy::SaidGone);
    }
    SECTION("once it was seen to be gone") {
        const auto number = office.started();
        settle(office, number, "a.example", NoticeState::Acknowledged);
        auto request = *office.requests.request(number);
        request.origin_gone_at = office.clock.at;
        REQUIRE(office.requests.record(request, {}));
        CHECK(office.desk.close(Office::act(number))->state == RequestState::Fulfilled);
        CHECK(office.desk.answer(number)->own_copy == erasure::OwnCopy::Gone);
        CHECK(office.desk.answer(number)->own_gone_at == office.clock.at);
    }
    SECTION("where a single server is meant nothing is asked of us") {
        records::ErasureScope scope;
        scope.recipients = {host("a.example")};
        const auto number = office.started(scope);
        settle(office, number, "a.example", NoticeState::Acknowledged);
        CHECK(office.desk.close(Office::act(number))->state == RequestState::Fulfilled);
        CHECK(office.desk.answer(number)->own_copy == erasure::OwnCopy::Unsaid);
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

TEST_CASE("A request is not closed while somebody is yet to be told anew", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    const auto number = office.started();
    office.deliver(office.notice_to(number, "a.example"), 1);
    auto back = office.notice_to(number, "a.example");
    back.state = fediverse::NoticeState::StillPresent;
    back.rounds = 1;
    back.position = 0;
    back.next_at = office.clock.at + 10min;
    office.write(back);
    CHECK(denied(office.desk.close(Office::act(number))));
    back = office.notice_to(number, "a.example");
    back.position = 1;
    back.next_at.reset();
    office.write(back);
    CHECK(office.desk.close(Office::act(number))->state == privacy::RequestState::PartlyFulfilled);
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
    CHECK(office.words(office.notice_to(number, "a.example")) == std::vector<std::string>{"actor"});
    CHECK(office.notice_to(number, "a.example").next_at == office.clock.at + 10min);
    CHECK(before <= 1);
}

TEST_CASE("A request that was stopped can be closed, in part", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    REQUIRE(office.desk.stop(Office::act(number)));
    CHECK(denied(office.desk.stop(Office::act(number))));
    NoticeFilter due;
    due.due_at = office.clock.at;
    CHECK(office.notices.notices(due)->empty());
    CHECK(office.desk.close(Office::act(number))->state == RequestState::PartlyFulfilled);
}

TEST_CASE("Remove me from that server is an objection from the start", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example", "b.example"});
    records::ErasureScope scope;
    scope.recipients = {host("a.example"), host("never.example")};
    const auto number = office.opened(scope);
    CHECK(office.objections.objections()->empty());
    REQUIRE(office.desk.start(Office::act(number)));
    const auto objections = *office.objections.objections();
    REQUIRE(objections.size() == 2);
    CHECK(objections[0].recipient == host("a.example"));
    CHECK(objections[0].request == number);
    CHECK(office.notices_of(number) == 1);  // the other server never had anything
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.objections.objections()->size() == 2);
}

TEST_CASE("A list shows each request with its clock and progress", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    (void)office.opened(chosen({1}));
    const auto views = *office.desk.list({});
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

TEST_CASE("Who is to be removed from a server is removed from all hosts of it", "[erasure][desk][joined]") {
    Office office;
    office.directory.join_to(host("peer.example"), host("www.peer.example"));
    office.directory.join_to(host("peer.example"), host("idle.example"));
    office.lies(1, {"peer.example", "www.peer.example:8443", "other.example"});
    office.lies(2, {"peer.example:444"});
    records::ErasureScope scope;
    scope.recipients = {host("peer.example")};
    const std::vector hosts{host("peer.example"), host("peer.example:444"), host("www.peer.example:8443")};

    const auto preview = *office.desk.preview(office.order(scope));
    REQUIRE(preview.recipients.size() == 3);
    CHECK(preview.recipients[0].joined_to.empty());
    CHECK(preview.recipients[1].host == host("peer.example:444"));
    CHECK(preview.recipients[1].joined_to == host("peer.example"));
    CHECK(preview.recipients[2].host == host("www.peer.example:8443"));
    CHECK(preview.recipients[2].joined_to == host("peer.example"));
    CHECK(office.requests.requests({})->empty());

    const auto number = office.opened(scope);
    CHECK(office.requests.request(number)->scope.recipients == hosts);
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.notices_of(number) == 3);  // nothing went to the third name of it
    const auto objections = *office.objections.objections();
    std::vector<Host> objected;
    for (const auto& objection : objections) {
        objected.push_back(objection.recipient);
    }
    CHECK(objected == hosts);

    // Whoever names another host of it asks for the same.
    scope.recipients = {host("peer.example"), host("www.peer.example:8443")};
    CHECK(office.desk.open(office.order(scope))->state == RequestState::Duplicate);
}

TEST_CASE("Hosts that are joined after a request was opened are in it when it starts",
          "[erasure][desk][joined]") {
    Office office;
    office.lies(1, {"peer.example", "late.example", "later.example"});
    records::ErasureScope scope;
    scope.recipients = {host("peer.example")};
    const auto number = office.opened(scope);
    CHECK(office.requests.request(number)->scope.recipients.size() == 1);
    office.directory.join_to(host("late.example"), host("peer.example"));
    CHECK(office.desk.preview(number)->recipients.size() == 2);
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.notices_of(number) == 2);
    CHECK(office.requests.request(number)->scope.recipients ==
          std::vector{host("late.example"), host("peer.example")});
    CHECK(office.objections.objections()->size() == 2);

    // And those that come while it was stopped, when it goes on.
    REQUIRE(office.desk.stop(Office::act(number)));
    office.directory.join_to(host("late.example"), host("later.example"));
    REQUIRE(office.desk.resume_sending(Office::act(number)));
    CHECK(office.notices_of(number) == 3);
}

TEST_CASE("Of single objects only the hosts are told that have them", "[erasure][desk][joined]") {
    Office office;
    office.directory.join_to(host("peer.example"), host("www.peer.example"));
    office.lies(1, {"peer.example"});
    office.lies(2, {"www.peer.example"});
    auto scope = chosen({2});
    scope.recipients = {host("www.peer.example")};
    const auto number = office.started(scope);
    CHECK(office.requests.request(number)->scope.recipients == std::vector{host("www.peer.example")});
    CHECK(office.notices_of(number) == 1);
}

TEST_CASE("A directory that cannot be read opens no request that names a server", "[erasure][desk][joined]") {
    Office office;
    office.lies(1, {"peer.example"});
    office.directory.fails = true;
    records::ErasureScope scope;
    scope.recipients = {host("peer.example")};
    CHECK(office.desk.open(office.order(scope)).error().kind == ErrorKind::Unavailable);
    CHECK(office.requests.requests({})->empty());
    CHECK(office.desk.open(office.order()));
}
