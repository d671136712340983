#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_comparison.hpp"
#include "backends/sqlite/ledger_fixture.hpp"
#include "backends/sqlite/ledger_traffic.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace std::chrono_literals;
using fedtrail::sqlite::LedgerOptions;
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using testing::compare;
using testing::LedgerModel;
using testing::Traffic;

TEST_CASE("The ledger answers as a plain list would, through folds and restarts", "[ledger][sqlite]") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        CAPTURE(seed);
        const auto folder = testing::TempDir::in_memory();
        const testing::NumberedKeys keys;
        const auto path = folder.path() / "ledger.db";
        LedgerOptions options;
        options.retry_horizon = 6h;
        options.fold_patience = seed % 2 == 0 ? 12h : 240h;
        LedgerModel model;
        Traffic traffic{seed, model};
        auto writer = SqliteLedgerWriter::open(path, keys, options);
        REQUIRE(writer);
        const auto reader = SqliteLedgerReader::open(path, keys);
        REQUIRE(reader);
        std::uint64_t folded = 0;
        for (int round = 0; round < 500; ++round) {
            traffic.step(**writer);
            if (traffic.pick(3) == 0) {
                REQUIRE((*writer)->commit());
            }
            if (traffic.pick(9) == 0) {
                const auto now = from_unix_seconds(traffic.now());
                const auto summary =
                    seed % 3 == 0 && traffic.pick(4) == 0
                        ? (*writer)->fold_settled(now, privacy::SubjectNumber{1 + traffic.pick(5)})
                        : (*writer)->fold(now);
                INFO((summary ? std::string{} : summary.error().what));
                REQUIRE(summary);
                folded += summary->activities;
            }
            if (traffic.pick(100) == 0) {
                REQUIRE((*writer)->commit());
                writer->reset();
                writer = SqliteLedgerWriter::open(path, keys, options);
                REQUIRE(writer);
            }
            if (round % 125 == 124) {
                REQUIRE((*writer)->commit());
                compare(**reader, model, traffic);
                const auto second = SqliteLedgerReader::open(path, keys);
                REQUIRE(second);
                compare(**second, model, traffic);
            }
        }
        CHECK(folded > 100);
    }
}
