#include "app/report_room.hpp"

#include <ostream>
#include <stop_token>

#include <catch2/catch.hpp>

#include "temp_dir.hpp"

using namespace fedtrail;

TEST_CASE("Large answers are made by a quarter of the threads, and the rest is told to come again", "[app]") {
    const testing::TempDir folder;
    app::Config config;
    config.data_dir = folder.path();
    config.api.threads = GENERATE(1, 4, 7);
    const app::ReportRoom room{config};
    const auto write = [](std::ostream& out) -> Result<void> {
        out << "large";
        return {};
    };
    const auto made = room.spool([&](std::ostream& out) -> Result<void> {
        const auto second = room.spool(write);
        REQUIRE_FALSE(second);
        CHECK(second.error().kind == ErrorKind::Unavailable);
        CHECK_FALSE(second.error().remedy.empty());
        return write(out);
    });
    REQUIRE(made);
    CHECK((*made)(std::stop_token{}) == "large");
    CHECK(room.spool(write));
}
