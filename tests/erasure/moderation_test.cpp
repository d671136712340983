// Whether a Delete is the author's own, in the forms that servers send.

#include <string>

#include "fedtrail/fediverse/activity.hpp"

#include "erasure/spot.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::OutcomeKind;

namespace {

/// Alice's Delete of kPost with `more` members, to one server.
void sends_delete(Spot& spot, const std::string& object, const std::string& more = {}) {
    auto seen = spot.delivery("Delete", kPost, "a.example");
    const auto read = fediverse::digest_activity(
        R"({"id":"https://origin.example/activities/1","type":"Delete","actor":")" + std::string{kAlice} +
        R"(","object":)" + object + more + "}");
    REQUIRE(read);
    seen.activity = *read;
    spot.deliver(seen, OutcomeKind::Accepted);
    spot.step();
}

std::string in_quotes(const std::string& text) {
    return '"' + text + '"';
}

}  // namespace

TEST_CASE("a moderator's removal opens nothing, though its reason is empty", "[spotter]") {
    Spot s;
    SECTION("with a reason") {
        sends_delete(s, in_quotes(kPost), R"(,"summary":"off topic")");
    }
    SECTION("without one, as Lemmy sends it") {
        sends_delete(s, in_quotes(kPost), R"(,"summary":"")");
    }
    CHECK(s.all().empty());
}

TEST_CASE("a Delete that holds the whole post is the author's own", "[spotter]") {
    Spot s;
    SECTION("the post in it") {
        sends_delete(s,
                     R"({"type":"Article","id":)" + in_quotes(kPost) +
                         R"(,"name":"A day","content":"It rained.",)" +
                         R"("summary":"Weather","attributedTo":)" + in_quotes(kAlice) + "}");
    }
    SECTION("a summary that is null") {
        sends_delete(s, in_quotes(kPost), R"(,"summary":null)");
    }
    REQUIRE(s.all().size() == 1);
    CHECK(s.all()[0].scope.objects.size() == 1);
}
