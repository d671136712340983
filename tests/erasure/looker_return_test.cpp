// A copy that is seen again, and what the origin says of it by then.

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

#include "erasure/looker_sight.hpp"

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
        CHECK(r.s.notice("a.example").rounds == 0);
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
