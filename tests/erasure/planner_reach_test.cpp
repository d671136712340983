// How recipients are reached, who cannot be, and what a dry run shows of that.

#include <functional>

#include "erasure/office.hpp"
#include "erasure/plan_shown.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using erasure::InboxSource;
using fediverse::NoticeState;

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
