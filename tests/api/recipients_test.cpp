#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "api/recipient_json.hpp"
#include "house.hpp"
#include "kept.hpp"

using fedtrail::HttpResponse;
using fedtrail::testing::ApiHouse;
using fedtrail::testing::checked;
using Json = nlohmann::json;

namespace recipients = fedtrail::recipients;

namespace {

HttpResponse declare(ApiHouse& house,
                     const std::string& host,
                     const Json& body,
                     const std::string& token = "admin") {
    return house.ask("PATCH", "/api/v1/recipients/" + host, token, {}, body.dump());
}

const Json kInGermany{{"reason", "imprint seen"},
                      {"words", {{"country", "de"}, {"operator", "Example e. V."}}}};
const Json kListed{{"reason", "list looked at"},
                   {"words",
                    {{"dpf_list", "yes"},
                     {"dpf_list.entity", "Example Inc."},
                     {"dpf_list.entry", "EU-U.S. DPF"},
                     {"dpf_list.data_kind", "non-HR"}}}};

}  // namespace

TEST_CASE("A list of recipients leaves as it comes", "[api][recipients]") {
    const auto listed = [](const std::string& name) {
        recipients::ListedRecipient one;
        one.totals.recipient = fedtrail::Host::parse(name).value();
        one.card.host = one.totals.recipient;
        return one;
    };
    std::ostringstream out;
    fedtrail::api::RecipientsWriter writer{out};
    CHECK(out.str().empty());
    writer.add({listed("a.example")});
    CHECK(out.str().find("a.example") != std::string::npos);
    CHECK(out.str().back() == '}');
    writer.add({});
    writer.add({listed("b.example"), listed("c.example")});
    writer.end("c.example");
    CHECK(out.str() == fedtrail::api::recipients_json(
                           {{listed("a.example"), listed("b.example"), listed("c.example")}, "c.example"}));
    const auto whole = checked(HttpResponse{200, {}, out.str()}, "recipients.schema.json");
    CHECK(whole["recipients"].size() == 3);
    CHECK(whole["next"] == "c.example");
}

TEST_CASE("What is declared over REST stands with who said it", "[api][recipients]") {
    ApiHouse house;
    const auto before =
        checked(house.ask("GET", "/api/v1/recipients/a.example", "audit"), "recipient.schema.json");
    CHECK(before["country"]["code"].is_null());
    CHECK(before["basis"]["kind"] == "undocumented");
    CHECK(before["declared"].empty());

    const auto after = checked(declare(house, "a.example", kInGermany), "recipient.schema.json");
    CHECK(after["country"]["code"] == "DE");
    CHECK(after["country"]["source"] == "admin");
    CHECK(after["country"]["why"] == "imprint seen");
    CHECK(after["basis"]["kind"] == "none_needed");
    CHECK(after["operator"] == "Example e. V.");
    CHECK(after["declared"][0]["by"] == "api:admin");
    CHECK(after["history"].size() == 1);

    const Json taken_back{{"reason", "they moved"}, {"words", {{"country", nullptr}}}};
    const auto later = checked(declare(house, "a.example", taken_back), "recipient.schema.json");
    CHECK(later["country"]["code"].is_null());
    CHECK(later["history"][1]["changes"][0]["before"] == "DE");
    CHECK(later["history"][1]["changes"][0]["after"].is_null());
}

TEST_CASE("A recipient shows its own inbox, not that of its other host", "[api][recipients]") {
    ApiHouse house;
    house.directory.join_to(*fedtrail::Host::parse("a.example"), *fedtrail::Host::parse("www.a.example"));
    for (const std::string host : {"a.example", "www.a.example"}) {
        const Json inbox{{"reason", "they said"}, {"words", {{"inbox", "https://" + host + "/in"}}}};
        checked(declare(house, host, inbox), "recipient.schema.json");
    }
    for (const std::string host : {"a.example", "www.a.example"}) {
        CAPTURE(host);
        const auto shown =
            checked(house.ask("GET", "/api/v1/recipients/" + host, "audit"), "recipient.schema.json");
        REQUIRE(shown["declared"].size() == 1);
        CHECK(shown["declared"][0]["value"] == "https://" + host + "/in");
    }
}

TEST_CASE("An administrator has a recipient asked again", "[api][recipients]") {
    ApiHouse house;
    const std::string path = "/api/v1/recipients/a.example/refresh";
    for (const auto* token : {"own", "audit", "desk", "hook"}) {
        CHECK(house.ask("POST", path, token).status == 403);
    }
    CHECK(house.ask("POST", "/api/v1/recipients/not%20a%20host/refresh", "admin").status == 404);
    CHECK(house.called_for.empty());
    const fedtrail::HttpHeaders key{{"Idempotency-Key", "once"}};
    for (int i = 0; i < 2; ++i) {
        const auto answer = house.ask("POST", path, "admin", key);
        CHECK(answer.status == 202);
        CHECK(Json::parse(answer.body) ==
              Json{{"format", "fedtrail/refresh-called/1"}, {"host", "a.example"}});
    }
    CHECK(house.called_for == std::vector<std::string>{"a.example"});
    house.call_answer =
        fedtrail::fail(fedtrail::ErrorKind::Unavailable, "recipients are not asked here", "Set it.");
    CHECK(house.ask("POST", path, "admin").status == 503);
}

TEST_CASE("A host that nothing went to can be declared, and is found then", "[api][recipients]") {
    ApiHouse house;
    CHECK(house.ask("GET", "/api/v1/recipients/new.example", "audit").status == 404);
    const auto made = checked(declare(house, "new.example", kInGermany), "recipient.schema.json");
    CHECK(made["first"].is_null());
    CHECK(made["disclosures"] == 0);
    CHECK(house.ask("GET", "/api/v1/recipients/new.example", "audit").status == 200);
    CHECK(house.ask("GET", "/api/v1/recipients/a%20b", "audit").status == 404);
}

TEST_CASE("Only an administrator declares, and only what can be meant", "[api][recipients]") {
    ApiHouse house;
    for (const auto* token : {"audit", "own", "hook", "desk"}) {
        CHECK(declare(house, "a.example", kInGermany, token).status == 403);
    }
    CHECK(declare(house, "a.example", kInGermany, "").status == 401);
    CHECK(declare(house, "a.example", {{"words", {{"country", "DE"}}}}).status == 422);
    CHECK(declare(house, "a.example", {{"reason", "x"}, {"words", Json::object()}}).status == 422);
    CHECK(declare(house, "a.example", {{"reason", "x"}, {"words", {{"contry", "DE"}}}}).status == 422);
    CHECK(declare(house, "a.example", {{"reason", "x"}, {"words", {{"country", 7}}}}).status == 422);
    CHECK(declare(house, "a.example", {{"reason", "x"}, {"word", "country"}}).status == 422);
    CHECK(declare(house, "a.example", "nonsense").status == 422);
    CHECK(house.declarations.acts.empty());
}

TEST_CASE("Declaring with a key is done once", "[api][recipients]") {
    ApiHouse house;
    for (int round = 0; round < 2; ++round) {
        CHECK(house
                  .ask("PATCH",
                       "/api/v1/recipients/a.example",
                       "admin",
                       {{"Idempotency-Key", "k"}},
                       kInGermany.dump())
                  .status == 200);
    }
    CHECK(house.declarations.acts.size() == 1);
}

TEST_CASE("Recipients are filtered, and the next page asks for the same", "[api][recipients]") {
    ApiHouse house;
    REQUIRE(declare(house, "b.example", kInGermany).status == 200);
    const auto list =
        checked(house.ask("GET", "/api/v1/recipients?country=DE", "audit"), "recipients.schema.json");
    REQUIRE(list["recipients"].size() == 1);
    CHECK(list["recipients"][0]["host"] == "b.example");
    const auto unknown = house.ask("GET", "/api/v1/recipients?basis=undocumented&limit=1", "audit");
    CHECK(checked(unknown, "recipients.schema.json")["recipients"].size() == 1);
    CHECK(fedtrail::header_of(unknown.headers, "Link") ==
          "</api/v1/recipients?limit=1&after=a.example&basis=undocumented>; rel=\"next\"");
    CHECK(house.ask("GET", "/api/v1/recipients?country=Germany", "audit").status == 400);
    CHECK(house.ask("GET", "/api/v1/recipients?basis=adequate", "audit").status == 400);
    house.findings.blocked[fedtrail::Host::parse("c.example").value()] = {
        fedtrail::records::BlockSeverity::Suspended, "ours", "spam"};
    const auto blocked =
        checked(house.ask("GET", "/api/v1/recipients?blocked=true", "audit"), "recipients.schema.json");
    REQUIRE(blocked["recipients"].size() == 1);
    CHECK(blocked["recipients"][0]["blocked"]["reason"] == "spam");
    CHECK(house.ask("GET", "/api/v1/recipients?blocked=false", "audit").status == 200);
    for (const auto* none : {"yes", "1", "TRUE", ""}) {
        INFO(none);
        CHECK(house.ask("GET", "/api/v1/recipients?blocked=" + std::string{none}, "audit").status == 400);
    }
}

TEST_CASE("Bases are counted for the day that is asked for", "[api][recipients]") {
    ApiHouse house;
    REQUIRE(declare(house, "a.example", kListed).status == 200);
    const auto today =
        checked(house.ask("GET", "/api/v1/transfers/bases", "audit"), "transfer-bases.schema.json");
    CHECK(today["recipients"] == 3);
    CHECK(today["bases"][0]["kind"] == "A45-3");
    CHECK(today["bases"][1]["kind"] == "undocumented");
    CHECK(today["bases"][1]["recipients"] == 2);
    const auto early = checked(house.ask("GET", "/api/v1/transfers/bases?day=2020-01-01", "audit"),
                               "transfer-bases.schema.json");
    for (const auto& row : early["bases"]) {
        CHECK(row["kind"] == "undocumented");
    }
    CHECK(house.ask("GET", "/api/v1/transfers/bases?day=soon", "audit").status == 400);
    CHECK(house.ask("GET", "/api/v1/transfers/bases", "own").status == 403);
}

TEST_CASE("A switch shows its effect before it is turned, and what it did", "[api][recipients]") {
    ApiHouse house;
    REQUIRE(declare(house, "a.example", kListed).status == 200);
    const auto turn = [&](const Json& body, const std::string& token = "admin") {
        return house.ask("PUT", "/api/v1/transfers/switches/dpf", token, {}, body.dump());
    };
    const auto before =
        checked(house.ask("GET", "/api/v1/transfers/switches/dpf", "audit"), "transfer-switch.schema.json");
    CHECK(before["on"] == true);
    CHECK(before["turned"] == false);
    REQUIRE(before["effect"].size() == 1);
    CHECK(before["effect"][0]["host"] == "a.example");
    CHECK(before["effect"][0]["before"]["kind"] == "A45-3");
    CHECK(before["effect"][0]["after"]["reason"] == "switched_off");
    REQUIRE(before["processors"].size() == 1);
    CHECK(before["processors"][0]["name"] == "Example Mail");
    CHECK(before["processors"][0]["before"]["kind"] == "A45-3");
    CHECK(before["processors"][0]["after"]["reason"] == "switched_off");
    CHECK(turn({{"on", false}, {"reason", "x"}}, "audit").status == 403);
    CHECK(turn({{"on", false}, {"reason", ""}}).status == 422);
    CHECK(turn({{"reason", "x"}}).status == 422);
    const auto done = checked(turn({{"on", false}, {"reason", "the court"}}), "transfer-switch.schema.json");
    CHECK(done["on"] == false);
    CHECK(done["turned"] == true);
    CHECK(done["effect"].size() == 1);
    CHECK(done["processors"].size() == 1);
    CHECK(done["history"][0]["by"] == "api:admin");
    CHECK(turn({{"on", false}, {"reason", "again"}}).status == 409);
    const auto now =
        checked(house.ask("GET", "/api/v1/recipients/a.example", "audit"), "recipient.schema.json");
    CHECK(now["basis"]["reason"] == "switched_off");
    CHECK(house.ask("GET", "/api/v1/transfers/switches/other", "audit").status == 404);
    CHECK(house.ask("PUT", "/api/v1/transfers/switches/other", "admin", {}, "{}").status == 404);
}
