/// "Two pages" is what an assessment promises. The approved examples are printed: the usual one, and the one
/// of all that can be known, each in the languages that take most room (printing costs seconds).

#include <chrono>
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

std::string approved_assessment(std::string_view which) {
    const auto file = FEDTRAIL_SOURCE_DIR "/tests/reports/golden/" + std::string{which};
    std::ostringstream text;
    text << std::ifstream{file, std::ios::binary}.rdbuf();
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

std::string replaced(std::string text, std::string_view from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

/// The page with the longest name that a server can have, where it stands whole and where it is cut.
std::string with_longest_host(std::string page) {
    const std::string label(61, 'w');
    const auto host = label + "." + label + "." + label + "." + label + ".wwwww";
    const auto cut = [](const std::string& text) { return text.substr(0, 80) + " …"; };
    page = replaced(std::move(page), "<dd>big.example</dd>", "<dd>" + host + "</dd>");
    for (const auto* text : {"privacy", "terms", "imprint"}) {
        page = replaced(std::move(page),
                        ">https://big.example/" + std::string{text} + "<",
                        ">" + cut("https://" + host) + "<");
    }
    page = replaced(std::move(page), " big.example", " " + cut(host));
    return replaced(std::move(page), ">big.example", ">" + cut(host));
}

std::size_t printed_pages(const std::string& page) {
    const testing::TempDir room;
    WeasyprintPress::Options patient;
    patient.bounds.time = std::chrono::minutes{10};
    const WeasyprintPress press{room / "tmp", patient};
    std::ostringstream pdf;
    const auto printed = press.print([&page](std::ostream& out) { out << page; }, pdf);
    INFO((printed ? "" : printed.error().what));
    REQUIRE(printed);
    return pages_in(pdf.str());
}

}  // namespace

TEST_CASE("An assessment is printed on two pages, also of all that can be known",
          "[weasyprint][assessment]") {
    const std::string which = GENERATE(
        "assessment.de.html", "assessment.fr.html", "assessment-full.de.html", "assessment-full.fr.html");
    CAPTURE(which);
    const auto page = approved_assessment(which);
    REQUIRE_FALSE(page.empty());
    CHECK(printed_pages(page) == 2);
}

TEST_CASE("The longest name that a server can have takes no third page", "[weasyprint][assessment]") {
    const auto page = with_longest_host(approved_assessment("assessment-full.de.html"));
    REQUIRE(page.find("<dd>wwww") != std::string::npos);
    CHECK(printed_pages(page) == 2);
}

}  // namespace fedtrail::weasyprint
