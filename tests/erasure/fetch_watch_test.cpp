// Who fetches what was erased, and what the origin answered.

#include "erasure/fetch_watch.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using privacy::OutcomeKind;

namespace {

/// Alice's account: its request is closed, and the copy at a.example was seen gone after these steps.
records::ErasureRequest erased(Spot& spot, std::vector<records::NoticeStep> steps = {}) {
    records::ErasureRequest request;
    request.subject = spot.alice;
    request.identity_verified = true;
    request.state = privacy::RequestState::Fulfilled;
    request.origin_gone_at = spot.clock.at - 24h;
    request.closed_at = spot.clock.at - 1h;
    REQUIRE(spot.requests.open(request, {}));
    records::Notice notice;
    notice.request = records::RequestNumber{1};
    notice.subject = spot.alice;
    notice.recipient = *Host::parse("a.example");
    notice.state = NoticeState::VerifiedGone;
    notice.acknowledged_at = spot.clock.at - 24h;
    notice.position = static_cast<std::uint32_t>(steps.size());
    notice.steps = std::move(steps);
    REQUIRE(spot.notices.plan(notice.request, {}, std::vector{notice}));
    return request;
}

}  // namespace

TEST_CASE("a signed fetch of what was erased shows that a copy is left", "[spotter]") {
    Spot s;
    const auto request = erased(s);
    s.step();
    auto fetch = s.delivery("Note", kAlice, "a.example");
    fetch.channel = privacy::Channel::SignedPull;
    fetch.outcome = {OutcomeKind::Fetched, 200};
    const auto fetched = [&] {
        fetch.at = s.clock.at;
        REQUIRE(s.spotter.observe({&fetch, 1}));
        s.step();
        return s.notice("a.example")->state;
    };

    SECTION("and wakes the request") {
        CHECK(fetched() == NoticeState::StillPresent);
        const auto looks = s.notices.history(records::NoticeNumber{1})->looks;
        REQUIRE(looks.size() == 1);
        CHECK(looks[0].probe == "signed_fetch");
        CHECK(s.all()[0].state == privacy::RequestState::InProgress);
        CHECK(!s.all()[0].closed_at);
        const auto entry = *s.directory.entry(*Host::parse("a.example"));
        CHECK(entry.told == 1);
        CHECK(entry.gone == 0);
        CHECK(entry.present == 1);
        CHECK(fetched() == NoticeState::StillPresent);
        CHECK(s.notices.history(records::NoticeNumber{1})->looks.size() == 1);  // one a day is enough
    }
    SECTION("and is counted, though the directory was away for a moment") {
        fetch.at = s.clock.at;
        REQUIRE(s.spotter.observe({&fetch, 1}));
        s.directory.read_only = true;
        CHECK(!s.spotter.step());
        s.directory.read_only = false;
        s.step();
        CHECK(s.directory.entry(*Host::parse("a.example"))->present == 1);
        CHECK(s.notices.history(records::NoticeNumber{1})->looks.size() == 1);
    }
    SECTION("unless its notice is damaged, which holds up nobody else") {
        s.notices.damaged = {records::NoticeNumber{1}};
        fetch.at = s.clock.at;
        REQUIRE(s.spotter.observe({&fetch, 1}));
        s.deletes(kPost, "b.example");
        CHECK(!s.spotter.step());
        s.step();  // not asked for once more
        CHECK(s.all().size() == 2);
    }
    SECTION("as long as its keys are kept, and no longer") {
        s.clock.at = erasure::watched_until(request, erasure::kWatchedFor) - 1h;
        s.step();
        CHECK(s.spotter.watches(kAlice));
        CHECK(fetched() == NoticeState::StillPresent);
    }
    SECTION("when they are gone, nothing wakes that nobody could sign") {
        s.clock.at = erasure::watched_until(request, erasure::kWatchedFor);
        s.step();
        CHECK(!s.spotter.watches(kAlice));
        CHECK(fetched() == NoticeState::VerifiedGone);
    }
    SECTION("but not while the recipient works on our Delete") {
        NoticeChange change;
        change.attempts.push_back({records::NoticeNumber{1}, 0, s.clock.at - 10min, {}, 0, "cavage", ""});
        REQUIRE(s.notices.apply(change));
        CHECK(fetched() == NoticeState::VerifiedGone);
        s.clock.at += 1h;
        CHECK(fetched() == NoticeState::StillPresent);
    }
    SECTION("and fetches of what was not erased say nothing") {
        fetch.activity.object = Personal<std::string>{"https://origin.example/users/bob"};
        fetch.activity.id = fetch.activity.object;
        fetch.activity.shares.clear();
        CHECK(fetched() == NoticeState::VerifiedGone);
    }
}

TEST_CASE("who fetches what the origin serves again is not told to erase it", "[spotter]") {
    const auto status = static_cast<std::uint16_t>(GENERATE(200, 304, 410, 404));
    CAPTURE(status);
    Spot s;
    erased(s, {{fediverse::StepKind::DeleteActor, {}, 1, 0}});
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

TEST_CASE("what is planned later is watched without a restart", "[spotter]") {
    Spot s;
    records::ErasureRequest request;
    request.subject = s.alice;
    request.identity_verified = true;
    request.state = privacy::RequestState::InProgress;
    request.origin_gone_at = s.clock.at;
    const auto number = s.requests.open(request, {})->number;
    const auto uri = [](int n) { return std::string{kAlice} + "/statuses/" + std::to_string(n); };
    std::vector<records::ErasedObject> objects{{Personal<std::string>{uri(1)}, {}, false},
                                               {Personal<std::string>{uri(2)}, {}, true}};
    REQUIRE(s.notices.plan(number, objects, {}));
    s.step();
    CHECK(s.spotter.watches(uri(1)));
    CHECK(!s.spotter.watches(uri(2)));
    objects[1].held_for_law = false;  // released
    objects.push_back({Personal<std::string>{uri(3)}, {}, false});
    REQUIRE(s.notices.plan(number, objects, {}));
    s.clock.at += 10min;
    s.step();
    CHECK(s.spotter.watches(uri(2)));
    CHECK(s.spotter.watches(uri(3)));

    auto closed = *s.requests.request(number);
    closed.state = privacy::RequestState::Fulfilled;
    closed.closed_at = s.clock.at;
    REQUIRE(s.requests.record(closed, {}));
    s.clock.at += 10min;
    s.step();
    s.clock.at += 10min;
    s.step();
    CHECK(s.spotter.watches(uri(3)));
}

TEST_CASE("a person who is damaged does not keep others from being watched", "[spotter]") {
    constexpr const char* kBob = "https://origin.example/users/bob";
    Spot s;
    records::ErasureRequest request;
    request.identity_verified = true;
    request.state = privacy::RequestState::InProgress;
    request.origin_gone_at = s.clock.at;
    request.subject = *s.vault.enrol(*Uri::parse(kBob), "bob");
    REQUIRE(s.requests.open(request, {}));
    request.subject = s.alice;
    REQUIRE(s.requests.open(request, {}));
    s.vault.damaged = {s.alice.get()};
    const auto stepped = s.spotter.step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    CHECK(s.spotter.watches(kBob));
    CHECK(s.step() == s.clock.at + 10min);  // said once each time
}
