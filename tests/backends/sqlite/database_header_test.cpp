/// Octets of a database's header that no checksum covers.

#include <array>
#include <fstream>
#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/database.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::sqlite;
using fedtrail::testing::TempDir;

namespace {

constexpr std::array kHeaderLayout{Migration{1, "0001_a.sql", "CREATE TABLE a (x INTEGER) STRICT;"}};
constexpr std::streamoff kWriteVersion = 18;

DatabaseKind header_kind() {
    return {"sample", 0x46544C54, kHeaderLayout, 4096};
}

void put_octet(const std::filesystem::path& file, std::streamoff at, char octet) {
    std::fstream stream{file, std::ios::binary | std::ios::in | std::ios::out};
    stream.seekp(at);
    stream.put(octet);
    REQUIRE(stream);
}

}  // namespace

TEST_CASE("A database whose header forbids to write is damaged, though every row is whole") {
    const TempDir dir;
    const auto file = dir / "x.db";
    {
        const auto made = open_database(file, header_kind(), OpenMode::ReadWrite);
        REQUIRE(made);
        (*made)->exec("INSERT INTO a VALUES (7)");
    }
    for (const char octet : {'\x03', '\x42', '\xc2'}) {
        put_octet(file, kWriteVersion, octet);
        for (const auto mode : {OpenMode::ReadOnly, OpenMode::ReadWrite}) {
            const auto opened = open_database(file, header_kind(), mode);
            REQUIRE_FALSE(opened);
            CHECK(opened.error().kind == ErrorKind::Corrupt);
            CHECK(opened.error().what.find("its header forbids to write") != std::string::npos);
        }
    }
    put_octet(file, kWriteVersion, '\x02');
    const auto again = open_database(file, header_kind(), OpenMode::ReadWrite);
    REQUIRE(again);
    CHECK((*again)->exec("INSERT INTO a VALUES (8)") == 1);
}
