/// The register of shreddings: however long, and whatever a crash left of its last line.

#include "app/shredding_register.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "fakes/stopped_clock.hpp"
#include "temp_dir.hpp"

using fedtrail::ErrorKind;
using fedtrail::app::LastLine;
using fedtrail::app::ShreddingRegister;
using fedtrail::privacy::SubjectNumber;

namespace {

const std::string kThisVault(32, 'a');

std::string entry_line(std::uint64_t subject, const std::string& vault = kThisVault) {
    return R"({"vault":")" + vault + R"(","subject":)" + std::to_string(subject) +
           R"(,"at":"2026-11-20T07:00:00Z"})" + "\n";
}

struct RegisterPlace {
    fedtrail::testing::TempDir dir;
    std::filesystem::path file = dir / "shreddings.ndjson";
    fedtrail::testing::StoppedClock clock;
    ShreddingRegister book{file, kThisVault, clock};

    void put(const std::string& text) const { std::ofstream{file, std::ios::binary} << text; }
    [[nodiscard]] std::string text() const {
        std::ostringstream all;
        all << std::ifstream{file, std::ios::binary}.rdbuf();
        return all.str();
    }
    [[nodiscard]] ino_t inode() const {
        struct stat found {};
        REQUIRE(::stat(file.c_str(), &found) == 0);
        return found.st_ino;
    }
    /// "1 2 ", or the kind of the error.
    [[nodiscard]] std::string numbers(LastLine last = LastLine::Whole) const {
        const auto entries = ShreddingRegister::read(file, last);
        if (!entries) {
            return entries.error().kind == ErrorKind::Corrupt ? "corrupt" : "another error";
        }
        std::string said;
        for (const auto& entry : *entries) {
            said += std::to_string(entry.subject.get()) + " ";
        }
        return said;
    }
};

}  // namespace

TEST_CASE("A shredding is one line more, however many there are", "[app][shredding]") {
    RegisterPlace place;
    constexpr std::uint64_t kMany = 200'000;  // more than 16 MiB
    std::string lines;
    for (std::uint64_t i = 1; i <= kMany; ++i) {
        lines += entry_line(i);
    }
    REQUIRE(lines.size() > 16U * 1024 * 1024);
    place.put(lines);
    const auto inode = place.inode();
    REQUIRE(place.book.forget(SubjectNumber{kMany + 1}));
    REQUIRE(place.book.forget(SubjectNumber{kMany + 1}));
    REQUIRE(place.book.forget(SubjectNumber{7}));
    CHECK(place.inode() == inode);
    const auto text = place.text();
    CHECK(text.starts_with(lines));
    CHECK(std::count(text.begin(), text.end(), '\n') == static_cast<std::ptrdiff_t>(kMany) + 1);
    const auto entries = ShreddingRegister::read(place.file, LastLine::Whole);
    REQUIRE(entries);
    CHECK(entries->back().subject == SubjectNumber{kMany + 1});
}

TEST_CASE("Half a last line is cut off by the next shredding", "[app][shredding]") {
    RegisterPlace place;
    const auto half = entry_line(2);
    for (const std::size_t octets : {std::size_t{1}, half.size() / 2, half.size() - 2}) {
        place.put(entry_line(1) + half.substr(0, octets));
        CHECK(place.numbers() == "corrupt");
        CHECK(place.numbers(LastLine::AnyHalf) == "1 ");
        REQUIRE(place.book.forget(SubjectNumber{2}));  // the vault says who it was
        REQUIRE(place.book.forget(SubjectNumber{3}));
        CHECK(place.numbers() == "1 2 3 ");
    }
    place.put(entry_line(1) + half.substr(0, half.size() - 1));  // whole, but for its end
    CHECK(place.numbers() == "1 2 ");
    REQUIRE(place.book.forget(SubjectNumber{2}));
    REQUIRE(place.book.forget(SubjectNumber{4}));
    CHECK(place.numbers() == "1 2 4 ");
}

TEST_CASE("A line amid the register that is no shredding is refused", "[app][shredding]") {
    RegisterPlace place;
    for (const auto& line : {std::string{"{}\n"}, std::string{"\n"}, std::string(5'000, 'x') + "\n"}) {
        place.put(entry_line(1) + line + entry_line(2));
        CHECK(place.numbers(LastLine::AnyHalf) == "corrupt");
        CHECK_FALSE(place.book.forget(SubjectNumber{3}));
        CHECK(place.text().ends_with(entry_line(2)));
    }
}

TEST_CASE("A register that was taken away is begun anew, and another vault's numbers are others",
          "[app][shredding]") {
    RegisterPlace place;
    REQUIRE(place.book.forget(SubjectNumber{1}));
    std::filesystem::remove(place.file);
    REQUIRE(place.book.forget(SubjectNumber{1}));
    CHECK(place.numbers() == "1 ");
    place.put(entry_line(5, std::string(32, 'b')));
    REQUIRE(place.book.forget(SubjectNumber{5}));
    CHECK(place.numbers() == "5 5 ");
}
