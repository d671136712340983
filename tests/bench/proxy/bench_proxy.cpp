// Fedtrail's egress proxy as a process of its own, with the real ledger or with a sink that answers at once:
//   proxy_bench_serve DIR PEERS.pem HOST:PORT=ADDRESS:PORT… [ledger] [threads N] [gate] [hosts N] [bare N]
// `gate` asks transfer rules first: N that name a host each, N that name none.
// Prints its address once it is ready and runs until its standard input ends.

#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "backends/openssl/certificate_authority.hpp"
#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/vault.hpp"
#include "bench/rules/rule_sets.hpp"
#include "capture/recorder.hpp"
#include "capture/transfer_gate.hpp"
#include "intake/proxy/egress_proxy.hpp"

using namespace fedtrail;

namespace {

class RunningClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

/// What the proxy costs without any recording.
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

/// The ledger as `fedtrail serve` has it.
struct Ledger {
    explicit Ledger(const std::filesystem::path& folder) {
        vault =
            std::move(*sqlite::SqliteVault::open(folder / "vault.db", Bytes(32, std::byte{7}), *cipher, {}));
        writer = std::move(*sqlite::SqliteLedgerWriter::open(folder / "ledger.db", *vault, {}));
        capture::RecorderOptions options;
        options.origins = {{*Host::parse("origin.example"), {}}};
        recorder = std::make_unique<capture::Recorder>(*writer, *vault, clock, options);
        thread = std::jthread{[this](const std::stop_token& stop) { recorder->run(stop); }};
    }

    RunningClock clock;
    std::unique_ptr<openssl::OpensslCipher> cipher = std::move(*openssl::OpensslCipher::make());
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteLedgerWriter> writer;
    std::unique_ptr<capture::Recorder> recorder;
    std::jthread thread;
};

/// Knows nothing of anybody, but has to be asked.
class EmptyRegister final : public RecipientRegister {
public:
    [[nodiscard]] Result<std::vector<records::RecipientCard>> cards(std::span<const Host> hosts,
                                                                    privacy::Day) const override {
        std::vector<records::RecipientCard> cards(hosts.size());
        for (std::size_t i = 0; i < hosts.size(); ++i) {
            cards[i].host = hosts[i];
        }
        return cards;
    }
};

/// The gate as `fedtrail serve` has it, with books of its own.
struct Gate {
    Gate(const std::filesystem::path& folder, DeliverySink& sink, std::vector<privacy::TransferRule> list)
        : vault(std::move(
              *sqlite::SqliteVault::open(folder / "gate.db", Bytes(32, std::byte{7}), *cipher, {}))),
          cases(std::move(
              *sqlite::SqliteCases::open_file(folder / "cases.db", *vault, sqlite::OpenMode::ReadWrite))),
          directory(std::move(
              *sqlite::SqliteDirectory::open_file(folder / "directory.db", sqlite::OpenMode::ReadWrite))),
          gate({sink, sink, *cases, *cases, *vault, recipients, *directory, clock},
               rules,
               {{{*Host::parse("origin.example"), {}}}},
               [] {}) {
        rules.use(*privacy::TransferRules::compile(std::move(list)), clock.now());
        thread = std::jthread{[this](const std::stop_token& stop) {
            while (!stop.stop_requested()) {
                static_cast<void>(gate.step().has_value());
                std::this_thread::sleep_for(std::chrono::milliseconds{10});
            }
        }};
    }

    RunningClock clock;
    std::unique_ptr<openssl::OpensslCipher> cipher = std::move(*openssl::OpensslCipher::make());
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteCases> cases;
    std::unique_ptr<sqlite::SqliteDirectory> directory;
    EmptyRegister recipients;
    capture::RulesInForce rules;
    capture::TransferGate gate;
    std::jthread thread;
};

}  // namespace

int main(int argc, char** argv) {
    const std::filesystem::path folder = argv[1];
    proxy::ProxyOptions options;
    options.listen = {"127.0.0.1:0"};
    options.allow_addresses = {"127.0.0.0/8"};
    options.extra_ca = argv[2];
    bool with_ledger = false;
    bool with_gate = false;
    std::vector<privacy::TransferRule> rules;
    for (int i = 3; i < argc; ++i) {
        const std::string word = argv[i];
        const auto equals = word.find('=');
        if (word == "ledger") {
            with_ledger = true;
        } else if (word == "gate") {
            with_gate = true;
        } else if (word == "hosts" || word == "bare") {
            rules = bench::rule_set(word == "hosts" ? bench::RuleKind::Hosts : bench::RuleKind::NoHosts,
                                    std::stoul(argv[++i]));
        } else if (word == "threads") {
            options.threads = static_cast<unsigned>(std::stoul(argv[++i]));
        } else if (equals != std::string::npos) {
            options.resolve[word.substr(0, equals)] = word.substr(equals + 1);
        }
    }
    const RunningClock clock;
    const auto authority = openssl::LocalCertificateAuthority::create_or_open(folder, {}, clock);
    InstantSink instant;
    const auto ledger = with_ledger ? std::make_unique<Ledger>(folder) : nullptr;
    DeliverySink& sink = ledger ? static_cast<DeliverySink&>(*ledger->recorder) : instant;
    const auto gate = with_gate ? std::make_unique<Gate>(folder, sink, std::move(rules)) : nullptr;
    const auto opened = proxy::EgressProxy::open(options, gate ? gate->gate : sink, **authority);
    if (!opened) {
        std::cerr << opened.error().what << "\n";
        return 1;
    }
    (*opened)->start();
    std::cout << (*opened)->listening().front() << std::endl;
    while (std::cin.get() != EOF) {
    }
    (*opened)->drain(std::chrono::seconds{5});
    if (ledger) {
        const auto written = ledger->recorder->figures();
        std::cout << "commits " << written.groups << " sum_ms " << written.commit_times.sum_ms << " intents "
                  << written.intents << " ";
    }
    const auto figures = (*opened)->figures();
    std::cout << "activities " << figures.activities << " held " << figures.held << " reused "
              << figures.peer_reused << " errors " << figures.errors << std::endl;
    return 0;
}
