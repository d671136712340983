/// Backups with the real program: taken while it works, spoilt, and what they say of themselves.

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/backup_set.hpp"
#include "app/json_schema.hpp"
#include "app/table.hpp"
#include "backup_place.hpp"
#include "documents.hpp"
#include "program.hpp"

using Catch::Contains;
using fedtrail::app::BackupManifest;
using fedtrail::testing::Backup;
using fedtrail::testing::BackupPlace;
using fedtrail::testing::contents;
using fedtrail::testing::posts;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using Json = nlohmann::json;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

void flip(const fs::path& file, std::size_t place) {
    std::fstream io{file, std::ios::in | std::ios::out | std::ios::binary};
    io.seekg(static_cast<std::streamoff>(place));
    const auto octet = static_cast<char>(io.get());
    io.seekp(static_cast<std::streamoff>(place));
    io.put(static_cast<char>(octet ^ 1));
}

}  // namespace

TEST_CASE("A backup taken while the sidecar records has all that was acknowledged",
          "[app][program][backup]") {
    BackupPlace place;
    Backup backup;
    std::string alice;
    {
        const Serving serving{place.program};
        place.import(posts("alice", 1, 200));
        alice = place.report("alice");
        std::jthread recording{[&](const std::stop_token& enough) {
            for (int number = 1; !enough.stop_requested(); number += 50) {
                const auto name = "in-" + std::to_string(number) + ".ndjson";
                place.program.write(name, posts("bob", number, number + 49));
                if (Program::wait(place.program.start({"import", "ndjson", name}, "import")) != 0) {
                    break;
                }
            }
        }};
        std::this_thread::sleep_for(500ms);
        backup = place.backup();
        recording.request_stop();
        recording.join();
        place.done(
            {"audit", "export", "--all", "--level", "minimal", "-o", "all.zip"});  // which stands in the log
        place.done({"audit", "checkpoint", "--now"});
    }
    // More was published than the backup has: another log begins.
    auto refused = place.program.run(BackupPlace::restoring(backup));
    CHECK(refused.exit == 4);
    CHECK_THAT(refused.err, Contains("--new-log") && Contains("log.name"));
    refused = place.program.run(BackupPlace::restoring(backup, {"--new-log"}));
    CHECK(refused.exit == 1);
    CHECK_THAT(refused.err, Contains("another name"));
    place.program.variables["FEDTRAIL_LOG_NAME"] = "o.example/2";
    auto restored = place.json(BackupPlace::restoring(backup, {"--new-log"}), "restored");
    CHECK(restored["log"] == "begun");
    CHECK_FALSE(restored["set_aside"].empty());
    CHECK(restored["ended_log"].size() >= 3);
    CHECK_THAT(place.program.run({"doctor"}).out, Contains("files from before a restore"));
    CHECK(place.report("alice") == alice);
    place.check_healthy();
    {
        const Serving serving{place.program};
        place.import(posts("bob", 1, 20));
        place.done({"audit", "checkpoint", "--now"});
    }
    place.check_healthy();
    CHECK_THAT(place.done({"audit", "checkpoint"}), Contains("o.example/2"));
    // Once more from the same backup: neither name may come again, and no ended log goes.
    for (const auto* const name : {"o.example", "o.example/2"}) {
        place.program.variables["FEDTRAIL_LOG_NAME"] = name;
        refused = place.program.run(BackupPlace::restoring(backup, {"--new-log", "--discard"}));
        CHECK(refused.exit == 1);
        CHECK_THAT(refused.err, Contains("o.example/3"));
    }
    place.program.variables["FEDTRAIL_LOG_NAME"] = "o.example/3";
    const auto first = restored["ended_log"];
    restored = place.json(BackupPlace::restoring(backup, {"--new-log", "--discard"}), "restored");
    CHECK(restored["set_aside"].empty());
    for (const auto& list : {first, restored["ended_log"]}) {
        for (const auto& file : list) {
            CHECK(fs::exists(place.dir / file.get<std::string>()));
        }
    }
}

TEST_CASE("What is wrong with a backup is found and named, and nothing has changed",
          "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5));
    const auto backup = place.backup();
    const auto alice = place.report("alice");
    const auto refused = [&](const std::vector<std::string>& more = {}) {
        const auto said = place.program.run(BackupPlace::restoring(backup, more));
        CHECK(said.exit != 0);
        CHECK(place.report("alice") == alice);
        CHECK_FALSE(fs::exists(place.dir / "data/restore.json"));
        return said.err;
    };
    for (const auto& folder : {backup.ledger, backup.vault}) {
        const auto manifest = BackupManifest::parse(contents(fs::path{folder} / "backup.json"));
        REQUIRE(manifest);
        REQUIRE(fedtrail::app::check_schema(contents(fs::path{folder} / "backup.json"),
                                            contents(FEDTRAIL_SOURCE_DIR "/schemas/backup.schema.json"),
                                            "backup.json"));
        for (const auto& file : manifest->files) {
            const auto path = fs::path{folder} / file.name;
            for (const std::size_t at : {std::size_t{0}, file.octets / 2, file.octets - 1}) {
                flip(path, at);
                CHECK_THAT(refused(), Contains(path.string()));
                flip(path, at);
            }
            fs::rename(path, path.string() + ".away");
            CHECK_THAT(refused(), Contains(path.string()));
            fs::rename(path.string() + ".away", path);
        }
    }
    {
        const Serving serving{place.program};
        CHECK_THAT(place.program.run(BackupPlace::restoring(backup)).err, Contains("Stop it"));
    }
    const auto key = place.program.text("data/master.key");
    place.program.write("data/master.key", std::string(64, '1') + "\n");
    CHECK(place.program.run(BackupPlace::restoring(backup)).exit == 4);
    place.program.write("data/master.key", key);
    std::this_thread::sleep_for(1100ms);
    const auto other = place.backup();
    CHECK_THAT(place.program.run({"restore", backup.ledger, "--vault", other.vault}).err,
               Contains("of one backup"));
    CHECK_THAT(place.program.run({"restore", backup.vault, "--vault", backup.ledger}).err,
               Contains("of one backup"));
    CHECK(place.program.run({"restore", "nowhere", "--vault", backup.vault}).exit == 3);
    for (const auto& [to, vault_to, says] :
         std::vector<std::array<std::string, 3>>{{"same", "same/", "both are the folder "},
                                                 {"one", "one/vault", "one/vault lies in "},
                                                 {"data/b", "v", "data/b lies in "},
                                                 {"b", "data", "both are the folder "}}) {
        CHECK_THAT(place.program.run({"backup", "--to", to, "--vault-to", vault_to}).err, Contains(says));
    }
    (void)place.json(BackupPlace::restoring(other), "restored");
    CHECK(place.report("alice") == alice);
    place.check_healthy();
}

TEST_CASE("A backup says how large each copy is", "[app][program][backup]") {
    const BackupPlace place;
    const Serving serving{place.program};
    place.import(posts("alice", 1, 9));  // lies in the write-ahead log, not in the store's file
    const auto said = place.program.run({"backup", "--to", "backups", "--vault-to", "vaults"});
    REQUIRE(said.exit == 0);
    const fs::directory_iterator made{place.dir / "backups"};
    const auto folder = made->path();
    for (const std::string name : {"ledger.db", "log.db"}) {
        CHECK_THAT(said.err,
                   Contains(name + ", " + fedtrail::app::octets(fs::file_size(folder / name)) + "\n"));
    }
}

TEST_CASE("A manifest that is none is refused", "[app][backup]") {
    BackupManifest manifest;
    manifest.id = std::string(32, 'a');
    manifest.at = *fedtrail::parse_rfc3339("2026-11-28T10:00:00Z");
    manifest.program = "0.1.0";
    manifest.vault = std::string(32, 'b');
    manifest.files = {{"ledger.db", 12, std::string(64, 'c')}};
    CHECK(*BackupManifest::parse(manifest.text()) == manifest);
    for (const auto* name : {"../ledger.db", "/etc/passwd", "", "letters/../../x"}) {
        auto bad = manifest;
        bad.files.front().name = name;
        CHECK_FALSE(BackupManifest::parse(bad.text()));
    }
    const auto whole = Json::parse(manifest.text());
    for (const auto& [name, value] : whole.items()) {
        for (const auto& other : {Json{}, Json(7), Json("x"), Json::array({1}), Json::object()}) {
            if (name == "program" || name == "vault" ? other.is_string() : false) {
                continue;
            }
            auto bad = whole;
            bad[name] = other;
            CAPTURE(bad.dump());
            CHECK_FALSE(BackupManifest::parse(bad.dump()));
        }
    }
    CHECK_FALSE(BackupManifest::parse("{"));
}
