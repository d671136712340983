/// The commands that write the instance's own papers.

#pragma once

#include <string>

#include "app/session.hpp"

namespace fedtrail::app {

struct PaperOptions {
    std::string format;    ///< Empty: by --json, the file's name, or the command's usual one.
    std::string language;  ///< Empty: the first of controller.languages.
    std::string output;    ///< Empty or "-": standard output.
    std::string columns;   ///< Of the record: "cnil", "ico"; empty: by the language.
    std::string host;      ///< Of the recipient assessed.
};

[[nodiscard]] Result<Exit> notice(Session& session, const PaperOptions& options);
[[nodiscard]] Result<Exit> ropa(Session& session, const PaperOptions& options);
[[nodiscard]] Result<Exit> assess(Session& session, const PaperOptions& options);

}  // namespace fedtrail::app
