/// `fedtrail audit`.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/time.hpp"

#include "app/session.hpp"

namespace fedtrail::app {

struct ExportOptions {
    std::uint64_t request{};  ///< 0: none. One of these four is what the bundle is about.
    std::string subject;
    std::optional<Instant> since;
    std::optional<Instant> until;
    bool all{};
    std::string level;       ///< "full", "pseudonymised", "minimal"; empty is full.
    std::string language;    ///< Of the page and the papers; empty: the first of controller.languages.
    std::string output;      ///< A file.
    std::string checkpoint;  ///< A file with one that somebody kept; may be empty.
    std::string reason;  ///< Why; needed for a full one that is neither of a request nor of a named person.
};
[[nodiscard]] Result<Exit> audit_export(Session& session, const ExportOptions& options);

/// A signed note in a file. Errors: NotFound (or it is empty), those of reading it.
[[nodiscard]] Result<std::string> read_checkpoint(const std::string& file);

struct VerifyOptions {
    std::string file;
    std::vector<std::string> keys;  ///< As `NAME+ID+BASE64`.
    std::string checkpoint;         ///< A file; may be empty.
};
/// Needs no configuration, no store, no network.
[[nodiscard]] Result<Exit> audit_verify(Session& session, const VerifyOptions& options);

struct CheckpointOptions {
    bool now{};    ///< Put what waits into the log first.
    bool adopt{};  ///< Make the log as it is the one that the guard stands for.
};
[[nodiscard]] Result<Exit> audit_checkpoint(Session& session, const CheckpointOptions& options);

}  // namespace fedtrail::app
