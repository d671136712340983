/// A gate between fakes, and deliveries to ask it about.

#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "capture/transfer_gate.hpp"
#include "fakes/consents.hpp"
#include "fakes/delivery_sink.hpp"
#include "fakes/objection_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/recipient_register.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_facts.hpp"
#include "fakes/subject_vault.hpp"

namespace fedtrail::testing {

inline constexpr const char* kAlice = "https://origin.example/users/alice";
inline constexpr const char* kBob = "https://origin.example/users/bob";
inline constexpr const char* kFar = "https://far.example/users/carol";

inline const fediverse::CategorySet kText{fediverse::DataCategory::Handle, fediverse::DataCategory::PostText};
inline const fediverse::CategorySet kMessage{fediverse::DataCategory::Handle,
                                             fediverse::DataCategory::DirectMessage};
inline const fediverse::CategorySet kNamed{fediverse::DataCategory::Handle};

inline records::Observation delivery(
    const std::string& to,
    const std::string& type,
    const std::vector<std::pair<std::string, fediverse::CategorySet>>& people) {
    records::Observation seen;
    seen.recipient = *Host::parse(to);
    seen.activity.type = type;
    for (const auto& [actor, categories] : people) {
        seen.activity.shares.push_back({Personal<std::string>{actor}, {}, categories});
    }
    return seen;
}

inline privacy::TransferRule rule(const std::string& name, privacy::RuleEffect effect) {
    privacy::TransferRule made;
    made.name = name;
    made.effect = effect;
    return made;
}

/// A gate between fakes, with Alice's objection to hated.example.
struct Gate {
    FakeDeliverySink sink;
    FakeDeliverySink ledger;
    FakeObjectionBook book;
    FakeSubjectFacts facts;
    FakeSubjectVault vault;
    FakeRecipientRegister recipients;
    FakeRecipientDirectory directory;
    FakeConsents consents;
    StoppedClock clock;
    capture::RulesInForce rules;
    int woken = 0;
    capture::TransferGate gate{{sink, ledger, book, facts, vault, recipients, directory, clock, &consents},
                               rules,
                               {{{*Host::parse("origin.example"), {}}}},
                               [this] { ++woken; }};
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    privacy::SubjectNumber bob = *vault.enrol(*Uri::parse(kBob), "bob");

    Gate() { object(alice, "hated.example"); }

    void object(privacy::SubjectNumber subject, const std::string& host) {
        REQUIRE(book.object(records::Objection{subject, *Host::parse(host), clock.at, {}}));
    }
    void use(std::vector<privacy::TransferRule> list) {
        rules.use(*privacy::TransferRules::compile(std::move(list)), clock.at);
    }
    std::optional<Result<IntentId>> ask(const records::Observation& observation) {
        const auto answer = std::make_shared<std::optional<Result<IntentId>>>();  // it may come later
        gate.intend(observation, [answer](Result<IntentId> done) { *answer = std::move(done); });
        return *answer;
    }
    std::optional<Result<void>> open_tunnel(const std::string& host, TunnelReason why) {
        const auto answer = std::make_shared<std::optional<Result<void>>>();
        gate.open_tunnel(
            {clock.at, *Host::parse(host)}, why, [answer](Result<void> done) { *answer = std::move(done); });
        return *answer;
    }
    Result<IntentId> intend(const records::Observation& observation) {
        const auto answer = ask(observation);
        REQUIRE(answer);
        return *answer;
    }
    bool leaves(const records::Observation& observation) { return intend(observation).has_value(); }
};

}  // namespace fedtrail::testing
