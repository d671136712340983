#include <ostream>

#include <nlohmann/json.hpp>

#include "app/commands/commands.hpp"
#include "app/files.hpp"
#include "app/guide.hpp"
#include "app/policies.hpp"
#include "app/table.hpp"
#include "backends/openssl/certificate_facts.hpp"

namespace fedtrail::app {

namespace {

Result<std::vector<Software>> known_software(const Session& session) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return fail(folders);
    }
    return load_software(*folders);
}

/// A guide helps before there is a configuration: then with the defaults.
Result<Config> config_or_defaults(const Session& session) {
    const auto file = find_config(session.config_file, session.environment);
    if (!file && session.config_file.empty() && !session.environment.contains("FEDTRAIL_CONFIG")) {
        return parse_config("", "defaults", std::filesystem::current_path(), session.environment);
    }
    return session.config();
}

}  // namespace

Result<Exit> ca_print(Session& session) {
    const auto config = session.config();
    if (!config) {
        return fail(config);
    }
    const auto file = config->data_dir / "ca.pem";
    const auto pem = read_file(file);
    if (!pem) {
        return fail(pem);
    }
    if (!*pem) {
        return fail(ErrorKind::NotFound, file.string() + " is not there", "Run `fedtrail init` first.");
    }
    if (const auto until = openssl::valid_until(**pem); !until) {
        return fail(ErrorKind::Corrupt, file.string() + " is no certificate", "Run `fedtrail doctor`.");
    }
    if (session.json) {
        session.out << nlohmann::ordered_json{{"format", "fedtrail/ca/1"},
                                              {"file", file.string()},
                                              {"pem", **pem}}
                           .dump(2)
                    << "\n";
    } else {
        session.out << **pem;
    }
    return Exit::Done;
}

Result<Exit> ca_guide(Session& session, const std::string& software) {
    const auto all = known_software(session);
    const auto config = config_or_defaults(session);
    if (!all || !config) {
        return !all ? Result<Exit>{fail(all)} : Result<Exit>{fail(config)};
    }
    const auto found = software_named(*all, software);
    if (!found) {
        return fail(found);
    }
    const auto guide = filled(*found, guide_places(*config));
    session.out << (session.json ? guide_json(guide) : guide_text(guide));
    return Exit::Done;
}

Result<Exit> ca_guide_list(Session& session) {
    const auto all = known_software(session);
    if (!all) {
        return fail(all);
    }
    if (session.json) {
        auto list = nlohmann::ordered_json::array();
        for (const auto& software : *all) {
            list.push_back({{"name", software.name},
                            {"title", software.title},
                            {"capture", std::string{name_of(software.capture)}}});
        }
        session.out << nlohmann::ordered_json{{"format", "fedtrail/guides/1"}, {"software", list}}.dump(2)
                    << "\n";
        return Exit::Done;
    }
    Table table{{{"NAME"}, {"SOFTWARE"}, {"CAPTURE"}}};
    for (const auto& software : *all) {
        table.row({software.name, software.title, std::string{name_of(software.capture)}});
    }
    table.write(session.out, session.terminal);
    return Exit::Done;
}

}  // namespace fedtrail::app
