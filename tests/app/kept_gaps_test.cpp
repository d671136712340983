#include "app/kept_gaps.hpp"

#include <array>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "fedtrail/core/time.hpp"

#include "fakes/ledger_writer.hpp"
#include "temp_dir.hpp"

using fedtrail::ErrorKind;
using fedtrail::from_unix_seconds;
using fedtrail::app::keep_gaps;
using fedtrail::app::record_kept_gaps;
using fedtrail::records::GapObservation;
using fedtrail::testing::FakeLedgerWriter;
using fedtrail::testing::TempDir;

TEST_CASE("Gaps that were not written before the end are written at the next start, once", "[app]") {
    const TempDir dir;
    const auto file = dir / "gaps-at-start";
    FakeLedgerWriter ledger;
    CHECK(record_kept_gaps(file, ledger));
    CHECK(ledger.commits() == 0);
    const GapObservation first{from_unix_seconds(100), from_unix_seconds(160), 7};
    const GapObservation second{from_unix_seconds(200), from_unix_seconds(200), 1};
    REQUIRE(keep_gaps(file, std::array{first}));
    ledger.fail_next(FakeLedgerWriter::Call::Commit);
    CHECK_FALSE(record_kept_gaps(file, ledger));  // it waits for the start behind that
    REQUIRE(keep_gaps(file, std::array{second}));
    REQUIRE(record_kept_gaps(file, ledger));
    const auto& gaps = ledger.durable().gaps;
    REQUIRE(gaps.size() == 2);
    CHECK(gaps[0].from == first.from);
    CHECK(gaps[0].until == first.until);
    CHECK(gaps[0].deliveries == 7);
    CHECK(gaps[1].deliveries == 1);
    CHECK_FALSE(std::filesystem::exists(file));
}

TEST_CASE("A file of gaps that cannot be read stays, and nothing of it is written", "[app]") {
    const TempDir dir;
    const auto file = dir / "gaps-at-start";
    std::ofstream{file} << "100 160 7\n"
                        << GENERATE("100 90 1", "100 160", "100 160 7 8", "100 160 0", "a b c", "") << "\n";
    FakeLedgerWriter ledger;
    const auto read = record_kept_gaps(file, ledger);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::Invalid);
    CHECK(read.error().what.find("line 2") != std::string::npos);
    CHECK(ledger.commits() == 0);
    CHECK(std::filesystem::exists(file));
}
