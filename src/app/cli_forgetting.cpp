/// `subjects shred` and its like, and `retention`.

#include "app/cli_parts.hpp"

namespace fedtrail::app {

namespace {

constexpr const char* kWhyLooked = "Why you look: the person can read it";

void add_consents(CLI::App& subjects, Options& o) {
    auto* consent =
        command(subjects,
                "consent",
                "Write down that a person consented to transfers to a country, or to one recipient "
                "there, after being told the risks (Art. 49(1)(a)); or that they withdrew it.",
                "fedtrail subjects consent alice@origin.example --country US --given 2026-11-22 "
                "--evidence \"form 17\"");
    add_subject(*consent, "SUBJECT", o.consent.subject)->required();
    consent->add_option("--country", o.consent.country, "Where the data goes, as US")
        ->required()
        ->type_name("CODE");
    consent
        ->add_option("--recipient", o.consent.recipient, "Only this host; else whoever is established there")
        ->type_name("HOST");
    consent->add_option("--given", o.consent.given, "The day, as 2026-11-22")->type_name("DAY");
    consent->add_option("--evidence", o.consent.evidence, "Where the consent can be read; with --given")
        ->type_name("TEXT");
    consent->add_option("--withdrawn", o.consent.withdrawn, "The day from which it carries nothing")
        ->type_name("DAY");
    choose(consent, o, [&o](Session& s) { return subjects_consent(s, o.consent); });
    auto* consents = command(subjects,
                             "consents",
                             "To which transfers a person consented, withdrawn consents too.",
                             "fedtrail subjects consents alice@origin.example");
    add_subject(*consents, "SUBJECT", o.consent.subject)->required();
    consents->add_option("--reason", o.consent.reason, kWhyLooked)->type_name("TEXT");
    choose(consents, o, [&o](Session& s) { return subjects_consents(s, o.consent); });
}

void add_objections(CLI::App& subjects, Options& o) {
    auto* list = command(subjects,
                         "objections",
                         "To which servers nothing of a person goes any more, because they object (Art. 21).",
                         "fedtrail subjects objections alice@origin.example");
    list->add_option("--reason", o.objection.reason, kWhyLooked)->type_name("TEXT");
    choose(list, o, [&o](Session& s) { return subjects_objections(s, o.objection); });
    auto* object =
        command(subjects,
                "object",
                "Let nothing of a person go to a server any more. What lies there stays: `fedtrail "
                "erase SUBJECT --recipient HOST` erases it and objects.",
                "fedtrail subjects object alice@origin.example a.example");
    object
        ->add_option("--reason",
                     o.objection.reason,
                     "Why the person objects, in their words; kept sealed, in place of an earlier one")
        ->type_name("TEXT");
    choose(object, o, [&o](Session& s) { return subjects_object(s, o.objection); });
    auto* allow = command(subjects,
                          "allow",
                          "The person takes an objection back: what they post goes to that server again.",
                          "fedtrail subjects allow alice@origin.example a.example");
    choose(allow, o, [&o](Session& s) { return subjects_allow(s, o.objection); });
    for (auto* each : {list, object, allow}) {
        add_subject(*each, "SUBJECT", o.objection.subject)->required();
    }
    for (auto* each : {object, allow}) {
        each->add_option("HOST", o.objection.recipient, "The server")->required();
    }
}

void add_to_subjects(CLI::App& subjects, Options& o) {
    add_consents(subjects, o);
    add_objections(subjects, o);
    auto* shred =
        command(subjects,
                "shred",
                "Destroy a person's key, and with it all that is known of who they are. Cannot be undone. "
                "Refused while a request of theirs is open, or something is held for law.",
                "fedtrail subjects shred alice@origin.example --reason \"asked for by letter\"");
    add_subject(*shred, "SUBJECT", o.forgetting.subject)->required();
    shred->add_option("--reason", o.forgetting.reason, "Why, without personal data: it stays in the log")
        ->required()
        ->type_name("TEXT");
    choose(shred, o, [&o](Session& s) { return subjects_shred(s, o.forgetting); });
    auto* shredded = command(
        subjects, "shredded", "Who was shredded, by number, when and why.", "fedtrail subjects shredded");
    choose(shredded, o, [](Session& s) { return subjects_shredded(s); });
    auto* accesses = command(subjects,
                             "accesses",
                             "Who looked at a person's data, when, at what, and why.",
                             "fedtrail subjects accesses alice@origin.example");
    add_subject(*accesses, "SUBJECT", o.forgetting.subject)->required();
    choose(accesses, o, [&o](Session& s) { return subjects_accesses(s, o.forgetting); });
}

}  // namespace

void add_forgetting(CLI::App& app, Options& o) {
    add_to_subjects(*app.get_subcommand("subjects"), o);
    auto* retention =
        group(app,
              "retention",
              "How long what is kept (policies/retention.json), and what is over its time. The sidecar "
              "applies it once a day.",
              "fedtrail retention run --dry-run");
    auto* show = command(*retention, "show", "The rules, and why.", "fedtrail retention show");
    choose(show, o, [](Session& s) { return retention_show(s); });
    auto* run = command(
        *retention, "run", "Apply the rules now, and say what went.", "fedtrail retention run --dry-run");
    run->add_flag("--dry-run", o.forgetting.dry_run, "Only say what would go");
    choose(run, o, [&o](Session& s) { return retention_run(s, o.forgetting); });
}

}  // namespace fedtrail::app
