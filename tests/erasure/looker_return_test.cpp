// A copy that is seen again, and what the origin says of it by then.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "erasure/looker_sight.hpp"
#include "erasure/origin_watch.hpp"
#include "erasure/origin_word.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

/// Seen gone, then there again while the origin answers so.
struct Return {
    Sight s;
    RemoteResponse origin;
    std::size_t asked = 0;
    bool back = false;

    explicit Return(RemoteResponse says_origin) : origin(std::move(says_origin)) {
        s.told("a.example", "x", 2);
        s.http.server = [this](const RemoteRequest& request) {
            const bool own = request.url.host().text() == "origin.example";
            asked += own ? 1 : 0;
            return own ? origin : says(back ? 200 : 404);
        };
        s.look();
        REQUIRE(s.notice("a.example").state == NoticeState::VerifiedGone);
        REQUIRE(asked == 0);
    }
    void comes_back(bool closed) {
        s.change([&](auto& one) {
            one.state = closed ? privacy::RequestState::Fulfilled : one.state;
            one.closed_at = closed ? std::optional{s.clock.at} : std::nullopt;
        });
        back = true;
        s.pass(25h);
        REQUIRE(s.notice("a.example").state == NoticeState::StillPresent);
    }
    /// As long as it takes to be sure.
    void watch_origin(int status) {
        s.http.server = [status](const RemoteRequest&) { return says(status, "{}"); };
        erasure::OriginWatch watch{{s.requests, s.notices, s.vault, s.http, s.clock}, {"Fedtrail/1"}, [] {}};
        for (int i = 0; i < 20; ++i) {
            REQUIRE(watch.step());
            s.clock.at += 20s;
        }
    }
    [[nodiscard]] erasure::OriginWord word() const {
        return erasure::origin_word(*s.requests.request(s.request), *s.requests.events(s.request));
    }
    /// Whether its server is to be told anew, and nothing leaves before the origin is seen gone.
    [[nodiscard]] bool waits_for_origin() const {
        const auto notice = s.notice("a.example");
        return notice.rounds == 1 && notice.next_at &&
               std::all_of(
                   notice.steps.begin(), notice.steps.end(), [](const auto& step) { return step.wave == 2; });
    }
};

}  // namespace

TEST_CASE("nobody whose copy is back is told anew where the origin has it back too", "[looker]") {
    const bool closed = GENERATE(true, false);
    const int status = GENERATE(200, 403, 410, 404);
    CAPTURE(closed, status);
    Return r{says(status, "{}")};
    r.comes_back(closed);
    const bool gone = status == 410 || status == 404;
    CHECK(r.asked == 1);
    CHECK(r.s.notice("a.example").rounds == (gone ? 1U : 0U));
    CHECK(r.s.notice("a.example").next_at.has_value() == gone);
}

TEST_CASE("an origin that does not answer is asked again, and nobody is told meanwhile", "[looker]") {
    Return r{says(502)};
    SECTION("for a while") {
        r.comes_back(true);
        CHECK(r.asked == 3);
        CHECK(*r.s.requests.open_wave(r.s.request) == 1);
        CHECK(r.waits_for_origin());
    }
    SECTION("until it does") {
        r.s.http.server = [&](const RemoteRequest& request) {
            const bool own = request.url.host().text() == "origin.example";
            r.asked += own ? 1 : 0;
            return own ? says(r.asked < 3 ? 502 : 410) : says(r.back ? 200 : 404);
        };
        r.comes_back(true);
        CHECK(r.asked == 3);
        CHECK(r.s.notice("a.example").rounds == 1);
    }
}

TEST_CASE("an origin that does not answer stays in doubt until it does", "[looker][origin]") {
    Return r{says(502)};
    r.comes_back(false);
    CHECK(r.asked == 3);
    CHECK_FALSE(r.s.requests.request(r.s.request)->origin_gone_at);
    CHECK(*r.s.requests.open_wave(r.s.request) == 1);
    CHECK(r.waits_for_origin());
    CHECK(r.word() == erasure::OriginWord::Unsure);
    const auto event = r.s.requests.events(r.s.request)->back();
    CHECK(event.kind == privacy::RequestEventKind::OriginUnsure);
    CHECK(event.by == "fedtrail");
    CHECK(event.reason.find("a.example") != std::string::npos);
    SECTION("nobody is looked at meanwhile") {
        const auto looks = r.s.looks("a.example").size();
        r.s.pass(24h * 8);
        CHECK(r.s.looks("a.example").size() == looks);
        CHECK(r.word() == erasure::OriginWord::Unsure);
    }
    SECTION("what it serves by then is left alone") {
        r.watch_origin(200);
        CHECK(r.word() == erasure::OriginWord::Unsure);
        CHECK(*r.s.requests.open_wave(r.s.request) == 1);
    }
    SECTION("once it is seen gone all goes on") {
        r.watch_origin(410);
        CHECK(r.word() == erasure::OriginWord::SeenGone);
        CHECK(*r.s.requests.open_wave(r.s.request) == 2);
    }
}

TEST_CASE("a doubt that was not written down is written with the sight", "[looker][origin]") {
    Return r{says(502)};
    int writes = 0;
    r.s.notices.before_write = [&writes]() -> Result<void> {
        return ++writes == 1 ? Result<void>{fail(ErrorKind::Conflict, "somebody else")} : Result<void>{};
    };
    r.comes_back(false);
    CHECK(writes > 1);
    CHECK(r.waits_for_origin());
    CHECK(r.word() == erasure::OriginWord::Unsure);
}

TEST_CASE("who alone is told to erase is told anew though the origin serves", "[looker]") {
    records::ErasureScope scope;
    scope.recipients = {*Host::parse("a.example")};
    Sight s{probes_from(kProbes), scope};
    s.told("a.example", "x");
    bool back = false;
    s.http.server = [&](const RemoteRequest& request) {
        CHECK(request.url.host().text() == "a.example");
        return says(back ? 200 : 404);
    };
    s.look();
    REQUIRE(s.notice("a.example").state == NoticeState::VerifiedGone);
    back = true;
    s.pass(25h);
    CHECK(s.notice("a.example").rounds == 1);
}
