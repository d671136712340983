#include <new>

#include "api/intake_json.hpp"
#include "api/repeats.hpp"
#include "house.hpp"

using fedtrail::header_of;
using fedtrail::HttpHeaders;
using fedtrail::testing::ApiHouse;

TEST_CASE("Health and metrics need no token and name nobody", "[api]") {
    ApiHouse house;
    CHECK(house.ask("GET", "/healthz").status == 200);
    const auto metrics = house.ask("GET", "/metrics");
    CHECK(metrics.status == 200);
    CHECK_THAT(metrics.body,
               Catch::Contains("# TYPE fedtrail_things_total counter\nfedtrail_things_total 3\n"));
    CHECK_THAT(metrics.body, Catch::Contains("# TYPE fedtrail_now gauge\n"));
    CHECK_THAT(metrics.body, Catch::Contains("fedtrail_api_answers_total{class=\"2xx\"} 1\n"));
    CHECK_THAT(metrics.body, !Catch::Contains("example"));
}

TEST_CASE("Metrics that name servers of others need a token", "[api]") {
    ApiHouse house;
    CHECK(house.ask("GET", "/api/v1/metrics").status == 401);
    CHECK(house.ask("GET", "/api/v1/metrics", "hook").status == 403);
    CHECK(house.ask("GET", "/api/v1/metrics", "own").status == 403);
    const auto named = house.ask("GET", "/api/v1/metrics", "audit");
    CHECK(named.status == 200);
    CHECK_THAT(named.body, Catch::Contains("fedtrail_at_host{host=\"z.example\"} 2\n"));
    CHECK_THAT(named.body, Catch::Contains("fedtrail_things_total 3\n"));
}

TEST_CASE("Readiness says why it is not", "[api]") {
    ApiHouse house;
    CHECK(house.ask("GET", "/readyz").status == 200);
    house.ready =
        fedtrail::fail(fedtrail::ErrorKind::Unavailable, "the ledger cannot be written", "Make room.");
    const auto answer = house.ask("GET", "/readyz");
    CHECK(answer.status == 503);
    CHECK(header_of(answer.headers, "Retry-After") == "5");
    CHECK_THAT(answer.body, Catch::Contains("the ledger cannot be written"));
}

TEST_CASE("Every answer carries the security headers", "[api]") {
    ApiHouse house;
    for (const auto* target : {"/healthz", "/nowhere", "/api/v1/recipients"}) {
        const auto answer = house.ask("GET", target);
        CHECK(header_of(answer.headers, "X-Content-Type-Options") == "nosniff");
        CHECK(header_of(answer.headers, "Cache-Control") == "no-store");
        CHECK(header_of(answer.headers, "Referrer-Policy") == "no-referrer");
        CHECK_THAT(std::string{header_of(answer.headers, "Content-Security-Policy")},
                   Catch::StartsWith("default-src 'none'"));
    }
}

TEST_CASE("Who may not is refused on the head, as the whole request would be", "[api]") {
    ApiHouse house;
    const auto refused = [&](const std::string& method, const std::string& target, const std::string& token) {
        HttpHeaders headers;
        if (!token.empty()) {
            headers.emplace_back("Authorization", "Bearer " + token);
        }
        const auto refusal = house.api.refusal({method, target, headers, ""});
        return refusal ? refusal->status : 0;
    };
    CHECK(refused("POST", "/api/v1/observations", "") == 401);
    CHECK(refused("POST", "/api/v1/observations", "nonsense") == 401);
    CHECK(refused("POST", "/api/v1/observations", "audit") == 403);
    CHECK(refused("POST", "/api/v1/nowhere", "hook") == 404);
    CHECK(refused("PUT", "/api/v1/observations", "hook") == 405);
    CHECK(refused("POST", "/api/v1/observations", "hook") == 0);
    CHECK(refused("GET", "/healthz", "") == 0);
    CHECK(house.intake.calls == 0);
}

TEST_CASE("A token opens what its scope names, and nothing else", "[api]") {
    ApiHouse house;
    const auto status = [&](const std::string& method, const std::string& target, const std::string& token) {
        return house.ask(method, target, token, {}, "{}").status;
    };
    CHECK(status("GET", "/api/v1/recipients", "") == 401);
    CHECK(status("GET", "/api/v1/recipients", "nonsense") == 401);
    CHECK(status("GET", "/api/v1/recipients", "own") == 403);
    CHECK(status("GET", "/api/v1/recipients", "hook") == 403);
    CHECK(status("GET", "/api/v1/recipients", "audit") == 200);
    CHECK(status("GET", "/api/v1/recipients", "admin") == 200);
    CHECK(status("POST", "/api/v1/observations", "audit") == 403);
    CHECK(status("POST", "/api/v1/observations", "hook") == 200);
    CHECK(status("GET", "/api/v1/subjects/1/report", "hook") == 403);
    CHECK(house.intake.calls == 1);
    CHECK(house.ask("GET", "/api/v1/recipients", "", {{"authorization", "bEARER audit"}}).status == 200);
    CHECK(house.ask("GET", "/api/v1/recipients", "", {{"Authorization", "Bearer "}}).status == 401);
    CHECK(house.ask("GET", "/api/v1/recipients", "", {{"Authorization", "Basic audit"}}).status == 401);
    CHECK(header_of(house.ask("GET", "/api/v1/recipients").headers, "WWW-Authenticate") ==
          "Bearer realm=\"fedtrail\"");
}

TEST_CASE("A person's own token opens their report alone, and does not tell who else is known", "[api]") {
    ApiHouse house;
    CHECK(house.ask("GET", "/api/v1/subjects/1/report", "own").status == 200);
    CHECK(house.ask("GET", "/api/v1/subjects/alice%40origin.example/report", "own").status == 200);
    CHECK(house.ask("GET", "/api/v1/subjects/https%3A%2F%2Forigin.example%2Fusers%2Falice/report", "own")
              .status == 200);
    const auto other = house.ask("GET", "/api/v1/subjects/2/report", "own");
    const auto nobody = house.ask("GET", "/api/v1/subjects/3/report", "own");
    CHECK(other.status == 403);
    CHECK(nobody.status == 403);
    CHECK(other.body == nobody.body);
    CHECK_THAT(other.body, Catch::Contains("a token of your own"));
    CHECK(house.ask("GET", "/api/v1/subjects/3/report", "audit").status == 404);
}

TEST_CASE("A report comes in the format asked for", "[api]") {
    ApiHouse house;
    const auto json = house.ask("GET", "/api/v1/subjects/1/report", "audit");
    CHECK(header_of(json.headers, "Content-Type") == "application/json");
    CHECK_THAT(json.body, Catch::Contains("\"fedtrail/transfer-report/1\"") && Catch::Contains("a.example"));
    const auto csv = house.ask("GET", "/api/v1/subjects/1/report?format=csv", "audit");
    CHECK_THAT(csv.body, Catch::StartsWith("host,first,last"));
    const auto html = house.ask("GET", "/api/v1/subjects/1/report?format=html", "audit");
    CHECK_THAT(html.body, Catch::StartsWith("<!doctype html>"));
    CHECK_THAT(std::string{header_of(html.headers, "Content-Security-Policy")},
               !Catch::Contains("script") && Catch::Contains("default-src 'none'"));
    CHECK(house.ask("GET", "/api/v1/subjects/1/report?format=doc", "audit").status == 400);
    const auto linked = house.ask("GET", "/api/v1/subjects/1/report?format=jsonld", "audit");
    CHECK(header_of(linked.headers, "Content-Type") == "application/ld+json");
    CHECK_THAT(linked.body, Catch::Contains("\"eu-gdpr:SARNotice\""));
    const auto accepted = [&](const char* accept) {
        const auto answer = house.ask("GET", "/api/v1/subjects/1/report", "audit", {{"Accept", accept}});
        return std::string{header_of(answer.headers, "Content-Type")};
    };
    CHECK(accepted("text/html,application/xhtml+xml") == "text/html; charset=utf-8");
    CHECK(accepted("text/csv, application/json") == "text/csv; charset=utf-8");
    CHECK(accepted("*/*") == "application/json");
    CHECK(house.ask("GET", "/api/v1/subjects/1/report?part=all", "audit").status == 400);
    CHECK(house.ask("GET", "/api/v1/subjects/1/report?request=x", "audit").status == 422);
    CHECK(house.ask("GET", "/api/v1/subjects/1/report?request=99", "audit").status == 404);
    CHECK(house.ask("GET", "/api/v1/subjects/1/report?since=yesterday", "audit").status == 400);
    CHECK(house.ask("GET", "/api/v1/subjects/1/report?since=2026-01-02&until=2026-01-03T00:00:00Z", "audit")
              .status == 200);
    CHECK(house.ask("GET", "/api/v1/subjects/1/report?since=2026-01-02&until=2026-01-01", "audit").status ==
          422);
    house.ledger.down = true;
    CHECK(house.ask("GET", "/api/v1/subjects/1/report", "audit").status == 503);
}

TEST_CASE("A report is in the language asked for, and says which it is", "[api][language]") {
    ApiHouse house;
    const auto got = [&](const std::string& query, const HttpHeaders& headers = {}) {
        const auto answer =
            house.ask("GET", "/api/v1/subjects/1/report?format=html" + query, "audit", headers);
        CHECK(answer.status == 200);
        const std::string language{header_of(answer.headers, "Content-Language")};
        CHECK_THAT(answer.body, Catch::Contains("<html lang=\"" + language + "\">"));
        CHECK(header_of(answer.headers, "Vary") == "Accept, Accept-Language");
        return language;
    };
    CHECK(got("") == "en");
    CHECK(got("&lang=pl") == "pl");
    CHECK(got("&lang=DE-at") == "de");
    CHECK(got("", {{"Accept-Language", "sv, fr;q=0.4, nl;q=0.8, *;q=0.1"}}) == "nl");
    CHECK(got("&lang=it", {{"Accept-Language", "nl"}}) == "it");
    CHECK(got("", {{"Accept-Language", "sv"}}) == "en");
    CHECK(got("", {{"Accept-Language", "\xff;;q=,,"}}) == "en");
    const auto json = house.ask("GET", "/api/v1/subjects/1/report?lang=es", "audit");
    CHECK(header_of(json.headers, "Content-Language") == "es");
    CHECK_THAT(json.body, Catch::Contains("\"language\": \"es\"") && Catch::Contains("El registro"));
    CHECK(header_of(house.ask("GET", "/api/v1/subjects/1/report?format=csv&lang=es", "audit").headers,
                    "Content-Language")
              .empty());
}

TEST_CASE("A language that is not there is refused, and those that are get named", "[api][language]") {
    ApiHouse house;
    for (const auto* language : {"sv", "", "..%2Fen", "en_GB"}) {
        INFO(language);
        const auto answer =
            house.ask("GET", std::string{"/api/v1/subjects/1/report?lang="} + language, "audit");
        CHECK(answer.status == 400);
        CHECK_THAT(answer.body, Catch::Contains("de, en, es, fr, it, nl, pl"));
        CHECK_THAT(answer.body, !Catch::Contains(".."));
    }
}

TEST_CASE("Whoever asks for no language gets the usual one", "[api][language]") {
    ApiHouse house;
    auto dutch = fedtrail::reports::ReportLibrary::load(FEDTRAIL_SOURCE_DIR "/policies", "nl");
    REQUIRE(dutch);
    house.texts = std::make_shared<const fedtrail::reports::ReportLibrary>(std::move(*dutch));
    const auto answer = house.ask("GET", "/api/v1/subjects/1/report", "audit");
    CHECK(header_of(answer.headers, "Content-Language") == "nl");
}

TEST_CASE("Recipients are paged by a cursor until there is no next", "[api]") {
    ApiHouse house;
    const auto first = house.ask("GET", "/api/v1/recipients?limit=2", "audit");
    CHECK_THAT(first.body, Catch::Contains("\"next\":\"b.example\""));
    CHECK(header_of(first.headers, "Link") == "</api/v1/recipients?limit=2&after=b.example>; rel=\"next\"");
    const auto last = house.ask("GET", "/api/v1/recipients?limit=2&after=b.example", "audit");
    CHECK_THAT(last.body, Catch::Contains("c.example") && Catch::Contains("\"next\":null"));
    CHECK_THAT(house.ask("GET", "/api/v1/recipients?limit=3", "audit").body,
               Catch::Contains("\"next\":null"));
    for (const auto* limit : {"0", "1001", "x", "-1", ""}) {
        for (const std::string list : {"recipients", "subjects"}) {
            const auto wrong = house.ask("GET", "/api/v1/" + list + "?limit=" + limit, "audit");
            CHECK(wrong.status == 400);
            CHECK_THAT(wrong.body, Catch::Contains("remedy"));
        }
    }
}

TEST_CASE("Handed-in observations get a receipt that names the bad lines", "[api]") {
    ApiHouse house;
    const auto answer = house.ask(
        "POST", "/api/v1/observations", "hook", {{"Content-Type", "application/x-ndjson"}}, "12345");
    CHECK(answer.status == 200);
    const auto receipt = fedtrail::api::receipt_from(answer.body);
    REQUIRE(receipt.has_value());
    CHECK(receipt->fresh == 5);
    CHECK(receipt->accepted() == 6);
    REQUIRE(receipt->rejected.size() == 1);
    CHECK(receipt->rejected[0].line == 2);
    CHECK(receipt->rejected[0].reason == "it is not JSON");
    CHECK(house.ask("POST", "/api/v1/observations", "hook", {{"Content-Type", "text/html"}}, "x").status ==
          415);
    house.intake.down = true;
    CHECK(house.ask("POST", "/api/v1/observations", "hook", {}, "x").status == 503);
}

TEST_CASE("The second request with an Idempotency-Key gets the first one's answer", "[api]") {
    ApiHouse house;
    const HttpHeaders key{{"Idempotency-Key", "k1"}};
    const auto ask = [&](const std::string& token, const std::string& body, const HttpHeaders& headers) {
        return house.ask("POST", "/api/v1/observations", token, headers, body);
    };
    const auto first = ask("hook", "abc", key);
    const auto second = ask("hook", "abc", key);
    CHECK(first.body == second.body);
    CHECK(house.intake.calls == 1);
    CHECK(ask("hook", "another", key).status == 422);
    CHECK(ask("admin", "abc", key).status == 200);  // another's key is another key
    CHECK(house.intake.calls == 2);
    house.clock.at += std::chrono::hours{25};
    CHECK(ask("hook", "another", key).status == 200);
    CHECK(ask("hook", "x", {{"Idempotency-Key", std::string(256, 'k')}}).status == 400);
}

TEST_CASE("What throws does not hold its Idempotency-Key", "[api]") {
    using fedtrail::HttpResponse;
    fedtrail::api::Repeats repeats;
    const fedtrail::Instant now{};
    const auto answering = [](int status) {
        return [status] {
            HttpResponse answer;
            answer.status = status;
            return answer;
        };
    };
    CHECK_THROWS(repeats.once("who", "k", "x", now, []() -> HttpResponse { throw std::bad_alloc{}; }));
    CHECK(repeats.once("who", "k", "x", now, answering(201)).status == 201);
    CHECK(repeats.once("who", "k", "x", now, answering(200)).status == 201);
}

TEST_CASE("What says to try again is not kept for an Idempotency-Key", "[api]") {
    using fedtrail::HttpResponse;
    fedtrail::api::Repeats repeats;
    const auto status = GENERATE(409, 429, 503);
    const auto once = [&](int answered) {
        return repeats
            .once("who",
                  "k",
                  "x",
                  fedtrail::Instant{},
                  [answered] {
                      HttpResponse answer;
                      answer.status = answered;
                      return answer;
                  })
            .status;
    };
    CHECK(once(status) == status);
    CHECK(once(200) == 200);
    CHECK(once(201) == 200);
}

TEST_CASE("A failure of ours is not kept for an Idempotency-Key", "[api]") {
    ApiHouse house;
    house.intake.down = true;
    CHECK(house.ask("POST", "/api/v1/observations", "hook", {{"Idempotency-Key", "k"}}, "x").status == 503);
    house.intake.down = false;
    CHECK(house.ask("POST", "/api/v1/observations", "hook", {{"Idempotency-Key", "k"}}, "x").status == 200);
}

TEST_CASE("An address that is not there, or not with this method, is said so", "[api]") {
    ApiHouse house;
    for (const auto* target : {"/", "/api", "/api/v1/subjects/1/x", "/api/v1/recipients/x/y", "/healthz/x"}) {
        INFO(target);
        const auto answer = house.ask("GET", target);
        CHECK(answer.status == 404);
        CHECK(header_of(answer.headers, "Content-Type") == "application/problem+json");
    }
    const auto answer = house.ask("DELETE", "/api/v1/recipients", "admin");
    CHECK(answer.status == 405);
    CHECK(header_of(answer.headers, "Allow") == "GET");
    CHECK(house.ask("HEAD", "/healthz").status == 200);
}

TEST_CASE("A broken address is refused", "[api]") {
    ApiHouse house;
    for (const auto* target :
         {"", "x", "//healthz", "/%", "/%4", "/%zz", "/a%00b", "/a%0ab", "http://x/healthz"}) {
        INFO(target);
        CHECK(house.ask("GET", target).status == 400);
    }
}
