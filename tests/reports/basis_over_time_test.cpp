/// A row of a report speaks of all disclosures to its recipient: it says the least that any day between the
/// first and the last had to rest on.

#include <algorithm>
#include <map>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/consents.hpp"
#include "reports/example_reports.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports::test {

namespace {

using privacy::BasisKind;
using privacy::Day;
using std::chrono::year;

constexpr Day kFirstSent = year{2026} / 3 / 10;
constexpr Day kLastSent = year{2026} / 9 / 20;
constexpr Day kReported = year{2026} / 11 / 22;

/// What transfers rest on from a day on; counts what it is asked.
class ChangingRegister final : public RecipientRegister {
public:
    std::map<Day, BasisKind> from;  ///< Before the first, Undocumented.
    std::optional<records::IfConsented> if_consented;
    std::vector<records::HostAlias> aliases;
    mutable std::vector<Day> asked;

    [[nodiscard]] Result<std::vector<records::RecipientCard>> cards(std::span<const Host> hosts,
                                                                    Day transfer) const override {
        asked.push_back(transfer);
        std::vector<records::RecipientCard> cards;
        for (const auto& one : hosts) {
            auto& card = cards.emplace_back(records::RecipientCard{one});
            card.country = {
                *privacy::Country::parse("US"), records::CountrySource::Admin, records::Confidence::High};
            const auto next = from.upper_bound(transfer);
            card.basis.kind = next == from.begin() ? BasisKind::Undocumented : std::prev(next)->second;
            card.if_consented = if_consented;
            card.aliases = aliases;
            for (const auto& [day, kind] : from) {
                card.basis_turns.push_back(day);
            }
        }
        return cards;
    }
};

Instant noon(const Day& day) {
    return std::chrono::sys_days{day} + std::chrono::hours{12};
}

/// What the row of one recipient, to whom something went on kFirstSent and kLastSent, says in a report of
/// kReported.
BasisKind told(const ChangingRegister& known, const ConsentBook* consents = nullptr) {
    const PairAggregate pair{
        host("a.example"), noon(kFirstSent), noon(kLastSent), 2, 2, {}, {}, privacy::Evidence::Sent};
    const FixedLedger ledger{LedgerContent{{pair}, {}}};
    const OnePersonVault vault{"https://origin.example/users/alice", ""};
    ReportSources sources{ledger, vault, &known};
    sources.consents = consents;
    const auto report = build_transfer_report(
        sources, kAlice, {}, ReportFrame{example_controller(), noon(kReported), english()});
    REQUIRE(report);
    return report->recipients.at(0).card.basis.kind;
}

}  // namespace

TEST_CASE("A span that was partly without adequacy is not called adequate", "[reports][span]") {
    const std::map<Day, BasisKind> gap{{year{2020} / 1 / 1, BasisKind::Adequacy},
                                       {year{2026} / 5 / 1, BasisKind::Undocumented},
                                       {year{2026} / 5 / 2, BasisKind::AdequacyUnverified},
                                       {year{2026} / 6 / 1, BasisKind::Adequacy}};
    ChangingRegister known;
    known.from = gap;
    CHECK(told(known) == BasisKind::Undocumented);
    known.from.erase(Day{year{2026} / 5 / 1});
    CHECK(told(known) == BasisKind::AdequacyUnverified);
}

TEST_CASE("The first day and the last belong to the span, and no others", "[reports][span]") {
    ChangingRegister known;
    const auto gap = [&](const Day& since, const Day& until) {
        known.from = {{year{2020} / 1 / 1, BasisKind::Adequacy},
                      {since, BasisKind::Undocumented},
                      {until, BasisKind::Adequacy}};
        return told(known);
    };
    CHECK(gap(kFirstSent, year{2026} / 3 / 11) == BasisKind::Undocumented);
    CHECK(gap(year{2026} / 3 / 1, year{2026} / 3 / 11) == BasisKind::Undocumented);
    CHECK(gap(kLastSent, year{2026} / 9 / 21) == BasisKind::Undocumented);
    CHECK(gap(year{2026} / 3 / 1, kFirstSent) == BasisKind::Adequacy);
    CHECK(gap(year{2026} / 9 / 21, year{2026} / 10 / 1) == BasisKind::Adequacy);
    // The day of the report counts as well, as it always did.
    CHECK(gap(year{2026} / 11 / 1, year{2027} / 1 / 1) == BasisKind::Undocumented);
    known.from = {{kFirstSent, BasisKind::Adequacy}};
    CHECK(told(known) == BasisKind::Adequacy);
    known.from = {{year{2026} / 3 / 11, BasisKind::Adequacy}};
    CHECK(told(known) == BasisKind::Undocumented);
}

TEST_CASE("Nobody is asked about a day on which nothing was different", "[reports][span]") {
    ChangingRegister known;
    known.from = {{year{2000} / 7 / 26, BasisKind::Adequacy}, {year{2027} / 1 / 1, BasisKind::Undocumented}};
    CHECK(told(known) == BasisKind::Adequacy);
    CHECK(known.asked == std::vector<Day>{kReported});
}

TEST_CASE("Nobody is asked about a day on which something changed for others alone",
          "[reports][span][consent]") {
    const auto us = *privacy::Country::parse("US");
    ChangingRegister known;
    known.from = {{year{2000} / 7 / 26, BasisKind::Adequacy}};
    known.aliases = {{host("b.example"), "www"}};
    known.if_consented = records::IfConsented{us, {BasisKind::ExplicitConsent}};
    fedtrail::testing::FakeConsents consents;
    const auto asked_after = [&](const privacy::Country& country, const Host& recipient) {
        known.asked.clear();
        REQUIRE(consents.give({kAlice, 0, country, recipient, year{2026} / 5 / 1, {}, "form 17"}, {}));
        CHECK(told(known, &consents) != BasisKind::Undocumented);
        return known.asked;
    };
    CHECK(asked_after(us, host("c.example")) == std::vector<Day>{kReported});
    CHECK(asked_after(*privacy::Country::parse("JP"), Host{}) == std::vector<Day>{kReported});
    CHECK(asked_after(*privacy::Country::parse("JP"), host("a.example")) == std::vector<Day>{kReported});
    // For this one, by any of its hosts, or for whoever is there.
    const auto mine = GENERATE(host("a.example:8443"), host("b.example"), Host{});
    CHECK(asked_after(us, mine).size() == 2);
}

TEST_CASE("Days between two consents rest on none", "[reports][span][consent]") {
    const auto us = *privacy::Country::parse("US");
    ChangingRegister known;
    known.if_consented = records::IfConsented{us, {BasisKind::ExplicitConsent}};
    fedtrail::testing::FakeConsents consents;
    const auto give = [&](const Day& day) {
        REQUIRE(consents.give({kAlice, 0, us, host("a.example"), day, {}, "form 17"}, {}));
    };
    give(year{2026} / 1 / 1);
    CHECK(told(known, &consents) == BasisKind::ExplicitConsent);
    REQUIRE(consents.withdraw(kAlice, us, host("a.example"), year{2026} / 4 / 1, {}));
    give(year{2026} / 5 / 1);
    CHECK(told(known, &consents) == BasisKind::Undocumented);
}

}  // namespace fedtrail::reports::test
