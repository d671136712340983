#include <algorithm>
#include <fstream>
#include <ostream>
#include <set>

#include <nlohmann/json.hpp>

#include "app/ballast.hpp"
#include "app/commands/commands.hpp"
#include "app/config_text.hpp"
#include "app/erasure_options.hpp"
#include "app/files.hpp"
#include "app/guide.hpp"
#include "app/instance.hpp"
#include "app/log_room.hpp"
#include "app/master_key.hpp"
#include "app/new_ledger.hpp"
#include "app/policies.hpp"
#include "app/store_fit.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "backends/openssl/certificate_authority.hpp"
#include "backends/openssl/cipher.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

/// What init did, in order.
struct Deeds {
    std::vector<std::string> made;
    std::vector<std::string> kept;
    std::vector<std::string> aside;  ///< What the old ledger left.

    void note(bool was_made, const std::string& what) { (was_made ? made : kept).push_back(what); }
};

/// The file to write or to keep. Errors: those of usual_config().
Result<fs::path> config_place(const Session& session) {
    if (!session.config_file.empty()) {
        return fs::path{session.config_file};
    }
    const auto said = session.environment.find("FEDTRAIL_CONFIG");
    if (said != session.environment.end()) {
        return fs::path{said->second};
    }
    const auto found = usual_config();
    return found ? Result<fs::path>{found->value_or("fedtrail.toml")} : fail(found);
}

Result<std::vector<NewOrigin>> wanted_origins(const Session& session, const InitOptions& options) {
    std::vector<NewOrigin> origins;
    for (std::size_t i = 0; i < options.origins.size(); ++i) {
        const auto host = Host::parse(options.origins[i]);
        if (!host || host->empty()) {
            return fail(ErrorKind::Invalid,
                        "--origin \"" + options.origins[i] + "\" is not a host name",
                        "Write it as origin.example, without https:// and without a path.");
        }
        origins.push_back({host->text(), i < options.software.size() ? options.software[i] : ""});
    }
    if (options.software.size() > options.origins.size()) {
        return fail(ErrorKind::Invalid,
                    "there are more --software than --origin",
                    "Give each --origin at most one --software.");
    }
    const auto folders = find_policies(session.environment, session.program);
    const auto known = folders ? load_software(*folders) : Result<std::vector<Software>>{fail(folders)};
    for (const auto& origin : origins) {
        if (origin.software.empty() || !known) {
            continue;
        }
        if (const auto found = software_named(*known, origin.software); !found) {
            return fail(ErrorKind::Invalid, found.error().what, found.error().remedy);
        }
    }
    return origins;
}

/// Adds the origins that an existing file does not name.
Result<void> add_origins(const fs::path& file,
                         const Config& config,
                         const std::vector<NewOrigin>& origins,
                         Deeds& deeds) {
    std::string added;
    for (const auto& origin : origins) {
        const auto known = std::find_if(config.origins.begin(), config.origins.end(), [&](const auto& each) {
            return each.host.text() == origin.host;
        });
        if (known == config.origins.end()) {
            added += "\n[[origin]]\nhost = " + toml_quoted(origin.host) + "\n";
            added += origin.software.empty() ? "" : "software = " + toml_quoted(origin.software) + "\n";
            deeds.made.push_back("[[origin]] " + origin.host + " in " + file.string());
        } else if (!origin.software.empty() && origin.software != known->software) {
            deeds.kept.push_back("[[origin]] " + origin.host +
                                 " with software = " + toml_quoted(known->software) +
                                 ", which was not changed: do so in " + file.string());
        }
    }
    if (added.empty()) {
        return {};
    }
    const auto text = read_file(file);
    if (!text) {
        return fail(text);
    }
    return replace_file(file, text->value_or("") + added);
}

Result<Config> settle_config(const Session& session,
                             const InitOptions& options,
                             const std::vector<NewOrigin>& origins,
                             Deeds& deeds) {
    const auto place = config_place(session);
    const auto found = place ? config_is_there(*place) : Result<bool>{fail(place)};
    if (!found) {
        return fail(found);
    }
    const auto& file = *place;
    const bool there = *found;
    if (there) {
        const auto config = load_config(file, session.environment);
        if (!config) {
            return fail(config);
        }
        if (!options.data_dir.empty() &&
            fs::absolute(options.data_dir).lexically_normal() != config->data_dir) {
            return fail(ErrorKind::Conflict,
                        file.string() + " already names another data_dir, " + config->data_dir.string(),
                        "Leave --data-dir out, or change the file.");
        }
        if (auto added = add_origins(file, *config, origins, deeds); !added) {
            return fail(added);
        }
    } else {
        if (auto made = make_folder(fs::absolute(file).parent_path()); !made) {
            return fail(made);
        }
        const bool system_wide = fs::absolute(file).string().starts_with("/etc/");
        const auto data_dir = !options.data_dir.empty() ? fs::absolute(options.data_dir).lexically_normal()
                              : system_wide             ? fs::path{}
                                                        : fs::path{"data"};
        if (auto written = replace_file(file, config_text({origins, data_dir})); !written) {
            return fail(written);
        }
    }
    deeds.note(!there, fs::absolute(file).lexically_normal().string());
    return load_config(file, session.environment);
}

Result<void> make_authority(const Config& config, Deeds& deeds) {
    const bool there = is_there(config.data_dir / "ca.pem");
    const SystemClock clock;
    const auto opened =
        openssl::LocalCertificateAuthority::create_or_open(config.data_dir, own_hosts(config), clock);
    if (!opened) {
        return fail(opened);
    }
    deeds.note(!there, (config.data_dir / "ca.pem").string());
    return {};
}

Result<void> make_ballast(const Session& session, const Config& config, Deeds& deeds) {
    const Ballast ballast{config.data_dir, config.ledger.ballast};
    if (ballast.wanted() == 0) {
        return {};
    }
    const bool there = ballast.held() >= ballast.wanted();
    const auto kept = ballast.keep();
    if (!kept) {
        return fail(kept);
    }
    if (*kept) {
        deeds.note(!there, ballast.file().string());
    } else {
        session.err << "fedtrail: there is no room for the ballast, which lets the ledger recover on a full "
                       "disk. Make "
                    << octets(ballast.needed())
                    << " free, and `fedtrail serve` keeps it, or set ledger.ballast lower.\n";
    }
    return {};
}

/// The log takes its name from the first origin; without one there is none yet.
Result<void> make_log(const Config& config, const Cipher& cipher, Deeds& deeds) {
    if (log_name(config).empty()) {
        return {};
    }
    const bool there = is_there(log_file(config));
    const auto key = make_note_key(log_key_file(config), log_name(config), cipher);
    if (!key) {
        return fail(key);
    }
    deeds.note(*key, log_key_file(config).string());
    const auto log = sqlite::SqliteLog::open(log_file(config), sqlite::OpenMode::ReadWrite);
    if (!log) {
        return fail(log);
    }
    deeds.note(!there, log_file(config).string());
    return {};
}

/// The people keep their numbers, so their requests stay theirs.
Result<void> start_anew(const Session& session, const Config& config, const Cipher& cipher, Deeds& deeds) {
    const auto alone = InstanceLock::take(config.data_dir);
    const auto vault = alone ? open_vault(config, session.environment, cipher, sqlite::OpenMode::ReadWrite)
                             : Result<std::unique_ptr<sqlite::SqliteVault>>{fail(alone)};
    const auto aside =
        vault ? begin_new_ledger(config, **vault, *alone) : Result<std::vector<fs::path>>{fail(vault)};
    if (!aside) {
        return fail(aside);
    }
    deeds.aside.insert(deeds.aside.end(), aside->begin(), aside->end());
    return {};
}

Result<void> furnish(const Session& session, const InitOptions& options, const Config& config, Deeds& deeds) {
    if (auto made = make_folder(config.data_dir); !made) {
        return fail(ErrorKind::Denied, made.error().what, "Run as root, or choose a folder with --data-dir.");
    }
    const auto cipher = openssl::OpensslCipher::make();
    if (!cipher) {
        return fail(cipher);
    }
    if (auto made = make_authority(config, deeds); !made) {
        return made;
    }
    const auto key = make_master_key(config, session.environment, **cipher);
    if (!key) {
        return fail(key);
    }
    deeds.note(*key, "the master key");
    for (const auto& file : {vault_file(config), config.store}) {
        deeds.note(!is_there(file) || (options.new_ledger && file == config.store), file.string());
    }
    if (options.new_ledger) {
        if (auto anew = start_anew(session, config, **cipher, deeds); !anew) {
            return anew;
        }
    }
    if (auto made = make_stores(config, session.environment, **cipher); !made) {
        return made;
    }
    if (auto made = make_log(config, **cipher, deeds); !made) {
        return made;
    }
    return make_ballast(session, config, deeds);
}

std::set<std::string> software_of(const Config& config) {
    std::set<std::string> names;
    for (const auto& origin : config.origins) {
        names.insert(origin.software.empty() ? "SOFTWARE" : origin.software);
    }
    return names.empty() ? std::set<std::string>{"SOFTWARE"} : names;
}

void tell(const Session& session, const Config& config, const Deeds& deeds) {
    for (const auto& deed : deeds.made) {
        session.out << "made  " << deed << "\n";
    }
    for (const auto& deed : deeds.kept) {
        session.out << "kept  " << deed << "\n";
    }
    for (const auto& deed : deeds.aside) {
        session.out << "aside " << deed << "\n";
    }
    session.out << "\nNext:\n";
    if (config.origins.empty()) {
        session.out << "  fedtrail init --origin YOUR.HOST    whose people's data is watched\n";
    }
    for (const auto& software : software_of(config)) {
        session.out << "  fedtrail ca guide " << software << "    what your server software needs\n";
    }
    session.out << "  fedtrail serve\n"
                << "Keep a copy of " << config.master_key_file.string()
                << " somewhere else: without it nobody's name can be read again.\n";
}

}  // namespace

Result<Exit> init(Session& session, const InitOptions& options) {
    const auto origins = wanted_origins(session, options);
    if (!origins) {
        complain(session, origins.error());
        return Exit::Usage;
    }
    Deeds deeds;
    const auto config = settle_config(session, options, *origins, deeds);
    if (!config) {
        return fail(config);
    }
    if (auto furnished = furnish(session, options, *config, deeds); !furnished) {
        return fail(furnished);
    }
    if (session.json) {
        session.out << nlohmann::ordered_json{{"format", "fedtrail/init/1"},
                                              {"config", config->file.string()},
                                              {"data_dir", config->data_dir.string()},
                                              {"made", deeds.made},
                                              {"kept", deeds.kept},
                                              {"aside", deeds.aside}}
                           .dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                    << "\n";
    } else {
        tell(session, *config, deeds);
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
