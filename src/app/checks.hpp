/// What `fedtrail doctor` looks at.

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "app/config.hpp"
#include "app/session.hpp"

namespace fedtrail::sqlite {
class SqliteLog;
}

namespace fedtrail::app {

enum class Verdict { Ok, Warn, Fail };

struct Check {
    std::string name;  ///< Stable word for programs: "vault".
    Verdict verdict{Verdict::Ok};
    std::string finding;
    std::string remedy;  ///< Empty where nothing is to be done.
};

/// Of one store, at most.
inline constexpr std::size_t kToldFaults = 10;

[[nodiscard]] std::string_view name_of(Verdict verdict);

/// The check that met this error.
[[nodiscard]] Check failed(const std::string& name, const Error& error);
/// The same of one that reads a store: if that is damaged a backup is the remedy. Elsewhere it is this very
/// check.
[[nodiscard]] Check failed_store(const std::string& name, const Error& error);
/// Of a store: "`finding`, all whole", or its faults.
[[nodiscard]] Check whole(const std::string& name,
                          const std::string& finding,
                          const std::vector<std::string>& faults);

/// Everything that can be checked; a configuration that cannot be read ends it there.
[[nodiscard]] std::vector<Check> check_everything(const Session& session);

/// Derives again what is damaged in the ledger and can be derived; says on `session.err` how far it is, and
/// what came of it as the check "rebuild". Errors: Conflict (a sidecar runs); those of the configuration.
[[nodiscard]] Result<Check> rebuild_stores(Session& session);

/// Whether the log continues the checkpoint that its guard has: the check "log_guard". Reads only.
[[nodiscard]] Check check_guard(const Config& config, const sqlite::SqliteLog& log);
/// Whether every store has the last leaf that the log took from it: the check "log_stores". Reads only.
[[nodiscard]] Check check_log_stores(const Config& config, const sqlite::SqliteLog& log);

/// Whether this user may read `folder`, and make and remove files in it; one that is not there is no fault.
/// Errors: Denied.
[[nodiscard]] Result<void> open_to_us(const std::filesystem::path& folder);

/// How many authorities proxy.extra_ca adds to the system's. Errors: Invalid, with its place in the file.
[[nodiscard]] Result<std::size_t> extra_authorities(const Config& config);

// The parts, by subject.
void check_policies(const Session& session, const Config& config, std::vector<Check>& out);
void check_rules(const Session& session, const Config& config, std::vector<Check>& out);
void check_keys(const Session& session, const Config& config, std::vector<Check>& out);
void check_stores(const Session& session, const Config& config, std::vector<Check>& out);
void check_retention(const Session& session, const Config& config, std::vector<Check>& out);
void check_erasures(const Session& session, const Config& config, std::vector<Check>& out);
void check_handles(const Session& session, const Config& config, std::vector<Check>& out);
void check_recipients(const Session& session, const Config& config, std::vector<Check>& out);
void check_log(const Session& session, const Config& config, std::vector<Check>& out);
void check_witness(const Config& config, std::vector<Check>& out);
void check_ingress(const Config& config, std::vector<Check>& out);
void check_clients(const Config& config, std::vector<Check>& out);
void check_machine(const Config& config, std::vector<Check>& out);
void check_doors(const Config& config, std::vector<Check>& out);

}  // namespace fedtrail::app
