/// What the parts of the command line are made with.

#pragma once

#include <optional>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "app/commands/audit_commands.hpp"
#include "app/commands/backup_commands.hpp"
#include "app/commands/commands.hpp"
#include "app/commands/erasure_commands.hpp"
#include "app/commands/forgetting_commands.hpp"
#include "app/commands/paper_commands.hpp"
#include "app/commands/recipient_commands.hpp"

namespace fedtrail::app {

/// Options live as long as the parse and the command.
struct Options {
    InitOptions init;
    ServeOptions serve;
    DoctorOptions doctor;
    std::string software;
    TokenOptions token;
    NdjsonOptions import;
    LogImportOptions log_import;
    ListOptions list;
    std::string name;
    SubjectShowOptions subject_show;
    SubjectSetOptions subject_set;
    ConsentOptions consent;
    ObjectionOptions objection;
    RulesOptions rules;
    RefreshOptions refresh;
    PromisesOptions promises;
    ReportOptions report;
    std::string since;
    std::string until;
    EraseOptions erase;
    RequestOptions request;
    KeyOptions key;
    RecipientOptions recipient;
    TransferOptions transfer;
    PaperOptions paper;
    ExportOptions bundle;
    VerifyOptions verify;
    CheckpointOptions checkpoint;
    ForgettingOptions forgetting;
    BackupOptions backup;
    RestoreOptions restore;
    Command chosen;
};

/// A command with its help: why, an example, and what all have in common.
CLI::App* command(CLI::App& above,
                  const std::string& name,
                  const std::string& why,
                  const std::string& example);

/// A group of commands: alone it shows its help, which is a usage error.
CLI::App* group(CLI::App& above, const std::string& name, const std::string& why, const std::string& example);

template <typename Run>
void choose(CLI::App* command, Options& options, Run run) {
    command->callback([&options, run] { options.chosen = run; });
}

/// For an option that takes one of `words` and nothing else; the help shows them.
[[nodiscard]] CLI::Validator one_of(const std::vector<std::string>& words);

/// "2026-11-22" is its first moment in UTC; else RFC 3339. What is wrong with it, or "".
[[nodiscard]] std::string check_moment(const std::string& text);
/// What check_moment() let through; nothing of "".
[[nodiscard]] std::optional<Instant> moment(const std::string& text);

/// Both of `options`. A period with nothing in it is complained about: false, a usage error.
[[nodiscard]] bool read_period(Session& session,
                               const Options& options,
                               std::optional<Instant>& since,
                               std::optional<Instant>& until);

/// SUBJECT, or another option that names a person; what cannot name one is a usage error.
CLI::Option* add_subject(CLI::App& command,
                         const std::string& name,
                         std::string& subject,
                         const std::string& why = "");

/// `recipients` and `transfers`.
void add_recipients(CLI::App& app, Options& options);
/// `recipients refresh` and `recipients policies`, into the group of recipients.
void add_refreshing(CLI::App& recipients, Options& options);

/// `erase`, `requests` and `keys`.
void add_erasure(CLI::App& app, Options& options);
/// `audit`.
void add_audit(CLI::App& app, Options& options);

/// `notice`, `ropa` and `assess`.
void add_papers(CLI::App& app, Options& options);
/// What forgets people: `retention`, and more of `subjects`, which must be there.
void add_forgetting(CLI::App& app, Options& options);

/// `backup` and `restore`.
void add_backup(CLI::App& app, Options& options);

inline constexpr const char* kShared =
    "\nEvery command takes --config FILE, --by NAME and --json.\n"
    "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 refused.\n";

}  // namespace fedtrail::app
