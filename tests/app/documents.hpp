/// Files, and documents against their schema.

#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/json_schema.hpp"

namespace fedtrail::testing {

[[nodiscard]] inline std::string contents(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream{file, std::ios::binary}.rdbuf();
    return std::move(text).str();
}

/// The document, after a look that it is as schemas/`schema` says.
inline nlohmann::json checked(const std::string& document, const std::string& schema) {
    const auto kept = app::check_schema(document, contents(FEDTRAIL_SOURCE_DIR "/schemas/" + schema), schema);
    INFO(document << (kept ? "" : kept.error().what));
    REQUIRE(kept.has_value());
    return nlohmann::json::parse(document);
}

}  // namespace fedtrail::testing
