// Looks and letters after an account's erasure, where the origin itself told a server of some of the posts.

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "erasure/ladder.hpp"
#include "erasure/looker_sight.hpp"
#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using fediverse::StepKind;

namespace {

/// As the spotter opens one.
records::ErasureRequest origin_deletes(privacy::SubjectNumber subject, const std::string& post) {
    records::ErasureRequest request;
    request.subject = subject;
    request.source = records::RequestSource::Observed;
    request.state = privacy::RequestState::Fulfilled;
    request.scope.kind = records::ScopeKind::Objects;
    request.scope.objects.emplace_back(post);
    return request;
}

/// Whether each post has to be named there: then what the origin told of is left out of the messages.
std::string dialect_of(bool names_posts) {
    return names_posts ? "gotosocial" : "mastodon";
}

/// Alice's account with her posts 0, 1 and 2 is to go. Of post 0 the origin told a.example, of post 1 we do.
struct LaterLooks {
    fediverse::Dialects dialects = *fediverse::Dialects::parse(policy_text("dialects.json"));
    Sight s;
    std::vector<std::string> asked;
    int zero = 404;  ///< What a.example answers to who asks for post 0.

    explicit LaterLooks(bool names_posts) {
        s.dialects = &dialects;
        s.make();
        s.told("b.example", "x", 3);  // the request's objects
        auto notice = s.notice("b.example");
        notice.recipient = *Host::parse("a.example");
        notice.dialect = dialect_of(names_posts);
        notice.steps = {{StepKind::DeleteObject, {}, 1, 1}, {StepKind::DeleteActor, {}, 1, 0}};
        REQUIRE(s.notices.plan(s.request, *s.notices.objects(s.request, {}), std::vector{notice}));
        notice.request = s.requests.open(origin_deletes(s.alice, std::string{kAlice} + "/0"), {})->number;
        notice.steps.clear();
        notice.seen_from_origin = true;
        notice.next_look_at.reset();
        REQUIRE(s.notices.plan(notice.request, {}, std::vector{notice}));
        s.http.server = [this](const RemoteRequest& question) {
            const auto url = question.url.text();
            if (question.url.host().text() != "a.example" || url.find("/object") == std::string::npos) {
                return says(404);
            }
            asked.push_back(url.substr(url.size() - 1));
            return says(url.ends_with("0") ? zero : 404);
        };
    }
    [[nodiscard]] bool was_asked_for(const std::string& post) const {
        return std::find(asked.begin(), asked.end(), post) != asked.end();
    }
};

}  // namespace

TEST_CASE("Of an account what the origin told a server of is looked at with the rest", "[looker][told]") {
    LaterLooks l{true};
    SECTION("all are gone") {
        l.s.look();
        CHECK(l.was_asked_for("0"));
        CHECK(l.was_asked_for("1"));
        CHECK_FALSE(l.was_asked_for("2"));  // it never went there
        CHECK(l.s.notice("a.example").state == NoticeState::VerifiedGone);
    }
    SECTION("one of these is left") {
        l.zero = 200;
        l.s.look();
        CHECK(l.s.notice("a.example").state == NoticeState::StillPresent);
    }
}

TEST_CASE("Of an account that goes as a whole what the origin told a server of is not looked for",
          "[looker][told]") {
    LaterLooks l{false};
    l.s.look();
    CHECK_FALSE(l.was_asked_for("0"));
    CHECK(l.was_asked_for("1"));
}

TEST_CASE("Of an account what the origin told a server of is told anew with the rest, before the account",
          "[looker][told]") {
    LaterLooks l{true};
    l.s.look();
    auto notice = l.s.notice("a.example");
    REQUIRE(notice.state == NoticeState::VerifiedGone);
    notice.position = 2;
    notice.next_at.reset();
    notice.next_look_at = l.s.clock.at;
    REQUIRE(l.s.notices.apply({{notice}, {}, {}, {}}));
    l.zero = 200;
    l.s.look();
    notice = l.s.notice("a.example");
    REQUIRE(notice.rounds == 1);
    REQUIRE(notice.steps.size() == 3);
    CHECK(notice.steps[0].object == 1);
    CHECK(notice.steps[1].object == 0);
    CHECK(notice.steps[2].kind == StepKind::DeleteActor);
}

TEST_CASE("A letter about an account names the posts that the origin told of where each is to be named",
          "[escalation][told]") {
    const auto dialects = *fediverse::Dialects::parse(policy_text("dialects.json"));
    const bool names_posts = GENERATE(true, false);
    const auto post = [](int number) { return std::string{kAlice} + "/statuses/" + std::to_string(number); };
    Ladder l;
    l.dialects = &dialects;
    l.make(&l.mailer);
    l.add("a.example", NoticeState::StillPresent);  // told of post 1 and the account
    std::vector<records::ErasedObject> all;
    for (int number = 1; number <= 3; ++number) {
        all.push_back({Personal<std::string>{post(number)}, {}, false});
    }
    REQUIRE(l.notices.plan(l.request, all, {}));
    auto notice = l.notice("a.example");
    notice.dialect = dialect_of(names_posts);
    REQUIRE(l.notices.apply({{notice}, {}, {}, {}}));
    auto told = notice;
    told.request = l.requests.open(origin_deletes(l.alice, post(2)), {})->number;
    told.state = NoticeState::Acknowledged;
    told.seen_from_origin = true;
    told.steps.clear();
    REQUIRE(l.notices.plan(told.request, {}, std::vector{told}));
    l.contact("a.example", "admin@a.example");
    l.pass(24h * 8);
    REQUIRE(l.mailer.sent.size() == 1);
    const auto& text = l.mailer.sent.front().text;
    CHECK(has(text, post(1)));
    CHECK(has(text, post(2)) == names_posts);
    CHECK_FALSE(has(text, post(3)));
}
