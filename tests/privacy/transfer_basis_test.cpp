#include "fedtrail/privacy/transfer_basis.hpp"

#include <functional>

#include <catch2/catch.hpp>

#include "privacy/day.hpp"

using namespace fedtrail::privacy;
using fedtrail::ErrorKind;
using fedtrail::testing::day;

namespace {

Country country(std::string_view text) {
    return *Country::parse(text);
}

/// NL and NO are in; CH is adequate, CA for some.
Adequacy world() {
    Adequacy adequacy;
    adequacy.checked_at = day("2026-08-05");
    adequacy.refuse_after_months = 12;
    adequacy.eea = {country("NL"), country("NO")};
    adequacy.efta = {country("NO")};
    AdequacyDecision swiss;
    swiss.number = "2000/518/EC";
    swiss.country = country("CH");
    swiss.valid_from = day("2000-07-26");
    swiss.efta = EftaState::AsEu;
    swiss.checked_at = day("2026-08-05");
    auto canada = swiss;
    canada.number = "2002/2/EC";
    canada.country = country("CA");
    canada.scope = AdequacyScope{"pipeda_commercial"};
    adequacy.decisions = {swiss, canada};
    return adequacy;
}

Occasion now() {
    return {day("2026-11-22"), day("2026-11-22"), country("NL")};
}

RecipientFacts in(std::string_view code) {
    RecipientFacts facts;
    facts.country = country(code);
    return facts;
}

const Clauses kSigned{std::chrono::year{2026} / 3 / 1, {}, true};
const DeclaredBasis kDeclared{"49(1)(c)", std::chrono::year{2026} / 3 / 1, {}};

ExplicitConsent consent_for(std::string_view code) {
    return {{country("IN"), country(code)}, day("2026-03-01"), {}};
}

struct Row {
    const char* what;
    std::function<void(RecipientFacts&, Occasion&)> with;
    const char* where;
    const char* kind;
    const char* reason;
};

}  // namespace

TEST_CASE("A transfer rests on the first of the bases that holds", "[privacy][basis]") {
    const auto signed_clauses = [](RecipientFacts& facts, Occasion&) { facts.clauses = kSigned; };
    const auto nothing = [](RecipientFacts&, Occasion&) {};
    const auto everything = [](RecipientFacts& facts, Occasion& occasion) {
        facts.clauses = kSigned;
        facts.declared = kDeclared;
        occasion.consent = consent_for(facts.country->code());
    };
    const auto row = GENERATE_COPY(values<Row>({
        {"nothing", nothing, "NL", "none_needed", "in_eea"},
        {"nothing", nothing, "CH", "A45-3", "decision_holds"},
        {"nothing", nothing, "CA", "A45-3?unverified", "scope_not_known"},
        {"nothing", nothing, "KE", "undocumented", "no_decision"},
        {"clauses", signed_clauses, "KE", "A46-2-c", "clauses_on_file"},
        {"everything", everything, "NL", "none_needed", "in_eea"},
        {"everything", everything, "CH", "A45-3", "decision_holds"},
        {"everything", everything, "CA", "A45-3?unverified", "scope_not_known"},
        {"everything", everything, "KE", "A46-2-c", "clauses_on_file"},
        {"clauses whose country was not assessed",
         [](RecipientFacts& facts, Occasion&) {
             facts.clauses = kSigned;
             facts.clauses->assessed = false;
         },
         "KE",
         "undocumented",
         "no_decision"},
        {"clauses that ended the day before",
         [](RecipientFacts& facts, Occasion&) {
             facts.clauses = kSigned;
             facts.clauses->until = day("2026-11-21");
         },
         "KE",
         "undocumented",
         "no_decision"},
        {"clauses that end today",
         [](RecipientFacts& facts, Occasion&) {
             facts.clauses = kSigned;
             facts.clauses->until = day("2026-11-22");
         },
         "KE",
         "A46-2-c",
         "clauses_on_file"},
        {"clauses signed afterwards",
         [](RecipientFacts& facts, Occasion& occasion) {
             facts.clauses = kSigned;
             occasion.transfer = day("2026-02-28");
         },
         "KE",
         "undocumented",
         "no_decision"},
        {"consent",
         [](RecipientFacts&, Occasion& occasion) { occasion.consent = consent_for("KE"); },
         "KE",
         "A49-1-a",
         "consent_on_file"},
        {"consent to another country",
         [](RecipientFacts&, Occasion& occasion) { occasion.consent = consent_for("US"); },
         "KE",
         "undocumented",
         "no_decision"},
        {"consent withdrawn that day",
         [](RecipientFacts&, Occasion& occasion) {
             occasion.consent = consent_for("KE");
             occasion.consent->withdrawn = occasion.transfer;
         },
         "KE",
         "undocumented",
         "no_decision"},
        {"consent withdrawn the day after",
         [](RecipientFacts&, Occasion& occasion) {
             occasion.consent = consent_for("KE");
             occasion.consent->withdrawn = day("2026-11-23");
         },
         "KE",
         "A49-1-a",
         "consent_on_file"},
        {"consent given afterwards",
         [](RecipientFacts&, Occasion& occasion) {
             occasion.consent = consent_for("KE");
             occasion.transfer = day("2026-02-28");
         },
         "KE",
         "undocumented",
         "no_decision"},
        {"a declaration",
         [](RecipientFacts& facts, Occasion&) { facts.declared = kDeclared; },
         "KE",
         "admin-declared",
         "declared_by_controller"},
        {"a declaration beside consent",
         [](RecipientFacts& facts, Occasion& occasion) {
             facts.declared = kDeclared;
             occasion.consent = consent_for("KE");
         },
         "KE",
         "A49-1-a",
         "consent_on_file"},
    }));
    CAPTURE(row.what, row.where);
    auto facts = in(row.where);
    auto occasion = now();
    row.with(facts, occasion);
    const auto found = basis(facts, occasion, world(), {});
    CHECK(name_of(found.kind) == row.kind);
    CHECK(name_of(found.reason) == row.reason);
}

TEST_CASE("What is on file beside an unverified decision is told as well", "[privacy][basis]") {
    auto facts = in("CA");
    CHECK_FALSE(basis(facts, now(), world(), {}).besides);
    facts.declared = kDeclared;
    const auto found = basis(facts, now(), world(), {});
    CHECK(found.kind == BasisKind::AdequacyUnverified);
    CHECK(found.besides == BasisKind::Declared);
    CHECK(found.article == "49(1)(c)");
}

TEST_CASE("Consent does not cover a country that nobody knows, clauses do", "[privacy][basis]") {
    RecipientFacts facts;
    auto occasion = now();
    occasion.consent = consent_for("KE");
    CHECK(basis(facts, occasion, world(), {}).reason == BasisReason::CountryNotKnown);
    CHECK(basis(facts, occasion, world(), {}).kind == BasisKind::Undocumented);
    facts.clauses = kSigned;
    CHECK(basis(facts, occasion, world(), {}).kind == BasisKind::StandardClauses);
}

TEST_CASE("A decision that came after another that ended carries from its own first day",
          "[privacy][basis]") {
    auto adequacy = world();
    adequacy.decisions[0].valid_to = day("2026-06-30");
    auto next = adequacy.decisions[0];
    next.number = "next";
    next.valid_from = day("2026-09-01");
    next.valid_to.reset();
    adequacy.decisions.push_back(next);
    const auto at = [&](std::string_view when) {
        return basis(in("CH"), {day(when), day("2026-11-22"), country("NL")}, adequacy, {});
    };
    CHECK(at("2026-06-30").decision == "2000/518/EC");
    CHECK(at("2026-06-30").kind == BasisKind::Adequacy);
    CHECK(at("2026-08-01").kind == BasisKind::Undocumented);
    CHECK(at("2026-09-01").decision == "next");
    CHECK(at("2026-09-01").kind == BasisKind::Adequacy);
}

TEST_CASE("An old transfer is judged by what is known today", "[privacy][basis]") {
    const Occasion then{day("2024-01-01"), day("2026-11-22"), country("NL")};
    CHECK(basis(in("CH"), then, world(), {}).kind == BasisKind::Adequacy);
    const Occasion asked_late{day("2024-01-01"), day("2029-01-01"), country("NL")};
    CHECK(basis(in("CH"), asked_late, world(), {}).reason == BasisReason::DataStale);
}

TEST_CASE("Every class of basis has one name, and it is read back", "[privacy][basis]") {
    for (int number = 0; number <= 6; ++number) {
        const auto kind = static_cast<BasisKind>(number);
        CHECK(basis_named(name_of(kind)) == kind);
    }
    CHECK_FALSE(basis_named("adequate"));
}

TEST_CASE("A country is a code that exists", "[privacy][country]") {
    CHECK(Country::parse("nl")->code() == "NL");
    CHECK(Country::parse("EL")->code() == "GR");
    CHECK(Country::parse("uk")->code() == "GB");
    CHECK(Country::parse("XK")->code() == "XK");
    for (const auto* const wrong : {"", "N", "NLD", "QQ", "EU", "  ", "N ", "1A", "D E", "\xc3\xa9"}) {
        CAPTURE(wrong);
        const auto refused = Country::parse(wrong);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Invalid);
    }
    CHECK(country("BE") < country("DE"));
}
