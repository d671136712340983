#include "app/checks.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

#include "fedtrail/core/count.hpp"

#include "app/case_room.hpp"
#include "app/files.hpp"
#include "app/master_key.hpp"
#include "app/policies.hpp"
#include "app/rejected_files.hpp"
#include "app/restore_note.hpp"
#include "app/rules_file.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "app/texts.hpp"
#include "backends/openssl/certificate_authority.hpp"
#include "backends/openssl/certificate_facts.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

Result<void> open_to_us(const fs::path& folder) {
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) == 0 || errno == ENOENT) {
        return {};
    }
    return fail(ErrorKind::Denied,
                folder.string() + " cannot be read and written by this user: " + system_words(errno),
                "Run as the user of the sidecar.");
}

namespace {

constexpr std::chrono::hours kSoon{60 * 24};
constexpr const char* kRestore =
    "Stop the sidecar, keep the file, and restore the last backup (`fedtrail restore`).";

/// As long as something about a person may lie in such a folder, no shredding is complete.
std::optional<fs::path> closed_to_us(const Config& config) {
    for (const auto& folder : {imports_folder(config.data_dir), config.erasure.letters}) {
        if (!open_to_us(folder)) {
            return folder;
        }
    }
    return std::nullopt;
}

void check_folder(const Config& config, std::vector<Check>& out) {
    struct stat found {};
    const auto& folder = config.data_dir;
    if (::stat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode)) {
        out.push_back({"data_dir", Verdict::Fail, folder.string() + " is not there", "Run `fedtrail init`."});
    } else if (const auto ours = open_to_us(folder); !ours) {
        out.push_back({"data_dir", Verdict::Fail, ours.error().what, ours.error().remedy});
    } else if (const auto closed = closed_to_us(config)) {
        out.push_back({"data_dir",
                       Verdict::Fail,
                       closed->string() + " cannot be read and written by this user",
                       "chown -R --reference=" + folder.string() + " " + closed->string()});
    } else if ((found.st_mode & 077U) != 0) {
        out.push_back({"data_dir",
                       Verdict::Warn,
                       folder.string() + " is open to other users",
                       "chmod 700 " + folder.string()});
    } else {
        out.push_back({"data_dir", Verdict::Ok, folder.string(), ""});
    }
}

/// Old stores have old keys: whoever is shredded now is in them still.
void check_set_aside(const Config& config, std::vector<Check>& out) {
    std::error_code ignored;
    std::size_t count = 0;
    for (const auto& folder : std::set{config.data_dir, config.store.parent_path(), config.erasure.letters}) {
        for (const auto& entry : fs::directory_iterator{folder, ignored}) {
            count += is_set_aside(entry.path()) ? 1 : 0;
        }
    }
    if (count > 0) {
        out.push_back({"set_aside",
                       Verdict::Warn,
                       counted(count, "file from before a restore lies", "files from before a restore lie") +
                           " beside the stores: whoever is shredded is still in them",
                       "Remove what has \"" + std::string{kSetAside} +
                           "\" in its name, once you are content with the restore."});
    }
}

void check_authority(const Config& config, std::vector<Check>& out) {
    std::error_code ignored;
    if (!fs::exists(config.data_dir / "ca.pem", ignored) ||
        !fs::exists(config.data_dir / "ca.key", ignored)) {
        out.push_back({"authority", Verdict::Fail, "ca.pem or ca.key is not there", "Run `fedtrail init`."});
        return;
    }
    const SystemClock clock;
    const auto authority = openssl::LocalCertificateAuthority::create_or_open(config.data_dir, {}, clock);
    if (!authority) {
        out.push_back(failed("authority", authority.error()));
        return;
    }
    const auto until = openssl::valid_until((*authority)->root());
    if (!until) {
        out.push_back(failed("authority", until.error()));
    } else if (*until - clock.now() < kSoon) {
        out.push_back(
            {"authority",
             Verdict::Warn,
             "ca.pem is valid until " + format_rfc3339(*until) + " only",
             "Move ca.pem and ca.key away, run `fedtrail init`, and let the server software trust the "
             "new one."});
    } else {
        out.push_back({"authority", Verdict::Ok, "ca.pem is valid until " + format_rfc3339(*until), ""});
    }
}

/// What is derived needs no backup.
Check verdict_of(const sqlite::LedgerCheck& check) {
    auto verdict = whole("ledger", counted(check.rows, "row"), check.faults);
    if (!check.faults.empty() && check.lost == 0) {
        verdict.remedy = "Stop the sidecar and run `fedtrail doctor --rebuild`: nothing of this is lost.";
    }
    return verdict;
}

/// The books of erasures; they are not there until somebody asks for one.
void check_books(const Config& config, const SubjectSealer& sealer, std::vector<Check>& out) {
    const auto tell = [&out](const std::string& name, const auto& check, const auto& finding) {
        if (check) {
            out.push_back(whole(name, finding(*check), check->faults));
        } else if (check.error().kind != ErrorKind::NotFound) {
            out.push_back(failed_store(name, check.error()));
        }
    };
    const auto cases = sqlite::SqliteCases::open_file(cases_file(config), sealer, sqlite::OpenMode::ReadOnly);
    tell("cases",
         cases ? (*cases)->check() : Result<sqlite::CasesCheck>{fail(cases)},
         [](const sqlite::CasesCheck& check) {
             return counted(check.requests, "request") + ", " + counted(check.notices, "notice");
         });
    const auto directory =
        sqlite::SqliteDirectory::open_file(directory_file(config), sqlite::OpenMode::ReadOnly);
    tell("directory",
         directory ? (*directory)->check() : Result<sqlite::DirectoryCheck>{fail(directory)},
         [](const sqlite::DirectoryCheck& check) { return counted(check.recipients, "recipient"); });
}

}  // namespace

Check failed(const std::string& name, const Error& error) {
    return {name, Verdict::Fail, error.what, error.remedy};
}

Check failed_store(const std::string& name, const Error& error) {
    return {name, Verdict::Fail, error.what, error.kind == ErrorKind::Corrupt ? kRestore : error.remedy};
}

Check whole(const std::string& name, const std::string& finding, const std::vector<std::string>& faults) {
    if (faults.empty()) {
        return {name, Verdict::Ok, finding + ", all whole", ""};
    }
    std::string told = counted(faults.size(), "fault") + ": ";
    for (std::size_t i = 0; i < faults.size() && i < kToldFaults; ++i) {
        told += (i == 0 ? "" : "; ") + faults[i];
    }
    return {name, Verdict::Fail, told, kRestore};
}

std::string_view name_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::Ok:
            return "ok";
        case Verdict::Warn:
            return "warn";
        case Verdict::Fail:
            return "fail";
    }
    return "fail";
}

void check_policies(const Session& session, const Config& config, std::vector<Check>& out) {
    const auto folders = find_policies(session.environment, session.program);
    const auto software = folders ? load_software(*folders) : Result<std::vector<Software>>{fail(folders)};
    if (!software) {
        out.push_back(failed("policies", software.error()));
        return;
    }
    if (const auto texts = load_library(session, config); !texts) {
        out.push_back(failed("policies", texts.error()));
        return;
    }
    out.push_back({"policies", Verdict::Ok, folders->policies.string(), ""});
    for (const auto& origin : config.origins) {
        if (origin.software.empty()) {
            continue;
        }
        const auto known = software_named(*software, origin.software);
        if (!known) {
            out.push_back({"software", Verdict::Warn, known.error().what, known.error().remedy});
        } else if (known->capture == Capture::Tunnel || known->capture == Capture::None) {
            out.push_back({"software",
                           Verdict::Warn,
                           known->title + " cannot be intercepted",
                           "See `fedtrail ca guide " + known->name + "`."});
        }
    }
}

void check_rules(const Session& session, const Config& config, std::vector<Check>& out) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return;  // said already
    }
    const auto place = rules_place(config, *folders);
    const auto text = read_rules(place.file);
    auto checked =
        text ? check_rules_text(*text, *folders, nullptr) : Result<recipients::CheckedRules>{fail(text)};
    if (!checked) {
        out.push_back(failed("transfer_rules", checked.error()));
        return;
    }
    static_cast<void>(note_bypassed(*checked, config));  // check_books() says what ails the directory
    const auto notes = checked->notes.size();
    const auto rules = std::count_if(
        checked->rules.begin(), checked->rules.end(), [](const auto& rule) { return rule.enabled; });
    if (const auto ready = ready_rules(std::move(*checked), place.file.string()); !ready) {
        out.push_back(failed("transfer_rules", ready.error()));
    } else if (notes > 0) {
        out.push_back({"transfer_rules",
                       Verdict::Warn,
                       counted(notes, "rule") + " of " + place.file.string() +
                           (notes == 1 ? " does not do what it says" : " do not do what they say"),
                       "Run `fedtrail rules check`."});
    } else {
        out.push_back({"transfer_rules",
                       Verdict::Ok,
                       counted(static_cast<std::uint64_t>(rules), "rule") + " of " + place.file.string(),
                       ""});
    }
}

void check_keys(const Session& session, const Config& config, std::vector<Check>& out) {
    check_folder(config, out);
    check_set_aside(config, out);
    check_authority(config, out);
    const auto key = master_key(config, session.environment);
    out.push_back(key ? Check{"master_key", Verdict::Ok, "there, and for its owner alone", ""}
                      : failed("master_key", key.error()));
}

void check_stores(const Session& session, const Config& config, std::vector<Check>& out) {
    const auto room = open_reading_room(config, session.environment);
    if (!room) {
        out.push_back(failed_store("stores", room.error()));
        return;
    }
    if (auto lag = lag_of(room->fit); !lag.empty()) {
        out.push_back(
            {"stores",
             Verdict::Warn,
             std::move(lag),
             "If a file was put back by hand, restore both parts of one backup (`fedtrail restore`)."});
    }
    const auto vault = room->vault->check();
    out.push_back(vault ? whole("vault", counted(vault->subjects, "row"), vault->faults)
                        : failed_store("vault", vault.error()));
    if (vault && vault->incomplete > 0) {
        out.push_back(
            {"shredding",
             Verdict::Warn,
             counted(vault->incomplete, "person is", "people are") +
                 " shredded, but not completely: octets of them may still be in files of the "
                 "stores",
             "`fedtrail serve` tries again every few minutes, and cannot while another process reads: a "
             "backup, an export, a shell. `fedtrail subjects shredded` says who it is."});
    }
    const auto ledger = sqlite::check_ledger(config.store, *room->vault);
    out.push_back(ledger ? verdict_of(*ledger) : failed_store("ledger", ledger.error()));
    check_books(config, *room->vault, out);
}

std::vector<Check> check_everything(const Session& session) {
    std::vector<Check> out;
    const auto config = session.config();
    if (!config) {
        out.push_back(failed("configuration", config.error()));
        return out;
    }
    if (config->origins.empty()) {
        out.push_back({"configuration",
                       Verdict::Warn,
                       config->file.string() + " names no origin: nothing would be recorded",
                       "Run `fedtrail init --origin YOUR.HOST`."});
    } else {
        out.push_back({"configuration", Verdict::Ok, config->file.string(), ""});
    }
    check_policies(session, *config, out);
    check_retention(session, *config, out);
    check_rules(session, *config, out);
    check_keys(session, *config, out);
    check_stores(session, *config, out);
    check_erasures(session, *config, out);
    check_handles(session, *config, out);
    check_recipients(session, *config, out);
    check_log(session, *config, out);
    check_witness(*config, out);
    check_ingress(*config, out);
    check_clients(*config, out);
    check_machine(*config, out);
    check_doors(*config, out);
    return out;
}

}  // namespace fedtrail::app
