#include "app/cli_parts.hpp"

namespace fedtrail::app {

namespace {

void add_shared(CLI::App* paper, Options& o) {
    paper->add_option("--lang", o.paper.language, "Language; else the first of controller.languages");
    paper->add_option("-o,--output", o.paper.output, "A file in place of standard output")->type_name("FILE");
}

}  // namespace

void add_papers(CLI::App& app, Options& o) {
    auto* notice_command =
        command(app,
                "notice",
                "Write the privacy notice of your instance (GDPR Art. 13, 14): what fedtrail.toml says, and "
                "to whom data went. Its Markdown suits the settings of Mastodon and Lemmy.",
                "fedtrail notice --lang de --format md > notice.md");
    notice_command->add_option("--format", o.paper.format, "md (the usual one), html or json")
        ->check(one_of({"md", "html", "json"}));
    add_shared(notice_command, o);
    choose(notice_command, o, [&o](Session& s) { return notice(s, o.paper); });

    auto* ropa_command =
        command(app,
                "ropa",
                "Write the record of processing activities (GDPR Art. 30(1)), a row for each.",
                "fedtrail ropa --format ods --columns cnil -o record.ods");
    ropa_command->add_option("--format", o.paper.format, "csv (the usual one), ods, json or jsonld")
        ->check(one_of({"csv", "ods", "json", "jsonld"}));
    ropa_command
        ->add_option(
            "--columns",
            o.paper.columns,
            "Columns as the CNIL or the ICO orders them; else cnil in French, ico in other languages")
        ->check(one_of({"cnil", "ico"}));
    add_shared(ropa_command, o);
    choose(ropa_command, o, [&o](Session& s) { return ropa(s, o.paper); });

    auto* assess_command =
        command(app,
                "assess",
                "Say all that is known and was measured of one server: who, where, on which basis, what of "
                "ours it holds, how it honours erasures, and what to look at before you federate with it.",
                "fedtrail assess threads.example --format html -o threads.html");
    assess_command->add_option("HOST", o.paper.host, "Host of the server; it need not have got anything")
        ->required();
    assess_command->add_option("--format", o.paper.format, "md (the usual one), html or json")
        ->check(one_of({"md", "html", "json"}));
    add_shared(assess_command, o);
    choose(assess_command, o, [&o](Session& s) { return assess(s, o.paper); });
}

}  // namespace fedtrail::app
