/// `backup` and `restore`.

#include "app/cli_parts.hpp"

namespace fedtrail::app {

void add_backup(CLI::App& app, Options& o) {
    auto* made =
        command(app,
                "backup",
                "Copy all stores, in a state that fits together, while the sidecar works. In two parts, "
                "so that who people are can be kept apart, and for a shorter time. The master key, and "
                "what no backup may bring back, are left out.",
                "fedtrail backup --to /backup/ledger --vault-to /safe/vault");
    made->add_option(
            "--to", o.backup.to, "A dated folder is made in it: ledger, cases, log, recipients, keys")
        ->required()
        ->type_name("FOLDER");
    made->add_option("--vault-to", o.backup.vault_to, "Likewise: the vault, and letters kept as files")
        ->required()
        ->type_name("FOLDER");
    choose(made, o, [&o](Session& s) { return backup(s, o.backup); });

    auto* back =
        command(app,
                "restore",
                "Check a backup whole and put it into its places; whoever was shredded since is shredded "
                "again. The sidecar must not run. If it is interrupted, give the same command again.",
                "fedtrail restore /backup/ledger/fedtrail-20261128T101500Z --vault "
                "/safe/vault/fedtrail-vault-20261128T101500Z");
    back->add_option("FOLDER", o.restore.ledger, "The ledger's part: a folder that `fedtrail backup` made")
        ->required();
    back->add_option("--vault", o.restore.vault, "The vault's part of the same backup")
        ->required()
        ->type_name("FOLDER");
    auto* list = back->add_option("--shreddings",
                                  o.restore.shreddings,
                                  "A copy of shreddings.ndjson, where this machine has none or an older one")
                     ->type_name("FILE");
    back->add_flag("--no-shreddings", o.restore.no_shreddings, "Surely nobody was shredded after the backup")
        ->excludes(list);
    back->add_flag("--new-log",
                   o.restore.new_log,
                   "Begin another transparency log: more was published of the old one than the backup has");
    back->add_flag(
        "--discard", o.restore.discard, "Remove what was there before, instead of leaving it beside");
    back->add_flag("--dry-run", o.restore.dry_run, "Only check, and say what would happen");
    choose(back, o, [&o](Session& s) { return restore(s, o.restore); });
}

}  // namespace fedtrail::app
