// Who fetches what was erased, and what the origin answered.

#include <chrono>
#include <vector>

#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

TEST_CASE("who fetches what the origin serves again is not told to erase it", "[spotter]") {
    const auto status = static_cast<std::uint16_t>(GENERATE(200, 304, 410, 404));
    CAPTURE(status);
    Spot s;
    records::ErasureRequest request;
    request.subject = s.alice;
    request.identity_verified = true;
    request.state = privacy::RequestState::Fulfilled;
    request.origin_gone_at = s.clock.at - 24h;
    request.closed_at = s.clock.at - 1h;
    REQUIRE(s.requests.open(request, {}));
    records::Notice notice;
    notice.request = records::RequestNumber{1};
    notice.subject = s.alice;
    notice.recipient = *Host::parse("a.example");
    notice.state = NoticeState::VerifiedGone;
    notice.acknowledged_at = s.clock.at - 24h;
    notice.steps = {{fediverse::StepKind::DeleteActor, {}, 1, 0}};
    notice.position = 1;
    REQUIRE(s.notices.plan(notice.request, {}, std::vector{notice}));
    s.step();

    auto fetch = s.delivery("Note", kAlice, "a.example");
    fetch.channel = privacy::Channel::SignedPull;
    fetch.outcome = {privacy::OutcomeKind::Fetched, status};
    REQUIRE(s.spotter.observe({&fetch, 1}));
    s.step();
    CHECK(s.notice("a.example")->state == NoticeState::StillPresent);
    CHECK(s.all()[0].state == privacy::RequestState::InProgress);
    const bool gone = status == 410 || status == 404;
    CHECK(s.notice("a.example")->next_at.has_value() == gone);
    CHECK(s.notice("a.example")->rounds == (gone ? 1U : 0U));
}
