/// Restores that are interrupted, and letters that are put back.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/backup_set.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/ledger_fixture.hpp"
#include "backup_place.hpp"
#include "documents.hpp"
#include "program.hpp"

using Catch::Contains;
using fedtrail::app::BackupManifest;
using fedtrail::testing::BackupPlace;
using fedtrail::testing::contents;
using fedtrail::testing::posts;
using fedtrail::testing::Program;
using Json = nlohmann::json;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A closed request of subject 1 with a notice that has these letters, as files.
void note_letters(const BackupPlace& place, const std::vector<std::string>& files) {
    using namespace fedtrail;          // NOLINT(google-build-using-namespace)
    const testing::NumberedKeys keys;  // nothing is sealed
    const auto cases =
        sqlite::SqliteCases::open_file(place.dir / "data/cases.db", keys, sqlite::OpenMode::ReadWrite);
    REQUIRE(cases);
    records::ErasureRequest request;
    request.subject = privacy::SubjectNumber{1};
    request.state = privacy::RequestState::Fulfilled;
    const auto opened = (*cases)->open(request, {{}, {}, request.state, "cli", std::nullopt, ""});
    records::Notice notice;
    notice.request = opened->number;
    notice.recipient = *Host::parse("a.example");
    REQUIRE((*cases)->plan(opened->number, {}, std::span{&notice, 1}));
    for (const auto& file : files) {
        NoticeChange change;
        change.letters.push_back({records::NoticeNumber{1}, {}, "", "", "file", file + "@o", true, ""});
        REQUIRE((*cases)->apply(change));
    }
}

/// Does this to a database in a backup, and measures it anew.
void change(const fs::path& folder, const std::string& name, const std::string& sql) {
    SQLite::Database{(folder / name).string(), SQLite::OPEN_READWRITE}.exec(sql);
    auto manifest = *fedtrail::app::read_manifest(folder);
    for (auto& file : manifest.files) {
        file = file.name == name ? *fedtrail::app::measured(folder / name, name) : file;
    }
    std::ofstream{folder / fedtrail::app::kBackupManifest} << manifest.text();
}

}  // namespace

TEST_CASE("A backup that an older Fedtrail made can be restored", "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5));
    const auto before = place.report("alice");
    const auto backup = place.backup();
    const auto folder = [&](const std::string& part) { return place.dir.path() / part; };
    change(folder(backup.vault),
           "vault.db",
           "DROP TABLE handle_host; DROP TABLE leaf; DROP TABLE shredding; PRAGMA user_version = 2");
    change(folder(backup.ledger), "log.db", "DROP TABLE policy_text; PRAGMA user_version = 1");
    place.import(posts("bob", 1, 5));
    (void)place.done(BackupPlace::restoring(backup, {"--no-shreddings"}));
    CHECK(place.report("alice") == before);
    CHECK(place.program.run({"report", "bob@o.example"}).exit == 3);
    place.check_healthy();
}

TEST_CASE("A restore beside a guard that cannot be read says what to do", "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5));
    (void)place.done({"audit", "checkpoint", "--now"});
    const auto backup = place.backup();
    const auto guard = place.dir / "data/log.guard";
    REQUIRE(fs::exists(guard));
    std::ofstream{guard} << "spoilt";
    const auto refused = place.program.run(BackupPlace::restoring(backup));
    CHECK(refused.exit == 1);
    CHECK_THAT(refused.err, Contains("log.guard cannot be read") && Contains("move it to another name"));
    fs::rename(guard, place.dir / "data/log.guard.spoilt");
    (void)place.done(BackupPlace::restoring(backup));
}

TEST_CASE("A restore beside the guard of another log says whose it is", "[app][program][backup]") {
    const BackupPlace place;
    const BackupPlace other;
    for (const auto* one : {&place, &other}) {
        one->import(posts("alice", 1, 5));
        (void)one->done({"audit", "checkpoint", "--now"});
    }
    const auto backup = place.backup();
    fs::copy_file(
        other.dir / "data/log.guard", place.dir / "data/log.guard", fs::copy_options::overwrite_existing);
    const auto refused = place.program.run(BackupPlace::restoring(backup));
    CHECK(refused.exit == 4);
    CHECK_THAT(refused.err,
               Contains("log.guard is that of another log (o.example, with another key)") &&
                   Contains("Name this instance's own file as log.guard") && !Contains("more was published"));
}

TEST_CASE("A copy onto a full disk says that the disk is full", "[app][backup]") {
    const fedtrail::testing::TempDir dir;
    std::ofstream{dir / "x"} << "some";
    const auto copied = fedtrail::app::copy_plain(dir / "x", "/dev/full");
    REQUIRE_FALSE(copied);
    CHECK_THAT(copied.error().remedy, Contains("Free some disk space"));
}

TEST_CASE("A restore that is killed is finished by the next one", "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5) + posts("bob", 1, 5));
    const auto backup = place.backup();
    const auto bob = place.report("bob");
    place.done({"subjects", "shred", "alice@o.example", "--reason", "asked for by letter"});
    place.import(posts("bob", 6, 9));
    const auto newer = place.report("bob");
    REQUIRE(newer != bob);
    int interrupted = 0;
    for (auto delay = 20ms; delay < 30'000ms; delay += std::max(15ms, delay / 20)) {
        const auto process = place.program.start(BackupPlace::restoring(backup, {"--discard"}), "restore");
        std::this_thread::sleep_for(delay);
        ::kill(process, SIGKILL);
        const auto exit = Program::wait(process);
        if (exit == 0) {
            break;
        }
        if (fs::exists(place.dir / "data/restore.json")) {
            ++interrupted;
            for (const auto& words :
                 {std::vector<std::string>{"serve"}, {"report", "bob@o.example"}, {"doctor"}}) {
                const auto said = place.program.run(words);
                CHECK(said.exit == 1);
                CHECK_THAT(said.out + said.err, Contains("the same `fedtrail restore` again"));
            }
        } else {
            const auto now = place.report("bob");
            CHECK((now == newer || now == bob));
        }
    }
    CAPTURE(interrupted);
    (void)place.json(BackupPlace::restoring(backup), "restored");
    CHECK(place.report("bob") == bob);
    CHECK(place.program.run({"report", "alice@o.example"}).exit == 3);
    CHECK(place.json({"subjects", "shredded"}, "shreddings")["shreddings"].size() == 1);
    place.check_healthy();
}

TEST_CASE("A restore that goes on shreds whoever it is told of only then", "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5) + posts("bob", 1, 5));
    const auto backup = place.backup();
    const auto manifest = *fedtrail::app::read_manifest(place.dir.path() / backup.ledger);
    // All files are in their places, and nobody was shredded any more.
    place.program.write("data/restore.json",
                        Json{{"backup", manifest.id}, {"stamp", "20261128T101500Z"}}.dump() + "\n");
    place.program.write(
        "told.ndjson",
        Json{{"vault", manifest.vault}, {"subject", 1}, {"at", "2026-11-28T10:15:00Z"}}.dump() + "\n");
    place.done(BackupPlace::restoring(backup, {"--shreddings", "told.ndjson"}));
    CHECK(place.program.run({"report", "alice@o.example"}).exit == 3);
    CHECK(place.program.run({"report", "bob@o.example"}).exit == 0);
    CHECK(place.json({"subjects", "shredded"}, "shreddings")["shreddings"].size() == 1);
    place.check_healthy();
}

TEST_CASE("A restore may be interrupted between any two files", "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 5));
    const auto backup = place.backup();
    const auto alice = place.report("alice");
    const std::vector<std::string> files{"log.db", "directory.db", "ledger.db", "cases.db", "vault.db"};
    for (std::size_t done = 0; done <= files.size(); ++done) {
        CAPTURE(done);
        place.import(posts("alice", 100 + static_cast<int>(done), 100 + static_cast<int>(done)));
        // As far as it got: everything is copied, and the first files are in their places.
        for (std::size_t i = 0; i < files.size(); ++i) {
            const auto copy = fs::path{files[i] == "vault.db" ? backup.vault : backup.ledger} / files[i];
            const auto to = (place.dir / "data" / files[i]).string();
            if (!fs::exists(copy)) {
                continue;
            }
            fs::copy_file(copy, to + ".restoring");
            if (i < done) {
                for (const auto* suffix : {"-wal", "-shm", ""}) {
                    fs::remove(to + suffix);
                }
                fs::rename(to + ".restoring", to);
            }
        }
        const auto id = BackupManifest::parse(contents(fs::path{backup.ledger} / "backup.json"))->id;
        place.program.write("data/restore.json",
                            Json{{"backup", id}, {"stamp", "T" + std::to_string(done)}}.dump());
        CHECK(place.program.run({"status"}).exit == 1);
        (void)place.json(BackupPlace::restoring(backup), "restored");
        CHECK(place.report("alice") == alice);
        place.check_healthy();
    }
    place.program.write("data/restore.json",
                        R"({"backup": "00000000000000000000000000000000", "stamp": "x"})");
    CHECK_THAT(place.program.run(BackupPlace::restoring(backup)).err, Contains("another backup"));
    place.program.write("data/restore.json", "{");
    CHECK(place.program.run(BackupPlace::restoring(backup)).exit == 1);
}

TEST_CASE("A restore makes no letter younger, and leaves none that nobody would find",
          "[app][program][backup]") {
    const BackupPlace place;
    place.import(posts("alice", 1, 2) + posts("bob", 1, 2));
    note_letters(place, {"one", "two"});
    const auto old = fs::file_time_type::clock::now() - 4000h;
    fs::create_directories(place.dir / "data/letters");
    const auto write = [&](const std::string& name) {
        const auto file = place.dir / "data/letters" / name;
        std::ofstream{file} << "of alice@o.example";
        fs::last_write_time(file, old);
        return file;
    };
    const auto kept = write("one.txt");
    const auto gone = write("two.txt");
    write("one.txt.part");  // what a crash left
    const auto backup = place.backup();
    CHECK(fs::last_write_time(fs::path{backup.vault} / "letters/one.txt") == old);
    CHECK_FALSE(fs::exists(fs::path{backup.vault} / "letters/one.txt.part"));
    fs::remove(gone);  // its time was over
    const auto later = write("three.txt");
    const auto restored = place.json(BackupPlace::restoring(backup), "restored");
    CHECK((fs::last_write_time(kept) == old && fs::last_write_time(gone) == old));
    CHECK_FALSE(fs::exists(later));
    const auto& aside = restored["set_aside"];
    REQUIRE(std::any_of(aside.begin(), aside.end(), [&](const auto& file) {
        const auto name = file.template get<std::string>();
        return name.find(later.string()) == 0 && fs::exists(name);
    }));
    CHECK_THAT(place.program.run({"doctor"}).out, Contains("files from before a restore"));
    std::this_thread::sleep_for(1100ms);  // backups are called by the second
    const auto after = place.backup();
    CHECK(place.octets(after.vault + "/letters").size() == 2 * std::string{"of alice@o.example"}.size());
    const auto shredded =
        place.program.run({"subjects", "shred", "alice@o.example", "--reason", "asked for by letter"});
    CHECK(shredded.exit == 1);  // the stores that were set aside still have her key
    CHECK_THAT(shredded.out, Contains(".before-"));
    CHECK(fs::is_empty(place.dir / "data/letters"));
}
