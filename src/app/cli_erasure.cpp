#include <array>

#include "api/request_words.hpp"
#include "app/cli_parts.hpp"

namespace fedtrail::app {

namespace {

/// "-1" would be read as the largest number.
std::string check_request_number(const std::string& text) {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    const bool above = text.find_first_not_of('0') != std::string::npos;
    return digits && above ? "" : "\"" + text + "\" is no number above 0";
}

void add_erase(CLI::App& app, Options& o) {
    auto* erase_command = command(
        app,
        "erase",
        "Have a person's data erased at every server that got it (GDPR Art. 17, 19); prints the request's "
        "number. `fedtrail serve` sends.",
        "fedtrail erase alice@origin.example --dry-run");
    auto& e = o.erase;
    add_subject(*erase_command, "SUBJECT", e.subject)->required();
    erase_command->add_option("--object", e.scope.objects, "Only this object; may be repeated")
        ->type_name("URI")
        ->allow_extra_args(false);
    erase_command->add_option("--before", e.scope.before, "Only what is from before this day or moment")
        ->check(CLI::Validator{check_moment, "DAY|MOMENT"});
    erase_command->add_option("--category", e.scope.categories, api::known_categories() + "; may be repeated")
        ->type_name("KIND")
        ->allow_extra_args(false);
    erase_command
        ->add_option("--recipient",
                     e.scope.recipients,
                     "Only at this server, all hosts of it, and nothing more of the person goes there; may "
                     "be repeated")
        ->type_name("HOST")
        ->allow_extra_args(false);
    erase_command->add_option("--reason", e.reason, "What the person wrote, or why")->type_name("TEXT");
    erase_command->add_option("--received", e.received, "When the request reached you, if not now")
        ->check(CLI::Validator{check_moment, "DAY|MOMENT"});
    erase_command
        ->add_option(
            "--max-rate",
            e.max_rate,
            "At most so many messages of this request leave in a second; erasure.max_rate holds besides")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("N");
    erase_command->add_flag(
        "--unverified", e.unverified, "Nobody knows yet who asks: `requests verify-identity` goes first");
    erase_command->add_flag("--review", e.review, "Only open it: `requests start` lets it go");
    erase_command->add_flag("--dry-run", e.dry_run, "Print the plan, change nothing");
    choose(erase_command, o, [&o](Session& s) { return erase(s, o.erase); });
}

/// `more`: what its example needs beside the number.
CLI::App* of_one(CLI::App& group,
                 const std::string& name,
                 const std::string& why,
                 Options& o,
                 const std::string& more = "") {
    const auto example = "fedtrail requests " + name + " 7" + more;
    auto* added = command(group, name, why, example);
    added->add_option("NUMBER", o.request.number, "The request's number")
        ->required()
        ->check(CLI::Validator{check_request_number, ""})
        ->type_name("N");
    return added;
}

/// In the order of ActInput.
constexpr std::array<const char*, 8> kActExamples{"",
                                                  " --reason 'the contract is still running'",
                                                  " --object https://origin.example/users/alice/statuses/1",
                                                  " --ground '17(3)(b)' --reason 'invoices, section 147 AO'",
                                                  " --of 5",
                                                  " --object https://origin.example/users/alice/statuses/1 "
                                                  "--reason 'court order'",
                                                  " --paper answer.md",
                                                  " --reason 'shut down on 3 May, its domain is given up'"};

void add_act(CLI::App& requests, const api::RequestAct& act, Options& o) {
    auto* added = of_one(requests,
                         std::string{act.name},
                         std::string{act.why},
                         o,
                         kActExamples.at(static_cast<std::size_t>(act.input)));
    auto& words = o.request.words;
    auto* reason = added->add_option("--reason", words.reason, "Why, in words that go into its history");
    reason->type_name("TEXT");
    const bool keeps = act.input == api::ActInput::Kept || act.input == api::ActInput::Held;
    if (act.input == api::ActInput::Reason || act.input == api::ActInput::HowKnown || keeps) {
        reason->required();
    }
    if (act.input == api::ActInput::Held) {
        added
            ->add_option(
                "--ground", words.ground, "One of Art. 17(3), as \"17(3)(e)\"; 17(3)(b) if it is left out")
            ->type_name("ARTICLE");
    }
    if (act.input == api::ActInput::Kept) {
        added->add_option("--ground", words.ground, "As \"17(3)(b)\" or \"12(5) excessive\"")
            ->required()
            ->type_name("ARTICLE");
        added->add_option("--category", words.categories, "Keep what is of this kind; may be repeated")
            ->type_name("KIND")
            ->allow_extra_args(false);
    }
    if (keeps || act.input == api::ActInput::Objects) {
        auto* objects = added->add_option("--object",
                                          words.objects,
                                          act.input == api::ActInput::Kept
                                              ? "Keep this object and erase the rest; may be repeated"
                                              : "The object; may be repeated");
        objects->type_name("URI")->allow_extra_args(false);
        if (act.input != api::ActInput::Kept) {
            objects->required();
        }
    }
    if (act.input == api::ActInput::Of) {
        added->add_option("--of", words.of, "The request that it repeats")->required()->type_name("N");
    }
    if (act.input == api::ActInput::Paper) {
        added->add_option("--paper", o.request.paper, "What they were given: kept sealed, proven by the log")
            ->type_name("FILE");
    }
    choose(added, o, [&o, name = std::string{act.name}](Session& s) {
        o.request.act = name;
        return requests_act(s, o.request);
    });
}

void add_list(CLI::App& requests, Options& o) {
    auto* list =
        command(requests, "list", "Open requests, the next deadline of each.", "fedtrail requests list");
    list->add_flag("--all", o.request.all, "Closed ones too");
    add_subject(*list, "--subject", o.request.subject);
    list->add_option("--limit", o.request.limit, "At most so many")->check(CLI::Range(1, 100'000));
    list->add_option("--after", o.request.after, "Go on after this number");
    choose(list, o, [&o](Session& s) { return requests_list(s, o.request); });
}

void add_show(CLI::App& requests, Options& o) {
    auto* show = of_one(requests, "show", "One request: clock, progress, history.", o);
    show->add_flag("--watch", o.request.watch, "Follow it until it is closed, or Ctrl-C");
    show->add_flag("--notices", o.request.notices, "One line for each server");
    show->add_flag("--names", o.request.names, "With --json: the addresses of objects too; needs --reason");
    show->add_option("--reason", o.request.reason, "Why you look: the person can read it; else the request")
        ->type_name("TEXT");
    show->add_option("--recipient", o.request.recipient, "Everything that happened with this server")
        ->type_name("HOST");
    choose(show, o, [&o](Session& s) { return requests_show(s, o.request); });
}

void add_answer(CLI::App& requests, Options& o) {
    auto* answer = of_one(
        requests, "answer", "Write the answer to the person: what was done, and who was told (Art. 19).", o);
    answer->add_option("--reason", o.request.reason, "Why you look: the person can read it; else the request")
        ->type_name("TEXT");
    answer->add_option("--format", o.request.format, "md (the usual one) or json")
        ->check(one_of({"md", "json"}));
    answer->add_option(
        "--lang", o.request.language, "Language of the letter; else the first of controller.languages");
    answer->add_option("-o,--output", o.request.output, "A file in place of standard output")
        ->type_name("FILE");
    choose(answer, o, [&o](Session& s) { return requests_answer(s, o.request); });
}

void add_letters(CLI::App& requests, Options& o) {
    auto* letters =
        command(requests,
                "letters",
                "Letters to operators of servers that did not erase, and those to be sent by hand.",
                "fedtrail requests letters");
    auto* of = letters->add_option("NUMBER", o.request.number, "Of this request alone");
    of->type_name("N");
    letters
        ->add_option(
            "--sent", o.request.recipient, "Record that you sent the letter that waits for this server")
        ->type_name("HOST")
        ->needs(of);
    choose(letters, o, [&o](Session& s) { return requests_letters(s, o.request); });
}

void add_give_up(CLI::App& requests, Options& o) {
    auto* give_up =
        of_one(requests,
               "give-up",
               "Record that a server cannot be told, or only with disproportionate effort (Art. 19).",
               o,
               " --recipient gone.example --ground impossible --reason 'the host is gone since May'");
    give_up->add_option("--recipient", o.request.recipient, "The server")->required()->type_name("HOST");
    give_up->add_option("--ground", o.request.words.ground, "impossible or disproportionate")
        ->required()
        ->check(one_of({"impossible", "disproportionate"}));
    give_up->add_option("--reason", o.request.words.reason, "Why, without personal data")
        ->required()
        ->type_name("TEXT");
    choose(give_up, o, [&o](Session& s) { return requests_give_up(s, o.request); });
}

void add_requests(CLI::App& app, Options& o) {
    auto* requests = group(app,
                           "requests",
                           "Erasure requests: their clock, their notices, their end.",
                           "fedtrail requests list");
    add_list(*requests, o);
    add_show(*requests, o);
    add_answer(*requests, o);
    add_letters(*requests, o);
    add_give_up(*requests, o);
    for (const auto& act : api::request_acts()) {
        add_act(*requests, act, o);
    }
}

void add_keys(CLI::App& app, Options& o) {
    auto* keys =
        group(app,
              "keys",
              "The private keys that people's deletions are signed with: kept sealed until the last "
              "look at what was erased is over. Others come from origin.database and erasure.keys_folder.",
              "fedtrail keys check alice@origin.example");
    auto* import = command(*keys,
                           "import",
                           "Put a private key (PEM, RSA or Ed25519) into the vault, sealed.",
                           "fedtrail keys import alice.pem --subject alice@origin.example");
    import->add_option("FILE", o.key.file, "A file, or - for standard input")->required();
    add_subject(*import, "--subject", o.key.subject)->required();
    import->add_option("--key-id", o.key.key_id, "Where others find the public key; else ACTOR#main-key")
        ->type_name("URI");
    choose(import, o, [&o](Session& s) { return keys_import(s, o.key); });
    auto* list = command(*keys, "list", "Whose keys the vault keeps.", "fedtrail keys list");
    choose(list, o, [&o](Session& s) { return keys_list(s, o.key); });
    auto* drop = command(
        *keys, "drop", "Destroy the kept keys of a person.", "fedtrail keys drop alice@origin.example");
    add_subject(*drop, "SUBJECT", o.key.subject)->required();
    choose(drop, o, [&o](Session& s) { return keys_drop(s, o.key); });
    auto* check = command(*keys,
                          "check",
                          "Say which key a person's deletions would be signed with; nothing is kept.",
                          "fedtrail keys check alice@origin.example");
    add_subject(*check, "SUBJECT", o.key.subject)->required();
    choose(check, o, [&o](Session& s) { return keys_check(s, o.key); });
}

}  // namespace

void add_erasure(CLI::App& app, Options& options) {
    add_erase(app, options);
    add_requests(app, options);
    add_keys(app, options);
}

}  // namespace fedtrail::app
