/// The sheets of the record's spreadsheet: one for each activity, as the CNIL's register has them.

#include <memory>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/processing_record.hpp"
#include "reports/rendered.hpp"

namespace fedtrail::reports::test {

namespace {

/// Keeps what is in the sheets.
class ContentAlone : public PackageWriter {
public:
    explicit ContentAlone(std::string& content) : content_(content) {}

    [[nodiscard]] Result<void> add(const std::string& name,
                                   const std::function<Result<void>(std::ostream&)>& write,
                                   Packing) override {
        std::ostringstream out;
        auto written = write(out);
        if (name == "content.xml") {
            content_ = std::move(out).str();
        }
        return written;
    }
    [[nodiscard]] Result<void> finish() override { return {}; }

private:
    std::string& content_;
};

std::string sheets_of(const OperatorFacts& facts) {
    const RecipientLedger ledger{example_totals()};
    const auto recipients = example_register();
    const auto& texts = papers_in("en");
    const auto record = build_processing_record(
        {facts, example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(record);
    std::string content;
    const PackageMaker package = [&content](std::ostream&, Instant) {
        return std::make_unique<ContentAlone>(content);
    };
    std::ostringstream out;
    REQUIRE(render_ods(*record, record_table(*record, RecordColumns::Cnil, texts), texts, package, out));
    return content;
}

std::string sheet_begins(const std::string& name) {
    return "<table:table table:name=\"" + name + "\">";
}

}  // namespace

TEST_CASE("Each activity has a sheet of its own, every column on it", "[reports][record]") {
    const auto content = sheets_of(example_facts());
    const auto begin = content.find(sheet_begins("3. Delivery to other servers"));
    REQUIRE(begin != std::string::npos);
    const auto sheet = content.substr(begin, content.find("</table:table>", begin) - begin);
    CHECK(count_of(sheet, "<table:table-row>") == 25);
    CHECK(contains(sheet, "Purpose"));
    CHECK(contains(sheet, "To take part in the network"));
}

TEST_CASE("A sheet's name is one that spreadsheet programs take", "[reports][record]") {
    auto facts = example_facts();
    facts.activities[0].name = {{"en", "a/b:c*[d]?e\\f'g & h"}};
    facts.activities[1].name = {{"en", "ääääääääääääääääääääääääääääääää"}};
    facts.activities[2].name = facts.activities[1].name;
    const auto content = sheets_of(facts);
    CHECK(contains(content, sheet_begins("1. a b c  d  e f g &amp; h")));
    const std::string most = "ääääääääääääääääääääääääääää";  // 28 characters behind "2. "
    CHECK(contains(content, sheet_begins("2. " + most)));
    CHECK(contains(content, sheet_begins("3. " + most)));
}

}  // namespace fedtrail::reports::test
