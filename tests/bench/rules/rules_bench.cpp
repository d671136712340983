// What deciding costs: rules_bench DIR. Prints Markdown. DIR gets the vault and the books of a gate.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/vault.hpp"
#include "bench/rules/rule_sets.hpp"
#include "capture/transfer_gate.hpp"

using namespace fedtrail;
using bench::RuleKind;

namespace {

constexpr int kRounds = 7;
constexpr int kEach = 20'000;
constexpr std::size_t kRecipients = 5'000;

class RunningClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

class InstantSink final : public DeliverySink {
public:
    void intend(records::Observation /*observation*/, IntentDone done) override { done(IntentId{1}); }
    void settle(IntentId /*intent*/, privacy::Outcome /*outcome*/) override {}
    [[nodiscard]] Result<Observed> observe(std::span<const records::Observation> seen) override {
        return Observed{seen.size(), 0};
    }
    void open_tunnel(const records::TunnelObservation& /*tunnel*/,
                     TunnelReason /*why*/,
                     TunnelDone done) override {
        done({});
    }
    void tunnel(const records::TunnelObservation& /*tunnel*/) override {}
    void gap(const records::GapObservation& /*gap*/) override {}
};

/// Knows everybody: in the Netherlands, with Mastodon, and obedient.
class KnowingRegister final : public RecipientRegister {
public:
    [[nodiscard]] Result<std::vector<records::RecipientCard>> cards(std::span<const Host> hosts,
                                                                    privacy::Day) const override {
        std::vector<records::RecipientCard> cards(hosts.size());
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            cards[i].host = hosts[i];
            cards[i].country.country = *privacy::Country::parse("NL");
            cards[i].country.confidence = records::Confidence::High;
            cards[i].basis.kind = privacy::BasisKind::NoneNeeded;
            cards[i].software = "mastodon";
            cards[i].told = 1'000'000;
            cards[i].gone = 1'000'000;
        }
        return cards;
    }
};

records::Observation delivery(std::size_t number) {
    records::Observation seen;
    seen.recipient = *Host::parse("social" + std::to_string(number % kRecipients) + ".example");
    seen.activity.type = "Create";
    seen.activity.visibility = fediverse::Visibility::Public;
    seen.activity.shares = {
        {Personal<std::string>{"https://origin.example/users/alice"},
         {},
         {fediverse::DataCategory::Handle,
          fediverse::DataCategory::PostText,
          fediverse::DataCategory::Media}},
        {Personal<std::string>{"https://far.example/users/carol"}, {}, {fediverse::DataCategory::Handle}}};
    return seen;
}

/// Microseconds each, the median of the rounds.
template <typename Act>
double each(const std::vector<records::Observation>& seen, const Act& act) {
    std::vector<double> rounds;
    for (int round = 0; round < kRounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < kEach; ++i) {
            act(seen[static_cast<std::size_t>(i) % seen.size()]);
        }
        const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
        rounds.push_back(took.count() / kEach);
    }
    std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
    return rounds[kRounds / 2];
}

/// Every second recipient has another host.
std::unique_ptr<sqlite::SqliteDirectory> joined_directory(const std::filesystem::path& file) {
    auto directory = std::move(*sqlite::SqliteDirectory::open_file(file, sqlite::OpenMode::ReadWrite));
    std::vector<RecipientChange> changes;
    for (std::size_t i = 0; i < kRecipients; i += 2) {
        const auto host = *Host::parse("social" + std::to_string(i) + ".example");
        const auto other = *Host::parse("www." + host.text());
        changes.push_back({host, [other](RecipientEntry& entry) {
                               entry.aliases.push_back({other, "www"});
                           }});
        changes.push_back({other, [host](RecipientEntry& entry) { entry.main = host; }});
    }
    if (!directory->update_all(changes)) {
        std::cerr << "the directory cannot be written\n";
    }
    return directory;
}

struct Gate {
    explicit Gate(const std::filesystem::path& folder)
        : vault(std::move(
              *sqlite::SqliteVault::open(folder / "vault.db", Bytes(32, std::byte{7}), *cipher, {}))),
          cases(std::move(
              *sqlite::SqliteCases::open_file(folder / "cases.db", *vault, sqlite::OpenMode::ReadWrite))),
          directory(joined_directory(folder / "directory.db")) {}

    RunningClock clock;
    std::unique_ptr<openssl::OpensslCipher> cipher = std::move(*openssl::OpensslCipher::make());
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteCases> cases;
    std::unique_ptr<sqlite::SqliteDirectory> directory;
    InstantSink sink;
    KnowingRegister recipients;
    capture::RulesInForce rules;
    capture::TransferGate gate{{sink, sink, *cases, *cases, *vault, recipients, *directory, clock},
                               rules,
                               {{{*Host::parse("origin.example"), {}}}},
                               [] {}};
};

void measure(Gate& gate, const char* name, std::vector<privacy::TransferRule> list) {
    gate.rules.use(*privacy::TransferRules::compile(std::move(list)), gate.clock.now());
    const auto rules = gate.rules.now()->rules();
    std::vector<records::Observation> seen;
    for (std::size_t i = 0; i < kRecipients; ++i) {
        seen.push_back(delivery(i));
        gate.gate.intend(seen.back(), [](const Result<IntentId>&) {});
    }
    if (!gate.gate.step()) {
        std::cerr << "the register cannot be read\n";
    }
    std::uint64_t blocked = 0;
    privacy::RuleFacts facts;
    facts.country = *privacy::Country::parse("NL");
    facts.basis = privacy::BasisKind::NoneNeeded;
    facts.software = "mastodon";
    facts.judged = 1'000'000;
    facts.gone = 1'000'000;
    const auto deciding = each(seen, [&](const records::Observation& one) {
        facts.recipient = one.recipient;
        facts.categories = one.activity.shares[0].categories.bits();
        blocked += decide(rules, facts).rule ? 1 : 0;
    });
    const auto copying = each(seen, [&](const records::Observation& one) {
        gate.sink.intend(one, [](const Result<IntentId>&) {});
    });
    const auto passing = each(seen, [&](const records::Observation& one) {
        gate.gate.intend(one, [](const Result<IntentId>&) {});
    });
    std::printf("| %s | %.2f | %.2f |%s\n",
                name,
                deciding,
                passing - copying,
                blocked == 0 ? "" : " decided something");
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "rules_bench DIR\n";
        return 2;
    }
    Gate gate{argv[1]};
    std::printf("| rules | the function, µs | the gate, µs |\n|---|---:|---:|\n");
    measure(gate, "none", {});
    measure(gate, "10,000 with a host each", bench::rule_set(RuleKind::Hosts, 10'000));
    measure(gate, "20,000 with a host each", bench::rule_set(RuleKind::Hosts, 20'000));
    measure(gate, "10,000 without a host", bench::rule_set(RuleKind::NoHosts, 10'000));
    measure(gate, "10,000 honour rates, all else holds", bench::rule_set(RuleKind::HonourAll, 10'000));
    return 0;
}
