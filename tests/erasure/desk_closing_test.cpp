// What servers did not take, and whether a request is closed as fulfilled.

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
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
