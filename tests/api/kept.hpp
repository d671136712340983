/// Answers against their schema.

#pragma once

#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "api/api.hpp"
#include "app/json_schema.hpp"

namespace fedtrail::testing {

/// `document` must be as schemas/`schema` says.
inline void keeps_schema(const std::string& document, const std::string& schema) {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/schemas/" + schema};
    const std::string rules{std::istreambuf_iterator<char>{in}, {}};
    const auto kept = app::check_schema(document, rules, schema);
    INFO(document << (kept ? "" : kept.error().what));
    CHECK(kept.has_value());
}

inline void keeps(const nlohmann::json& document, const std::string& schema) {
    keeps_schema(document.dump(), schema);
}

inline void keeps(const HttpResponse& answer, const std::string& schema) {
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    keeps_schema(answer.body, schema);
}

inline nlohmann::json checked(const HttpResponse& answer, const std::string& schema) {
    keeps(answer, schema);
    return nlohmann::json::parse(answer.body);
}

}  // namespace fedtrail::testing
