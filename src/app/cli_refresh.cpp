#include "app/cli_parts.hpp"

namespace fedtrail::app {

void add_refreshing(CLI::App& recipients, Options& o) {
    auto* refresh_command = command(recipients,
                                    "refresh",
                                    "Ask recipients who they are, who runs them and what they promise: those "
                                    "whose answers are old, or one. "
                                    "`fedtrail serve` does the same by itself. Ctrl-C loses nothing.",
                                    "fedtrail recipients refresh a.example");
    auto* host = refresh_command->add_option("HOST", o.refresh.host, "Only this one, now");
    refresh_command->add_flag("--all", o.refresh.all, "Every recipient, however fresh its answers are")
        ->excludes(host);
    refresh_command
        ->add_option("--max-rate",
                     o.refresh.max_rate,
                     "Requests a second at most, to all together (20); 0 is no limit")
        ->type_name("N");
    choose(refresh_command, o, [&o](Session& s) { return recipients_refresh(s, o.refresh); });

    auto* policies_command = command(
        recipients,
        "policies",
        "What a recipient promises: its policies with their dates, how they changed, and the sentence "
        "that each topic of a summary rests on.",
        "fedtrail recipients policies a.example --diff");
    auto* whose = policies_command->add_option("HOST", o.promises.host, "Host of the recipient");
    policies_command->add_flag("--diff", o.promises.differences, "Show what changed, sentence by sentence")
        ->needs(whose);
    auto* changed = policies_command
                        ->add_flag("--changed",
                                   o.promises.changed,
                                   "List the changes of policies of all recipients, the newest first")
                        ->excludes(whose);
    policies_command->add_option("--since", o.since, "Only those from this day or moment on")
        ->needs(changed)
        ->check(CLI::Validator{check_moment, "DAY or RFC 3339"});
    choose(policies_command, o, [&o](Session& s) {
        o.promises.since = moment(o.since);
        return recipients_policies(s, o.promises);
    });
}

}  // namespace fedtrail::app
