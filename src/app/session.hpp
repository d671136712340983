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

struct Session {
    Environment environment;
    std::filesystem::path program;  ///< This executable.
    std::string config_file;        ///< --config; may be empty.
    bool json{};                    ///< --json.
    bool terminal{};                ///< `out` is a terminal: columns and colours are wanted.
    std::ostream& out;
    std::ostream& err;
    std::string said_by{};  ///< --by; may be empty.

    /// Who runs it, as the books have it (records::by_operator).
    [[nodiscard]] std::string by() const;
    /// The name they say: --by, else FEDTRAIL_BY; "" if they say none. Errors: Invalid.
    [[nodiscard]] Result<std::string> said_name() const;

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
