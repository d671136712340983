/// "Two pages" is what an assessment promises. The approved example with the most words is printed.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <catch2/catch.hpp>

#include "backends/weasyprint/weasyprint_press.hpp"
#include "temp_dir.hpp"

namespace fedtrail::weasyprint {

namespace {

namespace fs = std::filesystem;

/// The longest of the approved assessments, as HTML.
std::string longest_assessment() {
    std::string longest;
    for (const auto& entry : fs::directory_iterator{FEDTRAIL_SOURCE_DIR "/tests/reports/golden"}) {
        const auto name = entry.path().filename().string();
        if (name.starts_with("assessment.") && name.ends_with(".html")) {
            std::ostringstream text;
            text << std::ifstream{entry.path(), std::ios::binary}.rdbuf();
            if (auto read = std::move(text).str(); read.size() > longest.size()) {
                longest = std::move(read);
            }
        }
    }
    return longest;
}

/// Page objects; "/Type /Pages" is the tree of them.
std::size_t pages_in(const std::string& pdf) {
    constexpr std::string_view kPage{"/Type /Page"};
    std::size_t pages = 0;
    for (auto at = pdf.find(kPage); at != std::string::npos; at = pdf.find(kPage, at + 1)) {
        pages += pdf.compare(at + kPage.size(), 1, "s") == 0 ? 0 : 1;
    }
    return pages;
}

}  // namespace

TEST_CASE("An assessment in the longest language is printed on two pages", "[weasyprint][assessment]") {
    const auto page = longest_assessment();
    REQUIRE_FALSE(page.empty());
    const testing::TempDir room;
    WeasyprintPress::Options patient;
    patient.bounds.time = std::chrono::minutes{10};
    const WeasyprintPress press{room / "tmp", patient};
    std::ostringstream pdf;
    const auto printed = press.print([&page](std::ostream& out) { out << page; }, pdf);
    INFO((printed ? "" : printed.error().what));
    REQUIRE(printed);
    CHECK(pages_in(pdf.str()) == 2);
}

}  // namespace fedtrail::weasyprint
