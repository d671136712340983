#include "backends/archive/zip_writer.hpp"

#include <map>
#include <sstream>
#include <string>

#include <archive.h>
#include <archive_entry.h>
#include <catch2/catch.hpp>

namespace fedtrail::zip {

namespace {

const Instant kAt = *parse_rfc3339("2026-11-22T10:15:00Z");

struct Unpacked {
    std::string content;
    std::int64_t at{};
    unsigned rights{};
};

/// Read again by the library's other half.
std::map<std::string, Unpacked> unpacked(const std::string& zip) {
    std::map<std::string, Unpacked> files;
    const std::unique_ptr<archive, decltype(&archive_read_free)> in{archive_read_new(), &archive_read_free};
    archive_read_support_format_zip(in.get());
    REQUIRE(archive_read_open_memory(in.get(), zip.data(), zip.size()) == ARCHIVE_OK);
    archive_entry* entry = nullptr;
    while (archive_read_next_header(in.get(), &entry) == ARCHIVE_OK) {
        Unpacked file;
        file.at = archive_entry_mtime(entry);
        file.rights = archive_entry_perm(entry);
        std::string piece(1000, '\0');
        for (la_ssize_t size = 0; (size = archive_read_data(in.get(), piece.data(), piece.size())) > 0;) {
            file.content.append(piece, 0, static_cast<std::size_t>(size));
        }
        files.emplace(archive_entry_pathname(entry), std::move(file));
    }
    return files;
}

std::string packed(const std::map<std::string, std::string>& files) {
    std::ostringstream out;
    const auto zip = ZipWriter::make(out, kAt);
    REQUIRE(zip);
    for (const auto& [name, content] : files) {
        const auto& text = content;
        REQUIRE((*zip)->add(name, [&text](std::ostream& stream) -> Result<void> {
            stream << text;
            return {};
        }));
    }
    REQUIRE((*zip)->finish());
    return out.str();
}

}  // namespace

TEST_CASE("What goes into a zip comes out of it", "[archive]") {
    std::string large;
    for (int i = 0; i < 300'000; ++i) {
        large += static_cast<char>(i * i % 251);
    }
    const auto files = unpacked(packed({{"a.txt", "hello"}, {"empty", ""}, {"large.bin", large}}));
    REQUIRE(files.size() == 3);
    CHECK(files.at("a.txt").content == "hello");
    CHECK(files.at("empty").content.empty());
    CHECK(files.at("large.bin").content == large);
    CHECK(files.at("a.txt").at == to_unix_seconds(kAt));
    CHECK(files.at("a.txt").rights == 0600);
}

TEST_CASE("The same files make the same zip", "[archive]") {
    CHECK(packed({{"a", "1"}, {"b", "2"}}) == packed({{"a", "1"}, {"b", "2"}}));
    CHECK(packed({{"a", "1"}}) != packed({{"a", "2"}}));
}

TEST_CASE("A file that cannot be written is the failure of its writer", "[archive]") {
    std::ostringstream out;
    const auto zip = ZipWriter::make(out, kAt);
    const auto added = (*zip)->add(
        "a", [](std::ostream&) -> Result<void> { return fail(ErrorKind::Corrupt, "the ledger is broken"); });
    REQUIRE_FALSE(added);
    CHECK(added.error().what == "the ledger is broken");
}

TEST_CASE("A zip on a full disk is said to be one", "[archive]") {
    std::ostringstream out;
    out.setstate(std::ios::badbit);
    const auto zip = ZipWriter::make(out, kAt);
    REQUIRE(zip);
    const auto added = (*zip)->add("a", [](std::ostream& stream) -> Result<void> {
        stream << std::string(1'000'000, 'x');
        return {};
    });
    const bool whole = added && (*zip)->finish();
    CHECK_FALSE(whole);
}

}  // namespace fedtrail::zip
