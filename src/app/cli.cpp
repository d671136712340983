#include "app/cli.hpp"

#include <algorithm>
#include <ostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "app/commands/commands.hpp"
#include "app/nearest.hpp"

namespace fedtrail::app {

namespace {

/// Options live as long as the parse and the command.
struct Options {
    InitOptions init;
    std::string software;
    TokenOptions token;
    ImportOptions import;
    ListOptions list;
    std::string name;
    ReportOptions report;
    std::string since;
    std::string until;
    Command chosen;
};

constexpr const char* kShared =
    "\nEvery command takes --config FILE and --json.\n"
    "Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 refused.\n";

CLI::App* command(CLI::App& above,
                  const std::string& name,
                  const std::string& why,
                  const std::string& example) {
    auto* added = above.add_subcommand(name, why);
    added->footer("\nExample:\n  " + example + "\n" + kShared);
    added->fallthrough();
    return added;
}

/// A group of commands: alone it shows its help, which is a usage error.
CLI::App* group(CLI::App& above,
                const std::string& name,
                const std::string& why,
                const std::string& example) {
    auto* added = command(above, name, why, example);
    added->require_subcommand(1);
    return added;
}

template <typename Run>
void choose(CLI::App* command, Options& options, Run run) {
    command->callback([&options, run] { options.chosen = run; });
}

void add_ca(CLI::App& app, Options& o) {
    auto* ca =
        group(app, "ca", "The authority your server software has to trust.", "fedtrail ca guide mastodon");
    auto* print =
        command(*ca, "print", "Print the authority's certificate (PEM).", "fedtrail ca print > ca.pem");
    choose(print, o, [](Session& s) { return ca_print(s); });
    auto* guide =
        command(*ca,
                "guide",
                "Say what one server software needs: proxy setting, trust, traps. Without a name, list all.",
                "fedtrail ca guide gotosocial");
    guide->add_option("SOFTWARE", o.software, "A name of the list");
    choose(guide, o, [&o](Session& s) {
        return o.software.empty() ? ca_guide_list(s) : ca_guide(s, o.software);
    });
}

/// What stands on the screen when nobody said what to do.
constexpr const char* kFirstSteps =
    "Fedtrail records which servers received your people's data, and tells each person.\n\n"
    "  1. fedtrail init --origin YOUR.HOST       keys, certificate authority, fedtrail.toml\n"
    "  2. fedtrail ca guide SOFTWARE             what your server software needs\n"
    "  3. fedtrail serve                         proxy on 127.0.0.1:7117, API on 127.0.0.1:7118\n"
    "  4. fedtrail status                        what flows\n"
    "  5. fedtrail report alice@YOUR.HOST        who got alice's data\n\n"
    "`fedtrail --help` lists every command, `fedtrail COMMAND --help` explains one.\n";

std::vector<std::string> names_below(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* each : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(each->get_name());
    }
    return names;
}

/// The innermost command that was named.
const CLI::App& innermost(const CLI::App& app) {
    const auto named = app.get_subcommands();
    return named.empty() ? app : innermost(*named.front());
}

int usage(Session& session, const CLI::App& app, const std::string& what) {
    const auto& at = innermost(app);
    std::string full;
    for (const auto* each = &at; each != nullptr; each = each->get_parent()) {
        full = each->get_name() + (full.empty() ? "" : " ") + full;
    }
    const auto extra = app.remaining(true);
    const auto known = names_below(at);
    const bool unknown_command = !extra.empty() && !known.empty() && !extra.front().starts_with('-');
    complain(session,
             {ErrorKind::Invalid,
              unknown_command ? "there is no command \"" + full + " " + extra.front() + "\"" : what,
              unknown_command ? did_you_mean(extra.front(), known) : "See `" + full + " --help`."});
    return static_cast<int>(Exit::Usage);
}

int finish(Session& session, const Command& chosen) {
    const auto exit = chosen(session);
    if (!exit) {
        complain(session, exit.error());
        return static_cast<int>(exit_of(exit.error().kind));
    }
    session.out.flush();
    if (!session.out) {
        complain(
            session,
            {ErrorKind::Unavailable, "the output could not be written", "Look at the disk or the pipe."});
        return static_cast<int>(Exit::Failed);
    }
    return static_cast<int>(*exit);
}

void build(CLI::App& app, Session& session, Options& options) {
    app.name("fedtrail");
    app.add_option("--config", session.config_file, "Configuration file")->type_name("FILE");
    app.add_flag("--json", session.json, "Answer in JSON");
    app.set_version_flag("--version", "fedtrail " FEDTRAIL_VERSION);
    app.footer(kShared);
    add_ca(app, options);
}

}  // namespace

int run(Session& session, const std::vector<std::string>& arguments) {
    CLI::App app{"Records which servers received your people's data, and tells each person (GDPR Art. 15)."};
    Options options;
    build(app, session, options);
    try {
        app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
    } catch (const CLI::Success& asked) {  // --help, --version
        return app.exit(asked, session.out, session.err);
    } catch (const CLI::ParseError& error) {
        return usage(session, app, error.what());
    }
    if (!options.chosen) {
        session.out << kFirstSteps;
        return static_cast<int>(Exit::Done);
    }
    return finish(session, options.chosen);
}

}  // namespace fedtrail::app
