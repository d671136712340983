/// Prints with Debian's WeasyPrint; `tools/packages/test.txt` has it installed.

#include "backends/weasyprint/weasyprint_press.hpp"

#include <filesystem>
#include <sstream>

#include <catch2/catch.hpp>

#include "temp_dir.hpp"

namespace fedtrail::weasyprint {

namespace {

void page(std::ostream& out) {
    out << "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>T</title><p>Grüße aus Łódź";
}

bool empty(const std::filesystem::path& folder) {
    return std::filesystem::directory_iterator{folder} == std::filesystem::directory_iterator{};
}

}  // namespace

TEST_CASE("A page is printed as PDF, the same one twice, and nothing is left behind", "[weasyprint]") {
    const testing::TempDir room;
    const WeasyprintPress press{room / "tmp"};
    std::ostringstream first;
    std::ostringstream second;
    REQUIRE(press.print(page, first));
    REQUIRE(press.print(page, second));
    CHECK(first.str().substr(0, 5) == "%PDF-");
    CHECK(first.str() == second.str());
    CHECK(empty(room / "tmp"));
    const auto version = press.check();
    REQUIRE(version);
    CHECK(version->find("WeasyPrint") != std::string::npos);
}

TEST_CASE("Without WeasyPrint the remedy is said", "[weasyprint]") {
    const testing::TempDir room;
    const WeasyprintPress press{room.path(), {"no-such-weasyprint", {}}};
    std::ostringstream pdf;
    const auto printed = press.print(page, pdf);
    REQUIRE_FALSE(printed);
    CHECK(printed.error().kind == ErrorKind::Unavailable);
    CHECK(printed.error().remedy.find("apt install weasyprint") != std::string::npos);
    CHECK(pdf.str().empty());
    CHECK_FALSE(press.check());
}

TEST_CASE("A press that fails or hangs leaves nothing and says how else to print", "[weasyprint]") {
    const testing::TempDir room;
    std::ostringstream pdf;
    const WeasyprintPress silent{room / "a", {"true", {}}};
    const auto nothing = silent.print(page, pdf);
    REQUIRE_FALSE(nothing);
    CHECK(nothing.error().remedy.find("browser") != std::string::npos);
    Bounds short_time;
    short_time.time = std::chrono::seconds{0};
    const WeasyprintPress slow{room / "b", {"weasyprint", short_time}};
    CHECK_FALSE(slow.print(page, pdf));
    CHECK(pdf.str().empty());
    CHECK(empty(room / "a"));
    CHECK(empty(room / "b"));
}

}  // namespace fedtrail::weasyprint
