/// An Api with every port faked, and words to ask it.

#pragma once

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <catch2/catch.hpp>

#include "api/api.hpp"
#include "fakes.hpp"
#include "fakes/consents.hpp"
#include "fakes/declaration_book.hpp"
#include "fakes/finding_books.hpp"
#include "fakes/held_ledger.hpp"
#include "fakes/notice_book.hpp"
#include "fakes/objection_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/request_book.hpp"
#include "fakes/shredding_books.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_facts.hpp"

namespace fedtrail::testing {

class FakePolicies final : public PolicyReader {
public:
    std::map<std::string, records::PolicyHistory> histories;
    Result<records::PolicyHistory> history(const Host& host) const override {
        const auto found = histories.find(host.text());
        return found == histories.end() ? records::PolicyHistory{} : found->second;
    }
};

struct ApiHouse {
    FakeLedger ledger;
    FakeVault vault;
    FakeIntake intake;
    FakeGate gate;
    StoppedClock clock;
    HeldLedger holdings;
    FakeShreddings shreddings;
    FakeAccesses accesses;
    FakeConsents consents;
    FakeFolder folder;
    FakeSubjectFacts facts;
    std::vector<std::string> called_for;
    Result<void> call_answer;
    Result<api::StatusView> status{api::StatusView{}};
    std::vector<api::BundleOrder> bundle_orders;
    std::optional<Error> bundle_failure;
    std::vector<retention::ShredOrder> shred_orders;
    Result<retention::Shredded> shred_answer;
    bool only_counted{};
    retention::RetentionSummary retention_summary;
    std::shared_ptr<const retention::RetentionPolicy> retention_policy =
        std::make_shared<const retention::RetentionPolicy>(usual_retention());
    FakePolicies policies;
    std::vector<records::PolicyReplacement> replacements;
    std::optional<Instant> replaced_since;
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeObjectionBook objections;
    FakeRecipientDirectory directory;
    fediverse::Dialects dialects{usual_dialects()};
    erasure::LegalCalendar calendar;
    erasure::Planner planner{{holdings, holdings, vault, directory, notices, requests, clock}, dialects};
    std::shared_ptr<erasure::Desk> desk{std::make_shared<erasure::Desk>(
        erasure::DeskPorts{requests, notices, objections, objections, holdings, holdings, vault, clock},
        planner,
        calendar)};
    Result<std::vector<erasure::DecisionDue>> due{std::vector<erasure::DecisionDue>{}};
    FakeDeclarationBook declarations;
    FakeFindings findings;
    recipients::Register cards{{directory, declarations, findings, findings, clock}, decisions()};
    int changes{};  ///< How often the workers were woken.
    std::shared_ptr<const reports::ReportLibrary> texts;
    Result<void> ready;
    api::RulesView rules{"transfer-rules.json", true, std::nullopt, std::nullopt, {}, {}};
    Result<recipients::RulesTrial> trial{recipients::RulesTrial{}};
    api::Api api;

    ApiHouse()
        : texts(load()),
          api(api::Doors{ledger,
                         vault,
                         vault,
                         intake,
                         gate,
                         clock,
                         {"Example", "", "", ""},
                         [this] { return texts; },
                         [] {
                             return std::vector<api::Figure>{
                                 {"fedtrail_things_total", "Things.", 3},
                                 {"fedtrail_at_host", "Things there.", 2, "host=\"z.example\"", true},
                                 {"fedtrail_now", "Now.", 4}};
                         },
                         [this] { return ready; },
                         {[this] { return desk; },
                          requests,
                          notices,
                          directory,
                          {"Example", "privacy@origin.example", "", ""},
                          [](const std::string& language) {
                              return erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", language);
                          },
                          [this] { ++changes; },
                          std::chrono::milliseconds{1},
                          std::chrono::milliseconds{40},
                          10,
                          "letters",
                          [this](records::RequestNumber) { return due; }},
                         {cards,
                          declarations,
                          findings,
                          findings,
                          [this](const Host& host) -> Result<void> {
                              called_for.push_back(host.text());
                              return call_answer;
                          }},
                         {[this] { return rules; },
                          [](const std::string& text) -> Result<recipients::CheckedRules> {
                              return recipients::check_rules_file(text, {}, nullptr);
                          },
                          [this](const privacy::TransferRules&) { return trial; }},
                         {},
                         paper_doors(),
                         {[this](const retention::ShredOrder& order) -> Result<retention::Shredded> {
                              shred_orders.push_back(order);
                              return shred_answer;
                          },
                          [this](bool only_count) -> Result<retention::RetentionSummary> {
                              only_counted = only_count;
                              return retention_summary;
                          },
                          shreddings,
                          accesses,
                          [this] { return retention_policy; }},
                         consents,
                         folder,
                         {facts, [](privacy::SubjectNumber) { return Result<std::uint64_t>{3}; }},
                         [this] { return status; },
                         [this](const api::BundleOrder& order) { return make_bundle(order); }}) {
        vault.known = {
            {"1", 1}, {"alice@origin.example", 1}, {"https://origin.example/users/alice", 1}, {"2", 2}};
        gate.grants = {{"own", {"own", {Scope::SubjectSelf}, privacy::SubjectNumber{1}}},
                       {"audit", {"audit", {Scope::AuditRead}, std::nullopt}},
                       {"hook", {"hook", {Scope::ObservationsWrite}, std::nullopt}},
                       {"desk", {"desk", {Scope::RequestsWrite}, std::nullopt}},
                       {"admin", {"admin", {Scope::Admin}, std::nullopt}},
                       {"beside", {"local", {Scope::Admin}, std::nullopt, true}}};
        PairAggregate pair;
        pair.recipient = Host::parse("a.example").value();
        pair.disclosures = 2;
        pair.objects = 1;
        ledger.pairs = {pair};
        for (const auto* host : {"a.example", "b.example", "c.example"}) {
            RecipientTotals totals;
            totals.recipient = Host::parse(host).value();
            totals.disclosures = 1;
            ledger.hosts.push_back(totals);
        }
    }

    HttpResponse ask(const std::string& method,
                     const std::string& target,
                     const std::string& token = {},
                     HttpHeaders headers = {},
                     const std::string& body = {}) {
        if (!token.empty()) {
            headers.emplace_back("Authorization", "Bearer " + token);
        }
        return api.answer({method, target, std::move(headers), body});
    }

private:
    Result<api::MadeBundle> make_bundle(const api::BundleOrder& order) {
        bundle_orders.push_back(order);
        if (bundle_failure) {
            return tl::unexpected{*bundle_failure};
        }
        auto octets = [left = 2](const std::stop_token&) mutable -> std::optional<std::string> {
            return left-- > 0 ? std::optional{std::string{"zip"}} : std::nullopt;
        };
        return api::MadeBundle{std::move(octets), ledger::sha256(bytes_of("zipzip"))};
    }
    api::PaperDoors paper_doors() {
        api::PaperDoors doors;
        doors.policy_texts = &policies;
        privacy::ScopeCheck look{std::string{privacy::kDpfFact},
                                 true,
                                 privacy::Day{std::chrono::floor<std::chrono::days>(clock.at)}};
        look.entity = "Example Mail Inc.";
        look.entry = "EU-U.S. DPF";
        look.data_kind = "non-HR";
        doors.facts.processors = {{"Example Mail", "mail", "US", "A45-3", "", "", look},
                                  {"Example Hosting", "hosting", "CH", "A45-3"}};
        doors.policy_changes = [this](Instant since) -> Result<std::vector<records::PolicyReplacement>> {
            replaced_since = since;
            return replacements;
        };
        return doors;
    }
    static retention::RetentionPolicy usual_retention() {
        std::ifstream in{FEDTRAIL_SOURCE_DIR "/policies/retention.json"};
        const std::string json{std::istreambuf_iterator<char>{in}, {}};
        return retention::RetentionPolicy::parse(json).value();
    }
    static fediverse::Dialects usual_dialects() {
        std::ifstream in{FEDTRAIL_SOURCE_DIR "/policies/dialects.json"};
        const std::string json{std::istreambuf_iterator<char>{in}, {}};
        return fediverse::Dialects::parse(json).value();
    }
    static std::shared_ptr<const recipients::RegisterPolicies> decisions() {
        std::ifstream in{FEDTRAIL_SOURCE_DIR "/policies/adequacy.json"};
        const std::string json{std::istreambuf_iterator<char>{in}, {}};
        return std::make_shared<const recipients::RegisterPolicies>(recipients::RegisterPolicies{
            recipients::parse_adequacy(json).value(), *privacy::Country::parse("NL"), {}, {}, {}});
    }
    static std::shared_ptr<const reports::ReportLibrary> load() {
        auto loaded = reports::ReportLibrary::load(FEDTRAIL_SOURCE_DIR "/policies", "en");
        REQUIRE(loaded.has_value());
        return std::make_shared<const reports::ReportLibrary>(std::move(*loaded));
    }
};

}  // namespace fedtrail::testing
