/// The command line: words to commands.

#pragma once

#include <string>
#include <vector>

#include "app/session.hpp"

namespace fedtrail::app {

/// Reads `arguments` (without the program's name), runs the command, and gives the exit code.
[[nodiscard]] int run(Session& session, const std::vector<std::string>& arguments);

}  // namespace fedtrail::app
