/// A sidecar of one origin, and deliveries to import.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backends/poco/http_server.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

/// A folder with an initialised sidecar that listens on ports of its own.
struct Home {
    TempDir dir;
    Program program{dir.path()};
    int proxy = free_port();
    int api = free_port();

    Home() {
        program.variables = {{"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(proxy)},
                             {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)},
                             {"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        const auto made = program.run({"init", "--origin", "origin.example"});
        INFO(made.err);
        REQUIRE(made.exit == 0);
    }

    [[nodiscard]] HttpResponse get(const std::string& target, const std::string& token) const {
        const auto client = poco::client("127.0.0.1", static_cast<std::uint16_t>(api), kPatience);
        const auto answer = client->send({"GET", target, {{"Authorization", "Bearer " + token}}, ""});
        REQUIRE(answer.has_value());
        return *answer;
    }
};

/// A delivery of somebody's, as a line of NDJSON.
inline std::string observation(int second, const std::string& host, const std::string& person = "alice") {
    const auto at =
        std::string{"2026-11-22T07:00:"} + (second < 10 ? "0" : "") + std::to_string(second) + "Z";
    const auto number = std::to_string(second);
    return nlohmann::json{{"at", at},
                          {"channel", "push"},
                          {"origin", "origin.example"},
                          {"recipient", host},
                          {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                          {"digest",
                           {{"actor", "https://origin.example/users/" + person},
                            {"id", "https://origin.example/a/" + person + number},
                            {"object", "https://origin.example/o/" + person + number},
                            {"type", "Create"},
                            {"categories", {"post_text", "handle"}},
                            {"visibility", "public"}}}}
               .dump() +
           "\n";
}

}  // namespace fedtrail::testing
