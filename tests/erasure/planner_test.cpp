#include "erasure/planner.hpp"

#include <chrono>

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using erasure::InboxSource;
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

erasure::PlannedRecipient shown(const erasure::PlanPreview& preview, const std::string& name) {
    for (const auto& recipient : preview.recipients) {
        if (recipient.host.text() == name) {
            return recipient;
        }
    }
    FAIL(name + " is not in the plan");
    return {};
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

TEST_CASE("A plan that was cut short is made again without telling anybody twice", "[erasure][planner]") {
    Office office{{10, 2}};
    for (int i = 0; i < 9; ++i) {
        office.lies(i, {"a.example", "b.example", "c.example"});
    }
    const auto number = office.opened();
    int writes = 0;
    office.notices.before_write = [&]() -> Result<void> {
        if (++writes == 3) {
            return fail(ErrorKind::Unavailable, "the disk is full");
        }
        return {};
    };
    CHECK_FALSE(office.desk.start(Office::act(number)));
    CHECK(office.requests.request(number)->state == privacy::RequestState::Received);
    CHECK(office.notices_of(number) == 2);
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.notices_of(number) == 3);
    for (const auto* const name : {"a.example", "b.example", "c.example"}) {
        CHECK(office.notice_to(number, name).steps.size() == 20);
    }
    CHECK(office.notices.objects(number, {})->size() == 9);
}

TEST_CASE("What is learned later changes what was not sent yet", "[erasure][planner]") {
    Office office;
    office.lies(1, {"who.example"});
    const auto number = office.started();
    REQUIRE(office.notice_to(number, "who.example").steps.size() == 4);
    office.deliver(office.notice_to(number, "who.example"), 1);
    office.knows("who.example", "mastodon");
    REQUIRE(office.desk.start(Office::act(number)));
    const auto notice = office.notice_to(number, "who.example");
    CHECK(office.words(notice) == Lines{"delete 1", "actor"});
    CHECK(notice.position == 1);
    CHECK(notice.dialect == "mastodon");
    CHECK(notice.inbox == "https://who.example/inbox");
}

TEST_CASE("What is in flight keeps its place", "[erasure][planner]") {
    Office office;
    office.lies(1, {"who.example"});
    const auto number = office.started();
    auto flying = office.notice_to(number, "who.example");
    flying.in_flight = true;
    office.write(flying);
    office.knows("who.example", "mastodon");
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.words(office.notice_to(number, "who.example")) == Lines{"delete 1", "actor"});
}

TEST_CASE("What leaves while a plan is made anew keeps its mark and its place", "[erasure][planner]") {
    Office office;
    office.lies(1, {"a.example", "b.example"});
    office.lies(2, {"a.example", "b.example"});
    const auto number = office.started();
    office.knows("a.example", "snac");
    office.knows("b.example", "snac");
    int writes = 0;
    office.notices.before_write = [&]() -> Result<void> {
        if (++writes > 1) {
            return {};
        }
        auto sending = office.notice_to(number, "a.example");
        sending.in_flight = true;
        sending.attempts = 1;
        return office.notices.apply({{sending}, {}, {}, {}});
    };
    REQUIRE(office.planner.plan(*office.requests.request(number)));
    CHECK(writes > 1);
    const auto sent = office.notice_to(number, "a.example");
    CHECK(sent.in_flight);
    CHECK(sent.attempts == 1);
    CHECK(sent.dialect == "snac");
    CHECK(office.words(sent) == std::vector<std::string>{"delete 1", "delete 2"});
    CHECK(office.words(office.notice_to(number, "b.example")) ==
          std::vector<std::string>{"delete 1", "delete 2"});
}

TEST_CASE("The inbox is the best that is known", "[erasure][planner]") {
    Office office;
    const auto inbox_of = [&](const std::function<void(RecipientEntry&)>& change) {
        Office fresh;
        fresh.lies(1, {"a.example"});
        REQUIRE(fresh.directory.update(host("a.example"), change));
        return shown(*fresh.desk.preview(fresh.order()), "a.example");
    };
    const auto seen = inbox_of([](auto& entry) {
        entry.software = "mastodon";
        entry.shared_inbox = "https://a.example/shared";
        entry.inbox = "https://a.example/users/x/inbox";
    });
    CHECK(seen.inbox == "https://a.example/shared");
    CHECK(seen.inbox_source == InboxSource::SharedKnown);

    const auto path = inbox_of([](auto& entry) {
        entry.software = "mastodon";
        entry.inbox = "https://a.example/users/x/inbox";
    });
    CHECK(path.inbox == "https://a.example/inbox");
    CHECK(path.inbox_source == InboxSource::WellKnownPath);

    const auto said = inbox_of([](auto& entry) {
        entry.software = "mastodon";
        entry.declared_inbox = "https://a.example/said";
        entry.shared_inbox = "https://a.example/shared";
    });
    CHECK(said.inbox == "https://a.example/said");
    CHECK(said.inbox_source == InboxSource::Declared);

    const auto path_at = [&](const std::string& software, bool relay) {
        return inbox_of([&](auto& entry) {
            entry.software = software;
            entry.relay = relay;
            entry.asked_at = office.clock.at;
            entry.known_at = office.clock.at;
        });
    };
    CHECK(path_at("wordpress", false).inbox == "https://a.example/wp-json/activitypub/1.0/inbox");
    CHECK(path_at("funkwhale", false).inbox == "https://a.example/federation/shared/inbox");
    CHECK(path_at("gotosocial", false).inbox == "https://a.example/users/a.example/inbox");
    CHECK(path_at("threads", false).inbox == "https://a.example/ap/inbox/");
    CHECK(path_at("buzzrelay", true).inbox == "https://a.example/inbox");
    CHECK(path_at("gotosocial", false).inbox_source == InboxSource::WellKnownPath);
    CHECK(path_at("gotosocial", false).obstacle.empty());

    const auto own = inbox_of([](auto& entry) { entry.inbox = "https://a.example/users/x/inbox"; });
    CHECK(own.inbox_source == InboxSource::PersonalKnown);

    const auto later = inbox_of([](auto&) {});
    CHECK(later.inbox_source == InboxSource::ToBeAsked);
    CHECK(later.obstacle.empty());

    const auto asked = inbox_of([&](auto& entry) { entry.asked_at = office.clock.at; });
    CHECK(asked.inbox_source == InboxSource::None);
    CHECK(asked.obstacle.find("2026-11-22") != std::string::npos);

    const auto silent = inbox_of([&](auto& entry) {
        entry.shared_inbox = "https://a.example/inbox";
        note_failure(entry, "it answers 503", *parse_rfc3339("2026-10-01T00:00:00Z"));
    });
    CHECK(silent.obstacle == "it has failed since 2026-10-01: it answers 503");
}

TEST_CASE("A dry run counts what the plan will write, and writes nothing", "[erasure][planner]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.knows("relay.example", "activityrelay");
    office.lies(1, {"masto.example", "relay.example", "who.example"});
    const auto preview = *office.desk.preview(office.order());
    CHECK(office.notices.commits() == 0);
    CHECK(office.requests.requests({})->empty());
    CHECK(shown(preview, "relay.example").passes_on);
    const auto number = office.opened();
    const auto totals = *office.desk.start(Office::act(number));
    CHECK(totals.messages == preview.totals.messages);
    CHECK(totals.recipients == 3);
    CHECK(totals.messages == office.notices.tally(number)->steps);
    CHECK(totals.objects == office.notices.objects(number, {})->size());
    CHECK(totals.difficulty.at("unknown") == 2);
}

TEST_CASE("Thirty thousand recipients are planned without asking for the things of each",
          "[erasure][planner]") {
    Office office;
    std::vector<std::string> hosts;
    for (int i = 0; i < 30'000; ++i) {
        hosts.push_back("h" + std::to_string(i) + ".example");
        office.knows(hosts.back(), i % 5 == 0 ? "misskey" : "mastodon");
    }
    for (int i = 0; i < 3; ++i) {
        office.lies(i, hosts);
    }
    const auto number = office.opened();
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.notices_of(number) == 1'000);  // one page
    CHECK(office.notices.tally(number)->notices == 30'000);
    CHECK(office.ledger.visits == 0);
}

TEST_CASE("Who cannot be reached, and of whom that is not known, does not count as reachable",
          "[erasure][planner]") {
    erasure::Planner::Options options;
    options.permits = [](const Host& one) { return one.text() != "10.0.0.5"; };
    Office office{options};
    office.knows("a.example", "mastodon");
    office.knows("10.0.0.5", "mastodon");
    office.lies(1, {"a.example", "10.0.0.5", "asked.example"});
    const auto preview = office.desk.preview(office.order());
    REQUIRE(preview);
    CHECK(shown(*preview, "10.0.0.5").obstacle == "its address is not a public one: nothing is sent there");
    CHECK(shown(*preview, "asked.example").inbox_source == erasure::InboxSource::ToBeAsked);
    CHECK(shown(*preview, "a.example").obstacle.empty());
    CHECK(preview->totals.recipients == 3);
    CHECK(preview->totals.reachable == 1);
    CHECK(preview->totals.not_asked == 1);
    CHECK(preview->totals.unreachable == 1);
}

TEST_CASE("A rule that keeps even deletions from a server leaves it to a letter", "[erasure][planner]") {
    std::string barred = "no-contact";
    erasure::Planner::Options options;
    options.barred = [&](privacy::SubjectNumber, std::span<const Host> hosts) {
        std::vector<std::string> rules;
        for (const auto& one : hosts) {
            rules.push_back(one.text() == "bad.example" ? barred : "");
        }
        return Result<std::vector<std::string>>{rules};
    };
    Office office{options};
    office.knows("bad.example", "mastodon");
    office.knows("good.example", "mastodon");
    office.lies(1, {"bad.example", "good.example"});
    const auto number = office.started();
    auto bad = office.notice_to(number, "bad.example");
    CHECK(bad.state == NoticeState::Unreachable);
    CHECK(!bad.next_at);
    CHECK(bad.reason.find("no-contact") != std::string::npos);
    CHECK(office.notice_to(number, "good.example").state == NoticeState::Planned);
    const auto preview = office.planner.preview(*office.requests.request(number));
    CHECK(shown(*preview, "bad.example").obstacle.find("no-contact") != std::string::npos);
    CHECK(preview->totals.unreachable == 1);

    barred.clear();
    REQUIRE(office.planner.plan(*office.requests.request(number)));
    bad = office.notice_to(number, "bad.example");
    CHECK(bad.state == NoticeState::Planned);
    CHECK(bad.next_at == office.clock.at);
    CHECK(bad.reason.empty());

    barred = "again";
    REQUIRE(office.planner.plan(*office.requests.request(number)));
    bad = office.notice_to(number, "bad.example");
    CHECK(bad.state == NoticeState::Unreachable);
    CHECK(!bad.next_at);
}
