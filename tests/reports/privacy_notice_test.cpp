#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/approve.hpp"
#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/render_paper.hpp"
#include "reports/rendered.hpp"
#include "reports/schema_faults.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

namespace {

using fedtrail::testing::kLanguages;

std::string markdown_of(const PrivacyNotice& notice, const PaperTexts& texts) {
    std::ostringstream out;
    render_markdown(paper_of(notice, texts), texts, out);
    return std::move(out).str();
}

std::string page_of(const PrivacyNotice& notice, const PaperTexts& texts) {
    std::ostringstream out;
    render_html(paper_of(notice, texts), texts, out);
    return std::move(out).str();
}

std::string json_of(const PrivacyNotice& notice, const PaperTexts& texts) {
    std::ostringstream out;
    render_json(notice, texts, out);
    return std::move(out).str();
}

std::set<std::string> keys_missing(const OperatorFacts& facts, PaperKind kind, std::string_view language) {
    std::set<std::string> keys;
    for (const auto& item : missing_items(facts, kind, language, example_policies().adequacy, true)) {
        keys.insert(item.key);
        CHECK(is_article(item.article));
    }
    return keys;
}

}  // namespace

TEST_CASE("The notice in each language is the approved one", "[reports][notice][approval]") {
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        const auto notice = notice_of(example_facts(), texts);
        const std::string stem = "notice." + std::string{language};
        const auto markdown = markdown_of(notice, texts);
        CHECK(markdown == approved(stem + ".md", markdown));
        const auto page = page_of(notice, texts);
        CHECK(page == approved(stem + ".html", page));
        CHECK(contains(page, "<html lang=\"" + std::string{language} + "\">"));
    }
    const auto& texts = papers_in("en");
    const auto json = json_of(notice_of(example_facts(), texts), texts);
    CHECK(json == approved("notice.json", json));
    CHECK(schema_faults("privacy-notice", json).empty());
    auto other = nlohmann::json::parse(json);
    other["must_give"] = "perhaps";
    CHECK_FALSE(schema_faults("privacy-notice", other.dump()).empty());
}

TEST_CASE("Every item of Art. 13 and 14 has its place in every language", "[reports][notice]") {
    for (const auto language : kLanguages) {
        const auto& texts = papers_in(language);
        const auto page = page_of(notice_of(example_facts(), texts), texts);
        CAPTURE(language);
        for (const auto* article :
             {"13(1)(a)", "13(1)(e)", "13(1)(f)", "13(2)(e)", "13(2)(f)", "14(2)(f)", "14(5)(b)", "12(3)",
              "6(1)(b)",  "6(1)(f)",  "7(3)",     "15",       "15(1)(c)", "16",       "17",       "18",
              "19",       "20",       "21(1)",    "22",       "28",       "44",       "77",       "13(3)"}) {
            CAPTURE(article);
            const auto citation = texts.cite(article);
            CHECK(contains(page, "href=\"" + citation.uri + "\">" + citation.words + "</a>"));
        }
    }
    CHECK(papers_in("de").cite("13(1)(a)").words == "Art. 13 Abs. 1 Buchst. a");
    CHECK(papers_in("fr").cite("13(1)(a)").words == "art. 13, par. 1, point a)");
    // Art. 4 has points and no paragraphs.
    const std::map<std::string, std::string> controllers{{"de", "Art. 4 Nr. 7"},
                                                         {"en", "Art. 4(7)"},
                                                         {"es", "art. 4, punto 7"},
                                                         {"fr", "art. 4, point 7)"},
                                                         {"it", "art. 4, punto 7"},
                                                         {"nl", "art. 4, punt 7"},
                                                         {"pl", "art. 4 pkt 7"}};
    for (const auto& [language, words] : controllers) {
        CHECK(papers_in(language).cite("4(7)").words == words);
        CHECK(papers_in(language).cite("4(7)").uri == "https://eur-lex.europa.eu/eli/reg/2016/679/art_4/oj");
    }
    CHECK(papers_in("pl").cite("13(1)(a)").uri ==
          "https://eur-lex.europa.eu/eli/reg/2016/679/art_13/par_1/oj");
}

TEST_CASE("Nothing said is everything missing, each with its article and its key", "[reports][notice]") {
    OperatorFacts facts;
    facts.usual_language = "en";
    const auto keys = keys_missing(facts, PaperKind::Notice, "en");
    for (const auto* key : {"controller.name",
                            "controller.contact",
                            "controller.country",
                            "controller.dpo",
                            "controller.authority",
                            "origin.host",
                            "notice.processors",
                            "notice.required",
                            "notice.automated_decisions"}) {
        CHECK(keys.count(key) == 1);
    }
    for (const auto activity : kActivities) {
        CHECK(keys.count("processing." + std::string{activity}) == 1);
    }
    CHECK(keys.size() == 9 + kActivities.size());
    const auto items = missing_items(facts, PaperKind::Notice, "en", example_policies().adequacy, true);
    for (const auto& item : items) {
        if (item.key.starts_with("processing.")) {  // only of people elsewhere is the data not their own
            CHECK(item.article == (item.key == "processing.remote_copies" ? "14(1)(c)" : "13(1)(c)"));
        }
    }
    for (const auto& item : items) {  // what Fedtrail sees being done is not done = "no"
        const bool must = item.key == "processing.federation" || item.key == "processing.ledger";
        INFO(item.key);
        CHECK(contains(item.what, "or done = \"no\"") == (item.key.starts_with("processing.") && !must));
    }
    const auto refused = refuse_missing(items, PaperKind::Notice);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::Denied);
    CHECK(contains(refused.error().what, "lacks 17 things"));
    CHECK(contains(refused.error().what, "Art. 13(2)(d)  controller.authority"));
}

TEST_CASE("A complete operator misses nothing, in any language", "[reports][notice]") {
    for (const auto language : kLanguages) {
        CHECK(keys_missing(example_facts(), PaperKind::Notice, language).empty());
        CHECK(keys_missing(example_facts(), PaperKind::Record, language).empty());
    }
}

TEST_CASE("What depends on what was said is asked for", "[reports][notice]") {
    auto facts = example_facts();
    const auto missing = [&] { return keys_missing(facts, PaperKind::Notice, "en"); };
    using Keys = std::set<std::string>;
    SECTION("an interest for 6(1)(f), a law for 6(1)(c)") {
        facts.activities[4].legitimate_interest.clear();
        facts.activities[4].law.clear();
        CHECK(missing() == Keys{"processing.moderation.legitimate_interest", "processing.moderation.law"});
    }
    SECTION("words in the language of the notice") {
        facts.activities[4].legitimate_interest = {{"de", "Interesse"}};
        CHECK(missing() == Keys{"processing.moderation.legitimate_interest.en"});
    }
    SECTION("a text without a language is in the usual one, and in no other") {
        facts.activities[4].legitimate_interest = {{"", "interest"}};
        CHECK(missing().empty());
        CHECK(keys_missing(facts, PaperKind::Notice, "de") ==
              Keys{"processing.moderation.legitimate_interest.de"});
    }
    SECTION("what Art. 14 asks for of copies") {
        auto& copies = facts.activities[3];
        REQUIRE(copies.activity == "remote_copies");
        copies.retention.clear();
        copies.legitimate_interest.clear();
        std::set<std::string> articles;
        for (const auto& item :
             missing_items(facts, PaperKind::Notice, "en", example_policies().adequacy, true)) {
            articles.insert(item.article);
        }
        CHECK(articles == std::set<std::string>{"14(2)(a)", "14(2)(b)"});
    }
    SECTION("a representative from outside the EEA") {
        facts.country = "US";
        CHECK(missing() == Keys{"controller.representative"});
    }
    SECTION("a safeguard for a processor outside the EEA") {
        facts.processors[1].safeguard.clear();
        CHECK(missing() == Keys{"processor.safeguard"});
    }
    SECTION("the essence of joint control") {
        facts.joint = {"Another"};
        CHECK(missing() == Keys{"notice.joint_essence"});
    }
    SECTION("everything about an activity of the operator's own") {
        ActivityFacts own;
        own.activity = "newsletter";
        facts.activities.push_back(own);
        CHECK(missing() == Keys{"processing.newsletter.data",
                                "processing.newsletter.legal_basis",
                                "processing.newsletter.name",
                                "processing.newsletter.persons",
                                "processing.newsletter.purpose",
                                "processing.newsletter.recipients",
                                "processing.newsletter.retention",
                                "processing.newsletter.source"});
    }
    SECTION("what is not done needs nothing; that Fedtrail records cannot be denied") {
        facts.activities[6] = {};
        facts.activities[6].activity = "backups";
        facts.activities[6].done = false;
        CHECK(missing().empty());
        facts.activities[7].done = false;
        CHECK(missing() == Keys{"processing.ledger.done"});
    }
}

TEST_CASE("A period that needs no language is said in each", "[reports][notice]") {
    CHECK(retention_from("90d")->number == 90);
    CHECK(retention_from("account+30d")->exists == Retention::While::Account);
    CHECK(retention_from("item")->noun.empty());
    for (const auto* wrong :
         {"", "d", "0d", "90", "90w", "account+", "account30d", "-1d", "99999999d", "90d "}) {
        CAPTURE(wrong);
        CHECK_FALSE(retention_from(wrong));
    }
    const auto entries = activity_list(example_facts(), example_policies().own, papers_in("pl"));
    CHECK(entries[0].retention == "tak długo, jak istnieje konto, a potem jeszcze 30 dni");
    CHECK(activity_list(example_facts(), example_policies().own, papers_in("en"))[4].retention == "1 year");
}

TEST_CASE("The federation's figures count servers once, and name no person's server", "[reports][notice]") {
    const auto& texts = papers_in("en");
    const auto notice = notice_of(example_facts(), texts);
    const auto& figures = notice.federation;
    CHECK(figures.recipients == 5);  // www.big.example is big.example
    CHECK(figures.disclosures == 2'940'713);
    CHECK(figures.countries == 3);
    CHECK(figures.passing_on == 1);
    CHECK(figures.undocumented == 2);
    CHECK(figures.undocumented_nowhere == 1);
    CHECK(figures.unread == 1);
    REQUIRE(figures.since);
    CHECK(format_rfc3339(*figures.since) == "2025-12-01T08:00:00Z");
    REQUIRE(figures.places.size() == 4);
    CHECK(figures.places.front().country->code() == "NL");
    CHECK(figures.places.front().servers == 2);
    CHECK_FALSE(figures.places.back().country);
    REQUIRE(figures.largest.size() == 3);
    CHECK(figures.largest[0].host.text() == "big.example");
    CHECK(figures.largest[1].host.text() == "a.example");
    for (const auto& text : {markdown_of(notice, texts), page_of(notice, texts), json_of(notice, texts)}) {
        CHECK_FALSE(contains(text, "one.example"));
    }
}

TEST_CASE("The notice names a country that is hinted at as not known", "[reports][notice]") {
    const auto& texts = papers_in("en");
    auto hinted = card_of("hint.example", "DE", privacy::BasisKind::Undocumented, "mastodon");
    hinted.country.confidence = records::Confidence::Low;
    hinted.users = 1'000;
    const RecipientLedger ledger{{totals_of("hint.example", 1)}};
    const CardRegister recipients{{hinted}};
    const auto notice = build_privacy_notice(
        {example_facts(), example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(notice);
    CHECK(notice->federation.countries == 0);
    CHECK(notice->federation.undocumented_nowhere == 1);
    CHECK_FALSE(contains(markdown_of(*notice, texts), "The law there may protect your data less"));
    CHECK(count_of(markdown_of(*notice, texts), "not known (hint: Germany)") == 2);  // places, largest
    const auto json = json_of(*notice, texts);
    CHECK(schema_faults("privacy-notice", json).empty());
    CHECK(count_of(json, "\"hint\": \"DE\"") == 2);
}

TEST_CASE("Transfers that are intended are told before anything went", "[reports][notice]") {
    const RecipientLedger nothing{{}};
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        const auto notice = build_privacy_notice(
            {example_facts(), example_policies(), nothing, CardRegister{}, at("2026-11-22T10:15:00Z")},
            texts);
        REQUIRE(notice);
        const auto page = markdown_of(*notice, texts);
        CHECK(contains(page, "### " + texts.at("notice.network.countries_heading")));
        for (const auto* key : {"intended", "countries_none", "copy"}) {
            const auto text = texts.at("notice.network." + std::string{key});
            CHECK(contains(page, text.substr(0, text.find_first_of(std::string{'.', kCiteBegins}))));
        }
        CHECK(schema_faults("privacy-notice", json_of(*notice, texts)).empty());
        // What went somewhere says where; more is intended all the same.
        const auto later = notice_of(example_facts(), texts);
        const auto intended = texts.at("notice.network.intended");
        CHECK(contains(markdown_of(later, texts), intended.substr(0, intended.find('.'))));
        const auto none = texts.at("notice.network.countries_none");
        CHECK_FALSE(contains(markdown_of(later, texts), none.substr(0, none.find('.'))));
    }
}

TEST_CASE("The source of what is known of operators is told", "[reports][notice]") {
    const auto& texts = papers_in("en");
    auto facts = example_facts();
    const auto said = [&] {
        for (const auto& entry : activity_list(facts, example_policies().own, texts)) {
            if (entry.code == "ledger") {
                return entry;
            }
        }
        return ActivityEntry{};
    };
    CHECK(said().source == "both");
    CHECK(contains(said().source_words, "operators: what their servers publish for everybody to read"));
    CHECK(contains(markdown_of(notice_of(facts, texts), texts), "- **Source:** " + said().source_words));
    facts.activities[7].source = "person";  // the operator's word stands
    CHECK(said().source_words == "the person");
}

TEST_CASE("Who passes on what it gets is counted by its kind, and by the way something went there",
          "[reports][notice]") {
    auto community = card_of("groups.example", "NL", privacy::BasisKind::NoneNeeded, "lemmy");
    community.marks.community = true;
    auto relay = card_of("relay.example", "NL", privacy::BasisKind::NoneNeeded, "");
    relay.aliases.push_back({host("www.relay.example"), "www"});
    auto sent_there = totals_of("relay.example", 1);
    sent_there.channels.add(privacy::Channel::Relay);
    auto bridge = totals_of("bridge.example", 1);
    bridge.channels.add(privacy::Channel::Bridge);
    auto same_relay = totals_of("www.relay.example", 1);
    same_relay.channels.add(privacy::Channel::Relay);
    const RecipientLedger ledger{
        {bridge, totals_of("groups.example", 1), totals_of("peer.example", 1), sent_there, same_relay}};
    const CardRegister recipients{{community, relay}};
    const auto figures = federation_figures(ledger, recipients, privacy::Day{}, 0);
    REQUIRE(figures);
    CHECK(figures->recipients == 4);
    CHECK(figures->passing_on == 3);
}

TEST_CASE("Pages of the ledger are added up without a gap", "[reports][notice]") {
    std::vector<RecipientTotals> many;
    for (int i = 0; i < 40'001; ++i) {
        many.push_back(totals_of("s" + std::to_string(i) + ".example", static_cast<std::uint64_t>(i) + 1));
    }
    const RecipientLedger ledger{many};
    const auto with_users = [](const char* host) {
        auto card = card_of(host, "NL", privacy::BasisKind::Undocumented, "mastodon");
        card.users = 2;
        return card;
    };
    const CardRegister recipients{{with_users("s40000.example"), with_users("s7.example")}};
    const auto figures = federation_figures(ledger, recipients, privacy::Day{}, 2);
    REQUIRE(figures);
    CHECK(figures->recipients == 40'001);
    CHECK(figures->disclosures == 40'001ULL * 40'002 / 2);
    CHECK(figures->undocumented == 40'001);
    CHECK(figures->undocumented_nowhere == 39'999);
    REQUIRE(figures->largest.size() == 2);
    CHECK(figures->largest[0].host.text() == "s40000.example");
    CHECK(federation_figures(ledger, recipients, privacy::Day{}, 0)->largest.empty());
}

TEST_CASE("A server that may be one person's is counted and not named", "[reports][notice]") {
    const RecipientLedger ledger{{totals_of("big.example", 10),
                                  totals_of("never-asked.example", 90),
                                  totals_of("silent.example", 80),
                                  totals_of("zero.example", 70),
                                  totals_of("said.example", 60)}};
    const auto with_users = [](const char* host, std::optional<std::uint64_t> users) {
        auto card = card_of(host, "NL", privacy::BasisKind::Undocumented, "gotosocial");
        card.users = users;
        return card;
    };
    auto said = with_users("said.example", {});
    said.marks.several_people = true;
    const CardRegister recipients{{with_users("big.example", 2),
                                   with_users("silent.example", {}),
                                   with_users("zero.example", 0),
                                   said}};
    const auto figures = federation_figures(ledger, recipients, privacy::Day{}, 5);
    REQUIRE(figures);
    CHECK(figures->recipients == 5);
    REQUIRE(figures->largest.size() == 2);
    CHECK(figures->largest[0].host.text() == "said.example");
    CHECK(figures->largest[1].host.text() == "big.example");
}

TEST_CASE("The Markdown is what Mastodon and Lemmy read alike, and fits Lemmy's setting",
          "[reports][notice]") {
    for (const auto language : kLanguages) {
        const auto& texts = papers_in(language);
        const auto markdown = markdown_of(notice_of(example_facts(), texts), texts);
        CAPTURE(language);
        CHECK_FALSE(contains(markdown, "%"));  // Mastodon would fill it
        CHECK_FALSE(contains(markdown, "|---"));
        CHECK_FALSE(contains(markdown, "{{"));
        CHECK(contains(markdown, "100&#37; \\*safe\\* interest\\>"));
        const auto characters = std::count_if(markdown.begin(), markdown.end(), [](char c) {
            return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
        });
        CHECK(characters < 50'000);
        std::istringstream lines{markdown};
        for (std::string line; std::getline(lines, line);) {
            const bool known = line.empty() || line.starts_with("#") || line.starts_with("- ") ||
                               line == "---" || (static_cast<unsigned char>(line[0]) >= 0x80) ||
                               line.starts_with("**") ||
                               std::isalpha(static_cast<unsigned char>(line[0])) != 0 ||
                               std::isdigit(static_cast<unsigned char>(line[0])) != 0;
            CAPTURE(line);
            CHECK(known);
        }
    }
}

TEST_CASE("A thousand kinds of software do not make a notice that fits nowhere", "[reports][notice]") {
    const auto& texts = papers_in("en");
    auto notice = notice_of(example_facts(), texts);
    notice.federation.software.clear();
    for (int i = 0; i < 1'000; ++i) {
        notice.federation.software.push_back({"software-" + std::to_string(i), 2});
    }
    const auto markdown = markdown_of(notice, texts);
    CHECK(contains(markdown, "**software-14** – Servers: 2"));
    CHECK_FALSE(contains(markdown, "software-15"));
    CHECK(contains(markdown, "**others** – Servers: 1,970"));
}

TEST_CASE("Whoever wrote a text, it cannot become markup or a reference", "[reports][notice]") {
    auto facts = example_facts();
    facts.controller.name =
        "<script>alert(1)</script>\n# Heading\n1. one {{style}} \x02"
        "99(9)\x03 [[13]]";
    facts.processors[0].name = "](javascript:alert(1)) | `x`";
    const auto& texts = papers_in("en");
    auto notice = notice_of(facts, texts);
    notice.federation.software.push_back({"*evil*</td><script>", 1});
    const auto page = page_of(notice, texts);
    CHECK_FALSE(contains(page, "<script"));
    CHECK_FALSE(contains(page, "href=\"javascript"));
    CHECK(contains(page, "{{style}}"));
    const auto markdown = markdown_of(notice, texts);
    CHECK_FALSE(contains(markdown, "\n# Heading"));
    CHECK_FALSE(contains(markdown, "\n1. one"));
    CHECK(contains(markdown, "\\](javascript"));
    CHECK(contains(markdown, "\\*evil\\*\\</td\\>"));
    for (const auto& text : {page, markdown, json_of(notice, texts)}) {
        CHECK(text.find('\x02') == std::string::npos);
        CHECK(text.find('\x03') == std::string::npos);
    }
}

TEST_CASE("A page needs nothing from elsewhere, and links only to the law", "[reports][notice]") {
    const auto& texts = papers_in("en");
    const auto page = page_of(notice_of(example_facts(), texts), texts);
    for (const auto* part : {"src=", "@import", "url(", "<link", "<script", "<iframe", "http://"}) {
        CAPTURE(part);
        CHECK_FALSE(contains(page, part));
    }
    for (auto at = page.find("https://"); at != std::string::npos; at = page.find("https://", at + 1)) {
        CHECK(page.compare(at, 45, "https://eur-lex.europa.eu/eli/reg/2016/679/ar") == 0);
    }
    std::set<std::string> ids;
    for (auto at = page.find(" id=\""); at != std::string::npos; at = page.find(" id=\"", at + 5)) {
        const auto id = page.substr(at + 5, page.find('"', at + 5) - at - 5);
        CAPTURE(id);
        CHECK(ids.insert(id).second);
    }
    for (auto at = page.find("href=\"#"); at != std::string::npos; at = page.find("href=\"#", at + 7)) {
        CHECK(ids.count(page.substr(at + 7, page.find('"', at + 7) - at - 7)) == 1);
    }
}

TEST_CASE("Without a ledger the notice says so and is complete all the same", "[reports][notice]") {
    const auto& texts = papers_in("en");
    const auto facts = example_facts();
    const RecipientLedger empty{{}};
    const CardRegister nobody;
    const auto notice =
        build_privacy_notice({facts, example_policies(), empty, nobody, at("2026-11-22T10:15:00Z")}, texts);
    REQUIRE(notice);
    const auto markdown = markdown_of(*notice, texts);
    CHECK(contains(markdown, "So far no server is recorded"));
    CHECK(contains(markdown, "The record is still empty."));
    CHECK_FALSE(contains(markdown, "1970"));
    CHECK(contains(json_of(*notice, texts), "\"since\": null"));
    CHECK(schema_faults("privacy-notice", json_of(*notice, texts)).empty());
}

}  // namespace fedtrail::reports::test
