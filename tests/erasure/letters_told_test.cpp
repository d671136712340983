// A letter about posts, of some of which the origin itself told the server.

#include <chrono>
#include <string>

#include "erasure/ladder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

namespace {

std::string status(int number) {
    return std::string{kAlice} + "/statuses/" + std::to_string(number);
}

/// Posts 1, 2 and 3 are to go; of post 2 the origin told a.example.
void ask_for_posts(Ladder& l) {
    std::vector<records::ErasedObject> all;
    for (int number = 1; number <= 3; ++number) {
        all.push_back({Personal<std::string>{status(number)}, {}, false});
    }
    REQUIRE(l.notices.plan(l.request, all, {}));
    auto request = *l.requests.request(l.request);
    request.scope.kind = records::ScopeKind::Objects;
    for (const auto& object : all) {
        request.scope.objects.push_back(object.uri);
    }
    REQUIRE(l.requests.record(request, {}));

    records::ErasureRequest origin;
    origin.subject = l.alice;
    origin.source = records::RequestSource::Observed;
    origin.state = privacy::RequestState::Fulfilled;
    origin.scope = request.scope;
    origin.scope.objects = {all[1].uri};
    auto told = l.notice("a.example");
    told.request = l.requests.open(origin, {})->number;
    told.state = NoticeState::Acknowledged;
    told.seen_from_origin = true;
    told.steps.clear();
    REQUIRE(l.notices.plan(told.request, {}, std::vector{told}));
}

}  // namespace

TEST_CASE("a letter names the posts that the origin told a server of, and none that it never had",
          "[escalation][told]") {
    Ladder l;
    l.add("a.example", NoticeState::StillPresent);
    ask_for_posts(l);
    auto notice = l.notice("a.example");
    const bool by_us = GENERATE(true, false);
    notice.steps.pop_back();  // the account stays
    if (!by_us) {
        notice.steps.clear();
        notice.seen_from_origin = true;
    }
    REQUIRE(l.notices.apply({{notice}, {}, {}, {}}));
    l.contact("a.example", "admin@a.example");
    l.pass(24h * 8);
    REQUIRE(l.mailer.sent.size() == 1);
    const auto& text = l.mailer.sent.front().text;
    CHECK(has(text, status(1)) == by_us);
    CHECK(has(text, status(2)));
    CHECK_FALSE(has(text, status(3)));
}
