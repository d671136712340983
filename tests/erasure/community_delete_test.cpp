// What a community of the origin tells its servers that one of its people deleted.

#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/fediverse/activity.hpp"

#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using privacy::OutcomeKind;
using privacy::RequestState;

namespace {

constexpr const char* kBob = "https://far.example/u/bob";
constexpr const char* kGroup = "https://origin.example/c/main";

std::string delete_of(const std::string& object,
                      const std::string& actor = kAlice,
                      const std::string& more = {}) {
    return R"({"type":"Delete","actor":")" + actor + R"(","object":")" + object + "\"" + more + "}";
}

std::string undo_of(const std::string& inner) {
    return R"({"type":"Undo","actor":")" + std::string{kAlice} + R"(","object":)" + inner + "}";
}

void announces(Spot& spot, const std::string& inner, const std::string& to, const std::string& by = kGroup) {
    auto seen = spot.delivery("Announce", kPost, to);
    const auto is_local = [](std::string_view uri) { return uri.find("//origin.example/") != uri.npos; };
    const auto read = fediverse::digest_activity(
        R"({"id":"https://origin.example/activities/9","type":"Announce","actor":")" + by + R"(","object":)" +
            inner + "}",
        is_local);
    REQUIRE(read);
    seen.activity = *read;
    spot.deliver(seen, OutcomeKind::Accepted);
}

}  // namespace

TEST_CASE("what one of ours deletes in a community of ours opens a request", "[spotter]") {
    Spot s;
    s.software("lemmy.example", "lemmy");
    s.software("masto.example", "mastodon");
    announces(s, delete_of(kPost), "lemmy.example");
    announces(s, delete_of(kPost), "masto.example");
    s.step();
    REQUIRE(s.all().size() == 1);
    CHECK(s.all()[0].subject == s.alice);
    REQUIRE(s.all()[0].scope.objects.size() == 1);
    CHECK(s.all()[0].scope.objects[0].reveal() == kPost);
    // Who drops such an Announce has not heard of it.
    REQUIRE(s.notice("lemmy.example"));
    CHECK(s.notices.history(s.notice("lemmy.example")->number)->attempts.size() == 1);
    CHECK_FALSE(s.notice("masto.example"));
    SECTION("and its Undo ends that") {
        announces(s, undo_of(delete_of(kPost)), "lemmy.example");
        s.step();
        CHECK(s.all()[0].state == RequestState::Withdrawn);
    }
    SECTION("and what the community does not tell of goes on") {
        s.clock.at += 2h;
        s.step();
        CHECK(s.over == std::vector{records::RequestNumber{1}});
    }
}

TEST_CASE("what a community passes on for others opens nothing", "[spotter]") {
    Spot s;
    SECTION("a stranger's post") {
        announces(s, delete_of("https://far.example/post/3", kBob), "lemmy.example");
    }
    SECTION("a moderator's removal, with its reason") {
        announces(s, delete_of(kPost, kAlice, R"(,"summary":"off topic")"), "lemmy.example");
    }
    SECTION("a moderator's removal of what lies elsewhere") {
        announces(s, delete_of("https://far.example/post/3"), "lemmy.example");
    }
    SECTION("of a community that is not ours") {
        announces(s, delete_of(kPost), "lemmy.example", "https://far.example/c/main");
    }
    s.step();
    CHECK(s.all().empty());
}
