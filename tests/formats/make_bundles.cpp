/// make_bundles FOLDER: writes audit bundles of every scope and level, broken ones that are signed well, and
/// expected.json: what Fedtrail says of them and of thousands of copies with one octet changed.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include <nlohmann/json.hpp>

#include "audit/crafted.hpp"
#include "audit/example_log.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)
using audit::Level;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::size_t kChanges = 400;
constexpr std::uint64_t kLeaves = 18;  // of the example's log

class Bundles {
public:
    explicit Bundles(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// With `count` copies that have one octet changed.
    void add(const std::string& name, const std::string& bundle, std::size_t count = kChanges) {
        std::ofstream{folder_ / name, std::ios::binary} << bundle;
        auto changes = Json::array();
        for (std::size_t i = 0; i < count; ++i) {
            auto changed = bundle;
            const auto at = random_() % bundle.size();
            const auto mask = 1U << random_() % 8;
            changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ mask);
            changes.push_back({at, mask, verified(changed).holds()});
        }
        expected_[name] = {{"holds", verified(bundle).holds()}, {"changes", std::move(changes)}};
    }
    /// What is said of a bundle to somebody who kept a checkpoint: "holds", "fails" or "open".
    void kept(const std::string& name, const std::string& bundle, const std::string& note) {
        const auto verdict = verified(bundle, {{}, note}).outcome();
        expected_[name]["kept"].push_back({note, audit::name_of(verdict)});
    }
    void finish() { std::ofstream{folder_ / "expected.json"} << expected_.dump(); }

private:
    std::filesystem::path folder_;
    std::mt19937_64 random_{20'261'128};  // NOLINT(cert-msc51-cpp): the same every time
    Json expected_;
};

void add_good(Bundles& bundles) {
    const ExampleLog log;
    const std::vector<std::pair<std::string, audit::Scope>> scopes{
        {"everything", audit::Everything{}},
        {"period", audit::Period{from_unix_seconds(kDayOne + 3'600), from_unix_seconds(kDayOne + 5'003)}},
        {"request", records::RequestNumber{2}},
        {"subject", privacy::SubjectNumber{8}}};
    for (const auto level : {Level::Full, Level::Pseudonymised, Level::Minimal}) {
        for (const auto& [name, scope] : scopes) {
            const auto file = name + "-" + std::string{name_of(level)} + ".zip";
            const auto bundle = bundle_of(log, scope, level);
            bundles.add(file, bundle);
            for (std::uint64_t size = 0; size < 20; ++size) {
                if (size <= kLeaves) {
                    bundles.kept(file, bundle, checkpoint_at(log, size));
                }
                bundles.kept(file, bundle, signed_checkpoint(size, ledger::sha256(bytes_of("another"))));
            }
        }
    }
    for (const auto& [name, scope] : scopes) {
        bundles.add(name + "-unnamed.zip", unnamed_bundle_of(log, scope));
    }
    ExampleLog forgotten;
    forgotten.forget(privacy::SubjectNumber{7});
    forgotten.windows()[0][5].closed.reset();
    bundles.add("forgotten.zip", bundle_of(forgotten, audit::Everything{}));
}

/// The signatures hold, and what is signed is not so.
void add_broken(Bundles& bundles) {
    ExampleLog changed_leaf;
    changed_leaf.leaves()[5].opened->salt[3] ^= std::byte{1};
    bundles.add("changed-leaf.zip", bundle_of(changed_leaf, audit::Everything{}));
    ExampleLog changed_activity;
    auto& body = changed_activity.windows()[0][4].opened->body;
    body[1] ^= std::byte{1};  // the activity's number
    bundles.add("changed-activity.zip", bundle_of(changed_activity, audit::Everything{}));
    ExampleLog swapped;
    auto& window = swapped.windows()[1];
    std::swap(window[3].opened->salt, window[4].opened->salt);
    std::swap(window[3].opened->body, window[4].opened->body);
    bundles.add("swapped.zip", bundle_of(swapped, audit::Everything{}));
    ExampleLog rewritten;
    const ledger::Checkpoint other{"o.example/log", 3, ledger::sha256(bytes_of("another history"))};
    rewritten.notes().insert(rewritten.notes().begin(),
                             ledger::Note{other.text(), {log_key().sign(other.text())}}.write());
    bundles.add("rewritten.zip", bundle_of(rewritten, audit::Everything{}));
    ExampleLog forged;
    auto note = *ledger::Note::parse(forged.notes()[0]);
    note.signatures[0].signature[9] ^= std::byte{1};
    forged.notes()[0] = note.write();
    bundles.add("forged.zip", bundle_of(forged, audit::Everything{}));
}

/// Signed with the log's own key, and not what they say.
void add_forged(Bundles& bundles) {
    const auto good = bundle_of(ExampleLog{}, records::RequestNumber{2});
    const auto manifest = member_of(good, "manifest.json");
    const auto saying = [&](std::string_view what, const std::string& then) {
        return crafted(good, {{"", replaced(manifest, what, then)}});
    };
    bundles.add("forged-page", crafted(good, {{"README.html", "all gone"}}), 0);  // nothing can tell
    bundles.add("forged-scope", saying("\"number\": 2", "\"number\": 99"), 0);
    bundles.add("forged-all", saying("\"kind\": \"request\"", "\"kind\": \"everything\""), 0);
    bundles.add("forged-level", saying("\"full\"", "\"minimal\""), 0);
    bundles.add("forged-policies", crafted(good, {}, "policies/"), 0);
    bundles.add("forged-policy", crafted(good, {}, "policies/2/texts"), 0);
    bundles.add("forged-papers", crafted(good, {}, "papers/request-2/answer.md"), 0);
    bundles.add("forged-more", crafted(good, {{"evil/run.exe", "MZ"}}), 0);
    ExampleLog skipping;
    for (auto& leaf : skipping.leaves()) {
        if (leaf.closed->head.kind == records::LeafKind::RequestEvent) {
            leaf.closed.reset();
            break;
        }
    }
    bundles.add("forged-event", bundle_of(skipping, records::RequestNumber{2}), 0);
    const auto told = ToldLog::bundle(records::RequestNumber{2}, ToldLog::words());
    bundles.add("told.zip", told);
    bundles.add("forged-told", ToldLog::bundle(records::RequestNumber{2}, "All gone.\n"), 0);
    bundles.add("forged-untold", crafted(told, {}, "papers/request-2/told-2.txt"), 0);
    bundles.add("forged-unsalted", crafted(told, {{"papers/request-2/told-2.salt", "?\n"}}), 0);
    bundles.add("forgotten-told", ToldLog::bundle(records::RequestNumber{2}, std::nullopt), 0);
    bundles.add("forged-skips", bundle_of(skipping, audit::Everything{}, Level::Minimal), 0);
}

/// In which the log says what they have, and some have something else.
void add_exported(Bundles& bundles) {
    constexpr std::size_t kFewer = 50;
    const std::vector<std::pair<std::string, audit::Scope>> scopes{{"everything", audit::Everything{}},
                                                                   {"request", records::RequestNumber{2}}};
    for (const auto level : {Level::Full, Level::Pseudonymised, Level::Minimal}) {
        for (const auto& [name, scope] : scopes) {
            const auto file = "exported-" + name + "-" + std::string{name_of(level)} + ".zip";
            bundles.add(file, exported_of(scope, level), kFewer);
        }
        ExampleLog honest;
        (void)exported_of(honest, order_for(records::RequestNumber{2}, level));
        ExampleLog lying;
        for (auto& leaf : lying.leaves()) {
            if (leaf.closed->head.at == from_unix_seconds(kDayOne + 5'006)) {  // the last event of request 2
                leaf.closed.reset();
            }
        }
        bundles.add("forged-last-event-" + std::string{name_of(level)},
                    exported_of(lying, order_for(records::RequestNumber{2}, level), last_export(honest)),
                    0);
    }
    const auto good = exported_of(records::RequestNumber{2});
    bundles.add("forged-answer", crafted(good, {{"papers/request-2/answer.md", "All gone.\n"}}), 0);
    bundles.add("forged-late-paper",
                crafted(good, {{"papers/request-2/letters/notice-11-2.txt", "Dear operator\n"}}),
                0);
    bundles.add("forged-no-export", crafted(good, {}, "export.ndjson"), 0);
    bundles.add("forged-export", crafted(good, {{"export.ndjson", "{}\n"}}), 0);
    ToldLog older;  // before a bundle had what people were told
    const auto told = bundle_of(older.log(), records::RequestNumber{2});
    const auto manifest =
        replaced(member_of(told, "manifest.json"),
                 ",\n    {\n      \"path\": \"papers/request-2/told-2.txt\",\n      \"why\": "
                 "\"not_kept\"\n    }",
                 "");
    bundles.add("older.zip", crafted(told, {{"", manifest}}), 0);
    for (const auto level :
         {Level::Full, Level::Pseudonymised, Level::Minimal}) {  // nobody can tell it of the last
        ExampleLog newer;
        (void)exported_of(newer, order_for(audit::Everything{}, level));
        bundles.add(
            "forged-format-" + std::string{name_of(level)}, bundle_of(newer, audit::Everything{}, level), 0);
    }
}

/// Signed by whoever made it, and made to be a burden.
void add_hostile(Bundles& bundles) {
    constexpr std::size_t kMany = 2'000'000;
    const auto good = bundle_of(ExampleLog{}, audit::Everything{}, Level::Pseudonymised);
    const auto add = [&](const std::string& name,
                         const std::string& member,
                         std::string_view at,
                         const std::string& then) {
        const auto of = member.empty() ? "manifest.json" : member;
        bundles.add(name, crafted(good, {{member, replaced(member_of(good, of), at, then)}}), 0);
    };
    const auto deep = times(kMany / 8, "[") + times(kMany / 8, "]");
    const auto wide = "[" + times(kMany, "[],") + "0]";
    const std::vector<std::pair<std::string, std::string>> burdens{{"deep", deep}, {"wide", wide}};
    for (const auto& [name, burden] : burdens) {
        add("hostile-claim-" + name, "records.ndjson", "\"claimed\":{", "\"claimed\":{\"a\":" + burden + ",");
        add("hostile-facts-" + name, "records.ndjson", "\"facts\":{", "\"facts\":{\"a\":" + burden + ",");
        add("hostile-attempts-" + name, "records.ndjson", "\"attempts\":[", "\"attempts\":[" + burden + ",");
        add("hostile-line-" + name, "records.ndjson", "{", "{\"a\":" + burden + ",");
        add("hostile-proof-" + name, "checkpoints.ndjson", "\"proof\":[", "\"proof\":[" + burden + ",");
    }
    add("hostile-manifest-deep", "", "{", "{\"a\":" + deep + ",");
    add("hostile-manifest-wide", "", "{", "{\"a\":" + wide.substr(0, 900'000) + "0],");
    add("hostile-manifest-twice", "", "{", "{\"level\": \"full\",");
    add("hostile-manifest-unlogged", "", "\"records\": 7", "\"records\": \"7\"");
    add("hostile-manifest-text", "", "\"0.1.0\"", "\"" + std::string(501, 'a') + "\"");
    add("hostile-gap-claim",
        "records.ndjson",
        "\"claimed\":{\"subject\":7,\"what\"",
        "\"claimed\":{\"subject\":7,\"why\"");
    add("hostile-operator", "records.ndjson", "\"by\":\"unnamed operator 1\"", "\"by\":\"cli:op.one\"");
    add("hostile-label", "records.ndjson", "\"host\":\"unnamed server 1\"", "\"host\":\"c.example\"");
    add("hostile-word", "records.ndjson", "\"push\",\"sent\",500]]}}", "\"pigeon\",\"sent\",500]]}}");
    add("hostile-number", "records.ndjson", "\"attempts\":[[1,0", "\"attempts\":[[4294967296,0");
    add("hostile-body", "records.ndjson", "\"body\":\"", "\"body\":\"" + times(kMany, "AAAA"));
    auto history = member_of(good, "checkpoints.ndjson");
    const auto line = history.substr(0, history.find('\n') + 1);
    bundles.add("history-1001", crafted(good, {{"checkpoints.ndjson", times(1'001, line)}}), 0);
    bundles.add("hostile-history", crafted(good, {{"checkpoints.ndjson", times(1'002, line)}}), 0);
}

}  // namespace

int main(int count, char** words) {  // NOLINT(bugprone-exception-escape): a test ends with what went wrong
    if (count != 2) {
        std::cerr << "make_bundles FOLDER\n";
        return 2;
    }
    Bundles bundles{words[1]};
    add_good(bundles);
    add_broken(bundles);
    add_forged(bundles);
    add_exported(bundles);
    add_hostile(bundles);
    bundles.finish();
    return 0;
}
