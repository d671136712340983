/// Files that the system stops reading in the middle are not called damaged.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "app/import_source.hpp"
#include "app/remote_import.hpp"
#include "temp_dir.hpp"

using fedtrail::ErrorKind;
using fedtrail::app::ImportSource;
using fedtrail::testing::TempDir;

namespace {

/// A megabyte that no packer makes smaller.
void write_noise(const std::filesystem::path& file) {
    std::ofstream out{file, std::ios::binary};
    std::uint64_t state = 20260807;
    for (int i = 0; i < (1 << 20); ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        out.put(static_cast<char>(state >> 56U));
    }
}

/// Puts a folder in the place of the file that is open: every further read of it fails.
void make_unreadable(const std::filesystem::path& file) {
    const int folder = ::open("/", O_RDONLY | O_CLOEXEC);
    REQUIRE(folder >= 0);
    int found = 0;
    for (int handle = 3; handle < 256; ++handle) {
        std::error_code none;
        if (std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(handle), none) == file) {
            REQUIRE(::dup2(folder, handle) == handle);
            ++found;
        }
    }
    ::close(folder);
    REQUIRE(found > 0);
}

std::string read_all(std::istream& in) {
    std::string all;
    std::string piece(10'000, '\0');
    while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0) {
        all.append(piece, 0, static_cast<std::size_t>(in.gcount()));
    }
    return all;
}

/// A sidecar that takes every line as new.
class TakingClient final : public fedtrail::HttpClient {
public:
    fedtrail::Result<fedtrail::HttpResponse> send(const fedtrail::HttpRequest& request) override {
        taken += request.body;
        const auto lines = std::count(request.body.begin(), request.body.end(), '\n');
        return fedtrail::HttpResponse{
            200,
            {},
            R"({"new":)" + std::to_string(lines) + R"(,"duplicate":0,"without_subject":0,"rejected":[]})"};
    }

    std::string taken;
};

}  // namespace

TEST_CASE("An import whose file cannot be read on says so, packed or not", "[app][import][unreadable]") {
    const TempDir dir;
    const auto folder = std::filesystem::canonical(dir.path());
    write_noise(folder / "in");
    REQUIRE(std::system(("gzip -k " + (folder / "in").string()).c_str()) == 0);
    const std::string name = GENERATE(as<std::string>{}, "in", "in.gz");
    CAPTURE(name);
    auto source = ImportSource::open((folder / name).string(), folder / "elsewhere");
    REQUIRE(source);
    REQUIRE(source->stream().get() != std::istream::traits_type::eof());
    make_unreadable(folder / name);
    CHECK(read_all(source->stream()).size() < (1U << 20U) - 1);
    const auto fault = source->fault();
    REQUIRE(fault);
    CHECK(fault->kind == ErrorKind::Unavailable);
    CHECK(fault->what == (name == "in" ? "Input/output error" : "Is a directory"));
    CHECK_THAT(fault->remedy, Catch::Contains("kernel's log") && Catch::Contains("nothing counts twice"));
}

TEST_CASE("An import that cannot be read on where one packed part ends is not at its end",
          "[app][import][unreadable]") {
    const TempDir dir;
    const auto folder = std::filesystem::canonical(dir.path());
    std::ofstream{folder / "in"} << std::string(1U << 20U, 'x');  // more than is unpacked in advance
    REQUIRE(std::system(("gzip -nk " + (folder / "in").string()).c_str()) == 0);
    std::ifstream packed{folder / "in.gz", std::ios::binary};
    std::string part{std::istreambuf_iterator<char>{packed}, {}};
    // A name in its head makes the part as long as one read (RFC 1952 2.3: FNAME, up to a zero octet).
    std::string named = part;
    named[3] = 8;
    named.insert(10, std::string((std::size_t{64} << 10U) - part.size() - 1, 'n') + '\0');
    std::ofstream{folder / "two.gz", std::ios::binary} << named << part;
    auto source = ImportSource::open((folder / "two.gz").string(), folder / "elsewhere");
    REQUIRE(source);
    REQUIRE(source->stream().get() != std::istream::traits_type::eof());
    make_unreadable(folder / "two.gz");
    CHECK(read_all(source->stream()).size() == (1U << 20U) - 1);
    const auto fault = source->fault();
    REQUIRE(fault);
    CHECK(fault->kind == ErrorKind::Unavailable);
}

TEST_CASE("An import whose packing is damaged in the middle is called damaged", "[app][import][unreadable]") {
    const TempDir dir;
    write_noise(dir / "in");
    REQUIRE(std::system(("gzip -k " + (dir / "in").string()).c_str()) == 0);
    std::filesystem::resize_file(dir / "in.gz", 500'000);
    auto source = ImportSource::open((dir / "in.gz").string(), dir / "elsewhere");
    REQUIRE(source);
    CHECK(read_all(source->stream()).size() < (1U << 20U));
    const auto fault = source->fault();
    REQUIRE(fault);
    CHECK(fault->kind == ErrorKind::Corrupt);
    CHECK_THAT(fault->what, Catch::Contains("damaged or cut off"));
}

TEST_CASE("An import that is whole has no fault", "[app][import][unreadable]") {
    const TempDir dir;
    write_noise(dir / "in");
    REQUIRE(std::system(("gzip -k " + (dir / "in").string()).c_str()) == 0);
    auto source = ImportSource::open((dir / "in.gz").string(), dir / "elsewhere");
    REQUIRE(source);
    CHECK(read_all(source->stream()).size() == (1U << 20U));
    CHECK_FALSE(source->fault());
}

TEST_CASE("Half a line before the place that cannot be read is not handed in", "[app][import][unreadable]") {
    const TempDir dir;
    const auto file = std::filesystem::canonical(dir.path()) / "in";
    const std::string line = "{\"line\":1}\n";
    {
        std::ofstream out{file};
        for (int i = 0; i < 100'000; ++i) {
            out << line;
        }
    }
    auto source = ImportSource::open(file.string(), dir / "elsewhere");
    REQUIRE(source);
    REQUIRE(source->stream().peek() == '{');
    make_unreadable(file);
    TakingClient client;
    const auto summary = fedtrail::app::import_through({client, "token"}, source->stream(), {});
    REQUIRE(summary);
    CHECK(source->fault());
    CHECK(summary->fresh > 0);
    CHECK(summary->position.lines == summary->fresh);
    CHECK(summary->position.offset == summary->fresh * line.size());
    CHECK(client.taken.size() == summary->fresh * line.size());
}

TEST_CASE("A note of where an import got to that is not as we write it is passed over",
          "[app][import][unreadable]") {
    const TempDir dir;
    std::ofstream{dir / "in"} << "one\ntwo\n";
    const std::string note = GENERATE(as<std::string>{},
                                      R"({"format":"fedtrail/import-state/1","offset":"far"})",
                                      R"({"format":7,"offset":4})",
                                      R"({"format":"fedtrail/import-state/1","fingerprint":[]})",
                                      R"({"format":"fedtrail/imp)");
    CAPTURE(note);
    std::ofstream{dir / "in.fedtrail-import"} << note;
    const auto source = ImportSource::open((dir / "in").string(), dir / "elsewhere");
    REQUIRE(source);
    CHECK(source->resume().offset == 0);
    CHECK(source->earlier().fresh == 0);
}
