/// The files of policies/ as they are shipped.

#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace fedtrail::testing {

inline std::string policy_file(const std::string& name) {
    std::ifstream file{std::filesystem::path{FEDTRAIL_SOURCE_DIR} / "policies" / name};
    return {std::istreambuf_iterator<char>{file}, {}};
}

/// `text` with the first `old` in it replaced; what is not there cannot be.
inline std::string changed(std::string text, const std::string& old, const std::string& by) {
    return text.replace(text.find(old), old.size(), by);
}

}  // namespace fedtrail::testing
