#include "reports/assessment.hpp"

#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "reports/approve.hpp"
#include "reports/example_papers.hpp"
#include "reports/example_reports.hpp"
#include "reports/processing_record.hpp"
#include "reports/render_paper.hpp"
#include "reports/rendered.hpp"
#include "reports/risk_points_file.hpp"
#include "reports/schema_faults.hpp"
#include "translation.hpp"

namespace fedtrail::reports::test {

namespace {

using fediverse::NoticeState;
using fedtrail::testing::kLanguages;
using privacy::BasisKind;

/// Knows data of `people` at every host, and what it is at big.example.
class PeopleLedger : public RecipientLedger {
public:
    using RecipientLedger::RecipientLedger;

    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> subjects_at(const Host&) const override {
        std::vector<privacy::SubjectNumber> all;
        for (std::size_t number = 1; number <= people; ++number) {
            all.emplace_back(number);
        }
        return all;
    }
    [[nodiscard]] Result<std::vector<PairAggregate>> recipients_of(privacy::SubjectNumber,
                                                                   const Window&) const override {
        PairAggregate here;
        here.recipient = host("big.example");
        here.objects = 12;
        PairAggregate elsewhere;
        elsewhere.recipient = host("a.example");
        elsewhere.objects = 1'000;
        return std::vector{elsewhere, here};
    }

    std::size_t people{2};
};

/// Two people's data at big.example, one of them and a third one's at www.big.example.
class TwoHostsLedger : public RecipientLedger {
public:
    using RecipientLedger::RecipientLedger;

    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> subjects_at(const Host& at) const override {
        using Number = privacy::SubjectNumber;
        return at == host("big.example")       ? std::vector{Number{1}, Number{2}}
               : at == host("www.big.example") ? std::vector{Number{2}, Number{3}}
                                               : std::vector<Number>{};
    }
    [[nodiscard]] Result<std::vector<PairAggregate>> recipients_of(privacy::SubjectNumber subject,
                                                                   const Window&) const override {
        PairAggregate here;
        here.recipient = host("big.example");
        here.objects = 12;
        PairAggregate there;
        there.recipient = host("www.big.example");
        there.objects = 20;
        return subject.get() == 1   ? std::vector{here}
               : subject.get() == 2 ? std::vector{here, there}
                                    : std::vector{there};
    }
};

/// Has notices to big.example: three gone, one still there.
class FewNotices : public NoticeBook {
public:
    [[nodiscard]] Result<std::vector<records::Notice>> notices(const NoticeFilter& filter) const override {
        std::vector<records::Notice> found;
        const std::vector<NoticeState> states{NoticeState::VerifiedGone,
                                              NoticeState::StillPresent,
                                              NoticeState::VerifiedGone,
                                              NoticeState::VerifiedGone};
        if (!filter.recipient || filter.recipient->text() != "big.example") {
            return found;
        }
        for (std::size_t i = 0; i < states.size(); ++i) {
            records::Notice notice;
            notice.number = records::NoticeNumber{i + 1};
            notice.state = states[i];
            if (notice.number > filter.after) {
                found.push_back(notice);
            }
        }
        return found;
    }
    [[nodiscard]] Result<WholePage<records::Notice>> whole_notices(const NoticeFilter&) const override {
        return fail(ErrorKind::Unavailable, "not part of this test");
    }
    [[nodiscard]] Result<void> plan(records::RequestNumber,
                                    std::span<const records::ErasedObject>,
                                    std::span<const records::Notice>) override {
        return fail(ErrorKind::Unavailable, "not part of this test");
    }
    [[nodiscard]] Result<void> apply(const NoticeChange&) override {
        return fail(ErrorKind::Unavailable, "not part of this test");
    }
    [[nodiscard]] Result<NoticeTally> tally(records::RequestNumber) const override {
        return fail(ErrorKind::Unavailable, "not part of this test");
    }
    [[nodiscard]] Result<std::vector<records::ErasedObject>> objects(
        records::RequestNumber, std::span<const std::uint32_t>) const override {
        return fail(ErrorKind::Unavailable, "not part of this test");
    }
    [[nodiscard]] Result<NoticeHistory> history(records::NoticeNumber) const override {
        return fail(ErrorKind::Unavailable, "not part of this test");
    }
    [[nodiscard]] Result<std::vector<LetterOfNotice>> letters(const LetterFilter&) const override {
        return fail(ErrorKind::Unavailable, "not part of this test");
    }
};

/// big.example's privacy policy, changed once.
class OnePolicy : public PolicyReader {
public:
    [[nodiscard]] Result<records::PolicyHistory> history(const Host& of) const override {
        records::PolicyHistory history;
        if (of.text() != "big.example") {
            return history;
        }
        records::PolicyVersion first;
        first.host = of;
        first.number = 1;
        first.url = "https://big.example/privacy";
        first.language = "en";
        first.first_seen = at("2026-05-01T00:00:00Z");
        first.last_seen = at("2026-08-01T00:00:00Z");
        auto second = first;
        second.number = 2;
        second.first_seen = at("2026-09-01T00:00:00Z");
        second.last_seen = at("2026-11-20T00:00:00Z");
        history.versions = {first, second};
        records::PolicyChange change;
        change.from = first;
        change.to = second;
        using Side = records::DifferencePiece::Side;
        change.pieces = {{Side::Both, Personal<std::string>{"We run a server."}},
                         {Side::Old, Personal<std::string>{"We keep it to ourselves."}},
                         {Side::New, Personal<std::string>{"We train <b>models</b> on posts."}}};
        history.changes = {change};
        history.summary.languages = {"en"};
        for (const auto topic : records::kPolicyTopics) {
            records::PolicyStatement statement;
            statement.topic = topic;
            statement.version = 2;
            if (topic == records::PolicyTopic::Training) {
                statement.sentence = Personal<std::string>{"We train <b>models</b> on posts."};
            }
            history.summary.statements.push_back(statement);
        }
        return history;
    }
};

CardRegister newcomers() {
    auto big = card_of("big.example", "US", BasisKind::Undocumented, "mastodon");
    big.aliases.push_back({host("www.big.example"), "www"});
    big.version = "4.5.0";
    big.users = 12'000'000;
    big.registrations_open = true;
    big.operator_name = Personal<std::string>{"Big & Sons Inc."};
    big.operator_source = "declared";
    big.contact_name = Personal<std::string>{"Jane Doe"};
    big.contact = Personal<std::string>{"privacy@big.example"};
    big.privacy_policy = "https://big.example/privacy";
    big.known_at = at("2026-11-19T00:00:00Z");
    big.country.why = "“Big & Sons Inc., 1 Main Street, Delaware”";
    big.basis.reason = privacy::BasisReason::NoDecision;
    big.told = 20;
    big.gone = 3;
    big.present = 17;
    auto doubted = card_of("doubted.example", "NZ", BasisKind::Undocumented, "lemmy");
    doubted.aliases.push_back({host("old.doubted.example"), "webfinger"});
    doubted.aliases.push_back({host("odd.doubted.example"), "of-another-release"});
    doubted.known_at = at("2026-11-19T00:00:00Z");
    doubted.country.source = records::CountrySource::WhoisFile;
    doubted.country.confidence = records::Confidence::Low;
    doubted.country.found_at = at("2024-03-09T00:00:00Z");
    doubted.country.why = "doubted.example";
    doubted.country.dated = true;
    doubted.country.against =
        records::OtherCountry{records::CountrySource::Imprint, privacy::Country::parse("DE").value()};
    auto hidden = card_of("hidden.example", "", BasisKind::Undocumented, "lemmy");
    hidden.country.network = "Cloudflare";
    auto fresh = card_of("new.example", "", BasisKind::Undocumented, "");
    fresh.users = 3'000'000;
    fresh.known_at = at("2026-11-21T00:00:00Z");
    return CardRegister{{big, doubted, hidden, fresh}};
}

privacy::TransferRules some_rules() {
    privacy::TransferRule rule;
    rule.name = "no-direct-messages-without-a-basis";
    rule.effect = privacy::RuleEffect::Block;
    rule.bases = {BasisKind::Undocumented};
    rule.categories = fediverse::CategorySet{fediverse::DataCategory::DirectMessage}.bits();
    return privacy::TransferRules::compile({rule}).value();
}

Result<Assessment> assessed(std::string_view name, const PaperTexts& texts, std::size_t people = 2) {
    PeopleLedger ledger{example_totals()};
    ledger.people = people;
    const auto recipients = newcomers();
    const FewNotices notices;
    const OnePolicy policies;
    const auto rules = some_rules();
    return build_assessment(host(name),
                            {ledger,
                             recipients,
                             notices,
                             policies,
                             rules,
                             shipped_points(),
                             at("2026-11-22T10:15:00Z"),
                             "/var/lib/fedtrail/transfer-rules.json"},
                            texts);
}

std::string markdown_of(const Assessment& assessment, const PaperTexts& texts) {
    std::ostringstream out;
    render_markdown(paper_of(assessment, texts), texts, out);
    return std::move(out).str();
}

/// What others wrote is quoted in their language.
std::string without_quotes(std::string text) {
    const std::string_view close = "”";
    for (auto at = text.find("“"); at != std::string::npos; at = text.find("“", at)) {
        const auto end = text.find(close, at);
        text.erase(at, end == std::string::npos ? end : end + close.size() - at);
    }
    return text;
}

std::set<std::string> codes_of(const Assessment& assessment) {
    std::set<std::string> codes;
    for (const auto& risk : assessment.risks) {
        codes.insert(risk.code);
    }
    return codes;
}

}  // namespace

TEST_CASE("An assessment names the file of rules that is in force, and no account's name",
          "[reports][assessment]") {
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        const auto text = markdown_of(*assessed("big.example", texts), texts);
        std::size_t named = 0;
        for (auto at = text.find("/var/lib/fedtrail/transfer-rules.json"); at != std::string::npos;
             at = text.find("/var/lib/fedtrail/transfer-rules.json", at + 1)) {
            ++named;
        }
        CHECK(named == 2);
        CHECK(text.find("policies/transfer-rules.json") == std::string::npos);
        CHECK(text.find("Jane Doe") == std::string::npos);
    }
}

TEST_CASE("An assessment in each language is the approved one", "[reports][assessment][approval]") {
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        const auto made = assessed("big.example", texts);
        REQUIRE(made);
        const auto markdown = markdown_of(*made, texts);
        CHECK(markdown == approved("assessment." + std::string{language} + ".md", markdown));
        std::ostringstream page;
        render_html(paper_of(*made, texts), texts, page);
        CHECK(page.str() == approved("assessment." + std::string{language} + ".html", page.str()));
        CHECK_FALSE(contains(page.str(), "<b>"));
    }
    const auto& texts = papers_in("en");
    std::ostringstream json;
    render_json(*assessed("big.example", texts), texts, json);
    CHECK(json.str() == approved("assessment.json", json.str()));
    CHECK(schema_faults("assessment", json.str()).empty());
}

TEST_CASE("Of a text that changes every week the assessment shows the newest, and counts the others",
          "[reports][assessment]") {
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        const auto text = markdown_of(long_assessment(texts), texts);
        CHECK(count_of(text, "https://big.example/privacy") == 2);
        CHECK(count_of(text, "https://big.example/terms") == 1);
        CHECK(count_of(text, "38 (fedtrail recipients policies big.example)") == 1);
    }
    const auto known = assessed("big.example", papers_in("en"));
    REQUIRE(known);
    CHECK(count_of(markdown_of(*known, papers_in("en")), "Other texts") == 0);
}

TEST_CASE("On what a country rests is said in the paper's language", "[reports][assessment][translations]") {
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        const auto doubted = markdown_of(*assessed("doubted.example", texts), texts);
        CHECK(contains(doubted, texts.forms().day(at("2024-03-09T00:00:00Z"))));
        CHECK(contains(doubted, texts.at("country.DE") + " ("));
        CHECK(contains(doubted, texts.at("assess.label.doubt")));
        CHECK(contains(doubted, "old.doubted.example (" + texts.at("assess.alias.webfinger")));
        CHECK_FALSE(contains(doubted, "whois"));
        CHECK_FALSE(contains(doubted, "of-another-release"));
        CHECK(contains(markdown_of(*assessed("hidden.example", texts), texts), "Cloudflare"));
    }
}

TEST_CASE("No paper in another language has English in it", "[reports][assessment][translations]") {
    // Words of ours that no other of these languages has; their own words in quotation marks may be English.
    const std::regex english{R"(\b(the|which|its|there|looked|says|ago|answers|server room)\b)"};
    for (const auto language : kLanguages) {
        CAPTURE(language);
        const auto& texts = papers_in(language);
        for (const auto* name : {"big.example", "doubted.example", "hidden.example", "new.example"}) {
            CAPTURE(name);
            const auto paper = without_quotes(markdown_of(*assessed(name, texts), texts));
            CHECK(std::regex_search(paper, english) == (language == "en"));
        }
        const RecipientLedger ledger{example_totals()};
        const auto recipients = example_register();
        const auto record = build_processing_record(
            {example_facts(), example_policies(), ledger, recipients, at("2026-11-22T10:15:00Z")}, texts);
        REQUIRE(record);
        std::ostringstream csv;
        render_csv(record_table(*record, RecordColumns::Ico, texts), csv);
        CHECK(std::regex_search(csv.str(), english) == (language == "en"));
    }
}

TEST_CASE("A large newcomer that never got anything is assessed by what it says of itself",
          "[reports][assessment]") {
    const auto& texts = papers_in("en");
    const auto made = assessed("new.example", texts);
    REQUIRE(made);
    CHECK_FALSE(made->totals);
    const auto codes = codes_of(*made);
    for (const auto* code :
         {"country_unknown", "very_large", "operator_unknown", "no_contact", "no_policy", "nothing_sent"}) {
        CAPTURE(code);
        CHECK(codes.count(code) == 1);
    }
    CHECK(codes.count("no_basis") == 0);  // nobody knows whether one is needed
    const auto markdown = markdown_of(*made, texts);
    CHECK(contains(markdown, "Nothing of ours went there so far."));
    CHECK(contains(markdown, "Decide now"));
    std::ostringstream json;
    render_json(*made, texts, json);
    CHECK(schema_faults("assessment", json.str()).empty());
    CHECK(nlohmann::json::parse(json.str())["holds"].is_null());
}

TEST_CASE("A host of which nothing is known is not found, and the remedy is to ask it",
          "[reports][assessment]") {
    const auto made = assessed("nobody.example", papers_in("en"));
    REQUIRE_FALSE(made);
    CHECK(made.error().kind == ErrorKind::NotFound);
    CHECK(contains(made.error().remedy, "fedtrail recipients refresh nobody.example"));
    // Something went there, and that is all: it can be described.
    CHECK(assessed("stranger.example", papers_in("en")));
}

TEST_CASE("What was measured stands in the assessment", "[reports][assessment]") {
    const auto made = assessed("big.example", papers_in("en"));
    REQUIRE(made);
    CHECK(made->totals->disclosures == 2'000'010);  // with www.big.example
    CHECK(made->totals->subjects == 2);
    CHECK(made->objects == std::optional<std::uint64_t>{24});
    CHECK(made->notices.at(NoticeState::VerifiedGone) == 3);
    CHECK(made->notices.at(NoticeState::StillPresent) == 1);
    REQUIRE(made->rules.size() == 4);
    CHECK(made->rules[0].effect == privacy::RuleEffect::Allow);
    CHECK(made->rules[3].effect == privacy::RuleEffect::Block);
    CHECK(made->rules[3].rule == "no-direct-messages-without-a-basis");
    const auto codes = codes_of(*made);
    CHECK(codes == std::set<std::string>{"no_basis",
                                         "does_not_erase",
                                         "policy_training",
                                         "very_large",
                                         "policy_changed",
                                         "policy_silent",
                                         "open_registrations"});
    CHECK(made->risks.front().weight == RiskWeight::High);
    CHECK(made->risks.back().weight == RiskWeight::Low);
    const auto crowd = assessed("big.example", papers_in("en"), kMostSubjectsCounted + 1);
    REQUIRE(crowd);
    CHECK_FALSE(crowd->objects);
    CHECK(contains(markdown_of(*crowd, papers_in("en")), "too many to count here"));
}

TEST_CASE("An assessment is of the recipient, whichever of its hosts is asked about",
          "[reports][assessment][joined]") {
    const TwoHostsLedger ledger{example_totals()};
    const auto recipients = newcomers();
    const FewNotices notices;
    const OnePolicy policies;
    const auto rules = some_rules();
    const AssessmentSources sources{ledger,
                                    recipients,
                                    notices,
                                    policies,
                                    rules,
                                    shipped_points(),
                                    at("2026-11-22T10:15:00Z"),
                                    "/var/lib/fedtrail/transfer-rules.json"};
    for (const auto* name : {"big.example", "www.big.example"}) {
        CAPTURE(name);
        const auto made = build_assessment(host(name), sources, papers_in("en"));
        REQUIRE(made);
        REQUIRE(made->totals);
        CHECK(made->totals->recipient == host(name));
        CHECK(made->totals->disclosures == 2'000'010);
        CHECK(made->totals->subjects == 3);
        CHECK(made->objects == std::optional<std::uint64_t>{12 + 20 + 20});
        CHECK(made->notices.at(NoticeState::VerifiedGone) == 3);
        CHECK(made->policy.versions.size() == 2);
        CHECK(made->policy.changes.size() == 1);
        CHECK(codes_of(*made).count("policy_training") == 1);
        CHECK(made->rules[3].effect == privacy::RuleEffect::Block);
    }
}

}  // namespace fedtrail::reports::test
