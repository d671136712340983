#include "recipients/transfers.hpp"

#include <catch2/catch.hpp>

#include "fakes/declaration_book.hpp"
#include "fakes/finding_books.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/stopped_clock.hpp"
#include "host.hpp"
#include "recipients/declare.hpp"
#include "recipients/listing.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using namespace fedtrail::privacy;
using namespace fedtrail::testing;

namespace {

constexpr Day kDay{std::chrono::year{2026} / 11 / 22};

/// So many recipients, named in order.
class ManyRecipients final : public LedgerReader {
public:
    std::vector<RecipientTotals> all;

    explicit ManyRecipients(int count) {
        for (int number = 1; number <= count; ++number) {
            RecipientTotals totals;
            totals.recipient = host("h" + std::to_string(10'000 + number) + ".example");
            totals.disclosures = 2;
            all.push_back(totals);
        }
    }
    Result<std::vector<PairAggregate>> recipients_of(SubjectNumber, const Window&) const override {
        return std::vector<PairAggregate>{};
    }
    Result<std::vector<SubjectNumber>> subjects_at(const Host&) const override {
        return std::vector<SubjectNumber>{};
    }
    Result<std::vector<Holder>> holders_of(SubjectNumber, const Uri&) const override {
        return std::vector<Holder>{};
    }
    Result<std::vector<RecipientTotals>> recipients(std::string_view after,
                                                    std::size_t limit) const override {
        std::vector<RecipientTotals> page;
        for (const auto& one : all) {
            if (one.recipient.text() > after && page.size() < limit) {
                page.push_back(one);
            }
        }
        return page;
    }
    Result<LedgerTotals> totals() const override { return LedgerTotals{}; }
};

struct CrowdedRoom {
    ManyRecipients ledger{2500};
    FakeRecipientDirectory directory;
    FakeDeclarationBook declarations;
    FakeFindings findings;
    StoppedClock clock;
    Register cards{{directory, declarations, findings, findings, clock},
                   std::make_shared<const RegisterPolicies>(RegisterPolicies{
                       *parse_adequacy(policy_file("adequacy.json")), *Country::parse("NL"), {}, {}, {}})};

    CrowdedRoom() {
        say("h10001.example", {{"country", "DE"}});
        say("h11500.example", {{"country", "GB"}});
        say("h12400.example",
            {{"dpf_list", "yes"},
             {"dpf_list.entity", "Example Inc."},
             {"dpf_list.entry", "EU-U.S. DPF"},
             {"dpf_list.data_kind", "non-HR"}});
    }
    void say(std::string_view name, std::vector<WantedWord> words) {
        const std::vector<DeclareOrder> orders{{host(name), std::move(words), "cli", "seen"}};
        REQUIRE(declare(declarations, orders, scope_facts(cards.policies()->adequacy.adequacy), clock.at));
    }
    Result<void> turn(bool on, const std::string& reason = "the court") {
        return turn_dpf(*cards.policies(), findings, {"", on, clock.at, "cli", reason});
    }
    std::vector<BasisChange> effect(bool on) { return effect_of_dpf(ledger, cards, on, kDay).value(); }
};

}  // namespace

TEST_CASE("Every recipient is counted once, by its basis and why", "[recipients][transfers]") {
    const CrowdedRoom room;
    const auto counts = count_bases(room.ledger, room.cards, kDay);
    REQUIRE(counts);
    CHECK(counts->recipients == 2500);
    CHECK(counts->stale == 0);
    REQUIRE(counts->counts.size() == 3);
    CHECK(counts->counts[0].kind == BasisKind::NoneNeeded);
    CHECK(counts->counts[0].recipients == 1);
    CHECK(counts->counts[0].disclosures == 2);
    CHECK(counts->counts[1].kind == BasisKind::Adequacy);
    CHECK(counts->counts[1].recipients == 2);
    CHECK(counts->counts[2].reason == BasisReason::CountryNotKnown);
    CHECK(counts->counts[2].recipients == 2497);
}

TEST_CASE("A recipient with several hosts is counted once, and all that went to it",
          "[recipients][transfers]") {
    CrowdedRoom room;
    room.directory.join_to(host("h10001.example"), host("h12499.example"));
    const auto counts = count_bases(room.ledger, room.cards, kDay);
    REQUIRE(counts);
    CHECK(counts->recipients == 2499);
    CHECK(counts->counts[0].kind == BasisKind::NoneNeeded);
    CHECK(counts->counts[0].recipients == 1);
    CHECK(counts->counts[0].disclosures == 4);
}

TEST_CASE("A recipient is counted under the weakest basis of its hosts, with all that went to it",
          "[recipients][transfers]") {
    CrowdedRoom room;
    auto port = room.ledger.all.front();
    port.recipient = host("h10001.example:8443");  // nothing is declared of it
    room.ledger.all.insert(room.ledger.all.begin() + 1, port);
    const auto counts = count_bases(room.ledger, room.cards, kDay);
    REQUIRE(counts);
    CHECK(counts->recipients == 2500);
    REQUIRE(counts->counts.size() == 2);
    CHECK(counts->counts[0].kind == BasisKind::Adequacy);
    CHECK(counts->counts[1].reason == BasisReason::CountryNotKnown);
    CHECK(counts->counts[1].recipients == 2498);
    CHECK(counts->counts[1].disclosures == 2 * 2499);
}

TEST_CASE("What a switch would change is known before it is turned", "[recipients][transfers]") {
    CrowdedRoom room;
    CHECK(room.effect(true).empty());
    const auto effect = room.effect(false);
    REQUIRE(effect.size() == 1);
    CHECK(effect[0].host == host("h12400.example"));
    CHECK(effect[0].before.kind == BasisKind::Adequacy);
    CHECK(effect[0].after.kind == BasisKind::Undocumented);
    CHECK(effect[0].after.reason == BasisReason::SwitchedOff);
    CHECK(count_bases(room.ledger, room.cards, kDay)->counts[1].recipients == 2);

    REQUIRE(room.turn(false));
    CHECK(count_bases(room.ledger, room.cards, kDay)->counts[1].recipients == 1);
    CHECK(room.effect(false).empty());
    CHECK(room.effect(true).size() == 1);
    const auto state = dpf_state(*room.cards.policies(), room.findings);
    REQUIRE(state);
    CHECK_FALSE(state->on);
    CHECK(state->allowed);
    CHECK(state->turns.at(0).reason == "the court");
    REQUIRE(room.turn(true));
    CHECK(dpf_state(*room.cards.policies(), room.findings)->on);
}

TEST_CASE("A switch is turned for a reason, once, and never against the policy", "[recipients][transfers]") {
    CrowdedRoom room;
    CHECK(room.turn(false, " ").error().kind == ErrorKind::Invalid);
    CHECK(room.turn(false, std::string(2001, 'x')).error().kind == ErrorKind::Invalid);
    CHECK(room.turn(true).error().kind == ErrorKind::Conflict);
    auto policies = *room.cards.policies();
    policies.adequacy.switches.dpf_enabled = false;
    room.cards.use(std::make_shared<const RegisterPolicies>(policies));
    CHECK(room.turn(true).error().kind == ErrorKind::Denied);
    CHECK(room.turn(false).error().kind == ErrorKind::Conflict);
    CHECK(room.findings.turned.empty());
    CHECK(count_bases(room.ledger, room.cards, kDay)->counts[1].recipients == 1);
}

TEST_CASE("A list shows those that fit, page by page", "[recipients][listing]") {
    CrowdedRoom room;
    room.findings.blocked[host("h10007.example")] = {records::BlockSeverity::Suspended, "ours", "spam"};
    const auto list = [&](const ListFilter& filter, const std::string& after, std::size_t limit) {
        return list_recipients({room.ledger, room.cards, room.findings}, filter, after, limit, kDay).value();
    };
    const auto first = list({}, "", 10);
    CHECK(first.recipients.size() == 10);
    CHECK(first.next == "h10010.example");
    CHECK(list({}, "h12495.example", 10).recipients.size() == 5);
    CHECK(list({}, "h12490.example", 10).next.empty());

    const auto unknown = list(list_filter("unknown", "", "").value(), "", 3000);
    CHECK(unknown.recipients.size() == 2497);
    CHECK(unknown.next.empty());
    const auto adequate = list(list_filter("", "A45-3", "").value(), "", 1);
    REQUIRE(adequate.recipients.size() == 1);
    CHECK(adequate.next == "h11500.example");
    const auto more = list(list_filter("", "A45-3", "").value(), adequate.next, 1);
    REQUIRE(more.recipients.size() == 1);
    CHECK(more.recipients[0].card.host == host("h12400.example"));
    CHECK(more.next.empty());
    CHECK(list(list_filter("de", "", "").value(), "", 10).recipients.size() == 1);
    CHECK(list(list_filter("", "", "Mastodon").value(), "", 10).recipients.empty());
    CHECK(list(list_filter("", "", "unknown").value(), "", 10).recipients.size() == 10);
    ListFilter blocked;
    blocked.blocked = true;
    const auto one = list(blocked, "", 10);
    REQUIRE(one.recipients.size() == 1);
    CHECK(one.recipients[0].blocked->reason == "spam");
    CHECK_FALSE(list_filter("Germany", "", ""));
    CHECK_FALSE(list_filter("", "adequate", ""));
}

TEST_CASE("The totals of one host are found by its name alone", "[recipients][listing]") {
    const CrowdedRoom room;
    CHECK(totals_of(room.ledger, host("h10002.example"))->value().disclosures == 2);
    CHECK_FALSE(totals_of(room.ledger, host("h1000.example"))->has_value());
}
