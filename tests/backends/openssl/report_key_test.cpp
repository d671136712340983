#include "backends/openssl/report_key.hpp"

#include <fstream>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "temp_dir.hpp"

namespace fedtrail::openssl {

TEST_CASE("The key that signs reports is made once, for its owner alone", "[openssl][report-key]") {
    const testing::TempDir folder;
    const auto file = folder / "keys/report.pem";
    const auto made = ReportKey::open_or_make(file);
    REQUIRE(made);
    struct stat facts {};
    REQUIRE(::stat(file.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 0777U) == 0600U);
    const auto again = ReportKey::open_or_make(file);
    REQUIRE(again);
    CHECK((*again)->public_key() == (*made)->public_key());
    CHECK((*made)->public_key().find("-----BEGIN PUBLIC KEY-----") == 0);
    const auto signature = (*made)->sign(bytes_of("list"));
    REQUIRE(signature);
    CHECK(signature->size() == 64);
    CHECK(*signature == *(*again)->sign(bytes_of("list")));
    CHECK(*signature != *(*made)->sign(bytes_of("lisT")));
}

TEST_CASE("A file that is no Ed25519 key, or is open to others, is refused", "[openssl][report-key]") {
    const testing::TempDir folder;
    const auto file = folder / "report.pem";
    std::ofstream{file} << "nonsense";
    ::chmod(file.c_str(), 0600);
    CHECK(ReportKey::open_or_make(file).error().kind == ErrorKind::Invalid);
    ::chmod(file.c_str(), 0644);
    CHECK(ReportKey::open_or_make(file).error().kind == ErrorKind::Denied);
}

TEST_CASE("A digest in pieces is that of the whole", "[openssl][report-key]") {
    const testing::TempDir folder;
    const auto key = ReportKey::open_or_make(folder / "report.pem");
    REQUIRE(key);
    const auto digest = (*key)->digest();
    digest->add(bytes_of("a"));
    digest->add(bytes_of(""));
    digest->add(bytes_of("bc"));
    // FIPS 180-4, the example of one block
    CHECK(hex(digest->finish()) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace fedtrail::openssl
