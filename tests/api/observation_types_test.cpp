/// In which form observations are handed in.

#include <string>

#include <catch2/catch.hpp>

#include "house.hpp"

using fedtrail::testing::ApiHouse;

TEST_CASE("Observations are taken whatever the case of their media type", "[api][observations]") {
    ApiHouse house;
    const auto* const type = GENERATE(
        "Application/X-NDJSON", "application/x-ndjson\t; charset=utf-8", "APPLICATION/JSON ;a=b", "");
    CAPTURE(type);
    CHECK(house.ask("POST", "/api/v1/observations", "hook", {{"Content-Type", type}}, "1").status == 200);
}

TEST_CASE("Observations that are packed are refused, not read as they are", "[api][observations]") {
    ApiHouse house;
    const auto packed = [&](const std::string& coding) {
        return house.ask("POST", "/api/v1/observations", "hook", {{"Content-Encoding", coding}}, "1");
    };
    CHECK(packed("gzip").status == 415);
    CHECK(packed("br, gzip").status == 415);
    CHECK(packed("Identity").status == 200);
}
