#include <iostream>
#include <iterator>
#include <ostream>

#include <nlohmann/json.hpp>

#include "app/commands/erasure_commands.hpp"
#include "app/files.hpp"
#include "app/key_room.hpp"
#include "app/people_finder.hpp"
#include "app/stores.hpp"
#include "app/table.hpp"
#include "backends/openssl/actor_signer.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLargestKey = std::size_t{64} * 1024;

struct KeyBench {
    Config config;
    std::unique_ptr<openssl::OpensslCipher> cipher;
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<SubjectFinder> people;
};

Result<KeyBench> open_bench(const Session& session, sqlite::OpenMode mode) {
    auto config = session.config();
    auto cipher = openssl::OpensslCipher::make();
    if (!config || !cipher) {
        return !config ? Result<KeyBench>{fail(config)} : Result<KeyBench>{fail(cipher)};
    }
    auto vault = open_vault(*config, session.environment, **cipher, mode);
    if (!vault) {
        return fail(vault);
    }
    auto people = people_finder(*config, session.environment, **cipher, **vault);
    return KeyBench{std::move(*config), std::move(*cipher), std::move(*vault), std::move(people)};
}

std::string_view algorithm_name(KeyAlgorithm algorithm) {
    return algorithm == KeyAlgorithm::Rsa ? "rsa" : "ed25519";
}

Result<Secret> read_key(const std::string& file) {
    if (file != "-") {
        auto text = read_file(file);
        if (!text) {
            return fail(text);
        }
        if (!*text) {
            return fail(ErrorKind::NotFound, file + " is not there", "Give the file with the private key.");
        }
        return Secret{std::move(**text)};
    }
    std::string text;
    for (char c = 0; text.size() <= kLargestKey && std::cin.get(c);) {
        text += c;
    }
    return Secret{std::move(text)};
}

/// The id of a key without the actor's address, which names the person: "#main-key".
std::string without_actor(const std::string& key_id, const SubjectIdentity& person) {
    const auto& actor = person.actor.reveal();
    return key_id.starts_with(actor) ? key_id.substr(actor.size()) : "elsewhere";
}

/// Where a key was found, and what it is.
struct Finding {
    std::string place;
    std::string key_id;
    std::string algorithm;
    std::string trouble;
};

void add_findings(const std::string& place,
                  const Result<std::vector<FoundKey>>& keys,
                  const SubjectIdentity& person,
                  std::vector<Finding>& findings) {
    if (!keys) {
        findings.push_back({place, "", "", keys.error().what});
        return;
    }
    for (const auto& key : *keys) {
        const auto known = openssl::examine(key);
        findings.push_back({place,
                            without_actor(key.key_id, person),
                            known ? std::string{algorithm_name(known->algorithm)} : "",
                            known ? "" : known.error().what});
    }
}

Result<std::vector<Finding>> look_everywhere(const KeyBench& bench, privacy::SubjectNumber subject) {
    const auto person = bench.vault->identity(subject);
    if (!person) {
        return fail(person);
    }
    const auto actor = Uri::parse(person->actor.reveal());
    const auto sources = key_sources(bench.config);
    if (!actor || !sources) {
        return !actor ? Result<std::vector<Finding>>{fail(actor)}
                      : Result<std::vector<Finding>>{fail(sources)};
    }
    std::vector<Finding> findings;
    add_findings("vault", bench.vault->kept(subject), *person, findings);
    for (const auto& source : *sources) {
        add_findings(source->name(), source->find(*actor), *person, findings);
    }
    return findings;
}

void list_kept(privacy::SubjectNumber number,
               const Result<std::vector<FoundKey>>& keys,
               Table& table,
               Json& list) {
    std::vector<Finding> findings;
    add_findings("vault", keys, SubjectIdentity{}, findings);
    for (const auto& each : findings) {
        const auto what = each.trouble.empty() ? each.algorithm : each.trouble;
        table.row({std::to_string(number.get()), what});
        list.push_back({{"subject", number.get()}, {"algorithm", what}});
    }
}

}  // namespace

Result<Exit> keys_import(Session& session, const KeyOptions& options) {
    auto bench = open_bench(session, sqlite::OpenMode::ReadWrite);
    if (!bench) {
        return fail(bench);
    }
    const auto subject = bench->people->find(options.subject);
    if (!subject) {
        return fail(subject);
    }
    const auto person = bench->vault->identity(*subject);
    if (!person) {
        return fail(person);
    }
    if (!options.key_id.empty() && !Uri::parse(options.key_id)) {
        complain(session,
                 {ErrorKind::Invalid,
                  "--key-id is not an http or https URI",
                  "Give the id under which the actor's document has the public key, or leave it out."});
        return Exit::Usage;
    }
    auto text = read_key(options.file);
    if (!text) {
        return fail(text);
    }
    const FoundKey key{options.key_id.empty() ? person->actor.reveal() + "#main-key" : options.key_id,
                       std::move(*text)};
    const auto known = openssl::examine(key);
    if (!known) {
        return fail(known);
    }
    if (auto kept = bench->vault->keep(*subject, key); !kept) {
        return fail(kept);
    }
    if (session.json) {
        session.out << Json{{"format", "fedtrail/key/1"},
                            {"subject", subject->get()},
                            {"key_id", without_actor(known->key_id, *person)},
                            {"algorithm", std::string{algorithm_name(known->algorithm)}}}
                           .dump(2)
                    << "\n";
    } else {
        session.out << "kept: " << algorithm_name(known->algorithm) << ", "
                    << without_actor(known->key_id, *person) << "\n";
        session.err << "The vault has it, sealed: remove the file if nothing else needs it.\n";
    }
    return Exit::Done;
}

Result<Exit> keys_list(Session& session, const KeyOptions& /*options*/) {
    const auto bench = open_bench(session, sqlite::OpenMode::ReadOnly);
    if (!bench) {
        return fail(bench);
    }
    Table table{{{"SUBJECT", true}, {"ALGORITHM"}}};
    auto list = Json::array();
    privacy::SubjectNumber after;
    for (;;) {
        const auto numbers = bench->vault->list(after, kPage);
        if (!numbers) {
            return fail(numbers);
        }
        for (const auto number : *numbers) {
            list_kept(number, bench->vault->kept(number), table, list);
        }
        if (numbers->size() < kPage) {
            break;
        }
        after = numbers->back();
    }
    if (session.json) {
        session.out << Json{{"format", "fedtrail/kept-keys/1"}, {"keys", list}}.dump(2) << "\n";
    } else {
        table.write(session.out, session.terminal);
    }
    return Exit::Done;
}

Result<Exit> keys_drop(Session& session, const KeyOptions& options) {
    const auto bench = open_bench(session, sqlite::OpenMode::ReadWrite);
    if (!bench) {
        return fail(bench);
    }
    const auto subject = bench->people->find(options.subject);
    if (!subject) {
        return fail(subject);
    }
    const auto holder = bench->vault->holders(privacy::SubjectNumber{subject->get() - 1}, 1);
    if (!holder) {
        return fail(holder);
    }
    const bool has_some = !holder->empty() && holder->front() == *subject;
    if (auto dropped = bench->vault->drop(*subject); !dropped) {
        return fail(dropped);
    }
    if (session.json) {
        session.out << Json{{"format", "fedtrail/keys-dropped/1"},
                            {"subject", subject->get()},
                            {"dropped", has_some}}
                           .dump(2)
                    << "\n";
    } else {
        session.out << (has_some ? "dropped: the kept keys of subject " : "no key was kept of subject ")
                    << subject->get() << "\n";
    }
    return Exit::Done;
}

Result<Exit> keys_check(Session& session, const KeyOptions& options) {
    const auto bench = open_bench(session, sqlite::OpenMode::ReadOnly);
    if (!bench) {
        return fail(bench);
    }
    const auto subject = bench->people->find(options.subject);
    const auto findings =
        subject ? look_everywhere(*bench, *subject) : Result<std::vector<Finding>>{fail(subject)};
    if (!findings) {
        return fail(findings);
    }
    Table table{{{"PLACE"}, {"ALGORITHM"}, {"KEY ID"}, {"TROUBLE"}}};
    auto list = Json::array();
    bool usable = false;
    for (const auto& each : *findings) {
        usable = usable || each.trouble.empty();
        table.row({each.place, each.algorithm, each.key_id, each.trouble});
        list.push_back({{"place", each.place},
                        {"algorithm", each.algorithm},
                        {"key_id", each.key_id},
                        {"trouble", each.trouble}});
    }
    if (session.json) {
        session.out << Json{{"format", "fedtrail/key-check/1"}, {"usable", usable}, {"keys", list}}.dump(2)
                    << "\n";
    } else {
        table.write(session.out, session.terminal);
    }
    if (!usable) {
        return fail(ErrorKind::NotFound,
                    "no key of this person is anywhere",
                    "Set origin.database or erasure.keys_folder, or run `fedtrail keys import`.");
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
