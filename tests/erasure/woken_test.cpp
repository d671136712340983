// A request that wakes: what was known of the origin is to be seen anew before anybody is told.

#include <algorithm>
#include <utility>

#include "erasure/looker_sight.hpp"
#include "erasure/origin_watch.hpp"
#include "erasure/verdict.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

/// A request that was closed, and a notice with steps of both waves.
struct Closed {
    Sight s;

    explicit Closed(records::ErasureScope scope = {}) : s(probes_from(kProbes), std::move(scope)) {
        s.told("a.example", "x", 2);
        auto notice = s.notice("a.example");
        notice.steps[1].wave = 2;
        notice.position = 2;
        REQUIRE(s.notices.apply({{notice}, {}, {}, {}}));
        s.change([&](auto& one) {
            one.state = privacy::RequestState::Fulfilled;
            one.closed_at = s.clock.at;
        });
    }
    [[nodiscard]] erasure::Verdict seen_again() const {
        const auto notice = s.notice("a.example");
        erasure::Verdict verdict{notice, notice.state, {}};
        verdict.notice.state = NoticeState::StillPresent;
        return verdict;
    }
    Result<void> write(const erasure::Verdict& verdict) {
        auto ports = s.verdicts();
        return erasure::write_verdicts(ports, {&verdict, 1});
    }
    /// As often as the origin must say so.
    void watch_origin(int status) {
        s.http.server = [status](const RemoteRequest&) { return says(status, "{}"); };
        erasure::OriginWatch watch{{s.requests, s.notices, s.vault, s.http, s.clock}, {"Fedtrail/1"}, [] {}};
        for (int i = 0; i < 20; ++i) {
            REQUIRE(watch.step());
            s.clock.at += 20s;
        }
    }
    [[nodiscard]] bool origin_gone() const {
        return s.requests.request(s.request)->origin_gone_at.has_value();
    }
    [[nodiscard]] std::vector<int> waves() const {
        std::vector<int> waves;
        for (const auto& step : s.notice("a.example").steps) {
            waves.push_back(step.wave);
        }
        return waves;
    }
};

}  // namespace

TEST_CASE("a request that wakes has its origin asked anew before anybody is told", "[looker][origin]") {
    Closed c;
    REQUIRE(c.write(c.seen_again()));
    CHECK(c.s.requests.request(c.s.request)->state == privacy::RequestState::InProgress);
    CHECK_FALSE(c.origin_gone());
    CHECK(c.waves() == std::vector{2, 2});
    CHECK(c.s.notice("a.example").rounds == 1);
    CHECK(*c.s.requests.open_wave(c.s.request) == 1);
    SECTION("where it is back nobody is told, and nobody looked at") {
        c.watch_origin(200);
        CHECK_FALSE(c.origin_gone());
        const auto looks = c.s.looks("a.example").size();
        c.s.pass(48h);
        CHECK(c.s.looks("a.example").size() == looks);
    }
    SECTION("where it is still gone all goes on") {
        c.watch_origin(410);
        CHECK(c.origin_gone());
        CHECK(*c.s.requests.open_wave(c.s.request) == 2);
    }
}

TEST_CASE("a verdict that was not written at once is written as it was meant", "[looker][origin]") {
    Closed c;
    const auto verdict = c.seen_again();
    c.s.notices.before_write = [] { return Result<void>{fail(ErrorKind::Unavailable, "away")}; };
    REQUIRE_FALSE(c.write(verdict));
    c.s.notices.before_write = [] { return Result<void>{}; };
    c.watch_origin(410);  // meanwhile
    REQUIRE(c.origin_gone());
    REQUIRE(c.write(verdict));
    CHECK(c.s.notice("a.example").rounds == 1);
}

TEST_CASE("where one server alone is to erase no origin is waited for", "[looker][origin]") {
    records::ErasureScope scope;
    scope.recipients = {*Host::parse("a.example")};
    Closed c{scope};
    REQUIRE(c.write(c.seen_again()));
    CHECK(c.s.notice("a.example").rounds == 1);
    CHECK(c.waves() == std::vector{1, 2});
}

TEST_CASE("a copy that came back wakes a request whose history is damaged", "[looker][origin][damage]") {
    Closed c;
    auto verdict = c.seen_again();
    verdict.unsure = GENERATE(false, true);
    c.s.requests.damaged_events = {c.s.request};
    REQUIRE(c.write(verdict));
    CHECK(c.s.requests.request(c.s.request)->state == privacy::RequestState::InProgress);
    CHECK_FALSE(c.origin_gone());
    CHECK(c.s.notice("a.example").state == NoticeState::StillPresent);
    CHECK(c.s.notice("a.example").rounds == 1);
}

TEST_CASE("a copy that came back is written down of an open request whose history is damaged",
          "[looker][origin][damage]") {
    Closed c;
    c.s.change([](auto& one) {
        one.state = privacy::RequestState::InProgress;
        one.closed_at.reset();
    });
    auto verdict = c.seen_again();
    verdict.unsure = GENERATE(false, true);
    SECTION("its server is told anew where it was gone before") {
        verdict.before = NoticeState::VerifiedGone;
        c.s.requests.damaged_events = {c.s.request};
        REQUIRE(c.write(verdict));
        CHECK(c.s.notice("a.example").rounds == 1);
    }
    SECTION("and not where that is the first look at it") {
        c.s.requests.damaged_events = {c.s.request};
        REQUIRE(c.write(verdict));
        CHECK(c.s.notice("a.example").rounds == 0);
    }
    CHECK(c.s.notice("a.example").state == NoticeState::StillPresent);
    CHECK(c.origin_gone() == !verdict.unsure);
}
