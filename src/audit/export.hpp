/// Makes an audit bundle out of the log.

#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "fedtrail/audit/verify.hpp"
#include "fedtrail/ports/log_reader.hpp"

namespace fedtrail::audit {

/// A file that goes into the bundle as it is: "request-7/answer.md".
struct Paper {
    std::string path;
    std::optional<std::string>
        content;  ///< Nothing: it belongs there, and is not kept; the manifest says so.
};

struct ExportOrder {
    Scope scope;
    Level level{Level::Full};
    std::string program;  ///< Version of the program.
    std::string by;       ///< Who exports, as records::without_operator() gives it.
    /// Puts the record behind all leaves of the log and publishes that; the log from then on, good until the
    /// bundle is written. Asked once, when all that the record is about was read. Without it the bundle is of
    /// format 1, in which no leaf says what it has. Errors: Conflict (another leaf stands before it).
    std::function<Result<const LogReader*>(const records::ExportLeaf&)> publish;
    /// The papers of a request, in their order; asked for every request of which a record is shown. Not at
    /// level Minimal or Pseudonymised: papers name people.
    std::function<Result<std::vector<Paper>>(records::RequestNumber)> papers;
    /// Whether others may read a host (records::may_be_named); asked at level Pseudonymised, once for each.
    /// Without it none may.
    std::function<Result<bool>(const Host&)> may_name;
    /// A signed note that somebody kept: the bundle proves that the log continues it. May be empty.
    std::string kept;
    /// The octets of a policy with that name and digest; nothing if they are not kept: the manifest says so
    /// then.
    std::function<std::optional<std::string>(const records::PolicyFile&)> policy;
    std::optional<records::Unlogged> unlogged{};
    /// The human page.
    std::function<std::string(const Manifest&)> page;
};

/// What was made.
struct Exported {
    Manifest manifest;
    std::uint64_t octets{};
};

/// Writes a bundle about the log's newest checkpoint and the leaf that says so. The same log, that leaf
/// included, and the same order give the same octets: its time and salt are made where it is put into the
/// log. Nobody else may put one there from the call until `order.publish`. Memory does not grow with the
/// number of records, at level Pseudonymised with that of hosts. `out` is a seekable file. Errors: NotFound
/// (nothing published yet, no such request), Invalid (the signer is not the log's; what was kept is no
/// checkpoint of the log; more files than a bundle may have, which is said before anything is put into the
/// log), Denied (what was kept is newer than the log, or of another history), Unavailable, those of `log`
/// and the order.
[[nodiscard]] Result<Exported> export_bundle(const LogReader& log,
                                             const ledger::NoteSigner& signer,
                                             const ExportOrder& order,
                                             std::ostream& out,
                                             const Progress& progress = {});

}  // namespace fedtrail::audit
