/// What stands at the program's edges, without a process: tokens that went, disks that are full, files that
/// cannot be opened.

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "app/output.hpp"
#include "app/tokens.hpp"
#include "backends/archive/packed_stream.hpp"
#include "backends/openssl/cipher.hpp"
#include "temp_dir.hpp"

using fedtrail::testing::TempDir;
using Json = nlohmann::json;

TEST_CASE("Of a thousand revoked tokens the one that was revoked first is forgotten first", "[app][tokens]") {
    const TempDir dir;
    const auto cipher = fedtrail::openssl::OpensslCipher::make();
    REQUIRE(cipher);
    auto tokens = Json::array();
    for (int i = 0; i < 1000; ++i) {  // the older a token is, the later it was revoked
        const auto second = fedtrail::from_unix_seconds(1'700'000'000 - i);
        tokens.push_back({{"id", std::to_string(i)},
                          {"hash", ""},
                          {"scopes", {"audit:read"}},
                          {"created_at", fedtrail::format_rfc3339(fedtrail::from_unix_seconds(i))},
                          {"revoked_at", fedtrail::format_rfc3339(second)}});
    }
    tokens.push_back(
        {{"id", "last"}, {"hash", "00"}, {"scopes", {"audit:read"}}, {"created_at", "2020-01-01T00:00:00Z"}});
    std::ofstream{dir / "tokens.json"} << Json{{"format", "fedtrail/tokens/1"}, {"tokens", tokens}};
    fedtrail::app::TokenBook book{dir.path(), **cipher};
    REQUIRE(book.revoke("last", fedtrail::from_unix_seconds(1'800'000'000)));
    const auto kept = book.list();
    REQUIRE(kept);
    REQUIRE(kept->size() == 1000);
    CHECK(kept->front().grant.id == "0");
    CHECK(kept->at(998).grant.id == "998");
    CHECK(kept->back().grant.id == "last");
}

TEST_CASE("A document that cannot be written says why, whatever failed afterwards", "[app][output]") {
    std::ostringstream out;
    std::ostringstream err;
    fedtrail::app::Session session{{}, {}, {}, false, false, out, err};
    const auto write = [&](std::size_t octets) {
        return fedtrail::app::write_document(session, "/dev/full", [octets](std::ostream& to) {
            to << std::string(octets, 'x') << std::flush;
            errno = ENOENT;  // of something that the writer looked for
            return fedtrail::Result<void>{};
        });
    };
    for (const std::size_t octets : {std::size_t{10}, std::size_t{100'000}}) {
        const auto written = write(octets);
        REQUIRE_FALSE(written);
        CHECK(written.error().what == "/dev/full cannot be written: No space left on device");
    }
}

TEST_CASE("Of a packed file the next piece is there without waiting", "[app][import]") {
    const TempDir dir;
    std::ofstream{dir / "in"} << std::string(200'000, 'x');
    REQUIRE(std::system(("gzip " + (dir / "in").string()).c_str()) == 0);
    const auto packed = fedtrail::zip::open_packed(dir / "in.gz");
    REQUIRE(packed);
    auto& buffer = *(*packed)->rdbuf();
    std::streamsize read = 0;
    for (auto ready = buffer.in_avail(); ready > 0; ready = buffer.in_avail()) {
        std::string piece(static_cast<std::size_t>(ready), ' ');
        read += buffer.sgetn(piece.data(), ready);
    }
    CHECK(read == 200'000);
    CHECK(buffer.sgetc() == std::char_traits<char>::eof());
}

TEST_CASE("A packed file that the system does not open is not called damaged", "[app][import]") {
    const TempDir dir;
    const auto file = dir / "in.gz";
    std::ofstream{file, std::ios::binary} << "\x1f\x8b and no more";
    struct rlimit before {};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    auto none = before;
    none.rlim_cur = 0;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const auto opened = fedtrail::zip::open_packed(file);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == fedtrail::ErrorKind::Unavailable);
    CHECK_THAT(opened.error().what, Catch::EndsWith("cannot be read: Too many open files"));
}
