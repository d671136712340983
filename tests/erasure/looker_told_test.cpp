// Looks where the origin told a server of some of the posts by itself, and a request of the rest.

#include <algorithm>
#include <chrono>
#include <string>

#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

records::ErasureScope posts(const std::vector<int>& numbers) {
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Objects;
    for (const auto number : numbers) {
        scope.objects.emplace_back(std::string{kAlice} + "/" + std::to_string(number));
    }
    return scope;
}

/// Of Alice's posts 0, 1 and 2 the origin told a.example of post 0; `a.example` is told of post 1 by us, and
/// has no other.
struct Part {
    Sight s{probes_from(kProbes), posts({0, 1, 2})};
    std::vector<std::string> asked;
    int zero = 404;  ///< What a.example answers to who asks for post 0.

    Part() {
        s.told("b.example", "x", 3);  // the request's objects
        records::Notice notice = s.notice("b.example");
        notice.recipient = *Host::parse("a.example");
        notice.steps = {{fediverse::StepKind::DeleteObject, {}, 1, 1}};
        REQUIRE(s.notices.plan(s.request, *s.notices.objects(s.request, {}), std::vector{notice}));

        records::ErasureRequest origin;
        origin.subject = s.alice;
        origin.source = records::RequestSource::Observed;
        origin.scope = posts({0});
        origin.state = privacy::RequestState::InProgress;
        notice.request = s.requests.open(origin, {})->number;
        notice.steps.clear();
        notice.seen_from_origin = true;
        notice.next_look_at.reset();
        REQUIRE(s.notices.plan(notice.request, {}, std::vector{notice}));
        s.http.server = [this](const RemoteRequest& question) {
            if (question.url.host().text() != "a.example") {
                return says(404);
            }
            asked.push_back(question.url.text());
            return says(asks_for(question.url.text(), 0) ? zero : 404);
        };
    }
    static bool asks_for(const std::string& url, int number) { return url.ends_with(std::to_string(number)); }
    [[nodiscard]] bool was_asked_for(int number) const {
        return std::any_of(
            asked.begin(), asked.end(), [&](const auto& url) { return asks_for(url, number); });
    }
};

}  // namespace

TEST_CASE("posts that the origin told a server of are looked at with the others", "[looker][told]") {
    Part p;
    SECTION("all are gone") {
        p.s.look();
        CHECK(p.s.notice("a.example").state == NoticeState::VerifiedGone);
        CHECK(p.was_asked_for(0));
        CHECK(p.was_asked_for(1));
        CHECK_FALSE(p.was_asked_for(2));  // it never went there
    }
    SECTION("a reaction that was taken back is no post") {
        auto notice = p.s.notice("a.example");
        notice.steps.front().kind = fediverse::StepKind::UndoActivity;
        REQUIRE(p.s.notices.apply({{notice}, {}, {}, {}}));
        p.s.look();
        CHECK(p.was_asked_for(0));
        CHECK_FALSE(p.was_asked_for(1));
        CHECK_FALSE(p.was_asked_for(2));
    }
    SECTION("one that the origin told of is left") {
        p.zero = 200;
        p.s.look();
        CHECK(p.s.notice("a.example").state == NoticeState::StillPresent);
    }
}

TEST_CASE("posts that the origin told a server of are told anew with the others", "[looker][told]") {
    Part p;
    p.s.look();
    auto notice = p.s.notice("a.example");
    REQUIRE(notice.state == NoticeState::VerifiedGone);
    notice.position = 1;
    notice.next_at.reset();
    notice.next_look_at = p.s.clock.at;
    REQUIRE(p.s.notices.apply({{notice}, {}, {}, {}}));
    p.zero = 200;
    p.s.look();
    notice = p.s.notice("a.example");
    REQUIRE(notice.state == NoticeState::StillPresent);
    CHECK(notice.rounds == 1);
    std::vector<std::uint32_t> objects;
    for (const auto& step : notice.steps) {
        CHECK(step.wave == 2);
        objects.push_back(step.object);
    }
    CHECK(objects == std::vector<std::uint32_t>{1, 0});
}
