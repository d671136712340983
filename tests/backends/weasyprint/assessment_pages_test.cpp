/// "Two pages" is what an assessment promises. The approved example of all that can be known is printed.

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <catch2/catch.hpp>

#include "backends/weasyprint/weasyprint_press.hpp"
#include "temp_dir.hpp"
#include "translation.hpp"

namespace fedtrail::weasyprint {

namespace {

std::string full_assessment(std::string_view language) {
    const auto file = FEDTRAIL_SOURCE_DIR "/tests/reports/golden/assessment-full." + std::string{language};
    std::ostringstream text;
    text << std::ifstream{file + ".html", std::ios::binary}.rdbuf();
    return std::move(text).str();
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

TEST_CASE("An assessment of all that can be known is printed on two pages in each language",
          "[weasyprint][assessment]") {
    const auto language = GENERATE(from_range(testing::kLanguages));
    CAPTURE(language);
    const auto page = full_assessment(language);
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
