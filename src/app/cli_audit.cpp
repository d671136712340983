#include "app/cli_parts.hpp"

namespace fedtrail::app {

namespace {

void add_export(CLI::App& audit, Options& o) {
    auto* made = command(
        audit,
        "export",
        "Write an audit bundle: records with their proof, checked anywhere with nothing running. That it "
        "was written goes into the log.",
        "fedtrail audit export --request 7 -o request-7.zip");
    made->add_option("--request", o.bundle.request, "About an erasure request and the person")
        ->check(CLI::PositiveNumber)
        ->type_name("N");
    add_subject(*made, "--subject", o.bundle.subject, "About a person: ");
    const CLI::Validator when{check_moment, "DAY|MOMENT"};
    made->add_option("--since", o.since, "About what happened from this day or moment on")->check(when);
    made->add_option("--until", o.until, "About what happened before this day or moment")->check(when);
    made->add_flag("--all", o.bundle.all, "About everything in the log");
    made->add_option("--level",
                     o.bundle.level,
                     "full (else), pseudonymised (people are numbers, and servers that may be one person's "
                     "have labels), or minimal (counts and proofs)")
        ->check(one_of({"full", "pseudonymised", "minimal"}));
    made->add_option(
            "--reason",
            o.bundle.reason,
            "Why, for a full one: those whose data is in it can read it. Needed without --request and "
            "without a --subject by name")
        ->type_name("TEXT");
    made->add_option(
        "--lang", o.bundle.language, "Language of the page; else the first of controller.languages");
    made->add_option("-o,--output", o.bundle.output, "The file; what is there is replaced")
        ->required()
        ->type_name("FILE");
    made->add_option(
            "--checkpoint",
            o.bundle.checkpoint,
            "A checkpoint of the log that somebody kept: the bundle proves that the log continues it")
        ->type_name("FILE");
    choose(made, o, [&o](Session& s) {
        return read_period(s, o, o.bundle.since, o.bundle.until) ? audit_export(s, o.bundle) : Exit::Usage;
    });
}

}  // namespace

void add_audit(CLI::App& app, Options& o) {
    auto* audit = group(app,
                        "audit",
                        "Prove what the ledger says, and check such a proof.",
                        "fedtrail audit verify request-7.zip");
    add_export(*audit, o);
    auto* verify = command(
        *audit,
        "verify",
        "Check an audit bundle: a verdict for each of its claims. Needs nothing but the file: no "
        "configuration, no store, no network. Exit code 5: nothing fails, but what was asked for by "
        "--key or --checkpoint could not be compared, or neither was given: then whose the bundle is was "
        "not shown.",
        "fedtrail audit verify request-7.zip --key 'origin.example/log+1a2b3c4d+AQ...'");
    verify->add_option("FILE", o.verify.file, "The bundle")->required();
    verify
        ->add_option("--key",
                     o.verify.keys,
                     "The log's key as its operator publishes it, or a witness's; may be repeated")
        ->type_name("VKEY")
        ->allow_extra_args(false);
    verify
        ->add_option("--checkpoint",
                     o.verify.checkpoint,
                     "A checkpoint of the log that you kept: is the bundle's log the same one?")
        ->type_name("FILE");
    choose(verify, o, [&o](Session& s) { return audit_verify(s, o.verify); });
    auto* checkpoint = command(*audit,
                               "checkpoint",
                               "Print the last signed checkpoint of the log, and the key that checks it.",
                               "fedtrail audit checkpoint > checkpoint.txt");
    checkpoint->add_flag("--now", o.checkpoint.now, "Put what was recorded into the log first, and sign");
    checkpoint->add_flag("--adopt",
                         o.checkpoint.adopt,
                         "The guard is lost: take this log for the newest. If it is not, the log forks, and "
                         "witnesses and auditors will see it");
    choose(checkpoint, o, [&o](Session& s) { return audit_checkpoint(s, o.checkpoint); });
}

}  // namespace fedtrail::app
