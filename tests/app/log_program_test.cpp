/// The log as its users meet it: served, printed, restored, witnessed.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "fedtrail/core/hex.hpp"
#include "fedtrail/ledger/checkpoint.hpp"
#include "fedtrail/ledger/note.hpp"
#include "fedtrail/ledger/tiles.hpp"
#include "fedtrail/ledger/tree.hpp"

#include "app/json_schema.hpp"
#include "backends/poco/http_server.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace ledger = fedtrail::ledger;

namespace {

struct LogPlace {
    TempDir dir;
    Program program{dir.path()};
    int api = fedtrail::testing::free_port();
    std::string host;

    explicit LogPlace(std::string name) : host(std::move(name)) {
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)},
            {"FEDTRAIL_PROXY_ALLOW_ADDRESSES", "127.0.0.0/8"},
            {"FEDTRAIL_LOG_INTERVAL", "1s"},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        const auto made = program.run({"init", "--origin", host});
        INFO(made.err);
        REQUIRE(made.exit == 0);
    }

    [[nodiscard]] fedtrail::HttpResponse get(const std::string& target) const {
        const auto answer = fedtrail::poco::client("127.0.0.1", static_cast<std::uint16_t>(api), 60s)
                                ->send({"GET", target, {}, ""});
        REQUIRE(answer.has_value());
        return *answer;
    }
    /// Whether /metrics has it by now: figures follow what they count.
    [[nodiscard]] bool measures(const std::string& line) const {
        return get("/metrics").body.find(line) != std::string::npos;
    }
    /// What `fedtrail audit checkpoint --json` says, after a look that it keeps to its schema.
    [[nodiscard]] Json checkpoint(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{"audit", "checkpoint", "--json"};
        words.insert(words.end(), more.begin(), more.end());
        const auto said = program.run(words);
        INFO(said.err);
        REQUIRE(said.exit == 0);
        std::ifstream in{FEDTRAIL_SOURCE_DIR "/schemas/cli/checkpoint.schema.json"};
        std::ostringstream schema;
        schema << in.rdbuf();
        REQUIRE(fedtrail::app::check_schema(said.out, schema.str(), "checkpoint"));
        return Json::parse(said.out);
    }
};

/// Until `seen` says so, or it takes too long.
template <typename Seen>
bool wait_until(const Seen& seen) {
    for (int tries = 0; tries < 600; ++tries) {
        if (seen()) {
            return true;
        }
        std::this_thread::sleep_for(100ms);
    }
    return false;
}

}  // namespace

TEST_CASE("init makes the log's key, and audit checkpoint signs what waits", "[app][program][log]") {
    const LogPlace place{"o.example"};
    const auto key = place.program.text("data/log.key");
    CHECK(key.starts_with("o.example\n"));
    CHECK(fs::status(place.dir / "data/log.key").permissions() ==
          (fs::perms::owner_read | fs::perms::owner_write));
    const auto none = place.program.run({"audit", "checkpoint"});
    CHECK(none.exit == 3);
    CHECK_THAT(none.err, Contains("nothing was signed yet") && Contains("--now"));
    const auto empty = place.program.run({"audit", "checkpoint", "--now"});
    CHECK(empty.exit == 3);
    CHECK_THAT(empty.err, Contains("nothing to sign yet") && !Contains("--now"));
    {
        const Serving serving{place.program};
        REQUIRE(wait_until([&] { return place.get("/log/checkpoint").status == 200; }));
    }
    const auto said = place.checkpoint();
    CHECK(said["name"] == "o.example");
    CHECK(said["size"] == 1);  // the policies in force
    CHECK(said["waiting"] == 0);
    const auto note = ledger::Note::parse(said["note"].get<std::string>());
    REQUIRE(note);
    const std::array keys{*ledger::VerifierKey::parse(said["key"].get<std::string>())};
    CHECK(ledger::check(*note, keys)->size() == 1);
    CHECK(place.checkpoint({"--now"})["size"] == 1);
}

TEST_CASE("The log is served as tiles that make the root of its checkpoint", "[app][program][log]") {
    const LogPlace place{"o.example"};
    const Serving serving{place.program};
    REQUIRE(wait_until([&] { return place.get("/log/checkpoint").status == 200; }));
    const auto answer = place.get("/log/checkpoint");
    CHECK(fedtrail::header_of(answer.headers, "Content-Type") == "text/plain; charset=utf-8");
    const auto checkpoint = *ledger::Checkpoint::parse(ledger::Note::parse(answer.body)->text);
    const auto width = std::to_string(checkpoint.size);
    const auto entries = place.get("/log/tile/entries/000.p/" + width);
    REQUIRE(entries.status == 200);
    CHECK_THAT(std::string{fedtrail::header_of(entries.headers, "Cache-Control")}, Contains("immutable"));
    const auto decoded = ledger::decode_entries(fedtrail::bytes_of(entries.body), checkpoint.size);
    REQUIRE(decoded);
    ledger::Frontier tree;
    std::string hashes;
    for (const auto& entry : *decoded) {
        tree.append(ledger::leaf_hash(entry));
        hashes += fedtrail::text_of(ledger::leaf_hash(entry));
    }
    CHECK(tree.root() == checkpoint.root);
    CHECK(place.get("/log/tile/0/000.p/" + width).body == hashes);
    for (const auto* nothing : {"/log/",
                                "/log/tile/0/000",
                                "/log/tile/1/000.p/1",
                                "/log/tile/0/000.p/256",
                                "/log/tile/0/000.p/200",
                                "/log/tile/64/000",
                                "/log/tile/0/x001/000",
                                "/log/../healthz",
                                "/log/checkpoint/"}) {
        INFO(nothing);
        CHECK(place.get(nothing).status == 404);
    }
    CHECK(place.get("/witness/add-checkpoint").status == 404);
    CHECK(wait_until([&] { return place.measures("fedtrail_log_leaves 1"); }));
}

TEST_CASE("A log from an older backup signs nothing, and everything says so", "[app][program][log]") {
    const LogPlace place{"o.example"};
    const auto data = place.dir.path() / "data";
    {
        const Serving serving{place.program};
        REQUIRE(wait_until([&] { return place.get("/log/checkpoint").status == 200; }));
    }
    fs::copy(data, place.dir.path() / "backup", fs::copy_options::recursive);
    {
        place.program.write("policies-changed", "");
        const auto erased = place.program.run({"audit", "checkpoint", "--now"});
        REQUIRE(erased.exit == 0);
    }
    // Something happens: another set of policies is in force.
    fs::create_directories(place.dir.path() / "own");
    fs::copy(FEDTRAIL_SOURCE_DIR "/policies", place.dir.path() / "own/policies", fs::copy_options::recursive);
    fs::copy(FEDTRAIL_SOURCE_DIR "/schemas", place.dir.path() / "own/schemas", fs::copy_options::recursive);
    std::ofstream{place.dir.path() / "own/policies/software.json", std::ios::app} << "\n";
    auto program = place.program;
    program.variables["FEDTRAIL_POLICIES"] = (place.dir.path() / "own/policies").string();
    {
        const Serving serving{program};
        REQUIRE(wait_until([&] {
            return ledger::Checkpoint::parse(ledger::Note::parse(place.get("/log/checkpoint").body)->text)
                       ->size == 2;
        }));
    }
    for (const auto* file : {"log.db", "log.db-wal", "log.db-shm"}) {
        fs::remove(data / file);
        if (fs::exists(place.dir.path() / "backup" / file)) {
            fs::copy_file(place.dir.path() / "backup" / file, data / file);
        }
    }
    const auto refused = place.program.run({"audit", "checkpoint", "--now"});
    CHECK(refused.exit == 4);
    CHECK_THAT(refused.err, Contains("older than a checkpoint already published"));
    const auto doctor = place.program.run({"doctor"});
    CHECK(doctor.exit == 1);
    CHECK_THAT(doctor.out, Contains("older than a checkpoint already published"));
    CHECK_THAT(place.program.run({"status"}).out, Contains("older than a checkpoint already published"));
    const Serving serving{place.program};
    CHECK(wait_until(
        [&] { return place.program.text("serve.err").find("NOTHING IS SIGNED") != std::string::npos; }));
    CHECK(wait_until([&] { return place.measures("fedtrail_log_refused 1"); }));
    CHECK_THAT(place.program.run({"status"}).out, Contains("nothing is signed"));
}

TEST_CASE("doctor finds a signature of the log or of its guard that does not hold", "[app][program][log]") {
    const LogPlace place{"o.example"};
    {
        const Serving serving{place.program};
        REQUIRE(wait_until([&] { return place.get("/log/checkpoint").status == 200; }));
    }
    /// The note with another octet in its signature: still base64, of the same length.
    const auto flipped = [](std::string note) {
        auto& octet = note.at(note.size() - 10);
        octet = octet == 'A' ? 'B' : 'A';
        return note;
    };
    const auto line = [&place](const std::string& name) {
        const auto said = place.program.run({"doctor", "--json"}).out;
        const auto checks = Json::parse(said)["checks"];
        const auto found = std::find_if(
            checks.begin(), checks.end(), [&name](const Json& check) { return check["name"] == name; });
        REQUIRE(found != checks.end());
        return *found;
    };
    CHECK(line("log_signatures")["verdict"] == "ok");
    const auto guard = place.program.text("data/log.guard");
    place.program.write("data/log.guard", flipped(guard));
    CHECK(line("log_guard")["verdict"] == "fail");
    CHECK_THAT(line("log_guard")["finding"].get<std::string>(), Contains("not signed with this log's key"));
    place.program.write("data/log.guard", guard);
    CHECK(line("log_guard")["verdict"] == "ok");
    {
        const SQLite::Database log{(place.dir / "data/log.db").string(), SQLite::OPEN_READWRITE};
        SQLite::Statement change{
            log, "UPDATE checkpoint SET note = ? WHERE size = (SELECT max(size) FROM checkpoint)"};
        change.bind(1, flipped(guard));
        REQUIRE(change.exec() == 1);
    }
    CHECK(line("log")["verdict"] == "ok");  // the tree is whole
    CHECK(line("log_signatures")["verdict"] == "fail");
}

TEST_CASE("Two sidecars witness each other", "[app][program][log][witness]") {
    LogPlace one{"one.example"};
    LogPlace two{"two.example"};
    std::map<std::string, std::string> witness_keys;
    // A witness says its key when it starts; it needs the log's key of the other first.
    for (auto* const place : {&one, &two}) {
        const Serving serving{place->program};  // signs its first checkpoint
        REQUIRE(wait_until([&] { return place->get("/log/checkpoint").status == 200; }));
    }
    for (auto* const place : {&one, &two}) {
        auto* const other = place == &one ? &two : &one;
        place->program.variables["FEDTRAIL_WITNESS_LOGS"] = other->checkpoint()["key"].get<std::string>();
        (void)Serving{place->program};
        const auto said = place->program.text("serve.err");
        const auto at = said.find("cosigns 1 log as ");
        REQUIRE(at != std::string::npos);
        const auto begin = at + std::string{"cosigns 1 log as "}.size();
        witness_keys[place->host] = said.substr(begin, said.find('\n', begin) - begin);
    }
    for (auto* const place : {&one, &two}) {
        auto* const other = place == &one ? &two : &one;
        place->program.variables["FEDTRAIL_LOG_WITNESSES"] =
            "http://127.0.0.1:" + std::to_string(other->api) + "/witness " + witness_keys[other->host];
    }
    const Serving first{one.program};
    const Serving second{two.program};
    for (auto* const place : {&one, &two}) {
        auto* const other = place == &one ? &two : &one;
        REQUIRE(wait_until([&] { return place->checkpoint()["cosignatures"] == 1; }));
        const auto note = ledger::Note::parse(place->get("/log/checkpoint").body);
        REQUIRE(note);
        const std::array keys{*ledger::VerifierKey::parse(witness_keys[other->host]),
                              *ledger::VerifierKey::parse(place->checkpoint()["key"].get<std::string>())};
        const auto checked = ledger::check(*note, keys);
        REQUIRE(checked);
        CHECK(checked->size() == 2);
        const auto origin = fedtrail::hex(ledger::sha256(fedtrail::bytes_of(place->host)));
        CHECK(other->get("/witness/" + origin + "/checkpoint").status == 200);
        CHECK(wait_until([&] { return place->measures("fedtrail_log_witnesses_well 1"); }));
    }
}

namespace {

/// Those of docs/metrics.md, in the first column of its tables.
std::set<std::string> metrics_of_the_manual() {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/docs/metrics.md"};
    REQUIRE(in.good());
    std::set<std::string> names;
    bool within = false;
    for (std::string line; std::getline(in, line);) {
        within = line.starts_with('|') && (within || line.starts_with("| metric |"));
        const auto end = within ? line.find(" |") : 0;
        for (auto at = line.find('`'); at < end; at = line.find('`', at + 1)) {
            const auto closing = line.find('`', at + 1);
            names.insert(line.substr(at + 1, closing - at - 1));
            at = closing;
        }
    }
    return names;
}

}  // namespace

TEST_CASE("The manual has every metric, and no other", "[app][program][log]") {
    LogPlace place{"o.example"};
    // With all that adds some: an access log that is followed, and a witness that is asked.
    place.program.write("access.log", "");
    place.program.variables["FEDTRAIL_INGRESS_ACCESS_LOG"] = (place.dir / "access.log").string();
    const auto witness = ledger::NoteSigner::make(
        "w.example", ledger::NoteKeyKind::Witness, fedtrail::bytes_of("0123456789abcdef0123456789abcdef"));
    REQUIRE(witness.has_value());
    place.program.variables["FEDTRAIL_LOG_WITNESSES"] =
        "http://127.0.0.1:1/witness " + witness->verifier().text();
    const Serving serving{place.program};
    std::set<std::string> told{"fedtrail_proxy_untrusted_host_tunnels",  // by /api/v1/metrics
                               "fedtrail_unnamed_origin_total"};         // where there is such a host
    std::istringstream lines{place.get("/metrics").body};
    for (std::string line; std::getline(lines, line);) {
        if (constexpr std::string_view kHelp = "# HELP "; line.starts_with(kHelp)) {
            told.insert(line.substr(kHelp.size(), line.find(' ', kHelp.size()) - kHelp.size()));
        }
    }
    CHECK(told.size() > 80);
    CHECK(told == metrics_of_the_manual());
    CHECK(wait_until([&] {  // nobody is there
        return place.program.text("serve.err").find("the witness w.example does not cosign the log: ") !=
               std::string::npos;
    }));
}
