#include "app/cli.hpp"

#include <algorithm>
#include <ostream>

#include <poll.h>
#include <unistd.h>

#include "fedtrail/core/handle.hpp"
#include "fedtrail/core/nearest.hpp"

#include "app/cli_parts.hpp"

namespace fedtrail::app {

CLI::App* command(CLI::App& above,
                  const std::string& name,
                  const std::string& why,
                  const std::string& example) {
    auto* added = above.add_subcommand(name, why);
    added->footer("\nExample:\n  " + example + "\n" + kShared);
    added->fallthrough();
    return added;
}

CLI::App* group(CLI::App& above,
                const std::string& name,
                const std::string& why,
                const std::string& example) {
    auto* added = command(above, name, why, example);
    added->require_subcommand(1);
    return added;
}

CLI::Validator one_of(const std::vector<std::string>& words) {
    const auto check = [words](const std::string& text) {
        const bool known = std::find(words.begin(), words.end(), text) != words.end();
        return known ? std::string{} : "\"" + text + "\" is none of its words. " + did_you_mean(text, words);
    };
    return CLI::Validator{check, "{" + CLI::detail::join(words) + "}"};
}

std::string check_moment(const std::string& text) {
    const bool day = text.size() == 10;
    const auto at = parse_rfc3339(day ? text + "T00:00:00Z" : text);
    return at ? "" : "\"" + text + "\" is neither a day (2026-11-22) nor a moment (2026-11-22T10:00:00Z)";
}

std::optional<Instant> moment(const std::string& text) {
    if (text.empty()) {
        return std::nullopt;
    }
    const auto at = parse_rfc3339(text.size() == 10 ? text + "T00:00:00Z" : text);
    return at ? std::optional{*at} : std::nullopt;
}

bool read_period(Session& session,
                 const Options& options,
                 std::optional<Instant>& since,
                 std::optional<Instant>& until) {
    since = moment(options.since);
    until = moment(options.until);
    if (since && until && *until <= *since) {
        complain(session,
                 {ErrorKind::Invalid,
                  *until == *since ? "the period is empty: its end is not in it"
                                   : "the period ends before it begins",
                  "Give an --until that is later than --since."});
        return false;
    }
    return true;
}

namespace {

/// The text itself is not repeated: it may be a name.
std::string check_subject(const std::string& text) {
    const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    const bool address = text.find("://") != std::string::npos;
    return number || (address ? Uri::parse(text).has_value() : Handle::parse(text).has_value())
               ? ""
               : "this names no person; write alice@origin.example, an actor URI, or a number";
}

}  // namespace

CLI::Option* add_subject(CLI::App& command,
                         const std::string& name,
                         std::string& subject,
                         const std::string& why) {
    return command.add_option(name, subject, why + "alice@origin.example, an actor URI, or a number")
        ->check(CLI::Validator{check_subject, ""});
}

namespace {

void add_house(CLI::App& app, Options& o) {
    auto* init_command =
        command(app,
                "init",
                "Write fedtrail.toml, the certificate authority, the keys and the databases; what is "
                "there stays.",
                "fedtrail init --origin origin.example --software mastodon");
    init_command->add_option("--origin", o.init.origins, "Host of the server watched; may be repeated")
        ->type_name("HOST");
    init_command->add_option("--software", o.init.software, "Its software, in the order of the origins")
        ->type_name("NAME");
    init_command->add_option("--data-dir", o.init.data_dir, "Folder of ledger, vault and keys")
        ->type_name("DIR");
    init_command->add_flag(
        "--new-ledger",
        o.init.new_ledger,
        "Start anew where the ledger is lost and no backup is left; what was recorded is not "
        "told of any more");
    choose(init_command, o, [&o](Session& s) { return init(s, o.init); });

    auto* serve_command = command(app,
                                  "serve",
                                  "Run the egress proxy, the ledger and the API until SIGTERM.",
                                  "fedtrail serve --config /etc/fedtrail/fedtrail.toml");
    serve_command->add_option("--max-rate", o.serve.max_rate, "Messages of erasures a second at most")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("N");
    choose(serve_command, o, [&o](Session& s) { return serve(s, o.serve); });

    auto* status_command =
        command(app, "status", "One screen: what flows, and what is wrong.", "fedtrail status");
    choose(status_command, o, [](Session& s) { return status(s); });

    auto* doctor_command =
        command(app,
                "doctor",
                "Check configuration, keys, clock, stores, ports, trust and disk; each with its remedy.",
                "fedtrail doctor\n  fedtrail doctor --rebuild");
    doctor_command->add_flag("--rebuild",
                             o.doctor.rebuild,
                             "First derive again what is damaged in the ledger and can be derived; while no "
                             "sidecar runs");
    choose(doctor_command, o, [&o](Session& s) { return doctor(s, o.doctor); });
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

void add_import(CLI::App& app, Options& o) {
    auto* import = group(app,
                         "import",
                         "Take in observations from elsewhere; the same one twice counts once.",
                         "fedtrail import ndjson history.ndjson");
    auto* ndjson = command(*import,
                           "ndjson",
                           "One observation per line. A bad line goes to FILE.rejected with its reason; an "
                           "interrupted import goes on where it stopped.",
                           "zcat history.ndjson.gz | fedtrail import ndjson -");
    ndjson->add_option("FILE", o.import.source, "A file, or - for standard input")->required();
    choose(ndjson, o, [&o](Session& s) { return import_ndjson(s, o.import); });
    for (const auto* server : {"nginx", "caddy"}) {
        const bool nginx = std::string_view{server} == "nginx";
        auto* log =
            command(*import,
                    server,
                    nginx ? "Who fetched what, from an access log of nginx, in JSON or in the combined "
                            "form; packed ones too."
                          : "Who fetched what, from an access log of Caddy in JSON; packed ones too.",
                    nginx ? "fedtrail import nginx /var/log/nginx/access.log.2.gz"
                          : "fedtrail import caddy /var/log/caddy/access.log");
        log->add_option("FILE", o.log_import.source, "A file, or - for standard input")->required();
        choose(log, o, [&o, server](Session& s) {
            o.log_import.server = server;
            return import_access_log(s, o.log_import);
        });
    }
}

void add_lists(CLI::App& app, Options& o) {
    const auto paged = [&o](CLI::App* list) {
        list->add_option("--limit", o.list.limit, "At most so many")->check(CLI::Range(1, 1'000'000));
        list->add_option("--after", o.list.after, "Go on after this one");
    };
    auto* subjects = group(app, "subjects", "The people whose data was disclosed.", "fedtrail subjects list");
    auto* subjects_list_command =
        command(*subjects, "list", "Everybody the vault knows.", "fedtrail subjects list --limit 50");
    paged(subjects_list_command);
    subjects_list_command->add_flag(
        "--names",
        o.list.names,
        "Show who they are, not only their numbers: at most 1,000 at a time, each look written down");
    subjects_list_command->add_option("--reason", o.list.reason, "Why, for --names: each of them can read it")
        ->type_name("TEXT");
    choose(subjects_list_command, o, [&o](Session& s) { return subjects_list(s, o.list); });
    auto* subjects_show_command =
        command(*subjects,
                "show",
                "A person's number, to which servers they object, and which got their data. The look is "
                "written down, and the person can read it.",
                "fedtrail subjects show 17 --names --reason 'complaint of 3 May'");
    add_subject(*subjects_show_command, "SUBJECT", o.subject_show.subject)->required();
    subjects_show_command->add_flag("--names", o.subject_show.names, "Show who it is; needs --reason");
    subjects_show_command->add_option("--reason", o.subject_show.reason, "Why: the person can read it")
        ->type_name("TEXT");
    choose(subjects_show_command, o, [&o](Session& s) { return subjects_show(s, o.subject_show); });

    auto* subjects_set_command =
        command(*subjects,
                "set",
                "Write down of a person what transfer rules ask for; sealed under their key.",
                "fedtrail subjects set alice@origin.example minor=true");
    add_subject(*subjects_set_command, "SUBJECT", o.subject_set.subject)->required();
    subjects_set_command->add_option("FACT", o.subject_set.facts, "minor=true, minor=false or minor=unknown")
        ->required();
    choose(subjects_set_command, o, [&o](Session& s) { return subjects_set(s, o.subject_set); });
}

void add_rules(CLI::App& app, Options& o) {
    auto* rules = group(app,
                        "rules",
                        "Your own transfer rules: to whom whose data may go; the proxy enforces them.",
                        "fedtrail rules check my-rules.json");
    auto* list = command(*rules,
                         "list",
                         "The rules in force, in their order, and on how many deliveries each decided.",
                         "fedtrail rules list");
    choose(list, o, [](Session& s) { return rules_list(s); });
    auto* check =
        command(*rules,
                "check",
                "Say what is wrong with a file of rules, with its line: words that mean nothing, rules "
                "that are never reached, conflicts, names given twice, hosts that nothing ever went to or "
                "to which proxy.bypass lets all pass.",
                "fedtrail rules check my-rules.json");
    check->add_option("FILE", o.rules.file, "A file of rules; else the one in force");
    choose(check, o, [&o](Session& s) { return rules_check(s, o.rules); });
    auto* attempt =
        command(*rules,
                "try",
                "Replay the ledger against a file of rules: what would have stayed, whose data is there "
                "already, over which servers it would still arrive. Changes nothing.",
                "fedtrail rules try my-rules.json");
    attempt->add_option("FILE", o.rules.file, "A file of rules")->required();
    choose(attempt, o, [&o](Session& s) { return rules_try(s, o.rules); });
}

void add_report(CLI::App& app, Options& o) {
    auto* report_command =
        command(app,
                "report",
                "Name every server that got a person's data: who runs it and where, on what a transfer there "
                "rests, when, which kinds, how surely, and what became of deletions (GDPR Art. 15).",
                "fedtrail report alice@origin.example --request 7 --lang de -o alice.zip");
    add_subject(*report_command, "SUBJECT", o.report.subject)->required();
    report_command
        ->add_option("--format",
                     o.report.format,
                     "html, json, jsonld (Data Privacy Vocabulary), csv, pdf, or zip: all of them, signed; "
                     "else as FILE ends, else a table on a terminal and html into a pipe")
        ->check(one_of({"html", "json", "jsonld", "csv", "pdf", "zip"}));
    report_command->add_flag(
        "--items", o.report.items, "Each thing that went out, and to which servers, as csv or json");
    report_command->add_option("--request", o.report.request, "The request that this answers")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
    report_command
        ->add_option("--reason",
                     o.report.reason,
                     "Why you look: the person can read it. Needed for a SUBJECT by number without --request")
        ->type_name("TEXT");
    const CLI::Validator when{check_moment, "DAY|MOMENT"};
    report_command->add_option("--since", o.since, "From this day or moment on")->check(when);
    report_command->add_option("--until", o.until, "Before this day or moment")->check(when);
    report_command->add_option(
        "--lang", o.report.language, "Language of the sentences; else the first of controller.languages");
    report_command->add_option("-o,--output", o.report.output, "A file in place of standard output")
        ->type_name("FILE");
    choose(report_command, o, [&o](Session& s) {
        return read_period(s, o, o.report.since, o.report.until) ? report(s, o.report) : Exit::Usage;
    });
}

void add_tokens(CLI::App& app, Options& o) {
    auto* token = group(app, "token", "Bearer tokens for the API.", "fedtrail token list");
    auto* create = command(*token,
                           "create",
                           "Make a token and print it once; only its hash is kept.",
                           "fedtrail token create --scope observations:write --note 'the hook'");
    create
        ->add_option("--scope",
                     o.token.scopes,
                     "subject:self, observations:write, requests:write, audit:read or admin; may be repeated")
        ->required();
    add_subject(*create, "--subject", o.token.subject, "Whose own report subject:self opens: ");
    create->add_option("--note", o.token.note, "What it is for");
    choose(create, o, [&o](Session& s) { return token_create(s, o.token); });
    auto* list = command(*token, "list", "Tokens without their secrets.", "fedtrail token list");
    choose(list, o, [](Session& s) { return token_list(s); });
    auto* revoke =
        command(*token, "revoke", "Make a token worthless at once.", "fedtrail token revoke 3f2a91c4");
    revoke->add_option("ID", o.token.id, "As `fedtrail token list` shows it")->required();
    choose(revoke, o, [&o](Session& s) { return token_revoke(s, o.token); });
}

/// What stands on the screen when nobody said what to do.
constexpr const char* kFirstSteps =
    "Fedtrail records which servers received your people's data, tells each person, and erases there.\n\n"
    "  1. fedtrail init --origin YOUR.HOST       keys, certificate authority, fedtrail.toml\n"
    "  2. fedtrail ca guide SOFTWARE             what your server software needs\n"
    "  3. fedtrail serve                         proxy on 127.0.0.1:7117, API on 127.0.0.1:7118\n"
    "  4. fedtrail status                        what flows\n"
    "  5. fedtrail report alice@YOUR.HOST        who got alice's data\n"
    "  6. fedtrail erase alice@YOUR.HOST --dry-run   what it takes to erase it there\n\n"
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

/// "print, guide".
std::string listed(const std::vector<std::string>& names) {
    std::string list;
    for (const auto& name : names) {
        list += (list.empty() ? "" : ", ") + name;
    }
    return list;
}

/// `missing`: something needed was not given.
int usage(Session& session, const CLI::App& app, const std::string& what, bool missing) {
    const auto& at = innermost(app);
    std::string full;
    for (const auto* each = &at; each != nullptr; each = each->get_parent()) {
        full.insert(0, each->get_name() + (full.empty() ? "" : " "));
    }
    const auto extra = app.remaining(true);
    const auto known = names_below(at);
    const bool unknown_command = !extra.empty() && !known.empty() && !extra.front().starts_with('-');
    const auto help = "See `" + full + " --help`.";
    if (missing && !unknown_command && !known.empty()) {
        const auto option = extra.empty() ? "" : extra.front().substr(0, extra.front().find('='));
        complain(session,
                 {ErrorKind::Invalid,
                  "`" + full + "` " + (option.empty() ? "" : "has no option " + option + ", and ") +
                      "needs the name of one of its commands: " + listed(known),
                  help});
        return static_cast<int>(Exit::Usage);
    }
    complain(session,
             {ErrorKind::Invalid,
              unknown_command ? "there is no command \"" + full + " " + extra.front() + "\"" : what,
              unknown_command ? did_you_mean(extra.front(), known) : help});
    return static_cast<int>(Exit::Usage);
}

/// Whoever read the output has closed it, as `head` does: it has what it wants.
bool nobody_reads_on() {
    pollfd out{STDOUT_FILENO, 0, 0};
    return ::poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

int finish(Session& session, const Command& chosen) {
    const auto exit = chosen(session);
    if (!exit) {
        complain(session, exit.error());
        return static_cast<int>(exit_of(exit.error().kind));
    }
    session.out.flush();
    if (!session.out && nobody_reads_on()) {
        return static_cast<int>(*exit == Exit::Done ? Exit::Failed : *exit);
    }
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
    app.add_option("--by", session.said_by, "Who does this, if not whoever the login is: it is written down")
        ->type_name("NAME");
    app.add_flag("--json", session.json, "Answer in JSON");
    app.set_version_flag("--version", "fedtrail " FEDTRAIL_VERSION);
    app.footer(kShared);
    add_house(app, options);
    add_ca(app, options);
    add_import(app, options);
    add_lists(app, options);
    add_recipients(app, options);
    add_rules(app, options);
    add_report(app, options);
    add_papers(app, options);
    add_erasure(app, options);
    add_audit(app, options);
    add_forgetting(app, options);
    add_backup(app, options);
    add_tokens(app, options);
}

}  // namespace

int run(Session& session, const std::vector<std::string>& arguments) {
    CLI::App app{
        "Records which servers received your people's data, tells each person (GDPR Art. 15), and has it "
        "erased "
        "there (Art. 17, 19)."};
    Options options;
    build(app, session, options);
    try {
        app.parse(std::vector<std::string>{arguments.rbegin(), arguments.rend()});
    } catch (const CLI::Success& asked) {  // --help, --version
        return app.exit(asked, session.out, session.err);
    } catch (const CLI::ParseError& error) {
        return usage(session, app, error.what(), error.get_name() == "RequiredError");
    }
    if (!options.chosen) {
        session.out << kFirstSteps;
        return static_cast<int>(Exit::Done);
    }
    if (const auto said = session.said_name(); !said) {
        complain(session, said.error());
        return static_cast<int>(Exit::Usage);
    }
    return finish(session, options.chosen);
}

}  // namespace fedtrail::app
