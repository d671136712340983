#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "fakes/consents.hpp"
#include "reports/example_reports.hpp"
#include "reports/renderers.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports::test {

namespace {

const NotEstablished* find(const TransferReport& report, std::string_view code) {
    const auto found = std::find_if(report.not_established.begin(),
                                    report.not_established.end(),
                                    [code](const NotEstablished& gap) { return gap.code == code; });
    return found == report.not_established.end() ? nullptr : &*found;
}

std::uint64_t figure(const NotEstablished* gap, std::string_view name) {
    REQUIRE(gap != nullptr);
    for (const auto& [known, value] : gap->figures) {
        if (known == name) {
            return std::get<std::uint64_t>(value);
        }
    }
    FAIL("no such figure: " << name);
    return 0;
}

ReportFrame frame() {
    return ReportFrame{example_controller(), at("2026-11-22T10:15:00Z"), english()};
}

}  // namespace

TEST_CASE("A report adds up its recipients and lists them by host", "[reports]") {
    const auto report = report_of(small_ledger());
    REQUIRE(report.recipients.size() == 2);
    CHECK(report.recipients[0].pair.recipient.text() == "a.example");
    CHECK(report.recipients[1].pair.recipient.text() == "b.example:8443");
    CHECK(report.totals.recipients == 2);
    CHECK(report.totals.disclosures == 5);
    CHECK_FALSE(report.totals.countries.has_value());
    CHECK(find(report, code::kCountries) != nullptr);
}

TEST_CASE("A person without a handle is named by their actor URI", "[reports]") {
    const FixedLedger ledger{small_ledger()};
    const OnePersonVault nameless{"https://origin.example/users/7", ""};
    const auto report = build_transfer_report({ledger, nameless}, kAlice, {}, frame());
    REQUIRE(report);
    CHECK(report->subject.reveal() == "https://origin.example/users/7");
    CHECK(report_of(small_ledger()).subject.reveal() == "alice@origin.example");
}

TEST_CASE("For whoever may not know the name a person is a number", "[reports]") {
    const FixedLedger ledger{small_ledger()};
    const OnePersonVault vault{"https://origin.example/users/alice", "alice@origin.example"};
    auto nameless = frame();
    nameless.pseudonym = true;
    const auto report = build_transfer_report({ledger, vault}, kAlice, {}, nameless);
    REQUIRE(report);
    CHECK(report->subject.reveal() == "#1");
}

TEST_CASE("The newest looks at the data are told, by role, and how many more there are", "[reports]") {
    const FixedLedger ledger{small_ledger()};
    const OnePersonVault vault{"https://origin.example/users/alice", "alice@origin.example"};
    testing::FakeAccesses book;
    const auto begin = at("2026-11-20T09:00:00Z");
    for (std::size_t i = 0; i < kAccessesInReport + 3; ++i) {
        book.all.push_back({kAlice, begin + std::chrono::seconds{i}, "name", "cli", "", true});
    }
    book.all.push_back({privacy::SubjectNumber{2}, begin, "name", "cli", "another person", true});
    book.all.push_back({kAlice, at("2026-11-22T10:00:00Z"), "report", "api:x", "complaint", true});
    book.all.push_back({kAlice, at("2026-11-22T10:00:01Z"), "report", "self", "", true});
    ReportSources sources{ledger, vault};
    sources.accesses = &book;
    const auto report = build_transfer_report(sources, kAlice, {}, frame());
    REQUIRE(report);
    REQUIRE(report->accesses.size() == kAccessesInReport);
    CHECK(report->accesses_more == 5);
    CHECK(report->accesses[0].by == AccessRole::Self);
    CHECK(report->accesses[1].by == AccessRole::Program);
    CHECK(report->accesses[1].why == "complaint");
    CHECK(report->accesses[2].by == AccessRole::Operator);
}

TEST_CASE("To whom nothing goes any more is told, with the reason that was given", "[reports]") {
    const FixedLedger ledger{small_ledger()};
    const OnePersonVault vault{"https://origin.example/users/alice", "alice@origin.example"};
    auto told = frame();
    told.objections = {{*Host::parse("hated.example"), at("2026-11-12T09:00:00Z"), "They mock me there."}};
    const auto report = build_transfer_report({ledger, vault}, kAlice, {}, told);
    REQUIRE(report);
    std::ostringstream page;
    render_html(*report, english(), page);
    CHECK(page.str().find("<th scope=\"row\">hated.example</th>") != std::string::npos);
    CHECK(page.str().find("They mock me there.") != std::string::npos);
    std::ostringstream json;
    render_json(*report, english(), json);
    CHECK(json.str().find("\"why\":\"They mock me there.\"") != std::string::npos);
}

TEST_CASE("What the person consented to is the basis in their report, on the day it is about",
          "[reports][consent]") {
    const auto us = *privacy::Country::parse("US");
    Surroundings around;
    small_surroundings(around);
    const FixedLedger ledger{around.ledger};
    const OnePersonVault vault{"https://origin.example/users/alice", ""};
    const auto recipient = around.ledger.pairs.front().recipient;
    auto& card = around.known.known[recipient];
    card.host = recipient;
    card.country.country = us;
    card.basis = {privacy::BasisKind::Undocumented, privacy::BasisReason::NoDecision};
    card.if_consented =
        records::IfConsented{us, {privacy::BasisKind::ExplicitConsent, privacy::BasisReason::ConsentOnFile}};
    fedtrail::testing::FakeConsents consents;
    ReportSources sources{ledger, vault, &around.known};
    sources.consents = &consents;
    const auto basis = [&](const Window& period = {}) {
        const auto report = build_transfer_report(sources, kAlice, period, frame());
        REQUIRE(report);
        for (const auto& each : report->recipients) {
            if (each.pair.recipient == recipient) {
                return each.card.basis.kind;
            }
        }
        return privacy::BasisKind::NoneNeeded;
    };
    const privacy::Day given{std::chrono::year{2026} / 11 / 20};
    CHECK(basis() == privacy::BasisKind::Undocumented);
    REQUIRE(consents.give({privacy::SubjectNumber{2}, 0, us, {}, given, {}, "another person's"}, {}));
    CHECK(basis() == privacy::BasisKind::Undocumented);
    REQUIRE(consents.give({kAlice, 0, us, recipient, given, {}, "form 17"}, {}));
    CHECK(basis() == privacy::BasisKind::ExplicitConsent);
    CHECK(basis({{}, at("2026-11-19T12:00:00Z")}) == privacy::BasisKind::Undocumented);
    REQUIRE(consents.withdraw(kAlice, us, recipient, given, {}));
    CHECK(basis() == privacy::BasisKind::Undocumented);
}

TEST_CASE("A subject that the vault does not know has no report", "[reports]") {
    const OnePersonVault vault{"https://origin.example/users/alice", ""};
    const FixedLedger ledger{small_ledger()};
    const auto report = build_transfer_report({ledger, vault}, privacy::SubjectNumber{99}, {}, frame());
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::NotFound);
}

TEST_CASE("The ledger is asked for the period of the report", "[reports]") {
    const FixedLedger ledger{small_ledger()};
    const OnePersonVault vault{"https://origin.example/users/alice", ""};
    const Window period{at("2026-11-19T00:00:00Z"), at("2026-11-20T00:00:00Z")};
    const auto report = build_transfer_report({ledger, vault}, kAlice, period, frame());
    REQUIRE(report);
    CHECK(ledger.asked().since == period.since);
    CHECK(ledger.asked().until == period.until);
    CHECK(report->period.since == period.since);
    CHECK(report->period.until == period.until);
}

TEST_CASE("A period that is empty or ends before it begins is refused", "[reports]") {
    const OnePersonVault vault{"https://origin.example/users/alice", ""};
    const FixedLedger ledger{small_ledger()};
    const auto refused = [&](const char* until) {
        const Window period{at("2026-11-20T00:00:00Z"), at(until)};
        const auto report = build_transfer_report({ledger, vault}, kAlice, period, frame());
        REQUIRE_FALSE(report);
        CHECK(report.error().kind == ErrorKind::Invalid);
        CHECK_THAT(report.error().remedy, !Catch::Contains("--"));  // it is also the API's
        return report.error().what;
    };
    CHECK_THAT(refused("2026-11-20T00:00:00Z"), Catch::Contains("is empty"));
    CHECK_THAT(refused("2026-11-19T00:00:00Z"), Catch::Contains("ends before it begins"));
}

TEST_CASE("What could not be established is counted and said in a sentence", "[reports]") {
    auto ledger = small_ledger();
    ledger.whole.unread_tunnels = 1234;
    ledger.whole.unread_tunnel_hosts = 1;
    ledger.whole.gap_deliveries = 7;
    const auto report = report_of(ledger);
    const auto* unread = find(report, code::kUnreadConnections);
    CHECK(figure(unread, "connections") == 1234);
    CHECK(figure(unread, "servers") == 1);
    CHECK(unread->sentence.find("1,234 connections to 1 server,") != std::string::npos);
    CHECK(figure(find(report, code::kUnrecordedDeliveries), "deliveries") == 7);
    CHECK(figure(find(report, code::kOutcomeUnknown), "servers") == 1);
    CHECK(figure(find(report, code::kUnreadContent), "servers") == 1);
    CHECK(find(report, code::kBeforeRecording)->sentence.find("18 November 2026") != std::string::npos);
    CHECK(find(report, code::kAnonymousPulls) != nullptr);
    CHECK(find(report, code::kOnwardForwarding) != nullptr);
}

TEST_CASE("Fetches by nobody that can be named are told where they are counted", "[reports]") {
    const FixedLedger ledger{small_ledger()};
    const OnePersonVault vault{"https://origin.example/users/alice", "alice@origin.example"};
    auto counting = frame();
    counting.unnamed = UnnamedFetches{0, at("2026-11-20T09:00:00Z")};
    CHECK(find(*build_transfer_report({ledger, vault}, kAlice, {}, counting), code::kUnnamedFetches) ==
          nullptr);
    counting.unnamed->fetches = 1234;
    const auto report = build_transfer_report({ledger, vault}, kAlice, {}, counting);
    REQUIRE(report);
    const auto* told = find(*report, code::kUnnamedFetches);
    CHECK(figure(told, "fetches") == 1234);
    CHECK(told->sentence.find("Since 20 November 2026, 1,234 fetches") != std::string::npos);
}

TEST_CASE("Limits that do not touch a report are not in it", "[reports]") {
    auto ledger = small_ledger();
    ledger.pairs = {ledger.pairs.front()};
    ledger.whole.unread_tunnels = 0;
    const auto report = report_of(ledger, {at("2026-11-19T00:00:00Z"), std::nullopt});
    for (const auto absent : {code::kUnreadConnections,
                              code::kUnrecordedDeliveries,
                              code::kOutcomeUnknown,
                              code::kInferredOnly,
                              code::kReceiptUnconfirmed,
                              code::kUnreadContent,
                              code::kBeforeRecording,
                              code::kNothingRecorded}) {
        INFO(absent);
        CHECK(find(report, absent) == nullptr);
    }
}

TEST_CASE("Every weak evidence has its own sentence", "[reports]") {
    auto ledger = small_ledger();
    ledger.pairs[0].strongest = privacy::Evidence::Sent;
    ledger.pairs[1].strongest = privacy::Evidence::Inferred;
    const auto report = report_of(ledger);
    CHECK(figure(find(report, code::kReceiptUnconfirmed), "servers") == 1);
    CHECK(figure(find(report, code::kInferredOnly), "servers") == 1);
    CHECK(find(report, code::kOutcomeUnknown) == nullptr);
}

TEST_CASE("An empty record says that it is empty", "[reports]") {
    const auto report = report_of(LedgerContent{});
    CHECK(report.totals.recipients == 0);
    CHECK(find(report, code::kNothingRecorded) != nullptr);
    CHECK(find(report, code::kBeforeRecording) == nullptr);
}

TEST_CASE("A report joins what is known of each recipient, by the law of its day", "[reports]") {
    Surroundings around;
    make_up_surroundings(around, 40);
    around.known.known.begin()->second.marks.relay = true;
    const auto report = full_report_of(around);
    CHECK(around.known.asked == privacy::Day{std::chrono::year{2026} / 11 / 22});
    REQUIRE(report.recipients.size() == 40);
    std::uint64_t undocumented = 0;
    for (const auto& recipient : report.recipients) {
        CHECK(recipient.card.host == recipient.pair.recipient);
        const auto& known = around.known.known.at(recipient.pair.recipient);
        CHECK(recipient.card.basis == known.basis);
        CHECK(recipient.card.country.country == known.country.country);
        undocumented += known.basis.kind == privacy::BasisKind::Undocumented ? 1 : 0;
    }
    CHECK(undocumented > 0);
    CHECK(report.totals.undocumented == undocumented);
    CHECK(report.totals.countries == 8);  // France is a hint
    CHECK(figure(find(report, code::kCountriesUnknown), "servers") == report.totals.country_unknown);
    CHECK(find(report, code::kCountries) == nullptr);
    CHECK(figure(find(report, code::kCountriesHinted), "servers") > 0);
    CHECK(figure(find(report, code::kRelays), "servers") > 0);
    around.known.asked.reset();
    const auto closed = full_report_of(around, english(), {std::nullopt, at("2026-03-01T00:00:00Z")});
    CHECK(around.known.asked == privacy::Day{std::chrono::year{2026} / 3 / 1});
}

TEST_CASE("What went out before a decision does not rest on it", "[reports]") {
    using privacy::BasisKind;
    const privacy::TransferBasis none{BasisKind::Undocumented, privacy::BasisReason::DecisionNotInForce, "x"};
    const privacy::TransferBasis holds{BasisKind::Adequacy, privacy::BasisReason::DecisionHolds, "x"};
    Surroundings around;
    small_surroundings(around);
    const auto first = around.ledger.pairs.front();
    auto& card = around.known.known[first.recipient];
    card.basis = holds;
    const auto day = privacy::Day{std::chrono::floor<std::chrono::days>(first.first)};
    const auto basis_of = [&](const TransferReport& report) {
        const auto found =
            std::find_if(report.recipients.begin(), report.recipients.end(), [&](const auto& one) {
                return one.pair.recipient == first.recipient;
            });
        REQUIRE(found != report.recipients.end());
        return found->card.basis;
    };
    const privacy::Day next{std::chrono::sys_days{day} + std::chrono::days{1}};
    around.known.earlier[first.recipient] = {next, none};
    const auto report = full_report_of(around);
    CHECK(basis_of(report) == none);
    CHECK(report.totals.undocumented >= 1);
    around.known.earlier[first.recipient] = {day, none};
    CHECK(basis_of(full_report_of(around)) == holds);
    // Less on the first day than today is said; more is not.
    card.basis = none;
    around.known.earlier[first.recipient] = {next, holds};
    CHECK(basis_of(full_report_of(around)) == none);
}

TEST_CASE("Countries are counted, most servers first, hints and the unknown last", "[reports]") {
    Surroundings around;
    make_up_surroundings(around, 300);
    const auto report = full_report_of(around);
    std::uint64_t servers = 0;
    for (std::size_t i = 0; i < report.countries.size(); ++i) {
        const auto& count = report.countries[i];
        servers += count.servers;
        std::uint64_t by_basis = 0;
        for (const auto& [kind, number] : count.bases) {
            by_basis += number;
        }
        CHECK(by_basis == count.servers);
        CHECK((count.country || count.hint) == (i + 1 < report.countries.size()));
        CHECK_FALSE((count.country && count.hint));
        CHECK((i == 0 || !count.country || report.countries[i - 1].country));
        if (i > 0 && count.country) {
            CHECK(count.servers <= report.countries[i - 1].servers);
        }
    }
    CHECK(servers == 300);
}

TEST_CASE("A hint places no server, inside the EEA or outside", "[reports]") {
    Surroundings around;
    small_surroundings(around);
    auto& card = around.known.known[around.ledger.pairs[0].recipient];
    card.country = {*privacy::Country::parse("DE"),
                    records::CountrySource::WhoisFile,
                    records::Confidence::Low,
                    at("2023-01-01T00:00:00Z"),
                    "whois, too long ago"};
    card.basis = {privacy::BasisKind::Undocumented, privacy::BasisReason::CountryDated};
    around.ledger.pairs = {around.ledger.pairs[0]};
    const auto report = full_report_of(around);
    CHECK(report.totals.third_country == 0);
    CHECK(report.totals.country_unknown == 1);
    CHECK_FALSE(report.totals.countries);
    REQUIRE(report.countries.size() == 1);
    CHECK_FALSE(report.countries[0].country);
    CHECK(report.countries[0].hint == privacy::Country::parse("DE"));
    CHECK(figure(find(report, code::kCountriesHinted), "servers") == 1);
    CHECK(find(report, code::kCountries) == nullptr);  // of none is nothing known
    std::ostringstream page;
    render_html(report, english(), page);
    CHECK(page.str().find("not known (hint: Germany)") != std::string::npos);
    CHECK(page.str().find("outside the EEA: ") == std::string::npos);
    std::ostringstream linked;
    render_jsonld(report, linked);
    CHECK(linked.str().find("dpv:hasThirdCountry") == std::string::npos);
    CHECK(linked.str().find("dpv:hasCountry") == std::string::npos);
    CHECK(linked.str().find("\"ft:hintedCountry\":{\"@id\":\"loc:DE\"}") != std::string::npos);
    card.country.confidence = records::Confidence::Medium;
    card.basis = {privacy::BasisKind::Undocumented, privacy::BasisReason::NoDecision};
    CHECK(full_report_of(around).totals.third_country == 1);
}

TEST_CASE("The host of one person's server is named, and nothing else of that person",
          "[reports][gdpr-15-4]") {
    Surroundings around;
    small_surroundings(around);
    const auto report = full_report_of(around);
    const auto& own = report.recipients[0];
    CHECK(own.pair.recipient.text() == "a.example");
    CHECK(own.card.marks.single_person);
    CHECK(own.card.operator_name.reveal().empty());
    CHECK(own.card.contact.reveal().empty());
    CHECK(report.recipients[1].card.operator_name.reveal() == "Example, Inc.");
    REQUIRE(report.withheld.size() == 2);
    CHECK(report.withheld[0].code == withheld::kOtherPeople);
    CHECK(report.withheld[1].code == withheld::kSinglePerson);
    CHECK(figure(&report.withheld[1], "servers") == 1);
    CHECK(report_of(LedgerContent{}).withheld.empty());
}

TEST_CASE("How far a deletion has come is said of each recipient", "[reports][deletions]") {
    Surroundings around;
    small_surroundings(around);
    const auto b = host("b.example:8443");
    auto states = deletions_of(around.notices, around.requests, kAlice);
    REQUIRE(states);
    REQUIRE(states->size() == 1);
    CHECK(states->at(b).state == fediverse::NoticeState::VerifiedGone);
    CHECK(states->at(b).everything);
    CHECK(states->at(b).told_at == at("2026-11-12T08:00:00Z"));
    const auto report = full_report_of(around);
    CHECK(report.totals.told == 1);
    CHECK(report.totals.verified_gone == 1);
    CHECK_FALSE(report.recipients[0].deletion.state.has_value());
    CHECK(deletions_of(around.notices, around.requests, privacy::SubjectNumber{2})->empty());
}

TEST_CASE("A request for everything counts before one for a part, and one that was given up asked nothing",
          "[reports][deletions]") {
    Surroundings around;
    small_surroundings(around);
    const auto b = host("b.example:8443");
    ask_for(around, records::ScopeKind::Objects, {{b, fediverse::NoticeState::StillPresent}});
    CHECK(deletions_of(around.notices, around.requests, kAlice)->at(b).state ==
          fediverse::NoticeState::VerifiedGone);
    ask_for(around, records::ScopeKind::Account, {{b, fediverse::NoticeState::Sent}});
    CHECK(deletions_of(around.notices, around.requests, kAlice)->at(b).state == fediverse::NoticeState::Sent);
    Surroundings other;
    small_surroundings(other);
    const auto a = host("a.example");
    ask_for(other, records::ScopeKind::Objects, {{a, fediverse::NoticeState::Planned}});
    auto given_up = *other.requests.request(records::RequestNumber{2});
    given_up.state = privacy::RequestState::Withdrawn;
    REQUIRE(other.requests.record(given_up, {}));
    CHECK(deletions_of(other.notices, other.requests, kAlice)->count(a) == 0);
}

}  // namespace fedtrail::reports::test
