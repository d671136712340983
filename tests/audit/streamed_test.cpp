// An export of many records: what it holds in memory, and what it says of how far it is.

#include <fstream>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <malloc.h>

#include "audit/example_log.hpp"
#include "bench/proof/endless_log.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

/// Octets that the heap has given out.
std::size_t heap() {
    const auto info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

/// What an export of so many windows of 1,000 records holds more than before when it has written the last.
std::size_t held_after(std::uint64_t windows) {
    const auto folder = TempDir::in_memory();
    bench::EndlessLog log{windows};
    std::ofstream out{folder.path() / "bundle.zip", std::ios::binary};
    const auto before = heap();
    auto after = before;
    audit::ExportOrder order;
    order.page = [](const audit::Manifest& /*manifest*/) { return std::string{"<p></p>\n"}; };
    order.publish = [&](const records::ExportLeaf& leaf) -> Result<const LogReader*> {
        CHECK(leaf.records == windows * (bench::EndlessLog::kInWindow + 1));
        after = heap();
        return log.publish(leaf);
    };
    REQUIRE(audit::export_bundle(log, log.signer(), order, out));
    return after > before ? after - before : 0;
}

}  // namespace

TEST_CASE("An export holds no more for ten times the records", "[audit][export]") {
    const auto few = held_after(2);
    const auto many = held_after(20);
    CAPTURE(few, many);
    CHECK(many < few + (std::size_t{64} << 10U));  // of 18,000 records more
}

TEST_CASE("An export says how many of the log's leaves it has written", "[audit][export]") {
    MemoryLog log{log_key()};
    for (std::uint64_t number = 0; number < 600; ++number) {
        log.append({from_unix_seconds(kDayOne), records::RetentionRunLeaf{{}, {{"look", number}}}});
    }
    log.publish();
    auto order = order_for(audit::Everything{}, audit::Level::Minimal);
    order.publish = nullptr;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
    std::ostringstream out;
    REQUIRE(
        audit::export_bundle(log, log.signer(), order, out, [&told](std::uint64_t done, std::uint64_t all) {
            told.emplace_back(done, all);
        }));
    REQUIRE(told.size() == 600);
    for (std::uint64_t number = 0; number < 600; ++number) {
        CHECK(told[number] == std::pair{number + 1, std::uint64_t{600}});
    }
}
