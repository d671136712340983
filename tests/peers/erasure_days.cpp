/// Lets erasures go on through days in seconds: erasure_days FEDTRAIL_TOML < times
///
/// Reads the stores of a sidecar that does not run. Every line of input is a time (RFC 3339): the clock shows
/// it, the workers do what is due until nothing is under way any more, and a line of JSON answers when
/// something is due next: {"next": "2026-…"} or {"next": null}.

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>

#include "app/case_room.hpp"
#include "app/erasure_options.hpp"
#include "app/erasure_policies.hpp"
#include "app/key_room.hpp"
#include "app/stores.hpp"
#include "backends/curl/curl_http.hpp"
#include "backends/openssl/actor_signer.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "erasure/courier.hpp"
#include "erasure/handle_check.hpp"
#include "erasure/looker.hpp"
#include "erasure/origin_watch.hpp"
#include "erasure/planner.hpp"
#include "erasure/request_signer.hpp"
#include "erasure/scout.hpp"
#include "fakes/stopped_clock.hpp"

namespace fedtrail {

namespace {

using Step = std::function<Result<std::optional<Instant>>()>;

constexpr int kMostRounds = 10'000;

/// The real network, and whether anything is on its way.
class CountingHttp final : public RemoteHttp {
public:
    explicit CountingHttp(RemoteHttp& http) : http_(http) {}

    void send(RemoteRequest request, Done done) override {
        {
            const std::lock_guard held{guard_};
            ++under_way_;
        }
        http_.send(std::move(request), [this, done = std::move(done)](RemoteResponse response) {
            done(std::move(response));
            const std::lock_guard held{guard_};
            --under_way_;
            idle_.notify_all();
        });
    }
    void stop() override { http_.stop(); }

    /// Whether there was anything to wait for.
    bool wait_until_idle() {
        std::unique_lock held{guard_};
        const bool waited = under_way_ > 0;
        idle_.wait(held, [this] { return under_way_ == 0; });
        return waited;
    }

private:
    RemoteHttp& http_;
    std::mutex guard_;
    std::condition_variable idle_;
    std::size_t under_way_{};
};

/// How often the parts look for what others wrote: seconds in earnest, and months have many.
constexpr std::chrono::hours kRescan{1};

/// Everything that is due at this time, also what the answers to it make due.
Result<std::optional<Instant>> do_what_is_due(const std::vector<Step>& workers,
                                              CountingHttp& http,
                                              Instant now) {
    for (int round = 0; round < kMostRounds; ++round) {
        std::optional<Instant> next;
        for (const auto& step : workers) {
            const auto due = step();
            if (!due) {
                return fail(due);
            }
            if (*due) {
                next = next ? std::min(*next, **due) : **due;
            }
        }
        if (!http.wait_until_idle() && (!next || *next > now)) {
            return next;
        }
    }
    return fail(
        ErrorKind::Unavailable, "the workers do not come to rest", "Look for one that is always due.");
}

struct House {
    app::Config config;
    testing::StoppedClock clock;
    std::unique_ptr<openssl::OpensslCipher> cipher;
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteLedgerReader> ledger;
    std::unique_ptr<sqlite::SqliteCases> cases;
    std::unique_ptr<sqlite::SqliteDirectory> directory;
    std::shared_ptr<const app::ErasurePolicies> policies;
    std::vector<std::unique_ptr<KeySource>> sources;
    std::unique_ptr<curl::CurlHttp> network;
};

/// Moves what a result holds to its place.
template <typename T>
Result<void> put(Result<T> made, T& place) {
    if (!made) {
        return fail(made);
    }
    place = std::move(*made);
    return {};
}

Result<void> furnish(House& house, const std::string& file) {
    const app::Environment environment{{"FEDTRAIL_POLICIES", FEDTRAIL_SOURCE_DIR "/policies"}};
    if (auto done = put(app::load_config(file, environment), house.config); !done) {
        return done;
    }
    const auto folders = app::find_policies(environment, {});
    if (!folders) {
        return fail(folders);
    }
    const auto& config = house.config;
    for (const auto& step : std::vector<std::function<Result<void>()>>{
             [&] { return put(openssl::OpensslCipher::make(), house.cipher); },
             [&] {
                 return put(app::open_vault(config, environment, *house.cipher, sqlite::OpenMode::ReadWrite),
                            house.vault);
             },
             [&] { return put(sqlite::SqliteLedgerReader::open(config.store, *house.vault), house.ledger); },
             [&] {
                 return put(sqlite::SqliteCases::open_file(
                                app::cases_file(config), *house.vault, sqlite::OpenMode::ReadWrite),
                            house.cases);
             },
             [&] {
                 return put(sqlite::SqliteDirectory::open_file(app::directory_file(config),
                                                               sqlite::OpenMode::ReadWrite),
                            house.directory);
             },
             [&] {
                 return put(app::load_erasure_policies(*folders, config, house.clock.now()), house.policies);
             },
             [&] { return put(app::key_sources(config), house.sources); },
             [&] { return put(curl::CurlHttp::open(app::curl_options(config)), house.network); }}) {
        if (auto done = step(); !done) {
            return done;
        }
    }
    return {};
}

Result<void> live(House& house) {
    std::vector<const KeySource*> sources;
    for (const auto& source : house.sources) {
        sources.push_back(source.get());
    }
    CountingHttp http{*house.network};
    const auto& config = house.config;
    auto& clock = house.clock;
    auto& vault = *house.vault;
    auto& cases = *house.cases;
    auto& directory = *house.directory;
    const auto& ledger = *house.ledger;
    const auto& policies = *house.policies;
    openssl::ActorSigner keys{vault, std::move(sources), vault, clock, openssl::ActorSignerOptions{}};
    erasure::RequestSigner signer{keys, *house.cipher, clock};
    const auto wake = [] {};
    erasure::Planner planner{{ledger, ledger, vault, directory, cases, cases, clock, &ledger},
                             policies.dialects};
    auto courier_options = app::courier_options(config);
    courier_options.replan = [&](records::RequestNumber number) -> Result<void> {
        const auto request = cases.request(number);
        const auto planned = request ? planner.plan(*request) : Result<erasure::PlanTotals>{fail(request)};
        return planned ? Result<void>{} : Result<void>{fail(planned)};
    };
    auto scout_options = app::scout_options(config);
    scout_options.scan_every = kRescan;
    auto origin_options = app::origin_options(config);
    origin_options.refresh = kRescan;
    auto looker_options = app::looker_options(config);
    looker_options.sweep = kRescan;
    erasure::Scout scout{{cases, cases, directory, http, clock}, policies.dialects, scout_options, wake};
    courier_options.ask = [&](std::span<const Host> hosts) { scout.want(hosts); };
    erasure::Courier courier{{cases, cases, directory, vault, http, signer, clock},
                             policies.dialects,
                             std::move(courier_options),
                             wake};
    erasure::OriginWatch watch{{cases, cases, vault, http, clock}, origin_options, wake};
    erasure::Looker looker{{cases, cases, cases, directory, vault, vault, http, signer, clock},
                           policies.probes,
                           looker_options,
                           wake};
    auto handle_options = app::handle_options(config);
    handle_options.refresh = kRescan;
    erasure::HandleCheck handles{{cases, vault, vault, http, clock}, handle_options, wake};
    const std::vector<Step> workers{[&] { return scout.step(); },
                                    [&] { return courier.step(); },
                                    [&] { return watch.step(); },
                                    [&] { return handles.step(); },
                                    [&] { return looker.step(); }};
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto at = parse_rfc3339(line);
        if (!at) {
            return fail(at);
        }
        clock.at = *at;
        const auto next = do_what_is_due(workers, http, *at);
        if (!next) {
            return fail(next);
        }
        std::cout << R"({"next": )" << (*next ? '"' + format_rfc3339(**next) + '"' : "null") << "}"
                  << std::endl;
    }
    house.network->stop();
    return {};
}

}  // namespace

}  // namespace fedtrail

int main(int count, char** words) {
    if (count != 2) {
        std::cerr << "usage: erasure_days FEDTRAIL_TOML < times\n";
        return 2;
    }
    fedtrail::House house;
    auto done = fedtrail::furnish(house, words[1]);
    if (done) {
        done = fedtrail::live(house);
    }
    if (!done) {
        std::cerr << done.error().what << ". " << done.error().remedy << '\n';
        return 1;
    }
    return 0;
}
