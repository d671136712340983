// Posts that strangers were never shown: the origin answers 404 for them, deleted or not.

#include <catch2/catch.hpp>

#include "erasure/alice.hpp"
#include "erasure/origin_watch.hpp"
#include "erasure/taken.hpp"
#include "fakes/held_ledger.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/remote_http.hpp"
#include "fakes/request_book.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::Visibility;

namespace {

/// Posts of Alice's that one server has, and an origin that answers the same for all.
struct Hidden {
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeSubjectVault vault;
    FakeRemoteHttp http;
    StoppedClock clock;
    HeldLedger ledger;
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    records::RequestNumber number;
    std::size_t sample{20};

    Hidden(const std::vector<Visibility>& posts, records::RequestSource source) {
        records::ErasureRequest request;
        request.subject = alice;
        request.scope.kind = records::ScopeKind::Objects;
        request.state = privacy::RequestState::InProgress;
        request.source = source;
        std::vector<records::ErasedObject> objects;
        for (const auto visibility : posts) {
            const auto uri = std::string{kAlice} + "/" + std::to_string(objects.size());
            request.scope.objects.emplace_back(uri);
            objects.push_back({Personal<std::string>{uri}, {}, false});
            ledger.add(uri + "/activity", uri, {fediverse::DataCategory::PostText}, {"a.example"});
            ledger.rows.back().held.visibility = visibility;
        }
        number = requests.open(request, {})->number;
        records::Notice notice;
        notice.request = number;
        notice.subject = alice;
        notice.recipient = *Host::parse("a.example");
        REQUIRE(notices.plan(number, objects, std::vector{notice}));
    }
    /// For half an hour.
    void watch(int status) {
        http.server = [status](const RemoteRequest&) { return says(status, "{}"); };
        erasure::OriginWatchOptions options{"Fedtrail/1"};
        options.sample = sample;
        erasure::OriginWatch watch{{requests, notices, vault, http, clock, &ledger}, options, [] {}};
        for (int i = 0; i < 90; ++i) {
            REQUIRE(watch.step());
            clock.at += 20s;
        }
    }
    /// As the spotter writes down what the proxy saw; of posts by their places in the request.
    void origin_deletes(const std::vector<std::uint32_t>& posts) {
        NoticeChange change;
        for (const auto post : posts) {
            change.attempts.push_back({notice(),
                                       post,
                                       clock.at,
                                       records::AttemptResult::Answered,
                                       202,
                                       std::string{erasure::kByOrigin},
                                       {}});
        }
        REQUIRE(notices.apply(change));
    }
    [[nodiscard]] records::NoticeNumber notice() const { return notices.notices({})->front().number; }
    [[nodiscard]] bool gone() const { return requests.request(number)->origin_gone_at.has_value(); }
};

}  // namespace

TEST_CASE("a 404 says nothing of posts that strangers were never shown", "[origin]") {
    const auto hidden = GENERATE(Visibility::Followers, Visibility::Direct);
    Hidden h{{hidden, hidden}, records::RequestSource::Admin};
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
        h.origin_deletes({0, 1});
        h.watch(404);
        CHECK(h.gone());
    }
    SECTION("not where it was seen to delete one of the two") {
        h.origin_deletes({1});
        h.watch(404);
        CHECK_FALSE(h.gone());
    }
    SECTION("not where nobody can read any more what it was seen to do") {
        h.origin_deletes({0, 1});
        h.notices.damaged = {h.notice()};
        h.watch(404);
        CHECK_FALSE(h.gone());
    }
}

TEST_CASE("where a 404 of the posts that are asked for says nothing others are asked for", "[origin]") {
    const auto second = GENERATE(Visibility::Public, Visibility::Followers);
    Hidden h{{Visibility::Followers, second, Visibility::Followers, Visibility::Direct},
             records::RequestSource::Admin};
    h.sample = 2;  // the first and the third, to begin with
    h.watch(404);
    CHECK(h.gone() == (second == Visibility::Public));
}

TEST_CASE("a 404 counts where one of the posts was public, or the origin itself began", "[origin]") {
    SECTION("public") {
        const auto shown = GENERATE(Visibility::Public, Visibility::Unlisted, Visibility::Unknown);
        Hidden h{{Visibility::Followers, shown}, records::RequestSource::Admin};
        h.watch(404);
        CHECK(h.gone());
    }
    SECTION("public, and boosted for followers") {
        Hidden h{{Visibility::Public, Visibility::Public}, records::RequestSource::Admin};
        h.ledger.rows.push_back(h.ledger.rows[0]);
        h.ledger.rows.back().held.visibility = Visibility::Followers;
        h.ledger.rows.back().held.categories = {};
        h.watch(404);
        CHECK(h.gone());
    }
    SECTION("observed") {
        Hidden h{{Visibility::Direct, Visibility::Direct}, records::RequestSource::Observed};
        h.watch(404);
        CHECK(h.gone());
        CHECK(h.ledger.visits == 0);
    }
}
