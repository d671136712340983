// From a Delete that is seen passing to a request of which the origin's 404 counts.

#include <string>

#include "erasure/origin_watch.hpp"
#include "erasure/spot.hpp"
#include "fakes/held_ledger.hpp"
#include "fakes/remote_http.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

/// Somebody asked for a post for followers alone to be erased, and one server is to be told.
records::RequestNumber asked_for_post(Spot& spot, HeldLedger& ledger) {
    ledger.add(std::string{kPost} + "/activity", kPost, {fediverse::DataCategory::PostText}, {"a.example"});
    ledger.rows.back().held.visibility = fediverse::Visibility::Followers;
    records::ErasureRequest request;
    request.subject = spot.alice;
    request.identity_verified = true;
    request.scope.kind = records::ScopeKind::Objects;
    request.scope.objects.emplace_back(kPost);
    request.state = privacy::RequestState::InProgress;
    const auto number = spot.requests.open(request, {})->number;
    records::Notice notice;
    notice.request = number;
    notice.subject = spot.alice;
    notice.recipient = *Host::parse("a.example");
    const std::vector objects{records::ErasedObject{Personal<std::string>{kPost}, {}, false}};
    REQUIRE(spot.notices.plan(number, objects, std::vector{notice}));
    return number;
}

}  // namespace

TEST_CASE("a hidden post counts as gone where the origin's Delete of it was seen", "[origin][spotter]") {
    Spot s;
    HeldLedger ledger;
    const auto number = asked_for_post(s, ledger);
    const bool seen = GENERATE(true, false);
    if (seen) {
        s.deletes(kPost, "a.example");
        s.step();
    }
    FakeRemoteHttp http;
    http.server = [](const RemoteRequest&) { return says(404, "{}"); };
    erasure::OriginWatch watch{
        {s.requests, s.notices, s.vault, http, s.clock, &ledger}, {"Fedtrail/1"}, [] {}};
    for (int i = 0; i < 60; ++i) {
        REQUIRE(watch.step());
        s.clock.at += 20s;
    }
    CHECK(s.requests.request(number)->origin_gone_at.has_value() == seen);
    CHECK(s.all().size() == 1);
}
