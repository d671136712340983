// Posts that strangers were never shown: the origin answers 404 for them, deleted or not.

#include <catch2/catch.hpp>

#include "erasure/alice.hpp"
#include "erasure/origin_watch.hpp"
#include "fakes/case_books.hpp"
#include "fakes/held_ledger.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::Visibility;

namespace {

/// Two posts of Alice's that one server has, and an origin that answers the same for both.
struct Hidden {
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeSubjectVault vault;
    FakeRemoteHttp http;
    StoppedClock clock;
    HeldLedger ledger;
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    records::RequestNumber number;

    Hidden(Visibility first, Visibility second, records::RequestSource source) {
        records::ErasureRequest request;
        request.subject = alice;
        request.scope.kind = records::ScopeKind::Objects;
        request.state = privacy::RequestState::InProgress;
        request.source = source;
        number = requests.open(request, {})->number;
        std::vector<records::ErasedObject> objects;
        for (const auto visibility : {first, second}) {
            const auto uri = std::string{kAlice} + "/" + std::to_string(objects.size());
            objects.push_back({Personal<std::string>{uri}, {}, false});
            ledger.add(uri + "/activity", uri, {fediverse::DataCategory::PostText}, {"a.example"});
            ledger.rows.back().held.visibility = visibility;
        }
        records::Notice notice;
        notice.request = number;
        notice.subject = alice;
        notice.recipient = *Host::parse("a.example");
        REQUIRE(notices.plan(number, objects, std::vector{notice}));
    }
    /// For half an hour.
    void watch(int status) {
        http.server = [status](const RemoteRequest&) { return says(status, "{}"); };
        erasure::OriginWatch watch{{requests, notices, vault, http, clock, &ledger}, {"Fedtrail/1"}, [] {}};
        for (int i = 0; i < 90; ++i) {
            REQUIRE(watch.step());
            clock.at += 20s;
        }
    }
    void seen_from_origin() {
        auto notice = notices.notices({})->front();
        notice.seen_from_origin = true;
        REQUIRE(notices.apply({{notice}, {}, {}, {}}));
    }
    [[nodiscard]] bool gone() const { return requests.request(number)->origin_gone_at.has_value(); }
};

}  // namespace

TEST_CASE("a 404 says nothing of posts that strangers were never shown", "[origin]") {
    const auto hidden = GENERATE(Visibility::Followers, Visibility::Direct);
    Hidden h{hidden, hidden, records::RequestSource::Admin};
    SECTION("not by itself") {
        h.watch(404);
        CHECK_FALSE(h.gone());
        CHECK(h.ledger.visits > 0);
    }
    SECTION("a 410 does") {
        h.watch(410);
        CHECK(h.gone());
    }
    SECTION("it does where the origin was seen to delete them") {
        h.seen_from_origin();
        h.watch(404);
        CHECK(h.gone());
    }
}

TEST_CASE("a 404 counts where one of the posts was public, or the origin itself began", "[origin]") {
    SECTION("public") {
        const auto shown = GENERATE(Visibility::Public, Visibility::Unlisted, Visibility::Unknown);
        Hidden h{Visibility::Followers, shown, records::RequestSource::Admin};
        h.watch(404);
        CHECK(h.gone());
    }
    SECTION("public, and boosted for followers") {
        Hidden h{Visibility::Public, Visibility::Public, records::RequestSource::Admin};
        h.ledger.rows.push_back(h.ledger.rows[0]);
        h.ledger.rows.back().held.visibility = Visibility::Followers;
        h.ledger.rows.back().held.categories = {};
        h.watch(404);
        CHECK(h.gone());
    }
    SECTION("observed") {
        Hidden h{Visibility::Direct, Visibility::Direct, records::RequestSource::Observed};
        h.watch(404);
        CHECK(h.gone());
        CHECK(h.ledger.visits == 0);
    }
}
