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

/// Writes a bundle about the log's newest checkpoint. The same log and order give the same octets. Memory
/// does not grow with the number of records, at level Pseudonymised with that of hosts. `out` is a seekable
/// file. Errors: NotFound (nothing published yet, no such request), Invalid (the signer is not the log's;
/// what was kept is no checkpoint of the log), Denied (what was kept is newer than the log, or of another
/// history), Unavailable, those of `log`.
[[nodiscard]] Result<Exported> export_bundle(const LogReader& log,
                                             const ledger::NoteSigner& signer,
                                             const ExportOrder& order,
                                             std::ostream& out,
                                             const Progress& progress = {});

}  // namespace fedtrail::audit
