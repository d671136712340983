#include "backends/poco/zip_archiver.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "temp_dir.hpp"

using fedtrail::ArchiveMember;
using fedtrail::ErrorKind;
using fedtrail::poco::ZipArchiver;

namespace {

ArchiveMember member(std::string name, std::string content, bool packed = true) {
    return {std::move(name), packed, [content = std::move(content)](std::ostream& out) { out << content; }};
}

fedtrail::Instant day() {
    return fedtrail::parse_rfc3339("2026-11-22T10:00:00Z").value();
}

std::string archive(const std::vector<ArchiveMember>& members) {
    std::ostringstream out;
    REQUIRE(ZipArchiver{}.write(members, day(), out));
    return std::move(out).str();
}

}  // namespace

TEST_CASE("Another program reads what was archived, in order and whole", "[poco][zip]") {
    const std::string large(3'000'000, 'x');
    const auto zip = archive({member("mimetype", "text/plain", false),
                              member("a/b.txt", "hello\n"),
                              member("empty", ""),
                              member("large", large)});
    CHECK(zip.size() < 20'000);
    const fedtrail::testing::TempDir folder;
    std::ofstream{folder / "a.zip", std::ios::binary} << zip;
    std::ofstream{folder / "read.py"} << R"(
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
order = sorted(z.infolist(), key=lambda m: m.header_offset)
assert [m.filename for m in order] == ["mimetype", "a/b.txt", "empty", "large"], order
assert z.read("a/b.txt") == b"hello\n" and z.read("empty") == b"" and len(z.read("large")) == 3000000
assert order[0].compress_type == zipfile.ZIP_STORED
assert order[1].date_time == (2026, 11, 22, 10, 0, 0), order[1].date_time
)";
    const auto command =
        std::string{FEDTRAIL_PYTHON " "} + (folder / "read.py").string() + " " + (folder / "a.zip").string();
    CHECK(std::system(command.c_str()) == 0);  // NOLINT(cert-env33-c,concurrency-mt-unsafe): fixed command
}

TEST_CASE("A stored first member begins at octet 30 and its name, as readers of mimetype expect",
          "[poco][zip]") {
    const auto zip = archive({member("mimetype", "application/x-test", false), member("b", "c")});
    CHECK(zip.substr(0, 2) == "PK");
    CHECK(zip.substr(30, 26) == "mimetypeapplication/x-test");
    CHECK((static_cast<unsigned>(zip[6]) & 8U) == 0);  // no data descriptor
}

TEST_CASE("The same members give the same octets", "[poco][zip]") {
    CHECK(archive({member("a", "b")}) == archive({member("a", "b")}));
    CHECK(archive({member("a", "b")}) != archive({member("a", "c")}));
    CHECK_FALSE(archive({}).empty());
}

TEST_CASE("Names that lead elsewhere and members that cannot be written are refused", "[poco][zip]") {
    std::ostringstream out;
    for (const auto* name : {"", "../x", "/x", "a/../b", "a\\b", "a\nb", "a/", ".."}) {
        CAPTURE(name);
        const auto refused = ZipArchiver{}.write(std::vector{member(name, "x")}, day(), out);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Invalid);
    }
    CHECK(out.str().empty());
    const std::vector failing{
        ArchiveMember{"a", true, [](std::ostream& stream) { stream.setstate(std::ios::badbit); }}};
    CHECK(ZipArchiver{}.write(failing, day(), out).error().kind == ErrorKind::Unavailable);
    out.setstate(std::ios::badbit);
    CHECK(ZipArchiver{}.write(std::vector{member("a", "b")}, day(), out).error().kind ==
          ErrorKind::Unavailable);
}
