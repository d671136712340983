/// Writes example reports and an assessment as files, for looking at them and for tests/web:
/// `report_preview DIR`.

#include <array>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>

#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/render_paper.hpp"
#include "reports/renderers.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

void write(const std::string& path, const TransferReport& report) {
    std::ofstream out{path, std::ios::binary};
    render_html(report, texts_in(report.language), out);
}

/// With all that can be known.
void write_full(const std::string& stem, std::size_t count, std::string_view language) {
    Surroundings around;
    make_up_surroundings(around, count);
    const auto& texts = texts_in(language);
    const auto report = full_report_of(around, texts);
    const auto items = items_of(around, report);
    std::ofstream page{stem + ".html", std::ios::binary};
    render_html(report, texts, page, &items);
    std::ofstream linked{stem + ".jsonld", std::ios::binary};
    render_jsonld(report, linked);
}

void write_assessment(const std::string& path) {
    const auto& texts = papers_in("en");
    std::ofstream out{path, std::ios::binary};
    render_html(paper_of(long_assessment(texts), texts), texts, out);
}

}  // namespace fedtrail::reports::test

int main(int argc, char** argv) {
    namespace test = fedtrail::reports::test;
    if (argc != 2) {
        std::cerr << "usage: report_preview DIR\n";
        return 2;
    }
    const std::string dir = argv[1];
    constexpr std::array<std::size_t, 4> kSizes{0, 1, 40, 3000};
    for (const auto count : kSizes) {
        test::write(dir + "/" + std::to_string(count) + ".html",
                    test::report_of(test::made_up_ledger(count)));
    }
    test::write(dir + "/hostile.html", test::hostile_report());
    test::write_full(dir + "/full", 400, "en");
    test::write_assessment(dir + "/assessment.html");
    for (const auto language : fedtrail::testing::kLanguages) {
        test::write_full(dir + "/" + std::string{language}, 40, language);
    }
    return 0;
}
