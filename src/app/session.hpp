/// One run of the program: what it was told globally, where it writes, and how it ends.

#pragma once

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <string>

#include "fedtrail/core/result.hpp"

#include "app/config.hpp"

namespace fedtrail::app {

/// Exit codes; the words are in docs/cli.md.
enum class Exit : int { Done = 0, Failed = 1, Usage = 2, NotFound = 3, Denied = 4, Open = 5 };

/// Who did what a command does, in the books.
inline constexpr const char* kCommandLine = "cli";

struct Session {
    Environment environment;
    std::filesystem::path program;  ///< This executable.
    std::string config_file;        ///< --config; may be empty.
    bool json{};                    ///< --json.
    bool terminal{};                ///< `out` is a terminal: columns and colours are wanted.
    std::ostream& out;
    std::ostream& err;

    /// The configuration of this run. Errors: those of load_config(); Conflict (a restore of its stores was
    /// interrupted).
    [[nodiscard]] Result<Config> config() const;
};

/// What a command gives back: its exit code, or why it failed.
using Command = std::function<Result<Exit>(Session&)>;

/// "fedtrail: <what>. <remedy>" on `err`.
void complain(Session& session, const Error& error);
[[nodiscard]] Exit exit_of(ErrorKind kind);

}  // namespace fedtrail::app
