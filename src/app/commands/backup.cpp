#include "app/backup.hpp"

#include <ostream>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "fedtrail/core/count.hpp"

#include "app/commands/backup_commands.hpp"
#include "app/forgetting_room.hpp"
#include "app/restore.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::ordered_json;

std::string word_of(RestoredLog log) {
    switch (log) {
        case RestoredLog::None:
            return "none";
        case RestoredLog::Continues:
            return "continues";
        case RestoredLog::GuardMissing:
            return "guard_missing";
        case RestoredLog::Stale:
            return "stale";
        case RestoredLog::Begun:
            return "begun";
    }
    return "none";
}

std::string sentence_of(RestoredLog log) {
    switch (log) {
        case RestoredLog::None:
            return "The transparency log: nothing was signed yet.";
        case RestoredLog::Continues:
            return "The transparency log has all that was published, and goes on.";
        case RestoredLog::GuardMissing:
            return "The transparency log signs nothing until log.guard is back; if this is surely the newest "
                   "log, `fedtrail audit checkpoint --adopt`.";
        case RestoredLog::Stale:
            return "The transparency log is older than what was published.";
        case RestoredLog::Begun:
            return "Another transparency log begins: tell those who check its name and key (`fedtrail audit "
                   "checkpoint`).";
    }
    return {};
}

std::function<void(const std::string&)> teller(Session& session) {
    return [&session](const std::string& what) {
        if (!session.json) {
            session.err << what << std::endl;
        }
    };
}

/// Removes what was set aside; what cannot be removed stays in the list.
std::vector<fs::path> discarded(std::vector<fs::path> files) {
    std::erase_if(files, [](const fs::path& file) {
        std::error_code error;
        fs::remove(file, error);
        return !error;
    });
    return files;
}

Json list_of(const std::vector<fs::path>& files) {
    auto list = Json::array();
    for (const auto& file : files) {
        list.push_back(file.string());
    }
    return list;
}

std::string json_of(const Restored& restored, bool dry_run) {
    return Json{{"format", "fedtrail/restored/1"},
                {"backup", restored.from.id},
                {"at", format_rfc3339(restored.from.at)},
                {"dry_run", dry_run},
                {"files", restored.files},
                {"octets", restored.octets},
                {"kept", restored.kept},
                {"shredded", restored.shredded_again},
                {"log", word_of(restored.log)},
                {"set_aside", list_of(restored.set_aside)},
                {"ended_log", list_of(restored.ended_log)}}
               .dump(2, ' ', false, Json::error_handler_t::replace) +
           "\n";
}

void tell(Session& session, const Restored& restored, bool dry_run) {
    auto& out = session.out;
    out << (dry_run ? "The backup of " : "Restored: the backup of ") << format_rfc3339(restored.from.at)
        << ", " << counted(restored.files, "file") << ", " << octets(restored.octets)
        << (dry_run ? ". It is whole, and would be taken.\n" : ".\n");
    for (const auto& name : restored.kept) {
        out << "As it was on this machine: " << name << "\n";
    }
    out << sentence_of(restored.log) << "\n";
    if (dry_run) {
        return;
    }
    if (restored.shredded_again > 0) {
        out << "Shredded again, as they had been before: " << restored.shredded_again << ".\n";
    }
    if (!restored.set_aside.empty()) {
        out << "What was there before still lies beside (with the keys of people who may be shredded later): "
               "remove it once you are content.\n";
        for (const auto& file : restored.set_aside) {
            out << "  " << file.string() << "\n";
        }
    }
    if (!restored.ended_log.empty()) {
        out << "The log that ended, its key and its guard: keep them, they check what was signed.\n";
        for (const auto& file : restored.ended_log) {
            out << "  " << file.string() << "\n";
        }
    }
    out << "Next: `fedtrail doctor`, then `fedtrail serve`.\n";
}

}  // namespace

Result<Exit> backup(Session& session, const BackupOptions& options) {
    const auto config = session.config();
    const auto file = find_config(session.config_file, session.environment);
    if (!config || !file) {
        return !config ? Result<Exit>{fail(config)} : Result<Exit>{fail(file)};
    }
    const auto made =
        make_backup(*config,
                    session.environment,
                    {*file, fs::absolute(options.to), fs::absolute(options.vault_to), teller(session)});
    if (!made) {
        return fail(made);
    }
    if (session.json) {
        session.out << Json{{"format", "fedtrail/backup-made/1"},
                            {"ledger", made->ledger.string()},
                            {"vault", made->vault.string()},
                            {"files", made->files},
                            {"octets", made->octets}}
                           .dump(2, ' ', false, Json::error_handler_t::replace)
                    << "\n";
        return Exit::Done;
    }
    session.out
        << "Backed up " << counted(made->files, "file") << ", " << octets(made->octets) << ":\n  "
        << made->ledger.string() << "\n  " << made->vault.string()
        << "   (who people are: keep it apart, and for a short time)\n"
           "Not in it: the master key, log.guard, witness.db, witness.key and shreddings.ndjson. Keep "
           "copies of the key and of shreddings.ndjson elsewhere.\n";
    return Exit::Done;
}

Result<Exit> restore(Session& session, const RestoreOptions& options) {
    // Not Session::config(): that one waits for an interrupted restore to be finished.
    const auto file = find_config(session.config_file, session.environment);
    const auto config = file ? load_config(*file, session.environment) : Result<Config>{fail(file)};
    if (!config) {
        return fail(config);
    }
    spdlog::set_level(spdlog::level::off);
    auto restored = restore_backup(session,
                                   *config,
                                   *file,
                                   {options.ledger,
                                    options.vault,
                                    options.shreddings,
                                    options.no_shreddings,
                                    options.new_log,
                                    options.dry_run,
                                    teller(session)});
    if (!restored) {
        return fail(restored);
    }
    if (options.discard) {
        restored->set_aside = discarded(std::move(restored->set_aside));
        if (!options.dry_run) {
            (void)ForgettingRoom::open(session, *config);  // completes the shreddings that waited for it
        }
    }
    if (session.json) {
        session.out << json_of(*restored, options.dry_run);
    } else {
        tell(session, *restored, options.dry_run);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
