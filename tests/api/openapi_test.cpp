/// schemas/openapi.yaml describes the routes that are there: no more, no fewer.

#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

#include "api/api.hpp"

namespace {

/// The file is ours: paths stand at two spaces, methods at four, their parameters at eight. With each route
/// the query parameters it takes.
std::map<std::string, std::set<std::string>> described() {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/schemas/openapi.yaml"};
    REQUIRE(in.good());
    std::map<std::string, std::set<std::string>> routes;
    std::string path;
    std::set<std::string>* queries = nullptr;
    std::string name;
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(' ')) {
            inside = line == "paths:";
        } else if (inside && line.starts_with("  /")) {
            path = line.substr(2, line.size() - 3);
        } else if (inside && line.starts_with("    ") && line[4] != ' ' && line.ends_with(':')) {
            std::string method = line.substr(4, line.size() - 5);
            if (method == "parameters") {
                continue;  // of all methods of the path
            }
            for (char& c : method) {
                c = static_cast<char>(c - 'a' + 'A');
            }
            queries = &routes[method.append(" ").append(path)];
        } else if (inside && line.starts_with("        - name: ")) {
            name = line.substr(line.find(':') + 2);
        } else if (inside && queries != nullptr && line == "          in: query") {
            queries->insert(name);
        } else if (inside && queries != nullptr && line.find("parameters/Language\"") != std::string::npos) {
            queries->insert("lang");
        }
    }
    return routes;
}

/// What src/api/log_face.cpp answers, beside the routes.
constexpr std::array<const char*, 5> kByTheLog{"GET /log/checkpoint",
                                               "GET /log/tile/{level}/{index}",
                                               "GET /log/tile/entries/{index}",
                                               "POST /witness/add-checkpoint",
                                               "GET /witness/{origin}/checkpoint"};

}  // namespace

TEST_CASE("docs/api.md has every route", "[api][openapi]") {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/docs/api.md"};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    for (const auto& route : fedtrail::api::Api::routes()) {
        constexpr std::string_view kBelow = "/api/v1/";
        auto pattern = route.pattern;
        if (pattern.starts_with(kBelow)) {
            pattern.remove_prefix(kBelow.size());
        }
        const auto told = "`" + std::string{route.method} + " " + std::string{pattern} + "`";
        INFO(told << " is said of no command: which one does the same?");
        CHECK(text.find(told) != std::string::npos);
    }
}

TEST_CASE("The routes and openapi.yaml agree", "[api][openapi]") {
    std::map<std::string, std::set<std::string>> routed;
    for (const auto* by_the_log : kByTheLog) {
        routed[by_the_log];
    }
    for (const auto& route : fedtrail::api::Api::routes()) {
        routed[std::string{route.method} + " " + std::string{route.pattern}] = {route.queries.begin(),
                                                                                route.queries.end()};
    }
    CHECK(routed == described());
}
