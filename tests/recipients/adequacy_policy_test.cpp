#include "recipients/adequacy_policy.hpp"

#include <array>
#include <set>

#include <catch2/catch.hpp>

#include "erasure/schema.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using namespace fedtrail::privacy;
using fedtrail::testing::changed;
using fedtrail::testing::policy_file;
using fedtrail::testing::schema_faults;

namespace {

Day day(std::string_view text) {
    return *parse_day(text);
}

Country country(std::string_view text) {
    return *Country::parse(text);
}

const AdequacyPolicy& shipped_adequacy() {
    static const auto kPolicy = *parse_adequacy(policy_file("adequacy.json"));
    return kPolicy;
}

RecipientFacts in(std::string_view code) {
    RecipientFacts facts;
    facts.country = country(code);
    return facts;
}

/// In the year in which everything was checked, for a controller in the Netherlands.
Occasion on(std::string_view transfer, std::string_view controller = "NL") {
    return {day(transfer), day("2026-11-22"), country(controller)};
}

TransferBasis of(const RecipientFacts& recipient, const Occasion& occasion) {
    return basis(recipient, occasion, shipped_adequacy().adequacy, shipped_adequacy().switches);
}

ScopeCheck listed(std::string_view at) {
    return {kDpfFact.data(), true, day(at), {}, "Example Inc.", "EU-U.S. DPF", "non-HR"};
}

/// The recipient as the decision wants it.
RecipientFacts within_scope(const AdequacyDecision& decision, const Day& checked) {
    RecipientFacts facts;
    facts.country = decision.country;
    facts.organisation = decision.organisation;
    if (decision.scope) {
        facts.checks.push_back({decision.scope->fact, true, checked, {}, "Example", "EU-U.S. DPF", "non-HR"});
    }
    return facts;
}

struct DecisionRow {
    const char* where;
    const char* number;
    const char* adopted;
    const char* scope;
    const char* last;
};

const std::array kDecisions{
    DecisionRow{"AD", "2010/625/EU", "2010-10-19", "", ""},
    DecisionRow{"AR", "2003/490/EC", "2003-06-30", "", ""},
    DecisionRow{"BR", "(EU) 2026/179", "2026-01-26", "lgpd", ""},
    DecisionRow{"CA", "2002/2/EC", "2001-12-20", "pipeda_commercial", ""},
    DecisionRow{"CH", "2000/518/EC", "2000-07-26", "", ""},
    DecisionRow{"FO", "2010/146/EU", "2010-03-05", "", ""},
    DecisionRow{"GB", "(EU) 2021/1772", "2021-06-28", "", "2031-12-27"},
    DecisionRow{"GG", "2003/821/EC", "2003-11-21", "", ""},
    DecisionRow{"IL", "2011/61/EU", "2011-01-31", "", ""},
    DecisionRow{"IM", "2004/411/EC", "2004-04-28", "", ""},
    DecisionRow{"JE", "2008/393/EC", "2008-05-08", "", ""},
    DecisionRow{"JP", "(EU) 2019/419", "2019-01-23", "appi_operator", ""},
    DecisionRow{"KR", "(EU) 2022/254", "2021-12-17", "pipa_controller", ""},
    DecisionRow{"NZ", "2013/65/EU", "2012-12-19", "", ""},
    DecisionRow{"US", "(EU) 2023/1795", "2023-07-10", "dpf_list", ""},
    DecisionRow{"UY", "2012/484/EU", "2012-08-21", "", ""},
    DecisionRow{"EPO", "(EU) 2025/1382", "2025-07-15", "", ""},
};

}  // namespace

TEST_CASE("The list of decisions is the Commission's, and as its schema asks", "[recipients][adequacy]") {
    CHECK(schema_faults("adequacy.schema.json", policy_file("adequacy.json")).empty());
    const auto& decisions = shipped_adequacy().adequacy.decisions;
    REQUIRE(decisions.size() == kDecisions.size());
    for (std::size_t at = 0; at < kDecisions.size(); ++at) {
        const auto& row = kDecisions.at(at);
        const auto& decision = decisions.at(at);
        CAPTURE(row.where);
        CHECK((decision.country ? std::string{decision.country->code()} : decision.organisation) ==
              row.where);
        CHECK(decision.number == row.number);
        CHECK(format_day(decision.valid_from) == row.adopted);
        CHECK((decision.scope ? decision.scope->fact : "") == row.scope);
        CHECK((decision.valid_to ? format_day(*decision.valid_to) : "") == row.last);
    }
    CHECK(shipped_adequacy().switches.dpf_enabled);
    CHECK(shipped_adequacy().adequacy.refuse_after_months == 12);
}

TEST_CASE("The EEA has thirty states, three of them outside the Union", "[recipients][adequacy]") {
    const auto& adequacy = shipped_adequacy().adequacy;
    std::string all;
    for (const auto& state : adequacy.eea) {
        all += std::string{state.code()} + " ";
    }
    CHECK(all ==
          "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK ");
    CHECK(adequacy.efta == std::vector{country("IS"), country("LI"), country("NO")});
    for (const auto& territory : adequacy.territories) {
        CAPTURE(territory.code.code());
        CHECK(std::count(adequacy.eea.begin(), adequacy.eea.end(), territory.of) == 1);
        CHECK(std::count(adequacy.eea.begin(), adequacy.eea.end(), territory.code) == 0);
    }
}

TEST_CASE("Every decision carries a transfer from its first day to its last", "[recipients][adequacy]") {
    for (const auto& decision : shipped_adequacy().adequacy.decisions) {
        CAPTURE(decision.number);
        const auto first = decision.valid_from;
        const Day before{std::chrono::sys_days{first} - std::chrono::days{1}};
        const auto recipient = within_scope(decision, first);
        const auto at = [&](const Day& transfer) {
            // Asked within the limit, whatever the day of the transfer.
            return of(recipient, Occasion{transfer, day("2026-11-22"), country("NL")});
        };
        CHECK(at(before).kind == BasisKind::Undocumented);
        CHECK(at(before).reason == BasisReason::DecisionNotInForce);
        CHECK(at(first) == TransferBasis{BasisKind::Adequacy, BasisReason::DecisionHolds, decision.number});
        if (decision.valid_to) {
            const Day after{std::chrono::sys_days{*decision.valid_to} + std::chrono::days{1}};
            CHECK(at(*decision.valid_to).kind == BasisKind::Adequacy);
            CHECK(at(after).kind == BasisKind::Undocumented);
            CHECK(at(after).reason == BasisReason::DecisionNotInForce);
        }
    }
}

TEST_CASE("The United Kingdom is adequate until the end of 27 December 2031", "[recipients][adequacy]") {
    auto adequacy = shipped_adequacy().adequacy;
    for (auto& decision : adequacy.decisions) {
        decision.checked_at = day("2031-12-01");
    }
    const auto at = [&](std::string_view when) {
        return basis(in("GB"), {day(when), day(when), country("NL")}, adequacy, {});
    };
    CHECK(at("2031-12-27").kind == BasisKind::Adequacy);
    CHECK(at("2031-12-28").kind == BasisKind::Undocumented);
    CHECK(at("2031-12-28").reason == BasisReason::DecisionNotInForce);
    CHECK(at("2031-12-28").decision == "(EU) 2021/1772");
}

TEST_CASE("Within the EEA no basis is needed, also not in its outermost regions", "[recipients][adequacy]") {
    for (const auto& state : shipped_adequacy().adequacy.eea) {
        CAPTURE(state.code());
        CHECK(of(in(state.code()), on("2026-11-22")) ==
              TransferBasis{BasisKind::NoneNeeded, BasisReason::InEea});
    }
    CHECK(of(in("RE"), on("2026-11-22")).kind == BasisKind::NoneNeeded);
    CHECK(of(in("RE"), on("2026-11-22")).special_territory);
    for (const auto* const code : {"GL", "SJ", "NC", "CW"}) {
        CAPTURE(code);
        const auto found = of(in(code), on("2026-11-22"));
        CHECK(found.kind == BasisKind::Undocumented);
        CHECK(found.reason == BasisReason::SpecialTerritory);
        CHECK(found.special_territory);
    }
    CHECK(of(in("FO"), on("2026-11-22")).kind == BasisKind::Adequacy);
}

TEST_CASE("A country without a decision, and one that nobody knows, have their own answers",
          "[recipients][adequacy]") {
    for (const auto* const code : {"KE", "IN", "AU", "RU"}) {
        CAPTURE(code);
        CHECK(of(in(code), on("2026-11-22")) ==
              TransferBasis{BasisKind::Undocumented, BasisReason::NoDecision});
    }
    CHECK(of(RecipientFacts{}, on("2026-11-22")) ==
          TransferBasis{BasisKind::Undocumented, BasisReason::CountryNotKnown});
}

TEST_CASE("A server in the United States is adequate by a recorded look in the list alone",
          "[recipients][adequacy]") {
    auto server = in("US");
    CHECK(of(server, on("2026-11-22")) ==
          TransferBasis{BasisKind::Undocumented, BasisReason::ScopeNotKnown, "(EU) 2023/1795"});
    server.checks = {listed("2026-10-01")};
    CHECK(of(server, on("2026-11-22")).kind == BasisKind::Adequacy);
    CHECK(of(server, on("2026-09-30")).reason == BasisReason::CheckDated);
    CHECK(of(server, on("2026-09-30")).kind == BasisKind::Undocumented);
    server.checks[0].since = day("2026-09-01");
    CHECK(of(server, on("2026-09-30")).kind == BasisKind::Adequacy);
    server.checks = {listed("2025-11-21")};  // a year and a day ago
    CHECK(of(server, on("2026-11-22")).reason == BasisReason::CheckDated);
    server.checks.push_back(listed("2025-11-22"));
    CHECK(of(server, on("2026-11-22")).kind == BasisKind::Adequacy);
    server.checks[1].data_kind.clear();
    CHECK(of(server, on("2026-11-22")).reason == BasisReason::CheckIncomplete);
    CHECK(of(server, on("2026-11-22")).kind == BasisKind::Undocumented);
    // A row for staff data, or of another list, does not cover what people post.
    for (const auto& [entry, kind] : {std::pair{"EU-U.S. DPF", "HR"},
                                      {"EU-U.S. DPF", "none"},
                                      {"Swiss-U.S. DPF", "non-HR"},
                                      {"EU-U.S. DPF (withdrawn)", "non-HR"}}) {
        server.checks = {listed("2026-10-01")};
        server.checks[0].entry = entry;
        server.checks[0].data_kind = kind;
        CHECK(of(server, on("2026-11-22")) ==
              TransferBasis{BasisKind::Undocumented, BasisReason::ScopeNotMet, "(EU) 2023/1795"});
    }
    server.checks = {listed("2026-10-01")};
    server.checks[0].data_kind = "HR and non-HR";
    CHECK(of(server, on("2026-11-22")).kind == BasisKind::Adequacy);
    server.checks = {listed("2026-05-01"), {kDpfFact.data(), false, day("2026-10-01")}};
    CHECK(of(server, on("2026-09-30")).kind == BasisKind::Adequacy);
    CHECK(of(server, on("2026-11-22")).reason == BasisReason::ScopeNotMet);
}

TEST_CASE("The switch takes the framework away from everybody, and says before from whom",
          "[recipients][adequacy]") {
    std::vector<RecipientFacts> servers;
    for (const auto* const code : {"US", "US", "GB", "NL", "US"}) {
        servers.push_back(in(code));
        servers.back().host = *Host::parse("server" + std::to_string(servers.size()) + ".example");
    }
    servers[0].checks = {listed("2026-10-01")};
    servers[4].checks = {listed("2026-10-01")};
    servers[4].clauses = Clauses{day("2026-01-01"), {}, true};
    const auto occasion = on("2026-11-22");
    const TransferSwitches off{false};
    CHECK(of(servers[4], occasion).kind == BasisKind::Adequacy);

    const auto changes =
        effect_of_switch(servers, occasion, shipped_adequacy().adequacy, shipped_adequacy().switches, off);
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].host.text() == "server1.example");
    CHECK(changes[0].before.kind == BasisKind::Adequacy);
    CHECK(changes[0].after ==
          TransferBasis{BasisKind::Undocumented, BasisReason::SwitchedOff, "(EU) 2023/1795"});
    CHECK(changes[1].host.text() == "server5.example");
    CHECK(changes[1].after.kind == BasisKind::StandardClauses);

    for (const auto& server : servers) {
        const auto found = basis(server, occasion, shipped_adequacy().adequacy, off);
        const bool american = *server.country == country("US");
        CHECK((american && found.kind == BasisKind::Adequacy) == false);
    }
    CHECK(effect_of_switch(servers, occasion, shipped_adequacy().adequacy, off, off).empty());
}

TEST_CASE("Canada and Brazil are adequate for some, and nobody else is called so", "[recipients][adequacy]") {
    const auto [code, fact] = GENERATE(std::pair{"CA", "pipeda_commercial"}, std::pair{"BR", "lgpd"});
    CAPTURE(code);
    auto server = in(code);
    CHECK(of(server, on("2026-11-22")).kind == BasisKind::AdequacyUnverified);
    CHECK(of(server, on("2026-11-22")).reason == BasisReason::ScopeNotKnown);
    server.checks = {{"dpf_list", true, day("2026-02-01")}};
    CHECK(of(server, on("2026-11-22")).kind == BasisKind::AdequacyUnverified);
    server.checks = {{fact, true, day("2026-02-01")}};
    CHECK(of(server, on("2026-11-22")).kind == BasisKind::Adequacy);
    server.checks = {{fact, false, day("2026-02-01")}};
    CHECK(of(server, on("2026-11-22")).kind == BasisKind::Undocumented);
    CHECK(of(server, on("2026-11-22")).reason == BasisReason::ScopeNotMet);
}

TEST_CASE(
    "What is not part of the EEA Agreement does not carry a controller in Iceland, Liechtenstein or Norway",
    "[recipients][adequacy]") {
    auto brazil = in("BR");
    brazil.checks = {{"lgpd", true, day("2026-02-01")}};
    for (const auto* const controller : {"IS", "LI", "NO"}) {
        CAPTURE(controller);
        const auto occasion = on("2026-11-22", controller);
        CHECK(of(brazil, occasion) ==
              TransferBasis{BasisKind::Undocumented, BasisReason::EftaPending, "(EU) 2026/179"});
        CHECK(of(in("GB"), occasion).kind == BasisKind::Adequacy);
        RecipientFacts office;
        office.organisation = "EPO";
        CHECK(of(office, occasion).kind == BasisKind::AdequacyUnverified);
        CHECK(of(office, occasion).reason == BasisReason::EftaNotKnown);
    }
    CHECK(of(brazil, on("2026-11-22", "DE")).kind == BasisKind::Adequacy);
}

TEST_CASE("An international organisation is not where its office is", "[recipients][adequacy]") {
    auto office = in("DE");
    office.organisation = "EPO";
    CHECK(of(office, on("2026-11-22")).decision == "(EU) 2025/1382");
    office.organisation = "WIPO";
    CHECK(of(office, on("2026-11-22")) == TransferBasis{BasisKind::Undocumented, BasisReason::NoDecision});
}

TEST_CASE("Decisions that nobody checked for too long are not called adequate", "[recipients][adequacy]") {
    const auto asked = [](const char* code, std::string_view today) {
        return of(in(code), Occasion{day("2026-11-22"), day(today), country("NL")});
    };
    CHECK(asked("CH", "2027-08-05").kind == BasisKind::Adequacy);
    CHECK_FALSE(asked("CH", "2027-08-05").stale);
    const auto late = asked("CH", "2027-08-06");
    CHECK(late.kind == BasisKind::AdequacyUnverified);
    CHECK(late.reason == BasisReason::DataStale);
    CHECK(late.stale);
    CHECK(asked("NL", "2027-08-06").kind == BasisKind::NoneNeeded);
    CHECK(asked("NL", "2027-08-06").stale);
    CHECK(asked("KE", "2027-08-06").stale);
    // A file that was checked tomorrow was not checked.
    CHECK(asked("CH", "2026-08-04").kind == BasisKind::AdequacyUnverified);
}

TEST_CASE("A file that makes no sense is refused with its row", "[recipients][adequacy]") {
    const auto good = policy_file("adequacy.json");
    const auto why = [](const std::string& text) {
        const auto refused = parse_adequacy(text);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().kind == ErrorKind::Invalid);
        return refused.error().what;
    };
    CHECK(why("no JSON").find("fedtrail/adequacy/1, the document: ") == 0);
    CHECK(why("{}").find("fedtrail/adequacy/1, the document: ") == 0);
    CHECK(why("[]").find("fedtrail/adequacy/1, the document: ") == 0);
    CHECK(why(changed(good, R"("2031-12-27")", R"("2020-12-27")")).find("GB: \"valid_to\" lies before") !=
          std::string::npos);
    CHECK(why(changed(good, R"("country": "BR")", R"("country": "QQ")")).find("BR: \"QQ\" is no country") !=
          std::string::npos);
    CHECK(why(changed(good, R"("efta": "pending")", R"("efta": "soon")")).find("BR: \"efta\" cannot be") !=
          std::string::npos);
    CHECK(why(changed(good, R"("valid_from": "2000-07-26")", R"("valid_from": "2000-17-26")")).find("CH: ") !=
          std::string::npos);
    CHECK(why(changed(good, R"("refuse_after_months": 12)", R"("refuse_after_months": 99)")).find("months") !=
          std::string::npos);
    CHECK(
        why(changed(good, R"("country": "CH")", R"("country": "CH", "organisation": "EPO")")).find("CH: ") !=
        std::string::npos);
    CHECK_FALSE(
        schema_faults("adequacy.schema.json", changed(good, R"("unknown_is")", R"("unknown")")).empty());
}
