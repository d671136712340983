#include <algorithm>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "reports/approve.hpp"
#include "reports/csv_cell.hpp"
#include "reports/example_reports.hpp"
#include "reports/renderers.hpp"

namespace fedtrail::reports::test {

namespace {

std::string csv_of(const TransferReport& report) {
    std::ostringstream out;
    render_csv(report, out);
    return std::move(out).str();
}

}  // namespace

TEST_CASE("A report as CSV is the approved one", "[reports][csv][approval]") {
    const auto text = csv_of(report_of(small_ledger()));
    CHECK(text == approved("small.csv", text));
}

TEST_CASE("A report without recipients is a header row", "[reports][csv]") {
    CHECK(csv_of(report_of(LedgerContent{})) ==
          "host,first,last,objects,disclosures,channels,categories,evidence,operator,software,country,"
          "country_source,country_confidence,marks,basis,basis_reason,decision,deletion,told_at,number,"
          "joined_to,declared_article,operator_source,received_from\r\n");
}

TEST_CASE("Every line of a CSV report ends with CRLF and has twenty-four fields", "[reports][csv]") {
    std::istringstream lines{csv_of(report_of(made_up_ledger(500)))};
    std::string line;
    std::size_t count = 0;
    while (std::getline(lines, line)) {
        ++count;
        REQUIRE(line.back() == '\r');
        REQUIRE(std::count(line.begin(), line.end(), ',') == 23);
    }
    CHECK(count == 501);
}

TEST_CASE("A CSV cell is quoted where RFC 4180 asks for it", "[reports][csv]") {
    CHECK(csv_cell("a.example") == "a.example");
    CHECK(csv_cell("").empty());
    CHECK(csv_cell("a,b") == "\"a,b\"");
    CHECK(csv_cell("say \"hi\"") == "\"say \"\"hi\"\"\"");
    CHECK(csv_cell("two\r\nlines") == "\"two\r\nlines\"");
}

TEST_CASE("A CSV cell never starts a formula", "[reports][csv]") {
    CHECK(csv_cell("=1+1") == "'=1+1");
    CHECK(csv_cell("+49") == "'+49");
    CHECK(csv_cell("-2") == "'-2");
    CHECK(csv_cell("@SUM(A1)") == "'@SUM(A1)");
    CHECK(csv_cell("\t=1") == "'\t=1");
    CHECK(csv_cell("=HYPERLINK(\"https://evil.example\",\"x\")") ==
          "\"'=HYPERLINK(\"\"https://evil.example\"\",\"\"x\"\")\"");
}

}  // namespace fedtrail::reports::test
