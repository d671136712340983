/// An Api with every port faked, and words to ask it.

#pragma once

#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "api/api.hpp"
#include "fakes.hpp"
#include "fakes/stopped_clock.hpp"

namespace fedtrail::testing {

struct ApiHouse {
    FakeLedger ledger;
    FakeVault vault;
    FakeIntake intake;
    FakeGate gate;
    StoppedClock clock;
    std::shared_ptr<const reports::ReportTexts> texts;
    Result<void> ready;
    api::Api api;

    ApiHouse()
        : texts(load()),
          api(api::Doors{ledger,
                         vault,
                         intake,
                         gate,
                         clock,
                         {"Example", "", "", ""},
                         [this] { return texts; },
                         [] {
                             return std::vector<api::Figure>{{"fedtrail_things_total", "Things.", 3},
                                                             {"fedtrail_now", "Now.", 4}};
                         },
                         [this] { return ready; }}) {
        vault.known = {
            {"1", 1}, {"alice@origin.example", 1}, {"https://origin.example/users/alice", 1}, {"2", 2}};
        gate.grants = {{"own", {"own", {Scope::SubjectSelf}, privacy::SubjectNumber{1}}},
                       {"audit", {"audit", {Scope::AuditRead}, std::nullopt}},
                       {"hook", {"hook", {Scope::ObservationsWrite}, std::nullopt}},
                       {"admin", {"admin", {Scope::Admin}, std::nullopt}}};
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
    static std::shared_ptr<const reports::ReportTexts> load() {
        auto loaded = reports::ReportTexts::load(FEDTRAIL_SOURCE_DIR "/policies", "en");
        REQUIRE(loaded.has_value());
        return std::make_shared<const reports::ReportTexts>(std::move(*loaded));
    }
};

}  // namespace fedtrail::testing
