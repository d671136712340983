/// A disk that says of a flush that it failed.

#include "backends/sqlite/unsure.hpp"

#include <array>
#include <atomic>
#include <cerrno>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>
#include <sys/syscall.h>
#include <unistd.h>

#include "backends/sqlite/database.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;          // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::sqlite;  // NOLINT(google-build-using-namespace)

namespace {

std::atomic<bool> flushes_fail{};

constexpr std::array kTable{Migration{1, "0001_a.sql", "CREATE TABLE a (x INTEGER) STRICT;"}};

}  // namespace

/// SQLite's, which is linked behind this.
extern "C" int fdatasync(int file) {
    if (flushes_fail) {
        errno = EIO;
        return -1;
    }
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

TEST_CASE("After a flush that failed the disk stays unsure") {
    const testing::TempDir dir;
    const auto opened = open_database(dir / "x.db", {"sample", 0x46544C54, kTable}, OpenMode::ReadWrite);
    REQUIRE(opened);
    (*opened)->exec("INSERT INTO a VALUES (1)");
    CHECK_FALSE(disk_is_unsure());
    flushes_fail = true;
    try {
        (*opened)->exec("INSERT INTO a VALUES (2)");
        FAIL_CHECK("it was written");
    } catch (const SQLite::Exception& failure) {
        const auto error = to_error(failure, "writing");
        CHECK(error.kind == ErrorKind::Corrupt);
        CHECK(error.what == "writing failed: the disk did not keep what was written");
    }
    flushes_fail = false;
    CHECK(disk_is_unsure());
    (*opened)->exec("INSERT INTO a VALUES (3)");
    CHECK(disk_is_unsure());
}
