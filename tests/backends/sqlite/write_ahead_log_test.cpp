/// A damaged octet in the log beside a database, after a crash.

#include "backends/sqlite/write_ahead_log.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/database_copy.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::sqlite;
using fedtrail::testing::TempDir;

namespace {

constexpr std::array kLoggedLayout{
    Migration{1, "0001_a.sql", "CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT) STRICT;"}};
constexpr int kLoggedCommits = 12;
constexpr std::size_t kFrame = 24 + 4096;

DatabaseKind logged_kind() {
    return {"sample", 0x46544C54, kLoggedLayout, 4096};
}

std::string octets_of(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void put(const std::filesystem::path& file, const std::string& octets) {
    std::ofstream out{file, std::ios::binary | std::ios::trunc};
    out << octets;
    REQUIRE(out.flush());
}

std::filesystem::path log_of(const std::filesystem::path& file) {
    return file.string() + "-wal";
}

int rows_of(SQLite::Database& database) {
    return database.execAndGet("SELECT count(*) FROM a").getInt();
}

/// What a killed program leaves: a database, and beside it the log of twelve commits.
struct Crashed {
    explicit Crashed(const TempDir& dir) {
        const auto live = dir / "live.db";
        {
            const auto made = open_database(live, logged_kind(), OpenMode::ReadWrite);
            REQUIRE(made);
        }
        const auto writer = open_database(live, logged_kind(), OpenMode::ReadWrite);
        REQUIRE(writer);
        for (int i = 0; i < kLoggedCommits; ++i) {
            SQLite::Transaction commit{**writer};
            (*writer)->exec("INSERT INTO a (y) VALUES (hex(zeroblob(3000)))");  // some frames each
            commit.commit();
        }
        database = octets_of(live);
        log = octets_of(log_of(live));
        index = octets_of(live.string() + "-shm");
    }

    /// Where the frame of a number (from 0) begins.
    [[nodiscard]] static std::size_t at(std::size_t frame) { return 32 + frame * kFrame; }
    [[nodiscard]] std::size_t frames() const { return (log.size() - 32) / kFrame; }
    [[nodiscard]] bool ends_commit(std::size_t frame) const {
        return log.substr(at(frame) + 4, 4) != std::string(4, '\0');
    }
    [[nodiscard]] int commits_from(std::size_t frame) const {
        int commits = 0;
        for (; frame < frames(); ++frame) {
            commits += ends_commit(frame) ? 1 : 0;
        }
        return commits;
    }

    /// Writes both into a new file, with another log.
    [[nodiscard]] std::filesystem::path with(const TempDir& dir, const std::string& other) const {
        const auto file = dir / "after.db";
        std::filesystem::remove(file.string() + "-shm");
        put(file, database);
        put(log_of(file), other);
        return file;
    }

    std::string database;
    std::string log;
    std::string index;  ///< Gone with a power cut, as far as these tests go; not with a program.
};

std::string flipped(std::string octets, std::size_t at) {
    octets[at] = static_cast<char>(octets[at] ^ 0x10);
    return octets;
}

}  // namespace

TEST_CASE("Commits behind a damaged octet of the log are not dropped silently") {
    const TempDir dir;
    const Crashed crashed{dir};
    REQUIRE(crashed.commits_from(0) == kLoggedCommits);

    SECTION("a log that is whole") {
        const auto file = crashed.with(dir, crashed.log);
        CHECK_FALSE(break_in_log(file, 4096));
        const auto opened = open_database(file, logged_kind(), OpenMode::ReadWrite);
        REQUIRE(opened);
        CHECK(rows_of(**opened) == kLoggedCommits);
    }
    SECTION("any octet of any frame but of the last commits") {
        for (std::size_t frame = 0; crashed.commits_from(frame) > 2; ++frame) {
            for (const std::size_t octet : {0, 7, 8, 15, 16, 23, 24, 300, 4119}) {
                CAPTURE(frame, octet);
                const auto file = crashed.with(dir, flipped(crashed.log, Crashed::at(frame) + octet));
                const auto found = break_in_log(file, 4096);
                REQUIRE(found);
                CHECK(found->at == Crashed::at(frame));
                CHECK(found->commits + 2 >= static_cast<unsigned>(crashed.commits_from(frame)));
            }
        }
    }
    SECTION("an octet of its header") {
        for (std::size_t octet = 0; octet < 32; ++octet) {
            const auto file = crashed.with(dir, flipped(crashed.log, octet));
            const auto found = break_in_log(file, 4096);
            CAPTURE(octet);
            REQUIRE(found);
            CHECK(found->at == 0);
        }
    }
    SECTION("a page of zeros") {
        for (const std::size_t at : {std::size_t{0}, std::size_t{4096}, std::size_t{8192}}) {
            auto log = crashed.log;
            log.replace(at, 4096, 4096, '\0');
            CAPTURE(at);
            CHECK(break_in_log(crashed.with(dir, log), 4096));
        }
    }
    SECTION("what opens or copies it says so and changes nothing") {
        const auto broken = flipped(crashed.log, Crashed::at(5) + 100);
        const auto file = crashed.with(dir, broken);
        for (const auto mode : {OpenMode::ReadOnly, OpenMode::ReadOlder, OpenMode::ReadWrite}) {
            const auto opened = open_database(file, logged_kind(), mode);
            REQUIRE_FALSE(opened);
            CHECK(opened.error().kind == ErrorKind::Corrupt);
            CHECK(opened.error().what.find("is damaged at octet " + std::to_string(Crashed::at(5))) !=
                  std::string::npos);
        }
        const auto copied = copy_database(file, dir / "copy.db");
        REQUIRE_FALSE(copied);
        CHECK(copied.error().kind == ErrorKind::Corrupt);
        CHECK_FALSE(std::filesystem::exists(dir / "copy.db"));
        CHECK(octets_of(log_of(file)) == broken);
        CHECK(octets_of(file) == crashed.database);

        std::filesystem::resize_file(log_of(file), Crashed::at(5));  // as the message says
        const auto opened = open_database(file, logged_kind(), OpenMode::ReadWrite);
        REQUIRE(opened);
        CHECK(rows_of(**opened) == kLoggedCommits - crashed.commits_from(5));
    }
}

TEST_CASE("What a log lost at its end is known from the index that a killed program left") {
    const TempDir dir;
    const Crashed crashed{dir};
    const auto last = crashed.frames() - 1;
    auto log = crashed.log;
    SECTION("cut off behind an earlier commit") {
        auto first = last;
        while (!crashed.ends_commit(first - 1)) {
            --first;
        }
        log.resize(Crashed::at(first));
    }
    SECTION("cut off amid the first frame") {
        log.resize(Crashed::at(0) + 100);
    }
    SECTION("an octet of its last frame") {
        log = flipped(log, Crashed::at(last) + 1000);
    }
    SECTION("zeros at the end") {
        log.replace(Crashed::at(last), kFrame, kFrame, '\0');
    }
    const auto file = crashed.with(dir, log);
    CHECK_FALSE(break_in_log(file, 4096));
    put(file.string() + "-shm", crashed.index);
    const auto found = break_in_log(file, 4096);
    REQUIRE(found);
    CHECK(found->commits >= 1);
    CHECK_FALSE(open_database(file, logged_kind(), OpenMode::ReadWrite));
    CHECK(octets_of(log_of(file)) == log);
}

TEST_CASE("An index that is damaged, or of another log, tells nothing of a log") {
    const TempDir dir;
    const Crashed crashed{dir};
    const auto file = crashed.with(dir, crashed.log.substr(0, Crashed::at(2)));
    put(file.string() + "-shm", crashed.index);
    REQUIRE(break_in_log(file, 4096));
    for (const std::size_t octet : {0, 16, 32, 40, 60}) {
        CAPTURE(octet);
        put(file.string() + "-shm", flipped(crashed.index, octet));
        CHECK_FALSE(break_in_log(file, 4096));
    }
    put(file.string() + "-shm", crashed.index.substr(0, 90));
    CHECK_FALSE(break_in_log(file, 4096));
}

TEST_CASE("While a connection is open the log is not looked at") {
    const TempDir dir;
    const auto file = dir / "x.db";
    const auto opened = open_database(file, logged_kind(), OpenMode::ReadWrite);
    REQUIRE(opened);
    for (int i = 0; i < kLoggedCommits; ++i) {
        (*opened)->exec("INSERT INTO a (y) VALUES ('some')");
    }
    std::fstream log{log_of(file), std::ios::binary | std::ios::in | std::ios::out};
    log.seekp(static_cast<std::streamoff>(Crashed::at(3) + 500));
    log.put('\x55');
    REQUIRE(log.flush());
    CHECK(break_in_log(file, 4096));
    CHECK(log_is_whole(file, 4096));
    std::filesystem::copy_file(file, dir / "y.db");
    std::filesystem::copy_file(log_of(file), log_of(dir / "y.db"));
    CHECK_FALSE(log_is_whole(dir / "y.db", 4096));
}

TEST_CASE("A look at the index takes no lock away from this process") {
    const TempDir dir;
    const auto file = dir / "x.db";
    const auto first = open_database(file, logged_kind(), OpenMode::ReadWrite);
    REQUIRE(first);
    (*first)->exec("INSERT INTO a (y) VALUES ('some')");
    const SQLite::Transaction held{**first, SQLite::TransactionBehavior::IMMEDIATE};
    REQUIRE(open_database(file, logged_kind(), OpenMode::ReadOnly));
    const auto process = ::fork();
    if (process == 0) {
        struct flock asked {};
        asked.l_type = F_WRLCK;
        asked.l_start = 120;  // the lock for writing (walformat.html, section 2.3)
        asked.l_len = 1;
        const int shm = ::open((file.string() + "-shm").c_str(), O_RDWR | O_CLOEXEC);
        ::_exit(::fcntl(shm, F_GETLK, &asked) == 0 && asked.l_type != F_UNLCK ? 0 : 1);
    }
    int ended = -1;
    REQUIRE(::waitpid(process, &ended, 0) == process);
    CHECK(ended == 0);
}

TEST_CASE("What a power cut left of the last commit is no damage") {
    const TempDir dir;
    const Crashed crashed{dir};
    auto first = crashed.frames() - 1;  // of the last commit
    while (!crashed.ends_commit(first - 1)) {
        --first;
    }
    REQUIRE(first < crashed.frames() - 1);
    for (auto frame = first; frame < crashed.frames(); ++frame) {
        CAPTURE(frame);
        auto log = crashed.log;
        SECTION("frame " + std::to_string(frame) + " did not reach the disk") {
            log.replace(Crashed::at(frame), kFrame, kFrame, '\0');
        }
        SECTION("frame " + std::to_string(frame) + " did in part") {
            log.replace(Crashed::at(frame) + 2000, 1000, 1000, '\0');
        }
        SECTION("nothing from frame " + std::to_string(frame) + " on did") {
            log.resize(Crashed::at(frame) + 77);
        }
        const auto opened = open_database(crashed.with(dir, log), logged_kind(), OpenMode::ReadWrite);
        REQUIRE(opened);
        CHECK(rows_of(**opened) >= kLoggedCommits - 1);
    }
}

TEST_CASE("What an older log left behind the newer one is no damage") {
    const TempDir dir;
    const auto file = dir / "x.db";
    const auto opened = open_database(file, logged_kind(), OpenMode::ReadWrite);
    REQUIRE(opened);
    for (int round = 0; round < 6; ++round) {
        for (int i = 0; i < kLoggedCommits - round; ++i) {
            (*opened)->exec("INSERT INTO a (y) VALUES ('some')");
            CHECK_FALSE(break_in_log(file, 4096));
        }
        (*opened)->exec("PRAGMA wal_checkpoint(RESTART)");
    }
    (*opened)->exec("PRAGMA cache_size = 10; PRAGMA cache_spill = 10");
    for (int i = 0; i < 3; ++i) {  // pages go into the log before the commit, and then nothing is committed
        (*opened)->exec(
            "BEGIN; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500) "
            "INSERT INTO a (y) SELECT hex(zeroblob(500)) FROM n; ROLLBACK");
        CHECK_FALSE(break_in_log(file, 4096));
        (*opened)->exec("INSERT INTO a (y) VALUES ('some')");
        CHECK_FALSE(break_in_log(file, 4096));
    }
}

TEST_CASE("What is left of two commits that power cuts tore, one over the other, is no damage") {
    const TempDir dir;
    const Crashed crashed{dir};
    auto first = crashed.frames() - 1;  // of the last commit
    while (!crashed.ends_commit(first - 1)) {
        --first;
    }
    REQUIRE(crashed.frames() - first >= 3);
    auto log = crashed.log;
    log.replace(Crashed::at(first), kFrame, kFrame, '\0');  // the first power cut
    const auto file = crashed.with(dir, log);
    auto opened = open_database(file, logged_kind(), OpenMode::ReadWrite);
    REQUIRE(opened);
    (*opened)->exec("UPDATE a SET y = 'x' || substr(y, 2) WHERE x = 1");  // one frame, in the place of the
                                                                          // first that was torn
    auto again = octets_of(log_of(file));
    const auto grown = octets_of(file);
    opened->reset();
    REQUIRE(again.size() == log.size());
    REQUIRE(again.substr(Crashed::at(first) + 4, 4) != std::string(4, '\0'));
    again.replace(Crashed::at(first) + 2048, kFrame - 2048, kFrame - 2048, '\0');  // the second one
    put(file, grown);
    put(log_of(file), again);
    std::filesystem::remove(file.string() + "-shm");
    CHECK_FALSE(break_in_log(file, 4096));
    const auto after = open_database(file, logged_kind(), OpenMode::ReadWrite);
    REQUIRE(after);
    CHECK(rows_of(**after) == kLoggedCommits - 1);
}

TEST_CASE("A damaged log is cut where the rest fits what was moved into the database") {
    const TempDir dir;
    const auto live = dir / "live.db";
    auto writer = open_database(live, logged_kind(), OpenMode::ReadWrite);
    REQUIRE(writer);
    const auto write = [&writer] {
        for (int i = 0; i < kLoggedCommits; ++i) {
            (*writer)->exec("INSERT INTO a (y) VALUES (hex(zeroblob(3000)))");
        }
    };
    write();
    const bool moved = GENERATE(false, true);
    if (moved) {
        (*writer)->exec("PRAGMA wal_checkpoint(PASSIVE)");
    }
    const auto file = dir / "after.db";
    put(file, octets_of(live));
    put(log_of(file), flipped(octets_of(log_of(live)), Crashed::at(9) + 100));
    put(file.string() + "-shm", octets_of(live.string() + "-shm"));
    const auto found = break_in_log(file, 4096);
    REQUIRE(found);
    CHECK(found->at == Crashed::at(9));
    CHECK(found->fits == (moved ? 0 : Crashed::at(9)));
    const auto said = log_is_whole(file, 4096);
    REQUIRE_FALSE(said);
    CHECK((said.error().what.find("older than the database") != std::string::npos) == moved);

    std::filesystem::resize_file(log_of(file), found->fits);
    std::filesystem::remove(file.string() + "-shm");
    const auto opened = open_database(file, logged_kind(), OpenMode::ReadWrite);
    REQUIRE(opened);
    CHECK((*opened)->execAndGet("PRAGMA integrity_check").getString() == "ok");
    CHECK((rows_of(**opened) == kLoggedCommits) == moved);
}
