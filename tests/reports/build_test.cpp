#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

#include "reports/example_reports.hpp"
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
    CHECK(report.recipients[0].recipient.text() == "a.example");
    CHECK(report.recipients[1].recipient.text() == "b.example:8443");
    CHECK(report.totals.recipients == 2);
    CHECK(report.totals.disclosures == 5);
    CHECK_FALSE(report.totals.countries.has_value());
    CHECK(find(report, code::kCountries) != nullptr);
}

TEST_CASE("A person without a handle is named by their actor URI", "[reports]") {
    const FixedLedger ledger{small_ledger()};
    const OnePersonVault nameless{"https://origin.example/users/7", ""};
    const auto report = build_transfer_report(ledger, nameless, kAlice, {}, frame());
    REQUIRE(report);
    CHECK(report->subject.reveal() == "https://origin.example/users/7");
    CHECK(report_of(small_ledger()).subject.reveal() == "alice@origin.example");
}

TEST_CASE("A subject that the vault does not know has no report", "[reports]") {
    const OnePersonVault vault{"https://origin.example/users/alice", ""};
    const auto report =
        build_transfer_report(FixedLedger{small_ledger()}, vault, privacy::SubjectNumber{99}, {}, frame());
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::NotFound);
}

TEST_CASE("The ledger is asked for the period of the report", "[reports]") {
    const FixedLedger ledger{small_ledger()};
    const OnePersonVault vault{"https://origin.example/users/alice", ""};
    const Window period{at("2026-11-19T00:00:00Z"), at("2026-11-20T00:00:00Z")};
    const auto report = build_transfer_report(ledger, vault, kAlice, period, frame());
    REQUIRE(report);
    CHECK(ledger.asked().since == period.since);
    CHECK(ledger.asked().until == period.until);
    CHECK(report->period.since == period.since);
    CHECK(report->period.until == period.until);
}

TEST_CASE("A period that ends before it begins is refused", "[reports]") {
    const OnePersonVault vault{"https://origin.example/users/alice", ""};
    const Window backwards{at("2026-11-20T00:00:00Z"), at("2026-11-20T00:00:00Z")};
    const auto report = build_transfer_report(FixedLedger{small_ledger()}, vault, kAlice, backwards, frame());
    REQUIRE_FALSE(report);
    CHECK(report.error().kind == ErrorKind::Invalid);
    CHECK_FALSE(report.error().remedy.empty());
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

}  // namespace fedtrail::reports::test
