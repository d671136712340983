// A look that takes its time, and what is seen of the copy meanwhile.

#include <chrono>
#include <functional>

#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

/// Two posts; the look asks for them one after the other, and `between` happens before the second answer.
/// From then on the server answers `later`.
NoticeState looked(const std::function<void(Sight&)>& between, int later) {
    Sight s;
    s.told("a.example", "x", 2);
    int asked = 0;
    s.http.server = [&](const RemoteRequest& question) {
        const bool object = question.url.text().find("/object") != std::string::npos;
        asked += object ? 1 : 0;
        if (object && asked == 2) {
            between(s);
        }
        return says(asked > 2 && object ? later : 404);
    };
    s.pass(5min);
    REQUIRE(asked >= 2);
    return s.notice("a.example").state;
}

/// As FetchWatch writes down that the server fetched it.
void seen_fetched(Sight& s) {
    auto notice = s.notice("a.example");
    const auto before = notice.state;
    notice.state = NoticeState::StillPresent;
    notice.presence = fediverse::Presence::Present;
    erasure::Verdict verdict{notice, before, {}};
    verdict.served = true;
    verdict.looks.push_back({notice.number, s.clock.at, "signed_fetch", fediverse::Presence::Present, 200});
    auto ports = s.verdicts();
    REQUIRE(erasure::write_verdicts(ports, {&verdict, 1}));
}

}  // namespace

TEST_CASE("a copy that is seen while a look is under way is not gone by that look", "[looker]") {
    // Both in the same second: the answers that said gone came first.
    CHECK(looked(seen_fetched, 200) == NoticeState::StillPresent);
    // The look that is made instead finds it gone.
    CHECK(looked(seen_fetched, 404) == NoticeState::VerifiedGone);
}

TEST_CASE("what else changes while a look is under way does not undo it", "[looker]") {
    const auto touched = [](Sight& s) {
        auto notice = s.notice("a.example");
        notice.software = "x";
        REQUIRE(s.notices.apply({{notice}, {}, {}, {}}));
    };
    CHECK(looked(touched, 200) == NoticeState::VerifiedGone);
}
