/// Writes example reports as files, for looking at them and for tests/web: `report_preview DIR`.

#include <array>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>

#include "reports/example_reports.hpp"
#include "reports/renderers.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

void write(const std::string& path, const TransferReport& report) {
    std::ofstream out{path, std::ios::binary};
    render_html(report, texts_in(report.language), out);
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
    for (const auto language : fedtrail::testing::kLanguages) {
        test::write(dir + "/" + std::string{language} + ".html",
                    test::report_of(test::made_up_ledger(40), {}, test::texts_in(language)));
    }
    return 0;
}
