// When a request may be closed, and whether as fulfilled: what servers did not take, and what still waits.

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using privacy::RequestState;

namespace {

/// Writes down what came back to each step, in their order; 0: it was never sent. `declined` is counted as
/// the courier does.
void answered_with(Office& office, records::Notice notice, const std::vector<std::uint16_t>& statuses) {
    NoticeChange change;
    for (std::uint32_t step = 0; step < statuses.size(); ++step) {
        const auto status = statuses[step];
        notice.declined += status >= 200 && status < 300 ? 0U : 1U;
        if (status != 0) {
            change.attempts.push_back({notice.number,
                                       step,
                                       office.clock.at,
                                       records::AttemptResult::Answered,
                                       status,
                                       "cavage",
                                       {}});
        }
    }
    notice.position = static_cast<std::uint32_t>(statuses.size());
    notice.next_at.reset();
    change.notices.push_back(std::move(notice));
    REQUIRE(office.notices.apply(change));
}

}  // namespace

TEST_CASE("A request is fulfilled only if each thing was taken in one form at least", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    office.lies(2, {"a.example"});
    const auto number = office.started(chosen({1, 2}));
    auto notice = office.notice_to(number, "a.example");
    REQUIRE(office.words(notice) ==
            std::vector<std::string>{"delete 1", "delete 2", "delete 1 tombstone", "delete 2 tombstone"});
    notice.state = NoticeState::Acknowledged;
    auto state = RequestState::PartlyFulfilled;
    SECTION("a form that is not taken does not matter beside one that is") {
        answered_with(office, notice, {400, 202, 202, 400});
        state = RequestState::Fulfilled;
    }
    SECTION("one thing was taken in no form") {
        notice.state = GENERATE(NoticeState::Acknowledged, NoticeState::NotVisible, NoticeState::Unprobeable);
        answered_with(office, notice, {202, 400, 202, 400});
    }
    SECTION("one was not even tried any more") {
        answered_with(office, notice, {202, 400, 202, 0});
    }
    SECTION("what is gone is gone") {
        notice.state = NoticeState::VerifiedGone;
        answered_with(office, notice, {202, 400, 202, 400});
        state = RequestState::Fulfilled;
    }
    const auto closed = office.desk.close(Office::act(number, "deleted by hand"));
    REQUIRE(closed);
    CHECK(closed->state == state);
}

TEST_CASE("Of two answers to one message the later one counts for closing", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    const auto number = office.started(chosen({1}));
    auto notice = office.notice_to(number, "a.example");
    REQUIRE(notice.steps.size() == 1);
    notice.state = NoticeState::Acknowledged;
    const bool taken_first = GENERATE(false, true);
    answered_with(office, notice, {taken_first ? std::uint16_t{202} : std::uint16_t{403}});
    notice = office.notice_to(number, "a.example");
    notice.declined = 0;
    answered_with(office, notice, {taken_first ? std::uint16_t{403} : std::uint16_t{202}});
    const auto closed = office.desk.close(Office::act(number, "deleted by hand"));
    REQUIRE(closed);
    CHECK(closed->state == (taken_first ? RequestState::PartlyFulfilled : RequestState::Fulfilled));
}

TEST_CASE("Who takes the Delete of the account need not have had each of its posts", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started({});
    auto notice = office.notice_to(number, "a.example");
    std::vector<std::uint16_t> statuses;
    const auto actor_status = GENERATE(std::uint16_t{202}, std::uint16_t{400});
    for (const auto& step : notice.steps) {
        statuses.push_back(step.kind == fediverse::StepKind::DeleteActor ? actor_status : std::uint16_t{404});
    }
    notice.state = NoticeState::Acknowledged;
    answered_with(office, notice, statuses);
    const auto closed = office.desk.close(Office::act(number, "deleted by hand"));
    REQUIRE(closed);
    CHECK(closed->state == (actor_status == 202 ? RequestState::Fulfilled : RequestState::PartlyFulfilled));
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
