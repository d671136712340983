/// The commands, each a function of its options.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/time.hpp"

#include "app/session.hpp"

namespace fedtrail::app {

struct InitOptions {
    std::vector<std::string> origins;   ///< Hosts.
    std::vector<std::string> software;  ///< The nth belongs to the nth origin.
    std::filesystem::path data_dir;  ///< Empty: `data` beside a new file, /var/lib/fedtrail for one in /etc.
    bool new_ledger{};               ///< The old one is lost.
};
[[nodiscard]] Result<Exit> init(Session& session, const InitOptions& options);

struct ServeOptions {
    std::uint64_t max_rate{};  ///< Messages of erasures a second; 0: as configured.
};
[[nodiscard]] Result<Exit> serve(Session& session, const ServeOptions& options);
struct DoctorOptions {
    bool rebuild{};  ///< Derive again what can be derived, before the checks.
};
[[nodiscard]] Result<Exit> doctor(Session& session, const DoctorOptions& options);
[[nodiscard]] Result<Exit> status(Session& session);

[[nodiscard]] Result<Exit> ca_print(Session& session);
[[nodiscard]] Result<Exit> ca_guide(Session& session, const std::string& software);
[[nodiscard]] Result<Exit> ca_guide_list(Session& session);

struct TokenOptions {
    std::vector<std::string> scopes;
    std::string subject;  ///< For subject:self.
    std::string note;
    std::string id;  ///< For revoke.
};
[[nodiscard]] Result<Exit> token_create(Session& session, const TokenOptions& options);
[[nodiscard]] Result<Exit> token_list(Session& session);
[[nodiscard]] Result<Exit> token_revoke(Session& session, const TokenOptions& options);

struct NdjsonOptions {
    std::string source;  ///< A file, or "-" for standard input.
};
[[nodiscard]] Result<Exit> import_ndjson(Session& session, const NdjsonOptions& options);

struct LogImportOptions {
    std::string source;  ///< A file, packed or not, or "-" for standard input.
    std::string server;  ///< "nginx" or "caddy".
};
[[nodiscard]] Result<Exit> import_access_log(Session& session, const LogImportOptions& options);

struct ListOptions {
    std::size_t limit{1000};
    std::string after;
    bool names{};        ///< Handles as well, not only pseudonyms.
    std::string reason;  ///< Why, for `names`.
};
[[nodiscard]] Result<Exit> subjects_list(Session& session, const ListOptions& options);

struct SubjectShowOptions {
    std::string subject;
    bool names{};        ///< The handle and the actor URI as well.
    std::string reason;  ///< Why; needed for `names`.
};
[[nodiscard]] Result<Exit> subjects_show(Session& session, const SubjectShowOptions& options);

/// What an administrator writes down of a person: "minor=true".
struct SubjectSetOptions {
    std::string subject;
    std::vector<std::string> facts;
};
[[nodiscard]] Result<Exit> subjects_set(Session& session, const SubjectSetOptions& options);

/// What a person consented to: a transfer to a country, or to one recipient there.
struct ConsentOptions {
    std::string subject;
    std::string country;
    std::string recipient;
    std::string given;
    std::string evidence;
    std::string withdrawn;
    std::string reason;  ///< Why somebody looks.
};
[[nodiscard]] Result<Exit> subjects_consent(Session& session, const ConsentOptions& options);
[[nodiscard]] Result<Exit> subjects_consents(Session& session, const ConsentOptions& options);

/// To whom nothing of a person goes any more, because they object (Art. 21).
struct ObjectionOptions {
    std::string subject;
    std::string recipient;
    std::string reason;  ///< Why they object, or why somebody looks.
};
[[nodiscard]] Result<Exit> subjects_objections(Session& session, const ObjectionOptions& options);
[[nodiscard]] Result<Exit> subjects_object(Session& session, const ObjectionOptions& options);
[[nodiscard]] Result<Exit> subjects_allow(Session& session, const ObjectionOptions& options);

struct RulesOptions {
    std::string file;  ///< Empty, for `check`: the one in force.
};
[[nodiscard]] Result<Exit> rules_list(Session& session);
[[nodiscard]] Result<Exit> rules_check(Session& session, const RulesOptions& options);
[[nodiscard]] Result<Exit> rules_try(Session& session, const RulesOptions& options);
/// How each software honours deletions.
[[nodiscard]] Result<Exit> recipients_software(Session& session);

struct ReportOptions {
    std::string subject;
    std::string format;    ///< Empty: by --json, the file's name, or the place.
    std::string language;  ///< Empty: the first of controller.languages.
    std::optional<Instant> since;
    std::optional<Instant> until;
    std::string output;       ///< Empty or "-": standard output.
    std::uint64_t request{};  ///< That it answers; 0: none.
    bool items{};             ///< The items in place of the servers.
    std::string reason;       ///< Why; needed where neither a name nor a request is given.
};
[[nodiscard]] Result<Exit> report(Session& session, const ReportOptions& options);

}  // namespace fedtrail::app
