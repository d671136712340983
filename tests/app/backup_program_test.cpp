/// Backups with the real program: taken while it works, spoilt, put back, interrupted.

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "app/backup.hpp"
#include "app/backup_set.hpp"
#include "app/json_schema.hpp"
#include "app/table.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/ledger_fixture.hpp"
#include "documents.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::app::BackupManifest;
using fedtrail::testing::contents;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// Posts `first` to `last` of somebody, to a.example and b.example.
std::string posts(const std::string& name, int first, int last) {
    std::string lines;
    for (int number = first; number <= last; ++number) {
        const auto post = "https://o.example/users/" + name + "/statuses/" + std::to_string(number);
        for (const auto* recipient : {"a.example", "b.example"}) {
            lines += Json{{"at", "2026-11-20T07:00:00Z"},
                          {"channel", "push"},
                          {"origin", "o.example"},
                          {"recipient", recipient},
                          {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                          {"digest",
                           {{"actor", "https://o.example/users/" + name},
                            {"id", post + "/activity"},
                            {"object", post},
                            {"type", "Create"},
                            {"categories", {"post_text"}},
                            {"visibility", "public"}}}}
                         .dump() +
                     "\n";
        }
    }
    return lines;
}

struct Backup {
    std::string ledger;
    std::string vault;
};

class BackupPlace {
public:
    TempDir dir;
    Program program{dir.path()};

    BackupPlace() {
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_LOG_INTERVAL", "1s"},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        done({"init", "--origin", "o.example"});
    }

    /// What a command says that must succeed.
    std::string done(const std::vector<std::string>& words) const {  // NOLINT(modernize-use-nodiscard)
        const auto said = program.run(words);
        INFO(words.front() << ": " << said.err);
        REQUIRE(said.exit == 0);
        return said.out;
    }
    [[nodiscard]] Json json(std::vector<std::string> words, const std::string& schema) const {
        words.emplace_back("--json");
        const auto said = done(words);
        const auto kept = fedtrail::app::check_schema(
            said, contents(FEDTRAIL_SOURCE_DIR "/schemas/cli/" + schema + ".schema.json"), schema);
        INFO(said << (kept ? "" : kept.error().what));
        REQUIRE(kept);
        return Json::parse(said);
    }
    void import(const std::string& lines) const {
        program.write("in.ndjson", lines);
        done({"import", "ndjson", "in.ndjson"});
    }
    [[nodiscard]] Backup backup() const {
        const auto made = json({"backup", "--to", "backups", "--vault-to", "vaults"}, "backup-made");
        return {made["ledger"], made["vault"]};
    }
    /// Words of a restore; `more` behind.
    [[nodiscard]] static std::vector<std::string> restoring(const Backup& backup,
                                                            const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"restore", backup.ledger, "--vault", backup.vault};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    [[nodiscard]] std::string report(const std::string& name) const {
        return done({"report", name + "@o.example", "--format", "csv"});
    }
    /// Fails the test if doctor fails at anything.
    void check_healthy() const {
        const auto said = program.run({"doctor"});
        INFO(said.out << said.err);
        CHECK(said.out.find("fail ") == std::string::npos);
    }
    /// Everything in files below a folder.
    [[nodiscard]] std::string octets(const fs::path& below) const {
        std::string all;
        for (const auto& entry : fs::recursive_directory_iterator{dir / below}) {
            if (entry.is_regular_file() && entry.path().filename() != "ballast") {
                all += contents(entry.path());
            }
        }
        return all;
    }
};

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

void flip(const fs::path& file, std::size_t place) {
    std::fstream io{file, std::ios::in | std::ios::out | std::ios::binary};
    io.seekg(static_cast<std::streamoff>(place));
    const auto octet = static_cast<char>(io.get());
    io.seekp(static_cast<std::streamoff>(place));
    io.put(static_cast<char>(octet ^ 1));
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
    CHECK(refused.exit == 1);
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
