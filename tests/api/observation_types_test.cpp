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

TEST_CASE("Every Content-Encoding is looked at", "[api][observations]") {
    ApiHouse house;
    const auto packed = [&](const std::string& first, const std::string& second) {
        const auto answer = house.ask("POST",
                                      "/api/v1/observations",
                                      "hook",
                                      {{"Content-Encoding", first}, {"content-encoding", second}},
                                      "1");
        return answer.status;
    };
    CHECK(packed("identity", "gzip") == 415);
    CHECK(packed("", "gzip") == 415);
    CHECK(packed("identity, identity", "identity\t, zstd") == 415);
    CHECK(packed("identity", "identity ,, Identity") == 200);
}

TEST_CASE("What a request says twice and nobody can tell apart is refused", "[api][observations]") {
    ApiHouse house;
    const auto* const name =
        GENERATE("Authorization", "Content-Type", "idempotency-key", "Fedtrail-Reason", "Fedtrail-By");
    CAPTURE(name);
    const auto answer = house.ask(
        "POST", "/api/v1/observations", "hook", {{name, "application/json"}, {name, "text/csv"}}, "1");
    CHECK(answer.status == 400);
    CHECK(answer.body.find("more than once") != std::string::npos);
}
