#include "app/cli_parts.hpp"

namespace fedtrail::app {

void add_audit(CLI::App& app, Options& o) {
    auto* audit = group(app,
                        "audit",
                        "Prove what the ledger says, and check such a proof.",
                        "fedtrail audit verify request-7.zip");
    auto* verify =
        command(*audit,
                "verify",
                "Check an audit bundle: a verdict for each of its claims. Needs nothing but the file: no "
                "configuration, no store, no network.",
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
}

}  // namespace fedtrail::app
