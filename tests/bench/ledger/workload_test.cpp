#include "bench/ledger/workload.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <unistd.h>

#include "fedtrail/core/uri.hpp"

#include "bench/ledger/expected.hpp"
#include "bench/ledger/rows.hpp"

using fedtrail::bench::ActivityKind;
using fedtrail::bench::Attempt;
using fedtrail::bench::Model;
using fedtrail::bench::ObservationBatch;
using fedtrail::bench::Workload;
using fedtrail::privacy::Channel;

namespace {

/// W1s with few people, so that a test sees the whole year.
Model small() {
    Model model = fedtrail::bench::w1s();
    model.users = 40;
    return model;
}

std::vector<Attempt> all_of(Workload& workload) {
    std::vector<Attempt> all;
    ObservationBatch batch;
    while (workload.next(batch)) {
        all.insert(all.end(), batch.attempts.begin(), batch.attempts.end());
    }
    return all;
}

/// A thousand attempts as rows, each accepted, since rows do not judge outcomes.
std::vector<fedtrail::bench::Row> next_rows(Workload& workload, fedtrail::bench::Expected& expected) {
    ObservationBatch batch;
    workload.next(batch);
    std::vector<fedtrail::bench::Row> rows;
    for (auto& attempt : batch.attempts) {
        attempt.outcome = {fedtrail::privacy::OutcomeKind::Accepted, 202};
        expected.add(attempt, workload.activity(attempt.user, attempt.activity));
        rows.push_back({attempt.user, attempt.server, attempt.activity, attempt.at_seconds, 202});
    }
    return rows;
}

class TemporaryFile {
public:
    TemporaryFile()
        : path_((std::filesystem::temp_directory_path() / ("fedtrail-rows-" + std::to_string(::getpid())))
                    .string()) {}
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    TemporaryFile(TemporaryFile&&) = delete;
    TemporaryFile& operator=(TemporaryFile&&) = delete;
    ~TemporaryFile() {
        for (const auto* suffix : {"", "-wal", "-shm"}) {
            std::filesystem::remove(path_ + suffix);
        }
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string path_;
};

double share(std::uint64_t part, std::uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

TEST_CASE("The same model gives the same stream, another seed another", "[bench]") {
    Workload once{small()};
    Workload again{small()};
    Model other = small();
    other.seed = 7;
    Workload different{other};
    const auto stream = all_of(once);
    CHECK(stream == all_of(again));
    CHECK(stream != all_of(different));
}

TEST_CASE("The first of the one person's activities look like the model", "[bench]") {
    Workload workload{fedtrail::bench::w2s()};
    ObservationBatch batch;
    while (workload.counts().activities < 500 && workload.next(batch)) {
    }
    const auto& counts = workload.counts();
    // 90 % of 5,000 servers present, 3 % of the activities are direct messages.
    CHECK(share(counts.first_wave, counts.activities) == Approx(4'400).epsilon(0.03));
    CHECK(share(counts.first_failed, counts.first_wave) == Approx(0.0175).epsilon(0.15));
}

TEST_CASE("A year of forty people fails, retries and fetches as the model says", "[bench]") {
    Workload workload{small()};
    const auto stream = all_of(workload);
    const auto& counts = workload.counts();
    REQUIRE(stream.size() == counts.observations());
    CHECK(share(counts.first_failed, counts.first_wave) == Approx(0.0175).epsilon(0.25));
    CHECK(share(counts.never_delivered, counts.first_wave) == Approx(0.0056).epsilon(0.4));
    CHECK(share(counts.retries, counts.first_wave) == Approx(0.061).epsilon(0.4));
    CHECK(share(counts.fetches, counts.activities) > 0.74 * 2 * 0.95);
}

TEST_CASE("Kinds come in the shares of the model and an Update changes an earlier post", "[bench]") {
    const Workload workload{fedtrail::bench::w2s()};
    std::map<ActivityKind, std::uint64_t> kinds;
    bool all_earlier = true;
    for (std::uint32_t index = 0; index < 5'000; ++index) {
        const auto activity = workload.activity(0, index);
        ++kinds[activity.kind];
        all_earlier = all_earlier && (activity.kind == ActivityKind::Update) == (activity.object < index);
    }
    CHECK(all_earlier);
    CHECK(share(kinds[ActivityKind::Create], 5'000) == Approx(0.52).margin(0.03));
    CHECK(share(kinds[ActivityKind::Reply], 5'000) == Approx(0.22).margin(0.03));
    CHECK(share(kinds[ActivityKind::Boost], 5'000) == Approx(0.18).margin(0.03));
    CHECK(share(kinds[ActivityKind::Direct], 5'000) == Approx(0.03).margin(0.01));
    CHECK(share(kinds[ActivityKind::Update], 5'000) == Approx(0.05).margin(0.01));
}

TEST_CASE("A first wave is contiguous, its times ascend, and no server is in it twice", "[bench]") {
    Workload workload{small()};
    const auto stream = all_of(workload);
    std::set<std::pair<std::uint32_t, std::uint32_t>> finished;
    std::set<std::uint32_t> servers;
    std::int64_t last = 0;
    std::pair<std::uint32_t, std::uint32_t> current{~0U, ~0U};
    std::uint64_t faults = 0;
    for (const auto& attempt : stream) {
        const std::pair activity{attempt.user, attempt.activity};
        if (attempt.channel != Channel::Push) {
            continue;  // A post that no server got may be fetched all the same.
        }
        if (attempt.number != 0) {
            faults += activity == current || finished.contains(activity) ? 0 : 1;
            continue;
        }
        if (activity != current) {
            finished.insert(current);
            faults += finished.count(activity);
            current = activity;
            servers.clear();
        }
        faults += servers.insert(attempt.server).second ? 0 : 1;
        faults += attempt.at_seconds < last ? 1 : 0;
        last = attempt.at_seconds;
    }
    CHECK(faults == 0);
}

TEST_CASE("Activity and object texts are unique normalised URIs", "[bench]") {
    const Workload workload{small()};
    std::set<std::string> ids;
    std::size_t activities = 0;
    for (std::uint32_t user = 0; user < 5; ++user) {
        const auto count = static_cast<std::uint32_t>(workload.persons()[user].activities.size());
        activities += count;
        for (std::uint32_t index = 0; index < count; ++index) {
            const auto text = workload.text(user, index);
            ids.insert(text.id);
            const auto parsed = fedtrail::Uri::parse(text.object);
            REQUIRE(parsed);
            CHECK(parsed->text() == text.object);
        }
    }
    CHECK(ids.size() == activities);
}

TEST_CASE("Rows answer what the stream says", "[bench]") {
    Workload workload{small()};
    fedtrail::bench::Expected expected{fedtrail::bench::sampled_users(workload, 5), {}};
    const TemporaryFile file;
    const auto store = fedtrail::bench::RowStore::create(file.path());
    REQUIRE(store);
    for (int i = 0; i < 20; ++i) {
        REQUIRE((*store)->append(next_rows(workload, expected)));
    }
    for (const auto user : expected.users()) {
        const auto answer = (*store)->recipients_of(user);
        REQUIRE(answer);
        std::vector<std::int64_t> servers;
        for (const auto& [server, pair] : expected.pairs_of(user)) {
            servers.push_back(server);
        }
        CHECK(*answer == servers);
    }
    const auto bytes = (*store)->bytes();
    REQUIRE(bytes);
    CHECK(share(*bytes, 20'000) == Approx(75).epsilon(0.3));
}
