/// An assessment keeps to its two pages whatever is known: what it leaves out is counted, and stands in JSON.
/// The approved pages are printed and counted in tests/backends/weasyprint.

#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/approve.hpp"
#include "reports/assessment.hpp"
#include "reports/example_papers.hpp"
#include "reports/render_paper.hpp"
#include "reports/rendered.hpp"
#include "reports/schema_faults.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

namespace {

std::string full_markdown(const Assessment& assessment, const PaperTexts& texts) {
    std::ostringstream out;
    render_markdown(paper_of(assessment, texts), texts, out);
    return std::move(out).str();
}

}  // namespace

TEST_CASE("An assessment of all that can be known is the approved one in each language",
          "[reports][assessment][approval]") {
    for (const auto language : fedtrail::testing::kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        std::ostringstream page;
        render_html(paper_of(long_assessment(texts), texts), texts, page);
        CHECK(page.str() == approved("assessment-full." + std::string{language} + ".html", page.str()));
    }
}

TEST_CASE("What an assessment has no room for is named or counted, and is in JSON", "[reports][assessment]") {
    constexpr std::size_t kRows = 12;
    for (const auto language : fedtrail::testing::kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        auto made = long_assessment(texts);
        REQUIRE(made.risks.size() > kRows + 3);
        made.risks.resize(kRows + 3);
        const auto text = full_markdown(made, texts);
        for (std::size_t i = 0; i < made.risks.size(); ++i) {
            const auto words = words_of(made.risks[i], texts);
            CAPTURE(words.title);
            CHECK(count_of(text, words.title) == 1);
            CHECK((count_of(text, words.todo) > 0) == (i < kRows));
        }
        CHECK(count_of(text, "fedtrail assess big.example --json") == 1);
        CHECK(count_of(text, "9 (fedtrail recipients show big.example)") == 1);
        CHECK(contains(text, "web3."));
        CHECK_FALSE(contains(text, "web4."));
        made.risks.resize(kRows);
        made.card.aliases.resize(3, made.card.aliases.front());
        CHECK_FALSE(contains(full_markdown(made, texts), "fedtrail assess big.example --json"));
        CHECK_FALSE(contains(full_markdown(made, texts), "fedtrail recipients show"));
    }
    const auto& texts = papers_in("en");
    const auto made = long_assessment(texts);
    std::ostringstream out;
    render_json(made, texts, out);
    CHECK(schema_faults("assessment", out.str()).empty());
    const auto json = nlohmann::json::parse(out.str());
    CHECK(json["risks"].size() == made.risks.size());
    CHECK(json["recipient"]["aliases"].size() == made.card.aliases.size());
}

TEST_CASE("However long the name of a server is, an assessment has it whole once", "[reports][assessment]") {
    const auto& texts = papers_in("en");
    auto made = long_assessment(texts);
    const std::string label(60, 'w');
    made.card.host = host(label + "." + label + "." + label + "." + label + ".example");
    CHECK(count_of(full_markdown(made, texts), made.card.host.text()) == 1);
}

TEST_CASE("Of a recipient with many hosts the texts of a few are listed, and the others counted",
          "[reports][assessment][joined]") {
    const auto& texts = papers_in("en");
    auto made = long_assessment(texts);
    made.policy.versions.clear();
    for (const auto& alias : made.card.aliases) {
        records::PolicyVersion version;
        version.host = alias.host;
        version.url = "https://policy.example/";
        made.policy.versions.push_back(version);
    }
    const auto text = full_markdown(made, texts);
    CHECK(count_of(text, "https://policy.example/") == 6);
    CHECK(contains(text, "Other texts, not shown here: 6 (fedtrail recipients policies big.example)"));
}

}  // namespace fedtrail::reports::test
