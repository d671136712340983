#include "reports/report_texts.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "reports/example_reports.hpp"
#include "temp_dir.hpp"

namespace fedtrail::reports::test {

namespace fs = std::filesystem;

namespace {

/// A copy of the policies directory that a test may damage.
class PoliciesCopy {
public:
    PoliciesCopy() { fs::copy(FEDTRAIL_SOURCE_DIR "/policies", dir_.path(), fs::copy_options::recursive); }

    [[nodiscard]] std::string path() const { return dir_.path().string(); }
    [[nodiscard]] fs::path texts() const { return dir_ / "texts/en/transfer-report.json"; }
    void write(const fs::path& file, std::string_view content) const {
        std::ofstream{file, std::ios::binary} << content;
    }
    /// Replaces the first `from` in the English texts.
    void change_text(std::string_view from, std::string_view to) const {
        std::ifstream in{texts()};
        std::string content{std::istreambuf_iterator<char>{in}, {}};
        const auto found = content.find(from);
        REQUIRE(found != std::string::npos);
        write(texts(), content.replace(found, from.size(), to));
    }

private:
    testing::TempDir dir_;
};

}  // namespace

TEST_CASE("Numbers, nouns and days are written as people read them", "[reports][texts]") {
    const auto& texts = english();
    CHECK(texts.forms().number(0) == "0");
    CHECK(texts.forms().number(999) == "999");
    CHECK(texts.forms().number(1000) == "1,000");
    CHECK(texts.forms().number(200000000) == "200,000,000");
    CHECK(texts.counted("servers", 1) == "1 server");
    CHECK(texts.counted("servers", 0) == "0 servers");
    CHECK(texts.counted("disclosures", 12345) == "12,345 disclosures");
    CHECK(texts.forms().day(at("2026-02-01T23:59:59Z")) == "1 February 2026");
    CHECK(texts.forms().short_day(at("2026-12-31T23:59:59Z")) == "31 Dec 2026");
    CHECK(texts.forms().month(at("2026-12-31T23:59:59Z")) == "December 2026");
    CHECK(texts.forms().short_month(at("2026-12-31T23:59:59Z")) == "Dec 2026");
    CHECK(texts.forms().moment(at("2026-12-31T23:59:59Z")) == "31 December 2026, 23:59 UTC");
}

TEST_CASE("A language without texts is not found, and a path is no language", "[reports][texts]") {
    const std::string policies = FEDTRAIL_SOURCE_DIR "/policies";
    CHECK(ReportTexts::load(policies, "tlh").error().kind == ErrorKind::NotFound);
    CHECK(ReportTexts::load(policies, "../texts/en").error().kind == ErrorKind::Invalid);
    CHECK(ReportTexts::load(policies, "").error().kind == ErrorKind::Invalid);
}

TEST_CASE("Texts that lack a word are refused at start, by name", "[reports][texts]") {
    const PoliciesCopy copy;
    copy.change_text("\"poll_vote\"", "\"pole_vote\"");
    const auto texts = ReportTexts::load(copy.path(), "en");
    REQUIRE_FALSE(texts);
    CHECK(texts.error().kind == ErrorKind::Invalid);
    CHECK(texts.error().what.find("category.poll_vote.word") != std::string::npos);
}

TEST_CASE("A part that is not there is refused at start, in a text as in the layout", "[reports][texts]") {
    const PoliciesCopy copy;
    copy.change_text("{{first_record}}", "{{>first_record}}");
    const auto text = ReportTexts::load(copy.path(), "en");
    REQUIRE_FALSE(text);
    CHECK(text.error().what.find("\"not_established.before_recording.sentence\" names the part "
                                 "{{>first_record}}, which there is not") != std::string::npos);
    const PoliciesCopy other;
    other.write(fs::path{other.path()} / "layouts/transfer-report.row.html.mustache", "{{>host}}");
    const auto layout = ReportTexts::load(other.path(), "en");
    REQUIRE_FALSE(layout);
    CHECK(layout.error().kind == ErrorKind::Invalid);
    CHECK(layout.error().what.find("{{>host}}") != std::string::npos);
}

TEST_CASE("A broken placeholder or broken JSON in the texts is refused at start", "[reports][texts]") {
    const PoliciesCopy copy;
    copy.change_text("{{first_record}}", "{{first_record");
    const auto placeholder = ReportTexts::load(copy.path(), "en");
    REQUIRE_FALSE(placeholder);
    CHECK(placeholder.error().what.find("not_established.before_recording") != std::string::npos);
    copy.write(copy.texts(), "{\"format\": 1}");
    CHECK(ReportTexts::load(copy.path(), "en").error().kind == ErrorKind::Invalid);
    copy.write(copy.texts(), "{");
    CHECK(ReportTexts::load(copy.path(), "en").error().kind == ErrorKind::Invalid);
}

}  // namespace fedtrail::reports::test
