/// Shredding with the real program: no octet of the person is left, also where somebody reads meanwhile.

#include <chrono>
#include <functional>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "fedtrail/core/time.hpp"

#include "app/json_schema.hpp"
#include "backends/poco/http_server.hpp"
#include "backup_place.hpp"
#include "deliveries.hpp"
#include "documents.hpp"
#include "program.hpp"

using Catch::Contains;
using fedtrail::testing::accepted_post;
using fedtrail::testing::BackupPlace;
using fedtrail::testing::contents;
using fedtrail::testing::Serving;
using Json = nlohmann::json;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// With no piece that anything else could have.
const std::string kRareName = "alicexqzvkw";

/// What one post tells another server, as Misskey names its posts: by texts that anybody can look up.
std::string post(const std::string& name, const std::string& id, const std::string& at) {
    std::string lines;
    for (const auto* recipient : {"a.example", "b.example"}) {
        lines += accepted_post(
            "o.example", recipient, "https://o.example/users/" + name, "https://o.example/notes/" + id, at);
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

class ShreddingPlace : public BackupPlace {
public:
    ShreddingPlace() { program.variables["FEDTRAIL_LEDGER_FOLD_INTERVAL"] = "1s"; }
    [[nodiscard]] Json shreddings() const {
        return Json::parse(done({"subjects", "shredded", "--json"}))["shreddings"];
    }
    /// Those of `texts` of which a piece of eight octets lies in a file of the data folder.
    [[nodiscard]] std::vector<std::string> left_of(const std::vector<std::string>& texts) const {
        const auto all = octets("data");
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
    "subjects", "shred", kRareName + "@o.example", "--reason", "asked for by letter"};

}  // namespace

TEST_CASE("A shredding is complete when nobody reads what was there before", "[app][program][shredding]") {
    const auto* const file = GENERATE("vault.db", "ledger.db", "cases.db");
    CAPTURE(file);
    const ShreddingPlace place;
    place.import(post(kRareName, id_of(kRareName, 1), "2026-11-20T07:00:00Z") +
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
    CHECK(place.program.run({"report", kRareName + "@o.example"}).exit == 3);
    CHECK_THAT(place.done({"subjects", "shredded"}), Contains("not yet"));
    CHECK_THAT(place.program.run({"doctor"}).out, Contains("shredding: 1 person is shredded"));
    std::this_thread::sleep_for(1500ms);  // the sidecar has tried again
    CHECK(place.shreddings()[0]["complete"] == false);
    if (std::string{file} == "vault.db") {
        CHECK(place.left_of(key).size() == 1);
    }

    reads.commit();
    CHECK(within(90s, [&] { return place.shreddings()[0]["complete"] == true; }));
    CHECK(place.left_of(key).empty());
    CHECK_THAT(place.program.run({"doctor"}).out, !Contains("shredding:"));
}

TEST_CASE("A shredding is not complete while a store from before a restore has the key",
          "[app][program][shredding]") {
    const ShreddingPlace place;
    place.import(post(kRareName, id_of(kRareName, 1), "2026-11-20T07:00:00Z"));
    const auto key = place.stored("vault.db", "SELECT wrapped_key FROM subject WHERE number = ?", 1);
    const auto aside = place.dir / "data/vault.db.before-20261120T080000Z";
    fs::copy_file(place.dir / "data/vault.db", aside);
    const auto said = place.program.run(kShred);
    CHECK(said.exit == 1);
    CHECK_THAT(said.out, Contains("not completely") && Contains(aside.filename().string()));
    CHECK(place.shreddings()[0]["complete"] == false);
    fs::remove(aside);
    place.done({"retention", "run"});
    CHECK(place.shreddings()[0]["complete"] == true);
    CHECK(place.left_of(key).empty());
}

TEST_CASE("A reason that names the person is refused: it would stay in the log",
          "[app][program][shredding]") {
    const ShreddingPlace place;
    place.import(post(kRareName, id_of(kRareName, 1), "2026-11-20T07:00:00Z"));
    const bool beside_a_sidecar = GENERATE(true, false);
    std::optional<Serving> serving;
    if (beside_a_sidecar) {
        serving.emplace(place.program);
    }
    for (const auto& why : {kRareName + " asked by letter", "letter of " + kRareName + "@o.example"}) {
        const auto said = place.program.run({"subjects", "shred", "1", "--reason", why});
        CHECK(said.exit == 2);
        CHECK_THAT(said.err, Contains("names the person") && !Contains(kRareName));
    }
    if (beside_a_sidecar) {
        const auto token = place.done({"token", "create", "--scope", "admin"});
        const auto& api = place.program.variables.at("FEDTRAIL_API_LISTEN");
        const auto port = static_cast<std::uint16_t>(std::stoi(api.substr(api.rfind(':') + 1)));
        const auto answer = fedtrail::poco::client("127.0.0.1", port, 20s)
                                ->send({"POST",
                                        "/api/v1/subjects/1/shredding",
                                        {{"Content-Type", "application/json"},
                                         {"Authorization", "Bearer " + token.substr(0, token.find('\n'))}},
                                        Json{{"reason", kRareName + " asked"}}.dump()});
        REQUIRE(answer);
        CHECK(answer->status >= 400);
        CHECK_THAT(answer->body, Contains("names the person") && !Contains(kRareName));
    }
    CHECK(place.shreddings().empty());
    CHECK(
        place.program.run({"report", kRareName + "@o.example", "-o", (place.dir / "r.html").string()}).exit ==
        0);
}

TEST_CASE("A shredding that waits hinders neither the start nor other commands",
          "[app][program][shredding]") {
    const ShreddingPlace place;
    place.import(post(kRareName, id_of(kRareName, 1), "2026-11-20T07:00:00Z") +
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
    CHECK(within(90s, [&] { return place.shreddings()[0]["complete"] == true; }));
}

TEST_CASE("Of posts that were folded before somebody was shredded no octet is left",
          "[app][program][shredding]") {
    const ShreddingPlace place;
    const auto now = fedtrail::format_rfc3339(
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
    std::string lines;
    std::vector<std::string> theirs{kRareName};
    std::vector<std::string> others;
    for (int number = 1; number <= 100; ++number) {
        theirs.push_back(id_of(kRareName, number));
        others.push_back(id_of("bob", number));
        // Old enough for the fold at once, and some that stay in the journal.
        const auto at = number <= 80 ? std::string{"2026-01-01T07:00:00Z"} : now;
        lines += post(kRareName, theirs.back(), at) + post("bob", others.back(), at);
    }
    {
        const Serving serving{place.program};
        for (int part = 0; part < 4; ++part) {  // in several batches
            const auto size = lines.size() / 4;
            const auto first = part == 0 ? 0 : lines.find('\n', static_cast<std::size_t>(part) * size) + 1;
            const auto last =
                part == 3 ? lines.size() : lines.find('\n', static_cast<std::size_t>(part + 1) * size) + 1;
            place.import(lines.substr(first, last - first));
        }
        REQUIRE(within(90s, [&] {
            return place.stored("ledger.db", "SELECT key FROM chunk WHERE key >> 24 = ?", 1).size() == 1 &&
                   place.stored("ledger.db", "SELECT key FROM chunk WHERE key >> 24 = ?", 2).size() == 1;
        }));
        place.done({"token", "create", "--scope", "audit:read", "--note", "for " + kRareName + "@o.example"});
        REQUIRE(place.left_of(others).size() > 20);  // those that still lie in the journal
        place.done(kShred);
        CHECK(place.left_of(theirs).empty());
        CHECK(place.shreddings()[0]["complete"] == true);
        CHECK_THAT(place.done({"token", "list"}), Contains("audit:read"));
        CHECK(place.left_of(others).size() >= 20);
    }
    CHECK(place.left_of(theirs).empty());
    CHECK(place.program.run({"report", "bob@o.example", "--format", "csv"}).exit == 0);
    CHECK_THAT(place.program.run({"doctor"}).out, !Contains("fail ") && !Contains("shredding:"));
}
