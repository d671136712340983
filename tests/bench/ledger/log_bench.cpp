/// What the transparency log costs: sealing beside ingest without it, in turns, and leaves put into the log.

#include <algorithm>
#include <cstring>
#include <iostream>
#include <vector>

#include "fedtrail/ledger/hash.hpp"

#include "backends/sqlite/ledger_windows.hpp"
#include "backends/sqlite/log_store.hpp"
#include "bench/ledger/expected.hpp"
#include "bench/ledger/ingest.hpp"
#include "bench/ledger/measure.hpp"
#include "bench/ledger/open_ledger.hpp"

namespace {

namespace fs = std::filesystem;
using namespace fedtrail;         // NOLINT(google-build-using-namespace): a program of one file
using namespace fedtrail::bench;  // NOLINT(google-build-using-namespace)

constexpr const char* kUsage =
    "Usage: log_bench --dir DIR [--limit N] [--turns N]\n"
    "Measures what sealing adds to ingest, and how fast leaves go into the log.\n"
    "Example: log_bench --dir /var/tmp/bench --limit 3000000\n";

struct Run {
    double cpu{};
    std::uint64_t bytes{};
    std::uint64_t observations{};
    std::uint64_t activities{};
};

Result<Run> ingest_once(const Model& model, const fs::path& directory, std::uint64_t limit, bool seal) {
    fs::remove_all(directory);
    fs::create_directories(directory);
    Workload workload{model};
    Expected expected{{}, {}};
    SubjectChooser chooser{workload};
    auto ledger = OpenLedger::open(directory, OpenLedger::For::Writing, seal);
    if (!ledger) {
        return fail(ledger);
    }
    const auto subjects = enrol_all((*ledger)->vault(), workload);
    if (!subjects) {
        return fail(subjects);
    }
    IngestPlan plan;
    plan.limit = limit;
    const auto done = ingest(workload, (*ledger)->writer(), *subjects, plan, expected, chooser);
    if (!done) {
        return fail(done);
    }
    if (auto compacted = (*ledger)->compact(); !compacted) {
        return fail(compacted);
    }
    return Run{(done->writing + done->folding).cpu(),
               database_bytes(OpenLedger::ledger_file(directory)),
               done->observations,
               done->folds.activities};
}

Result<void> measure_sealing(const Model& model, const fs::path& directory, std::uint64_t limit, int turns) {
    Run with;
    Run without;
    std::vector<double> ratios;
    for (int turn = 0; turn < turns; ++turn) {
        const auto plain = ingest_once(model, directory, limit, false);
        const auto sealed = plain ? ingest_once(model, directory, limit, true) : plain;
        if (!sealed) {
            return fail(sealed);
        }
        without.cpu = turn == 0 ? plain->cpu : std::min(without.cpu, plain->cpu);
        with.cpu = turn == 0 ? sealed->cpu : std::min(with.cpu, sealed->cpu);
        without.bytes = plain->bytes;
        with.bytes = sealed->bytes;
        with.observations = sealed->observations;
        with.activities = sealed->activities;
        ratios.push_back(sealed->cpu / plain->cpu);
    }
    std::sort(ratios.begin(), ratios.end());
    const auto count = static_cast<double>(with.observations);
    std::cout << "| " << model.name << " | " << with_commas(count) << " | "
              << with_commas(static_cast<double>(with.activities)) << " | "
              << fixed(1e9 * without.cpu / count, 0) << " | " << fixed(1e9 * with.cpu / count, 0) << " | "
              << fixed(100 * (with.cpu / without.cpu - 1), 1) << " % | "
              << fixed(100 * (ratios[ratios.size() / 2] - 1), 1) << " % | "
              << fixed((static_cast<double>(with.bytes) - static_cast<double>(without.bytes)) / count, 4)
              << " |\n";
    return {};
}

Result<void> measure_log(const fs::path& directory) {
    constexpr std::uint64_t kLeaves = 200'000;
    constexpr std::uint64_t kAtOnce = 4'096;
    const auto file = directory / "log.db";
    auto log = sqlite::SqliteLog::open(file, sqlite::OpenMode::ReadWrite);
    if (!log) {
        return fail(log);
    }
    Stopwatch hashing;
    ledger::Hash hash{};
    hashing.start();
    for (std::uint64_t i = 0; i < kLeaves; ++i) {
        std::memcpy(hash.data(), &i, sizeof i);
        hash = records::leaf_hash_of(hash);
    }
    hashing.stop();
    Stopwatch appending;
    std::vector<LogEntry> entries;
    for (std::uint64_t i = 0; i < kLeaves;) {
        entries.clear();
        for (; i < kLeaves && entries.size() < kAtOnce; ++i) {
            std::memcpy(hash.data(), &i, sizeof i);
            entries.push_back({LeafStore::Ledger, i + 1, hash});
        }
        appending.start();
        const auto done = static_cast<TransparencyLog&>(**log).append(entries);
        appending.stop();
        if (!done) {
            return fail(done);
        }
    }
    log->reset();
    const auto bytes = static_cast<double>(database_bytes(file)) / static_cast<double>(kLeaves);
    std::cout << "\n| the log | |\n|---|---:|\n| leaf hashes a processor second | "
              << with_commas(static_cast<double>(kLeaves) / hashing.cpu())
              << " |\n| leaves appended a processor second, 4,096 a commit | "
              << with_commas(static_cast<double>(kLeaves) / appending.cpu())
              << " |\n| the same by wall time | "
              << with_commas(static_cast<double>(kLeaves) / appending.wall())
              << " |\n| octets a leaf, entry, index and tiles | " << fixed(bytes, 1)
              << " |\n| octets a day, a window a minute | " << with_commas(bytes * 1'440) << " |\n";
    return {};
}

}  // namespace

int main(int count, char** words) {
    fs::path directory;
    std::uint64_t limit = 0;
    int turns = 3;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string name = words[i];
        if (name == "--dir") {
            directory = fs::path{words[i + 1]} / "log";
        } else if (name == "--limit") {
            limit = std::strtoull(words[i + 1], nullptr, 10);
        } else if (name == "--turns") {
            turns = std::atoi(words[i + 1]);
        }
    }
    if (directory.empty() || turns < 1) {
        std::cerr << kUsage;
        return 2;
    }
    std::cout
        << "\n| sealing, CPU | observations | activities sealed | ns each without | with | adds, best of "
        << turns << " | median of turns | octets more, each |\n|---|---:|---:|---:|---:|---:|---:|---:|\n";
    // W2s takes longer to get past its beginning, when each of its servers is a new name.
    for (const auto& [model, enough] :
         {std::pair{w1s(), 2'000'000U}, {w1(), 2'000'000U}, {w2s(), 10'000'000U}}) {
        if (const auto done = measure_sealing(model, directory, limit == 0 ? enough : limit, turns); !done) {
            std::cerr << "log_bench: " << done.error().what << "\n";
            return 1;
        }
    }
    const auto done = measure_log(directory);
    if (!done) {
        std::cerr << "log_bench: " << done.error().what << "\n";
    }
    fs::remove_all(directory);
    return done ? 0 : 1;
}
