/// `fedtrail recipients` and `fedtrail transfers`.

#include "fedtrail/privacy/legal_clock.hpp"

#include "app/cli_parts.hpp"

namespace fedtrail::app {

namespace {

void add_host(CLI::App* command, Options& o) {
    command->add_option("HOST", o.recipient.host, "Host of the recipient")->required();
}

void add_looking(CLI::App& recipients, Options& o) {
    auto* list = command(recipients,
                         "list",
                         "Every recipient, by host, with where its operator is and on what a transfer to it "
                         "rests today.",
                         "fedtrail recipients list --basis undocumented");
    list->add_option("--limit", o.recipient.limit, "At most so many")->check(CLI::Range(1, 1'000'000));
    list->add_option("--after", o.recipient.after, "Go on after this one");
    list->add_option("--country", o.recipient.country, "Operators in this country (ISO 3166-1), or unknown");
    list->add_option("--basis", o.recipient.basis, "Those whose transfers rest on this, as undocumented");
    list->add_option("--software", o.recipient.software, "Those that run this, as mastodon, or unknown");
    list->add_flag("--blocked", o.recipient.blocked, "Those that a list blocks (recipients import)");
    choose(list, o, [&o](Session& s) { return recipients_list(s, o.recipient); });
    auto* show = command(recipients,
                         "show",
                         "One recipient: who it is, on what a transfer rests, whose data it got, what you "
                         "declared.",
                         "fedtrail recipients show a.example");
    add_host(show, o);
    choose(show, o, [&o](Session& s) { return recipients_show(s, o.recipient); });
    auto* software = command(recipients,
                             "software",
                             "How each software honours deletions: told, gone, still there, not visible.",
                             "fedtrail recipients software");
    choose(software, o, [](Session& s) { return recipients_software(s); });
}

void add_declaring(CLI::App& recipients, Options& o) {
    auto* set =
        command(recipients,
                "set",
                "Write down what you know of a recipient; it stands before everything that was found "
                "out. Words: country, operator, contact, organisation, inbox, relay, bridge, single_person, "
                "dpf_list and the other checks with .checked_at .since .entity .entry .data_kind, "
                "clauses.signed_on .until .assessed, basis with .from .until .document (docs/transfers.md).",
                "fedtrail recipients set a.example country=DE operator='Example e. V.' "
                "--reason 'imprint seen on 22 November'");
    add_host(set, o);
    set->add_option("KEY=VALUE", o.recipient.words, "What is so")->required();
    set->add_option("--reason", o.recipient.reason, "How you know it; kept with the day")->required();
    choose(set, o, [&o](Session& s) { return recipients_set(s, o.recipient); });
    auto* unset = command(recipients,
                          "unset",
                          "Take back what you declared; the history keeps it.",
                          "fedtrail recipients unset a.example country --reason 'they moved'");
    add_host(unset, o);
    unset->add_option("KEY", o.recipient.words, "A word, as country; dpf_list takes its parts along")
        ->required();
    unset->add_option("--reason", o.recipient.reason, "Why it no longer stands")->required();
    choose(unset, o, [&o](Session& s) { return recipients_unset(s, o.recipient); });
}

void add_lists_of_others(CLI::App& recipients, Options& o) {
    auto* import = command(recipients,
                           "import",
                           "Take in what you have: the domain blocks of Mastodon, fediblockhole or Lemmy, "
                           "registrations of domains (whois), or what was exported (overrides). A list of "
                           "blocks replaces the one of the same name.",
                           "fedtrail recipients import --format mastodon domain_blocks.csv");
    import->add_option("FILE", o.recipient.file, "A file, or - for standard input")->required();
    import->add_option("--format", o.recipient.format, "mastodon, fediblockhole, lemmy, whois or overrides")
        ->required()
        ->check(one_of({"mastodon", "fediblockhole", "lemmy", "whois", "overrides"}));
    import->add_option("--list", o.recipient.list, "Name of the list of blocks; else the file's")
        ->type_name("NAME");
    import->add_flag("--as-rules", o.recipient.as_rules, "Print the blocks as transfer rules; write nothing");
    import->add_flag("--dry-run", o.recipient.dry_run, "Read it and say what is wrong; write nothing");
    choose(import, o, [&o](Session& s) { return recipients_import(s, o.recipient); });
    auto* written = command(recipients,
                            "export",
                            "Everything you declared, as CSV that `recipients import` takes.",
                            "fedtrail recipients export > overrides.csv");
    choose(written, o, [](Session& s) { return recipients_export(s); });
}

void add_transfers(CLI::App& app, Options& o) {
    auto* transfers = group(app,
                            "transfers",
                            "On what the transfers to all recipients rest (GDPR Chapter V).",
                            "fedtrail transfers bases");
    auto* bases = command(*transfers,
                          "bases",
                          "Count recipients and disclosures by the basis of a transfer today, and why.",
                          "fedtrail transfers bases --on 2026-07-01");
    bases->add_option("--on", o.transfer.day, "The day of the transfer; else today")
        ->type_name("DAY")
        ->check(CLI::Validator{[](const std::string& text) {
                                   return privacy::parse_day(text) ? std::string{}
                                                                   : "it is no day: 2026-11-22";
                               },
                               "DAY"});
    choose(bases, o, [&o](Session& s) { return transfers_bases(s, o.transfer); });
    auto* turn =
        command(*transfers,
                "switch",
                "Show a switch and what turning it would change, or turn it. There is one: dpf, whether "
                "transfers may rest on the EU-US Data Privacy Framework.",
                "fedtrail transfers switch dpf --off --reason 'the General Court annulled it'");
    turn->add_option("NAME", o.transfer.name, "dpf")->required();
    auto* off = turn->add_flag("--off", o.transfer.off, "Rest nothing on it any more");
    turn->add_flag("--on", o.transfer.on, "Rest on it again")->excludes(off);
    turn->add_flag("--dry-run", o.transfer.dry_run, "Show what would change; turn nothing");
    turn->add_option("--reason", o.transfer.reason, "Why; kept with the day");
    choose(turn, o, [&o](Session& s) { return transfers_switch(s, o.transfer); });
}

}  // namespace

void add_recipients(CLI::App& app, Options& options) {
    auto* recipients = group(app,
                             "recipients",
                             "The servers that got data: who they are, and on what a transfer rests.",
                             "fedtrail recipients list");
    add_looking(*recipients, options);
    add_declaring(*recipients, options);
    add_lists_of_others(*recipients, options);
    add_refreshing(*recipients, options);
    add_transfers(app, options);
}

}  // namespace fedtrail::app
