// What each recipient is told.

#include "erasure/planner.hpp"

#include "erasure/office.hpp"
#include "erasure/plan_shown.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::DataCategory;
using fediverse::NoticeState;
using Lines = std::vector<std::string>;

namespace {

records::ErasureScope only(const std::vector<std::string>& hosts) {
    records::ErasureScope scope;
    for (const auto& name : hosts) {
        scope.recipients.push_back(host(name));
    }
    return scope;
}

}  // namespace

TEST_CASE("Each recipient of an account is told in the order its software obeys", "[erasure][planner]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.knows("tube.example", "peertube");
    office.knows("gts.example", "gotosocial");
    office.knows("snac.example", "snac");
    office.lies(1, {"masto.example", "tube.example", "gts.example", "snac.example"});
    office.lies(2, {"masto.example", "gts.example"});
    const auto number = office.started();

    CHECK(office.words(office.notice_to(number, "masto.example")) == Lines{"actor"});
    CHECK(office.words(office.notice_to(number, "tube.example")) == Lines{"actor"});
    CHECK(office.words(office.notice_to(number, "gts.example")) == Lines{"delete 1", "delete 2", "actor"});
    CHECK(office.words(office.notice_to(number, "snac.example")) == Lines{"delete 1"});
}

TEST_CASE("Unknown software gets the plain form and then another with another id", "[erasure][planner]") {
    Office office;
    office.lies(1, {"who.example"});
    const auto number = office.started();
    CHECK(office.words(office.notice_to(number, "who.example")) ==
          Lines{"delete 1", "delete 1 tombstone", "actor", "actor typed"});
}

TEST_CASE("Who passes on is told of each object, since nothing else is passed on", "[erasure][planner]") {
    Office office;
    office.knows("lemmy.example", "lemmy");
    office.lies(1, {"lemmy.example", "masto.example"});
    office.knows("masto.example", "mastodon");
    REQUIRE(office.directory.update(host("masto.example"), [](auto& entry) { entry.community = true; }));
    const auto number = office.started();
    CHECK(office.words(office.notice_to(number, "lemmy.example")) == Lines{"delete 1", "actor"});
    CHECK(office.words(office.notice_to(number, "masto.example")) == Lines{"delete 1", "actor"});
}

TEST_CASE("Software that asks the origin is told again when the origin is gone", "[erasure][planner]") {
    Office office;
    office.knows("blog.example", "wordpress");
    office.knows("key.example", "misskey");
    office.lies(1, {"blog.example", "key.example"});
    const auto number = office.started();
    CHECK(office.words(office.notice_to(number, "blog.example")) ==
          Lines{"delete 1", "actor", "delete 1 wave 2", "actor wave 2"});
    CHECK(office.words(office.notice_to(number, "key.example")) == Lines{"actor", "actor wave 2"});

    SECTION("but once is enough where the origin is gone already") {
        const auto late = office.opened(only({}));
        auto request = *office.requests.request(late);
        request.origin_gone_at = office.clock.at;
        request.number = records::RequestNumber{};
        const auto preview = office.planner.preview(request);
        CHECK(shown(*preview, "blog.example").messages == 2);
        CHECK(shown(*preview, "blog.example").last_wave == 1);
    }
    SECTION("and a plan that is made again keeps the second wave of whoever had the first") {
        office.deliver(office.notice_to(number, "blog.example"), 2);
        auto request = *office.requests.request(number);
        request.origin_gone_at = office.clock.at;
        REQUIRE(office.planner.plan(request));
        CHECK(office.words(office.notice_to(number, "blog.example")) ==
              Lines{"delete 1", "actor", "delete 1 wave 2", "actor wave 2"});
    }
}

TEST_CASE("Only objects that lie at a recipient are named to it, each once", "[erasure][planner]") {
    Office office;
    office.knows("gts.example", "gotosocial");
    office.lies(1, {"gts.example"});
    office.lies(2, {"elsewhere.example"});
    office.ledger.add("https://origin.example/updates/9", note(1), {DataCategory::Media}, {"gts.example"});
    office.ledger.add("https://origin.example/updates/10", kActor, {DataCategory::Profile}, {"gts.example"});
    office.ledger.add("https://origin.example/deletes/1", note(7), {DataCategory::Deletion}, {"gts.example"});
    office.ledger.add("https://origin.example/accepts/1", "", {}, {"gts.example"});
    const auto number = office.started();
    CHECK(office.words(office.notice_to(number, "gts.example")) == Lines{"delete 1", "actor"});
    const auto objects = *office.notices.objects(number, {});
    CHECK(objects.at(0).categories.has(DataCategory::Media));
    CHECK(objects.at(0).categories.has(DataCategory::PostText));
}

TEST_CASE("Follows and reactions are taken back where nothing sweeps them away", "[erasure][planner]") {
    Office office;
    office.knows("snac.example", "snac");
    office.knows("masto.example", "mastodon");
    office.knows("gts.example", "gotosocial");
    const std::string like = "https://origin.example/likes/1";
    office.ledger.add(like, "", {DataCategory::Reaction}, {"snac.example", "masto.example", "gts.example"});
    office.lies(1, {"snac.example"});
    const auto number = office.started();
    CHECK(office.words(office.notice_to(number, "snac.example")) == Lines{"delete 1", "undo " + like});
    CHECK(office.words(office.notice_to(number, "masto.example")) == Lines{"actor"});
    CHECK(office.words(office.notice_to(number, "gts.example")) == Lines{"actor"});

    // A reaction chosen by itself is taken back everywhere.
    auto scope = chosen({});
    scope.objects.push_back(personal(like));
    const auto alone = office.started(scope);
    CHECK(office.words(office.notice_to(alone, "masto.example")) == Lines{"undo " + like});
}

TEST_CASE("Chosen objects are deleted where they lie and the account stays", "[erasure][planner]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.knows("other.example", "mastodon");
    office.lies(1, {"masto.example"});
    office.lies(2, {"masto.example", "other.example"});
    office.lies(3, {"other.example"});
    const auto number = office.started(chosen({1, 2}));
    CHECK(office.words(office.notice_to(number, "masto.example")) == Lines{"delete 1", "delete 2"});
    CHECK(office.words(office.notice_to(number, "other.example")) == Lines{"delete 2"});
}

TEST_CASE("Where nothing is known to lie, only what the server has heard of is named", "[erasure][planner]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.ledger.add("https://origin.example/deletes/1", note(1), {DataCategory::Deletion}, {"a.example"});
    office.lies(2, {"b.example"});
    const auto number = office.started(chosen({1, 2}));
    CHECK(office.words(office.notice_to(number, "a.example")) == Lines{"delete 1"});
}

TEST_CASE("What the ledger forgets stays planned, and nothing joins it", "[erasure][planner]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    office.lies(2, {"b.example"});
    const auto number = office.started(chosen({1, 2}));
    office.ledger.rows.clear();
    REQUIRE(office.desk.start(Office::act(number)));
    const auto notice = office.notice_to(number, "a.example");
    CHECK(office.words(notice) == Lines{"delete 1"});
    CHECK(notice.next_at);
}

TEST_CASE("A scope of time and kind takes what matches both", "[erasure][planner]") {
    Office office;
    office.knows("masto.example", "mastodon");
    const std::vector<std::string> there{"masto.example"};
    office.ledger.add(note(1) + "/a", note(1), {DataCategory::PostText}, there, "2025-06-01T00:00:00Z");
    office.ledger.add(note(2) + "/a", note(2), {DataCategory::Media}, there, "2025-06-01T00:00:00Z");
    office.ledger.add(note(3) + "/a", note(3), {DataCategory::PostText}, there, "2026-06-01T00:00:00Z");
    office.lies(4, {"later.example"});
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Matching;
    scope.before = *parse_rfc3339("2026-01-01T00:00:00Z");
    scope.categories = {DataCategory::PostText};
    const auto number = office.started(scope);
    CHECK(office.words(office.notice_to(number, "masto.example")) == Lines{"delete 1"});
    CHECK(office.notices_of(number) == 1);
    CHECK(office.desk.preview(number)->recipients.size() == 1);
}

TEST_CASE("One recipient alone is told, and the account lives on elsewhere", "[erasure][planner]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.knows("blog.example", "wordpress");
    office.lies(1, {"masto.example", "blog.example", "friends.example"});
    const auto order = office.order(only({"masto.example", "blog.example", "never.example"}));
    const auto preview = *office.desk.preview(order);
    CHECK(preview.recipients.size() == 3);
    CHECK(shown(preview, "masto.example").messages == 1);
    // It would ask the origin, which goes on answering: no second wave can come.
    CHECK(shown(preview, "blog.example").last_wave == 1);
    CHECK(shown(preview, "blog.example").difficulty == "keeps");
    // Telling it would disclose to it what it never had.
    CHECK_FALSE(shown(preview, "never.example").disclosed);
    CHECK(shown(preview, "never.example").messages == 0);
    CHECK_FALSE(shown(preview, "never.example").obstacle.empty());
}

TEST_CASE("What is held back keeps the account's own Delete away from where it lies", "[erasure][planner]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.knows("other.example", "mastodon");
    office.lies(1, {"masto.example"});
    office.lies(2, {"masto.example", "other.example"});
    const auto number = office.opened();
    const std::vector held{personal(note(1))};
    REQUIRE(
        office.desk.hold(Office::act(number, "a court asked"), held, privacy::RefusalGround::LegalClaims));
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.words(office.notice_to(number, "masto.example")) == Lines{"delete 2"});
    CHECK(office.words(office.notice_to(number, "other.example")) == Lines{"actor"});
    const auto preview = *office.desk.preview(number);
    CHECK(shown(preview, "masto.example").held_back == 1);
    CHECK(preview.totals.held_back == 1);
}

TEST_CASE("What the origin told already is not told again", "[erasure][planner]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.knows("snac.example", "snac");
    office.knows("key.example", "misskey");
    office.lies(1, {"masto.example", "snac.example", "key.example", "far.example"});
    // As the spotter does: a request that is observed, and notices of those who took the Delete.
    auto order = office.order();
    order.source = records::RequestSource::Observed;
    const auto number = office.desk.open(order)->number;
    std::vector<records::Notice> told;
    for (const auto* const name : {"masto.example", "snac.example", "key.example"}) {
        records::Notice notice;
        notice.request = number;
        notice.subject = office.alice;
        notice.recipient = host(name);
        notice.state = NoticeState::Acknowledged;
        notice.seen_from_origin = true;
        notice.acknowledged_at = office.clock.at;
        told.push_back(notice);
    }
    REQUIRE(office.notices.plan(number, {}, told));
    REQUIRE(office.desk.start(Office::act(number)));

    CHECK(office.words(office.notice_to(number, "masto.example")).empty());
    CHECK_FALSE(office.notice_to(number, "masto.example").next_at);
    CHECK(office.words(office.notice_to(number, "snac.example")) == Lines{"delete 1"});
    CHECK(office.notice_to(number, "snac.example").next_at == office.clock.at);
    CHECK(office.words(office.notice_to(number, "key.example")) == Lines{"actor wave 2"});
    CHECK(office.words(office.notice_to(number, "far.example")).size() == 4);

    SECTION("nor by a request of the person that comes after") {
        auto own = office.order(only({}));
        own.scope.recipients = {host("masto.example")};
        const auto preview = *office.desk.preview(own);
        CHECK(shown(preview, "masto.example").messages == 0);
        CHECK(shown(preview, "masto.example").told_by_origin);
        const auto second = office.started(own.scope);
        CHECK(office.notice_to(second, "masto.example").state == NoticeState::Acknowledged);
        CHECK(office.notice_to(second, "masto.example").next_look_at);
    }
}

TEST_CASE("Everybody in the ledger is told, also who holds nothing to delete", "[erasure][planner]") {
    Office office;
    office.knows("snac.example", "snac");
    office.ledger.add("https://origin.example/accepts/1", "", {}, {"snac.example"});
    const auto number = office.started();
    CHECK(office.words(office.notice_to(number, "snac.example")) == Lines{"actor"});
}
