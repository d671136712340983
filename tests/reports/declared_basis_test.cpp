/// Which article the controller declared, and which decision a transfer rests on, in every form of every
/// paper.

#include <algorithm>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/assessment.hpp"
#include "reports/dpv_terms.hpp"
#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/privacy_notice.hpp"
#include "reports/processing_record.hpp"
#include "reports/render_paper.hpp"
#include "reports/rendered.hpp"
#include "reports/renderers.hpp"
#include "reports/schema_faults.hpp"

namespace fedtrail::reports::test {

namespace {

using privacy::BasisKind;
using privacy::BasisReason;

constexpr const char* kParagraph = "https://eur-lex.europa.eu/eli/reg/2016/679/art_49/par_1/oj";

records::RecipientCard declared(std::string_view host, std::string article) {
    auto card = card_of(host, "CN", BasisKind::Declared, "mastodon");
    card.basis.reason = BasisReason::DeclaredByController;
    card.basis.article = std::move(article);
    return card;
}

records::RecipientCard adequate(std::string_view host) {
    auto card = card_of(host, "CH", BasisKind::Adequacy, "mastodon");
    card.basis.reason = BasisReason::DecisionHolds;
    card.basis.decision = "2000/518/EC";
    return card;
}

/// small_ledger() goes to two servers: one rests on a declared article, the other on a decision.
TransferReport report() {
    Surroundings around;
    small_surroundings(around);
    bool first = true;
    for (auto& [host, card] : around.known.known) {
        card = first ? declared(host.text(), "49(1)(c)") : adequate(host.text());
        first = false;
    }
    return full_report_of(around);
}

struct Papers {
    RecipientLedger ledger{{totals_of("a.example", 5),
                            totals_of("b.example", 4),
                            totals_of("c.example", 3),
                            totals_of("d.example", 2)}};
    CardRegister recipients{{declared("a.example", "49(1)(c)"),
                             declared("b.example", "49(1)"),
                             adequate("c.example"),
                             card_of("d.example", "CN", BasisKind::Undocumented, "mastodon")}};
    OperatorFacts facts{example_facts()};

    [[nodiscard]] PaperSources sources() const {
        return {facts, example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")};
    }
};

}  // namespace

TEST_CASE("A report names the article and the decision in each of its forms", "[reports][declared]") {
    const auto made = report();
    std::ostringstream page;
    render_html(made, english(), page);
    CHECK(contains(page.str(), std::string{"<a href=\""} + kParagraph + "\">Art. 49(1)(c)</a>"));
    CHECK(contains(page.str(), "<small>2000/518/EC</small>"));
    std::ostringstream table;
    render_csv(made, table);
    CHECK(contains(table.str(), ",49(1)(c),"));
    std::ostringstream linked;
    render_jsonld(made, linked);
    CHECK(contains(linked.str(), "\"eu-gdpr:A49-1-c\""));
    CHECK(contains(linked.str(), "\"ft:declaredArticle\":\"49(1)(c)\""));
    CHECK(contains(linked.str(), "\"ft:decision\":\"2000/518/EC\""));
}

TEST_CASE("Nobody declares an adequacy decision, whatever stands", "[reports][declared]") {
    for (const auto* article : {"45(3)", "46(2)(c)", "banana", "6(1)(f)", ""}) {
        CAPTURE(article);
        privacy::TransferBasis basis;
        basis.kind = BasisKind::Declared;
        basis.article = article;
        CHECK(dpv_basis(basis).empty());
    }
}

TEST_CASE("The second subparagraph of Art. 49(1) has its term, and Kosovo none", "[reports][declared]") {
    privacy::TransferBasis basis;
    basis.kind = BasisKind::Declared;
    basis.article = "49(1)";
    CHECK(dpv_basis(basis) == "eu-gdpr:A49-2");
    const RecipientLedger ledger{{totals_of("a.example", 1)}};
    auto card = declared("a.example", "49(1)");
    card.country.country = *privacy::Country::parse("XK");
    const CardRegister recipients{{card}};
    const auto facts = example_facts();
    const auto made = build_processing_record(
        {facts, example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, papers_in("en"));
    REQUIRE(made);
    std::ostringstream linked;
    render_jsonld(*made, papers_in("en"), linked);
    CHECK(contains(linked.str(), "\"eu-gdpr:A49-2\""));
    CHECK_FALSE(contains(linked.str(), "loc:XK"));
}

TEST_CASE("The record alone says where a declared basis is written down", "[reports][declared]") {
    const RecipientLedger ledger{{totals_of("a.example", 2), totals_of("b.example", 1)}};
    auto one = declared("a.example", "49(1)");
    one.basis.document = "folder 7";
    auto other = declared("b.example", "49(1)");
    other.basis.document = "folder 8";
    const CardRegister recipients{{one, other}};
    const auto facts = example_facts();
    const PaperSources sources{facts, example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")};
    const auto made = build_processing_record(sources, papers_in("en"));
    REQUIRE(made);
    REQUIRE(made->entries[2].third_countries.size() == 1);
    CHECK(made->entries[2].third_countries[0].documents == std::vector<std::string>{"folder 7", "folder 8"});
    std::ostringstream table;
    render_csv(record_table(*made, RecordColumns::Cnil, papers_in("en")), table);
    CHECK(contains(table.str(), "China: folder 7; China: folder 8"));
    std::ostringstream json;
    render_json(*made, papers_in("en"), json);
    CHECK(schema_faults("ropa", json.str()).empty());
    CHECK(contains(json.str(), "\"folder 7\""));
    const auto notice = build_privacy_notice(sources, papers_in("en"));
    REQUIRE(notice);
    CHECK(notice->federation.places.size() == 1);
    std::ostringstream told;
    render_json(*notice, papers_in("en"), told);
    CHECK_FALSE(contains(told.str(), "folder 7"));
}

TEST_CASE("A notice names the article and the decision, and links the article", "[reports][declared]") {
    const Papers papers;
    const auto made = build_privacy_notice(papers.sources(), papers_in("en"));
    REQUIRE(made);
    std::ostringstream page;
    render_html(paper_of(*made, papers_in("en")), papers_in("en"), page);
    CHECK(contains(page.str(), std::string{"href=\""} + kParagraph + "\">Art. 49(1)(c)</a>"));
    CHECK(contains(page.str(), ">Art. 49(1)</a>, second subparagraph"));
    CHECK(contains(page.str(), "adequacy decision, 2000/518/EC"));
    std::ostringstream text;
    render_markdown(paper_of(*made, papers_in("en")), papers_in("en"), text);
    CHECK(contains(text.str(), "49(1)(c)"));
    std::ostringstream json;
    render_json(*made, papers_in("en"), json);
    CHECK(schema_faults("privacy-notice", json.str()).empty());
    CHECK(contains(json.str(), "\"declared_article\": \"49(1)(c)\""));
    CHECK(contains(json.str(), "\"decision\": \"2000/518/EC\""));
}

TEST_CASE("A record names each country once, with all that transfers there rest on", "[reports][declared]") {
    const Papers papers;
    const auto made = build_processing_record(papers.sources(), papers_in("en"));
    REQUIRE(made);
    const auto table = record_table(*made, RecordColumns::Ico, papers_in("en"));
    const auto cell = [&](const char* column) {
        const auto title = papers_in("en").at("record.column." + std::string{column});
        const auto place = std::find(table.titles.begin(), table.titles.end(), title) - table.titles.begin();
        return table.rows.at(2).at(static_cast<std::size_t>(place));  // federation
    };
    CHECK(cell("third_countries") == "China (3 servers); Switzerland (1 server)");
    const auto safeguards = cell("safeguards");
    CHECK(count_of(safeguards, "China") == 1);
    CHECK(contains(safeguards, "declared by the controller, Art. 49(1)(c) (1 server)"));
    CHECK(contains(safeguards, "declared by the controller, Art. 49(1), second subparagraph (1 server)"));
    CHECK(contains(safeguards, "none on record (1 server)"));
    CHECK(contains(safeguards, "Switzerland: adequacy decision, 2000/518/EC"));
    std::ostringstream json;
    render_json(*made, papers_in("en"), json);
    CHECK(schema_faults("ropa", json.str()).empty());
    CHECK(contains(json.str(), "\"declared_article\": \"49(1)(c)\""));
    std::ostringstream linked;
    render_jsonld(*made, papers_in("en"), linked);
    CHECK(contains(linked.str(), "eu-gdpr:A49-1-c"));
    CHECK_FALSE(
        contains(linked.str(), "eu-gdpr:A45-3\"\n            },\n            \"ft:transferBasis\": \"admin"));
}

}  // namespace fedtrail::reports::test
