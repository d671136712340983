/// The two tables of docs/life-of-an-erasure.md, made from the code.

#pragma once

#include <filesystem>
#include <string>

namespace fedtrail::testing {

[[nodiscard]] std::filesystem::path life_of_an_erasure();

/// `page` with what stands between its markers made anew. "" if a marker is missing.
[[nodiscard]] std::string with_state_tables(const std::string& page);

}  // namespace fedtrail::testing
