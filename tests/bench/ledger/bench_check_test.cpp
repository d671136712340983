#include <catch2/catch.hpp>

#include "bench/ledger/check.hpp"
#include "bench/ledger/feed.hpp"
#include "bench/ledger/memory_ledger.hpp"

using fedtrail::bench::MemoryLedger;

namespace {

/// The first 20,000 attempts of forty people, fed and expected.
struct Fed {
    explicit Fed(MemoryLedger& ledger)
        : workload([] {
              auto model = fedtrail::bench::w1s();
              model.users = 40;
              return model;
          }()),
          expected(fedtrail::bench::sampled_users(workload, 5),
                   fedtrail::bench::sampled_objects(workload, 200)) {
        for (std::uint64_t user = 0; user < 40; ++user) {
            subjects.emplace_back(user + 7);
        }
        fedtrail::bench::PackedFeed feed{workload, ledger, subjects};
        fedtrail::bench::ObservationBatch batch;
        for (int i = 0; i < 20 && workload.next(batch); ++i) {
            feed.prepare(batch);
            written = written && feed.write().has_value();
            for (const auto& attempt : batch.attempts) {
                expected.add(attempt, workload.activity(attempt.user, attempt.activity));
            }
        }
    }
    fedtrail::bench::Workload workload;
    fedtrail::bench::Expected expected;
    std::vector<fedtrail::privacy::SubjectNumber> subjects;
    bool written{true};
};

}  // namespace

TEST_CASE("A ledger that kept everything differs nowhere from the stream", "[bench]") {
    MemoryLedger ledger;
    const Fed fed{ledger};
    REQUIRE(fed.written);
    const auto pairs = fedtrail::bench::check_pairs(ledger, fed.expected, fed.subjects);
    const auto holders = fedtrail::bench::check_holders(ledger, fed.expected, fed.workload, fed.subjects);
    const auto attempts = fedtrail::bench::check_attempts(ledger, fed.expected, fed.workload, fed.subjects);
    REQUIRE(pairs);
    REQUIRE(holders);
    REQUIRE(attempts);
    CHECK(pairs->compared > 100);
    CHECK(pairs->different == 0);
    CHECK(holders->compared > 20);
    CHECK(holders->different == 0);
    CHECK(attempts->compared > 20);
    CHECK(attempts->different == 0);
}

TEST_CASE("One second wrong in every observation is found everywhere", "[bench]") {
    MemoryLedger ledger;
    const Fed fed{ledger};
    for (std::size_t i = 0; i < 20'000; ++i) {
        ledger.delay(i, 1);
    }
    const auto pairs = fedtrail::bench::check_pairs(ledger, fed.expected, fed.subjects);
    const auto attempts = fedtrail::bench::check_attempts(ledger, fed.expected, fed.workload, fed.subjects);
    REQUIRE(pairs);
    REQUIRE(attempts);
    CHECK(pairs->different == pairs->compared);
    CHECK(attempts->different > attempts->compared);  // each is missing, and one too many is there
}
