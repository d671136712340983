#include "backends/poco/zip_package.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "temp_dir.hpp"

namespace fedtrail::poco {

namespace {

struct Member {
    std::string name;
    std::string content;
    Packing packing{Packing::Deflated};
};

Instant day() {
    return parse_rfc3339("2026-11-22T10:00:00Z").value();
}

/// Passes on what is written, and refuses to seek.
class PipeBuffer final : public std::streambuf {
public:
    std::string octets;

protected:
    int_type overflow(int_type c) override {
        octets += traits_type::to_char_type(c);
        return c;
    }
};

std::string packed(const std::vector<Member>& members) {
    PipeBuffer pipe;
    std::ostream out{&pipe};
    const auto zip = ZipPackage::make(out, day());
    for (const auto& member : members) {
        const auto write = [&member](std::ostream& to) -> Result<void> {
            for (std::size_t at = 0; at < member.content.size(); at += 1'000) {
                to << member.content.substr(at, 1'000);
            }
            return {};
        };
        REQUIRE(zip->add(member.name, write, member.packing));
    }
    REQUIRE(zip->finish());
    return pipe.octets;
}

/// What compresses badly, so that much comes through.
std::string noise(std::size_t size) {
    std::string text;
    for (std::uint32_t state = 1; text.size() < size; state = state * 1'664'525U + 1'013'904'223U) {
        text += static_cast<char>(state >> 24U);
    }
    return text;
}

Result<void> add_text(PackageWriter& zip, const std::string& name, const std::string& text) {
    return zip.add(name, [&text](std::ostream& to) -> Result<void> {
        to << text;
        return {};
    });
}

}  // namespace

TEST_CASE("Another program reads what was packed, in order and whole", "[poco][zip]") {
    const auto zip = packed({{"mimetype", "text/plain", Packing::Stored},
                             {"z/b.txt", "hello\n"},
                             {"empty", ""},
                             {"large", std::string(3'000'000, 'x')},
                             {"noise", noise(2'500'000)},
                             {"a", "after what was streamed"}});
    const testing::TempDir folder;
    std::ofstream{folder / "a.zip", std::ios::binary} << zip;
    std::ofstream{folder / "noise", std::ios::binary} << noise(2'500'000);
    std::ofstream{folder / "read.py"} << R"(
import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
assert z.namelist() == ["mimetype", "z/b.txt", "empty", "large", "noise", "a"], z.namelist()
assert z.read("z/b.txt") == b"hello\n" and z.read("empty") == b"" and z.read("large") == b"x" * 3000000
assert z.read("noise") == open(sys.argv[2], "rb").read() and z.read("a") == b"after what was streamed"
m = z.getinfo("mimetype")
assert m.compress_type == zipfile.ZIP_STORED and m.extra == b""
assert z.getinfo("large").compress_size < 20000
for m in z.infolist():
    assert m.date_time == (2026, 11, 22, 10, 0, 0), m.date_time
    assert m.create_system == 3 and m.external_attr >> 16 == 0o100600, m
)";
    const auto python = std::string{FEDTRAIL_PYTHON " "} + (folder / "read.py").string() + " " +
                        (folder / "a.zip").string() + " " + (folder / "noise").string();
    CHECK(std::system(python.c_str()) == 0);  // NOLINT(cert-env33-c,concurrency-mt-unsafe): fixed command
    const auto unzip = "unzip -qt " + (folder / "a.zip").string() + " >/dev/null";
    CHECK(std::system(unzip.c_str()) == 0);  // NOLINT(cert-env33-c,concurrency-mt-unsafe): fixed command
}

TEST_CASE("A stored first member begins at octet 30 and its name, as readers of mimetype expect",
          "[poco][zip]") {
    const auto zip = packed({{"mimetype", "application/x-test", Packing::Stored}, {"b", "c"}});
    CHECK(zip.substr(0, 2) == "PK");
    CHECK(zip.substr(30, 26) == "mimetypeapplication/x-test");
    CHECK((static_cast<unsigned>(zip[6]) & 8U) == 0);  // no data descriptor
}

TEST_CASE("The same files make the same octets", "[poco][zip]") {
    CHECK(packed({{"a", "b"}, {"c", noise(2'000'000)}}) == packed({{"a", "b"}, {"c", noise(2'000'000)}}));
    CHECK(packed({{"a", "b"}}) != packed({{"a", "c"}}));
    CHECK_FALSE(packed({}).empty());
}

TEST_CASE("A large file leaves while it is written", "[poco][zip]") {
    PipeBuffer pipe;
    std::ostream out{&pipe};
    const auto zip = ZipPackage::make(out, day());
    const auto piece = noise(1'000'000);
    std::size_t left_behind = 0;
    REQUIRE(zip->add("large", [&](std::ostream& to) -> Result<void> {
        for (std::size_t written = 0; written < 8; ++written) {
            to << piece;
            to.flush();
            left_behind = (written + 1) * piece.size() - std::min(pipe.octets.size(), written * piece.size());
        }
        return {};
    }));
    CHECK(left_behind < 3'000'000);
}

TEST_CASE("Names that lead elsewhere or come twice are refused", "[poco][zip]") {
    std::ostringstream out;
    const auto zip = ZipPackage::make(out, day());
    for (const auto* name : {"", "../x", "/x", "a/../b", "a\\b", "a\nb", "a/", ".."}) {
        CAPTURE(name);
        const auto refused = add_text(*zip, name, "x");
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Invalid);
    }
    CHECK(out.str().empty());
    REQUIRE(add_text(*zip, "a", "x"));
    CHECK(add_text(*zip, "a", "y").error().kind == ErrorKind::Invalid);
}

TEST_CASE("A file that cannot be written is the failure of its writer", "[poco][zip]") {
    std::ostringstream out;
    const auto zip = ZipPackage::make(out, day());
    const auto broken = zip->add("a", [](std::ostream& to) -> Result<void> {
        to << noise(2'000'000);  // it is under way by then
        return fail(ErrorKind::Corrupt, "the ledger is broken");
    });
    REQUIRE_FALSE(broken);
    CHECK(broken.error().what == "the ledger is broken");
    const auto failing = zip->add("b", [](std::ostream& to) -> Result<void> {
        to.setstate(std::ios::badbit);
        return {};
    });
    REQUIRE_FALSE(failing);
    CHECK(failing.error().kind == ErrorKind::Unavailable);
}

TEST_CASE("A zip on a full disk is said to be one", "[poco][zip]") {
    for (const auto size : {std::size_t{1}, std::size_t{2'000'000}}) {
        CAPTURE(size);
        std::ostringstream out;
        out.setstate(std::ios::badbit);
        const auto zip = ZipPackage::make(out, day());
        const auto added = add_text(*zip, "a", noise(size));
        REQUIRE_FALSE(added);
        CHECK(added.error().kind == ErrorKind::Unavailable);
        CHECK(zip->finish().error().kind == ErrorKind::Unavailable);
    }
}

}  // namespace fedtrail::poco
