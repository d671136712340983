/// The directory of recipients with one octet of its file changed.

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "fedtrail/ledger/hash.hpp"

#include "backends/sqlite/declaration_store.hpp"
#include "backends/sqlite/directory_book.hpp"
#include "backends/sqlite/finding_store.hpp"
#include "recipients/here_and_now.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using fedtrail::testing::host;
using fedtrail::testing::kNow;
using sqlite::OpenMode;
using sqlite::SqliteDirectory;

namespace {

/// Something in every table.
void fill_directory(const std::filesystem::path& file) {
    const auto directory = *SqliteDirectory::open_file(file, OpenMode::ReadWrite);
    const std::vector hosts{host("a.example"), host("b.example"), host("c.example")};
    for (const auto& one : hosts) {
        REQUIRE(directory->update(one, [](RecipientEntry& entry) { entry.software = "someware"; }));
    }
    for (const std::string words : {"We keep all.", "We keep nothing."}) {
        ReadPolicy read;
        read.host = hosts[0];
        read.url = "https://a.example/privacy";
        read.language = "en";
        read.text = Personal<std::string>{words};
        read.sha256 = ledger::sha256(bytes_of(words));
        read.at = kNow;
        REQUIRE(directory->keep(std::vector{read}));
    }
    REQUIRE(directory->add(hosts, kNow));
    RefreshState visited;
    visited.host = hosts[1];
    visited.due = kNow;
    visited.failures = 2;
    visited.node_info = "https://b.example/nodeinfo/2.0";
    REQUIRE(directory->put(std::vector{visited}));
    const auto declarations = *sqlite::SqliteDeclarations::open_file(file, OpenMode::ReadWrite);
    const std::vector<Declaring> acts{
        {hosts[0], kNow, "cli", "seen", [](const auto&) -> Result<std::vector<WordChange>> {
             return std::vector{WordChange{"country", {}, Personal<std::string>{"DE"}}};
         }}};
    REQUIRE(declarations->declare(acts));
    const auto findings = *sqlite::SqliteFindings::open_file(file, OpenMode::ReadWrite);
    records::CountryFinding finding;
    finding.country = *privacy::Country::parse("DE");
    finding.source = records::CountrySource::Imprint;
    finding.confidence = records::Confidence::Medium;
    finding.found_at = kNow;
    finding.why = "seen";
    REQUIRE(findings->keep(std::vector<HostCountry>{{hosts[0], finding}, {hosts[1], finding}}));
    REQUIRE(findings->replace_list(
        "ours",
        kNow,
        std::vector<DomainBlock>{{host("bad.example"), records::BlockSeverity::Suspended, "spam"}}));
    REQUIRE(findings->turn({"dpf", false, kNow, "cli", "the court"}));
}

/// All rows of all tables; nothing if they cannot be read.
std::optional<std::string> rows_told_by(const std::filesystem::path& file) {
    try {
        const SQLite::Database database{file.string(), SQLite::OPEN_READWRITE};
        std::string told;
        for (const std::string table : {"recipient",
                                        "policy",
                                        "policy_text",
                                        "declaration",
                                        "declaration_act",
                                        "country_finding",
                                        "domain_block",
                                        "switch_turn",
                                        "refresh"}) {
            SQLite::Statement row{database, "SELECT * FROM " + table};
            while (row.executeStep()) {
                for (int column = 0; column < row.getColumnCount(); ++column) {
                    told += std::to_string(row.getColumn(column).getType()) + " " +
                            row.getColumn(column).getString() + "\n";
                }
            }
            told += table + "\n";
        }
        return told;
    } catch (const SQLite::Exception&) {
        return std::nullopt;
    }
}

bool is_directory_whole(const std::filesystem::path& file) {
    const auto directory = SqliteDirectory::open_file(file, OpenMode::ReadWrite);
    if (!directory) {
        return false;
    }
    const auto check = (*directory)->check();
    return check && check->faults.empty();
}

}  // namespace

TEST_CASE("A flipped octet of the directory's file is found or changes nothing", "[directory][doctor]") {
    const auto folder = fedtrail::testing::TempDir::in_memory();
    const auto file = folder / "directory.db";
    fill_directory(file);
    const auto told = rows_told_by(file);
    REQUIRE(told);
    REQUIRE(is_directory_whole(file));
    std::fstream stream{file, std::ios::in | std::ios::out | std::ios::binary};
    const auto size = static_cast<std::streamoff>(std::filesystem::file_size(file));
    const auto step = size / 500 | 1;  // about as many rounds, however large it becomes
    std::size_t found = 0;
    for (std::streamoff place = 100; place < size; place += step) {
        const auto flip = [&] {
            stream.seekg(place);
            const auto octet = static_cast<char>(stream.get());
            stream.seekp(place);
            stream.put(static_cast<char>(octet ^ 4));
            stream.flush();
        };
        flip();
        if (is_directory_whole(file)) {
            CAPTURE(place);
            CHECK(rows_told_by(file) == told);
        } else {
            ++found;
        }
        flip();
    }
    CHECK(found > 10);  // most of a small file is room to spare
    CHECK(is_directory_whole(file));
}
