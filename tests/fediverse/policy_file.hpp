#pragma once

#include <fstream>
#include <sstream>
#include <string>

namespace fedtrail::testing {

/// A file of policies/, whole.
inline std::string policy_file(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream{FEDTRAIL_SOURCE_DIR "/policies/" + name}.rdbuf();
    return text.str();
}

}  // namespace fedtrail::testing
