/// Who was shredded stays shredded, whatever backup is put back.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/backup.hpp"
#include "backup_place.hpp"
#include "documents.hpp"
#include "program.hpp"

using Catch::Contains;
using fedtrail::testing::Backup;
using fedtrail::testing::BackupPlace;
using fedtrail::testing::contents;
using fedtrail::testing::posts;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// What lies sealed of the person with this number: in the middle of each, 16 octets that nobody else has.
std::vector<std::string> traces(const BackupPlace& place, int subject) {
    const std::vector<std::pair<std::string, std::string>> places{
        {"vault.db", "SELECT wrapped_key FROM subject WHERE number = ?"},
        {"vault.db", "SELECT identity FROM subject WHERE number = ?"},
        {"vault.db", "SELECT hash FROM actor_lookup WHERE number = ?"},
        {"ledger.db", "SELECT text FROM shape WHERE subject = ?"}};
    std::vector<std::string> found;
    for (const auto& [file, sql] : places) {
        const SQLite::Database database{(place.dir / "data" / file).string(), SQLite::OPEN_READONLY};
        SQLite::Statement row{database, sql};
        row.bind(1, subject);
        while (row.executeStep()) {
            const auto blob = row.getColumn(0).getString();
            found.push_back(blob.substr(blob.size() > 16 ? blob.size() / 2 : 0, 16));
        }
    }
    return found;
}

std::size_t count_in(const std::vector<std::string>& traces, const std::string& octets) {
    return static_cast<std::size_t>(std::count_if(traces.begin(), traces.end(), [&](const auto& trace) {
        return octets.find(trace) != std::string::npos;
    }));
}

}  // namespace

TEST_CASE("Who was shredded after a backup is in no file after it was restored", "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5) + posts("bob", 1, 5));
    const auto bob = place.report("bob");
    const auto of_alice = traces(place, 1);
    const auto of_bob = traces(place, 2);
    REQUIRE(of_alice.size() >= 4);
    REQUIRE(count_in(of_alice, place.octets("data")) == of_alice.size());
    Backup backup;
    {
        const Serving serving{place.program};
        backup = place.backup();
    }
    CHECK(count_in(of_alice, place.octets("vaults")) >= 3);
    CHECK(place.octets("backups").find("users/alice") == std::string::npos);
    place.done({"subjects", "shred", "alice@o.example", "--reason", "asked for by letter"});
    place.import(posts("carol", 1, 2));  // would get a number that the restored vault has not given yet

    const auto checked = place.json(BackupPlace::restoring(backup, {"--dry-run"}), "restored");
    CHECK(checked["shredded"] == 0);
    CHECK(place.program.run({"report", "carol@o.example"}).exit == 0);  // nothing has changed
    const auto restored = place.json(BackupPlace::restoring(backup, {"--discard"}), "restored");
    CHECK(restored["shredded"] == 1);
    CHECK(restored["set_aside"].empty());
    CHECK(place.program.run({"report", "alice@o.example"}).exit == 3);
    CHECK(place.program.run({"report", "carol@o.example"}).exit == 3);
    CHECK(place.report("bob") == bob);
    CHECK(count_in(of_alice, place.octets("data")) == 0);
    CHECK(count_in(of_bob, place.octets("data")) == of_bob.size());
    place.check_healthy();
    std::this_thread::sleep_for(1100ms);  // backups are called by the second
    const auto after = place.backup();
    CHECK(count_in(of_alice, place.octets(after.ledger) + place.octets(after.vault)) == 0);
    CHECK(count_in(of_bob, place.octets(after.ledger) + place.octets(after.vault)) == of_bob.size());
    place.import(posts("alice", 6, 6));  // somebody new, not shredded at the next start
    { const Serving serving{place.program}; }
    CHECK(place.program.run({"report", "alice@o.example"}).exit == 0);
}

TEST_CASE("Of somebody who is shredded while a backup is taken nothing is left beside it",
          "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5) + posts("bob", 1, 5));
    const auto of_alice = traces(place, 1);
    const auto config = fedtrail::app::load_config(place.dir / "fedtrail.toml", {});
    REQUIRE(config);
    int copies = 0;
    const auto meanwhile = [&](const std::string& copied) {
        if (copied.starts_with("vault.db") && ++copies == 1) {  // this copy has her key
            (void)place.program.run({"subjects", "shred", "1", "--reason", "asked for"});
            std::this_thread::sleep_for(1100ms);  // the next one is called otherwise
        }
    };
    const fedtrail::app::BackupOrder order{
        place.dir / "fedtrail.toml", place.dir / "backups", place.dir / "vaults", meanwhile};
    REQUIRE(fedtrail::app::make_backup(*config, {}, order));
    REQUIRE(copies == 2);
    for (const auto* folder : {"backups", "vaults"}) {
        const fs::directory_iterator entries{place.dir / folder};
        CHECK(std::distance(begin(entries), end(entries)) == 1);
        CHECK(count_in(of_alice, place.octets(folder)) == 0);
    }
}

TEST_CASE("What was open in a backup of somebody who was shredded since ends with them",
          "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5));
    place.done({"erase", "alice@o.example", "--review"});
    const auto backup = place.backup();
    place.done({"requests", "withdraw", "1"});
    place.done({"subjects", "shred", "alice@o.example", "--reason", "asked for by letter"});
    const auto restored = place.json(BackupPlace::restoring(backup, {"--discard"}), "restored");
    CHECK(restored["shredded"] == 1);
    const auto shown = nlohmann::json::parse(place.done({"requests", "show", "1", "--json"}));
    CHECK(shown["state"] == "refused");
    CHECK(shown["history"].back()["event"] == "refused");
    CHECK(shown["history"].back()["by"] == "fedtrail");
    CHECK(shown["history"].back()["ground"] == "12(6) not identified");
    place.check_healthy();
}

TEST_CASE("On a new machine somebody has to say who was shredded", "[app][program][backup]") {
    const BackupPlace old;
    old.import(posts("alice", 1, 2) + posts("bob", 1, 2));
    const auto backup = old.backup();
    const auto bob = old.report("bob");
    old.done({"subjects", "shred", "alice@o.example", "--reason", "asked for by letter"});

    BackupPlace machine;
    fs::remove_all(machine.dir / "data");
    machine.program.write("fedtrail.toml", contents(fs::path{backup.ledger} / "fedtrail.toml"));
    machine.program.variables["FEDTRAIL_MASTER_KEY"] = old.program.text("data/master.key").substr(0, 64);
    const auto refused = machine.program.run(BackupPlace::restoring(backup));
    CHECK(refused.exit == 4);
    CHECK_THAT(refused.err, Contains("--shreddings"));
    CHECK(machine.program.run(BackupPlace::restoring(backup, {"--shreddings", "nowhere"})).exit == 3);
    const auto list = (old.dir / "data/shreddings.ndjson").string();
    CHECK(machine.json(BackupPlace::restoring(backup, {"--shreddings", list}), "restored")["shredded"] == 1);
    CHECK(machine.program.run({"report", "alice@o.example"}).exit == 3);
    CHECK(machine.report("bob") == bob);
    machine.check_healthy();
    CHECK(machine.program.text("data/shreddings.ndjson") == old.program.text("data/shreddings.ndjson"));
}

TEST_CASE("Whom only the vault in use knows as shredded is written down before a file changes",
          "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5) + posts("bob", 1, 5));
    const auto backup = place.backup();
    place.done({"subjects", "shred", "alice@o.example", "--reason", "asked for by letter"});
    fs::remove(place.dir / "data/shreddings.ndjson");  // lost
    bool interrupted = false;
    for (auto delay = 10ms; !interrupted && delay < 30'000ms; delay += std::max(5ms, delay / 40)) {
        const auto process = place.program.start(BackupPlace::restoring(backup), "restore");
        std::this_thread::sleep_for(delay);
        ::kill(process, SIGKILL);
        if (Program::wait(process) == 0) {
            WARN("the restore was never caught on its way");
            break;
        }
        interrupted = fs::exists(place.dir / "data/restore.json");
    }
    CHECK_THAT(contents(place.dir / "data/shreddings.ndjson"), Contains("\"subject\""));
    (void)place.json(BackupPlace::restoring(backup), "restored");
    CHECK(place.program.run({"report", "alice@o.example"}).exit == 3);
    CHECK(place.program.run({"report", "bob@o.example"}).exit == 0);
}
