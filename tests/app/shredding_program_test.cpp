/// Shredding with the real program: no octet of the person is left, also where somebody reads meanwhile.

#include <chrono>
#include <fstream>
#include <functional>
#include <iterator>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/json_schema.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::string contents(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// What one post tells another server, as Misskey names its posts: by texts that anybody can look up.
std::string post(const std::string& name, const std::string& id, const std::string& at) {
    std::string lines;
    for (const auto* recipient : {"a.example", "b.example"}) {
        lines += Json{{"at", at},
                      {"channel", "push"},
                      {"origin", "o.example"},
                      {"recipient", recipient},
                      {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                      {"digest",
                       {{"actor", "https://o.example/users/" + name},
                        {"id", "https://o.example/notes/" + id + "/activity"},
                        {"object", "https://o.example/notes/" + id},
                        {"type", "Create"},
                        {"categories", {"post_text"}},
                        {"visibility", "public"}}}}
                     .dump() +
                 "\n";
    }
    return lines;
}

/// An id that has eight octets in common with no other one.
std::string id_of(const std::string& name, int number) {
    std::string id;
    auto state = std::hash<std::string>{}(name + std::to_string(number));
    for (int i = 0; i < 16; ++i) {
        id += "0123456789abcdefghijklmnopqrstuvwxyz"[state % 36];
        state = state / 36 + 0x9E3779B97F4A7C15ULL * static_cast<std::uint64_t>(i + 1);
    }
    return id;
}

class Place {
public:
    TempDir dir;
    Program program{dir.path()};

    Place() {
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_LOG_INTERVAL", "1s"},
            {"FEDTRAIL_LEDGER_FOLD_INTERVAL", "1s"},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        done({"init", "--origin", "o.example"});
    }
    std::string done(const std::vector<std::string>& words) const {  // NOLINT(modernize-use-nodiscard)
        const auto said = program.run(words);
        INFO(words.front() << ": " << said.err);
        REQUIRE(said.exit == 0);
        return said.out;
    }
    void import(const std::string& lines) const {
        program.write("in.ndjson", lines);
        done({"import", "ndjson", "in.ndjson"});
    }
    [[nodiscard]] Json shreddings() const {
        return Json::parse(done({"subjects", "shredded", "--json"}))["shreddings"];
    }
    /// Those of `texts` of which a piece of eight octets lies in a file of the data folder.
    [[nodiscard]] std::vector<std::string> left_of(const std::vector<std::string>& texts) const {
        std::string all;
        for (const auto& entry : fs::recursive_directory_iterator{dir / "data"}) {
            if (entry.is_regular_file() && entry.path().filename() != "ballast") {
                all += contents(entry.path());
            }
        }
        std::vector<std::string> left;
        for (const auto& text : texts) {
            for (std::size_t at = 0; at + 8 <= text.size(); ++at) {
                if (all.find(text.substr(at, 8)) != std::string::npos) {
                    left.push_back(text);
                    break;
                }
            }
        }
        return left;
    }
    /// The values of a column that are stored of the person with this number.
    [[nodiscard]] std::vector<std::string> stored(const std::string& file,
                                                  const std::string& sql,
                                                  int subject) const {
        const SQLite::Database database{(dir / "data" / file).string(), SQLite::OPEN_READONLY};
        SQLite::Statement row{database, sql};
        row.bind(1, subject);
        std::vector<std::string> found;
        while (row.executeStep()) {
            found.push_back(row.getColumn(0).getString());
        }
        return found;
    }
};

bool within(std::chrono::milliseconds patience, const std::function<bool()>& happened) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!happened()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(100ms);
    }
    return true;
}

const std::vector<std::string> kShred{
    "subjects", "shred", "alice@o.example", "--reason", "asked for by letter"};

}  // namespace

TEST_CASE("A shredding is complete when nobody reads what was there before", "[app][program][shredding]") {
    const auto* const file = GENERATE("vault.db", "ledger.db", "cases.db");
    CAPTURE(file);
    const Place place;
    place.import(post("alice", id_of("alice", 1), "2026-11-20T07:00:00Z") +
                 post("bob", id_of("bob", 1), "2026-11-20T07:00:00Z"));
    const auto key = place.stored("vault.db", "SELECT wrapped_key FROM subject WHERE number = ?", 1);
    REQUIRE(place.left_of(key).size() == 1);
    const Serving serving{place.program};
    SQLite::Database other{(place.dir / "data" / file).string(), SQLite::OPEN_READONLY};
    SQLite::Transaction reads{other};
    (void)other.execAndGet("SELECT count(*) FROM sqlite_master");

    const auto said = place.program.run(kShred);
    CHECK(said.exit == 1);
    CHECK_THAT(said.out,
               Contains("not completely") && Contains("the key is destroyed") && Contains(file) &&
                   Contains("another process reads it") && Contains("tried again by itself"));
    CHECK(place.program.run({"report", "alice@o.example"}).exit == 3);
    CHECK_THAT(place.done({"subjects", "shredded"}), Contains("not yet"));
    CHECK_THAT(place.program.run({"doctor"}).out, Contains("shredding: 1 people"));
    std::this_thread::sleep_for(1500ms);  // the sidecar has tried again
    CHECK(place.shreddings()[0]["complete"] == false);
    if (std::string{file} == "vault.db") {
        CHECK(place.left_of(key).size() == 1);
    }

    reads.commit();
    CHECK(within(30s, [&] { return place.shreddings()[0]["complete"] == true; }));
    CHECK(place.left_of(key).empty());
    CHECK_THAT(place.program.run({"doctor"}).out, !Contains("shredding:"));
}

TEST_CASE("A shredding that waits hinders neither the start nor other commands",
          "[app][program][shredding]") {
    const Place place;
    place.import(post("alice", id_of("alice", 1), "2026-11-20T07:00:00Z") +
                 post("bob", id_of("bob", 1), "2026-11-20T07:00:00Z"));
    SQLite::Database other{(place.dir / "data/vault.db").string(), SQLite::OPEN_READONLY};
    SQLite::Transaction reads{other};
    (void)other.execAndGet("SELECT count(*) FROM sqlite_master");
    auto words = kShred;
    words.emplace_back("--json");
    const auto said = place.program.run(words);
    CHECK(said.exit == 1);
    const auto document = Json::parse(said.out);
    CHECK(fedtrail::app::check_schema(
        said.out, contents(FEDTRAIL_SOURCE_DIR "/schemas/cli/shredded.schema.json"), "shredded"));
    CHECK(document["complete"] == false);
    CHECK_THAT(document["left"]["what"].get<std::string>(), Contains("vault.db"));
    place.done({"retention", "run"});
    const Serving serving{place.program};
    place.import(post("bob", id_of("bob", 2), "2026-11-20T07:00:00Z"));
    CHECK(place.shreddings()[0]["complete"] == false);
    reads.commit();
    CHECK(within(30s, [&] { return place.shreddings()[0]["complete"] == true; }));
}
