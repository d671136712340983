#include "backends/mmdb/mmdb_countries.hpp"

#include <catch2/catch.hpp>

#include "backends/mmdb/tiny_mmdb.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using fedtrail::testing::TempDir;
using fedtrail::testing::TinyMmdb;
using mmdb::MmdbCountries;

namespace {

std::string country(const MmdbCountries& countries, const std::string& address) {
    const auto found = countries.country_of(IpAddress::parse(address).value());
    REQUIRE(found);
    return *found ? std::string{(*found)->code()} : "-";
}

}  // namespace

TEST_CASE("An address has the country of the smallest network that holds it", "[mmdb]") {
    const TempDir folder;
    const bool nested = GENERATE(false, true);
    TinyMmdb tiny{nested};
    tiny.add("203.0.112.0", 24, "DE");
    tiny.add("203.0.113.0", 25, "fr");
    tiny.add("2001:db8::", 32, "JP");
    tiny.add("198.51.100.0", 24, "ZZ");
    tiny.write(folder / "tiny.mmdb");
    const auto opened = MmdbCountries::open_file(folder / "tiny.mmdb");
    REQUIRE(opened);
    CHECK(country(**opened, "203.0.112.7") == "DE");
    CHECK(country(**opened, "203.0.113.7") == "FR");
    CHECK(country(**opened, "203.0.113.200") == "-");
    CHECK(country(**opened, "2001:db8::1") == "JP");
    CHECK(country(**opened, "2001:db9::1") == "-");
    CHECK(country(**opened, "198.51.100.1") == "-");  // no country of that code
    CHECK((*opened)->edition() == "tiny of 2026-06-17");
}

TEST_CASE("A file that is not there or no database is an error with its remedy", "[mmdb]") {
    const TempDir folder;
    const auto missing = MmdbCountries::open_file(folder / "none.mmdb");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::NotFound);
    std::ofstream{folder / "text.mmdb"} << "hello";
    const auto text = MmdbCountries::open_file(folder / "text.mmdb");
    REQUIRE_FALSE(text);
    CHECK(text.error().kind == ErrorKind::Invalid);
    CHECK_FALSE(text.error().remedy.empty());
}

TEST_CASE("A file that was cut off or changed never crashes", "[mmdb]") {
    const TempDir folder;
    TinyMmdb tiny;
    tiny.add("203.0.112.0", 24, "DE");
    tiny.write(folder / "whole.mmdb");
    std::ifstream in{folder / "whole.mmdb", std::ios::binary};
    const std::string whole{std::istreambuf_iterator<char>{in}, {}};
    for (std::size_t at = 0; at < whole.size(); at += 3) {
        auto changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x5a);
        std::ofstream{folder / "changed.mmdb", std::ios::binary} << changed;
        const auto opened = MmdbCountries::open_file(folder / "changed.mmdb");
        if (opened) {
            const auto found = (*opened)->country_of(IpAddress::parse("203.0.112.7").value());
            CHECK((found.has_value() || found.error().kind == ErrorKind::Corrupt));
        }
    }
}
