#include "backends/poco/http_server.hpp"

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "backends/poco/raw_client.hpp"

using namespace std::chrono_literals;
using fedtrail::HttpRequest;
using fedtrail::HttpResponse;
using fedtrail::HttpServer;
namespace poco = fedtrail::poco;
using fedtrail::testing::echo;
using fedtrail::testing::Raw;
using fedtrail::testing::serving;

TEST_CASE("A request arrives as a value and its answer goes back", "[poco]") {
    const auto server = serving({}, echo);
    const auto client = poco::client("127.0.0.1", server->port(), 60s);
    const auto answer = client->send({"POST", "/a%20b?c=d", {{"X-One", "1"}}, "body"});
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->body == "POST /a%20b?c=d body");
    CHECK(fedtrail::header_of(answer->headers, "content-TYPE") == "text/plain");
}

TEST_CASE("A body larger than the limit is refused with 413 and the connection ends", "[poco]") {
    poco::HttpServerLimits limits;
    limits.body = 1000;
    std::atomic<int> answered = 0;
    const auto server = serving(limits, [&](const HttpRequest& request) {
        ++answered;
        return echo(request);
    });
    SECTION("announced") {
        const Raw raw{server->port()};
        raw.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
        CHECK_THAT(raw.rest(),
                   Catch::StartsWith("HTTP/1.1 413") &&
                       Catch::Contains("\"detail\":\"The body is larger than api.max_body\""));
    }
    SECTION("chunked, where nothing is announced") {
        const Raw raw{server->port()};
        raw.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                std::string(1001, 'x') + "\r\n0\r\n\r\n");
        CHECK_THAT(raw.rest(), Catch::StartsWith("HTTP/1.1 413"));
    }
    CHECK(answered == 0);
}

TEST_CASE("Framing that two parsers could read differently is refused", "[poco]") {
    const auto server = serving({}, echo);
    const auto lines = GENERATE(values<std::string>({
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip\r\n\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "Content-Length: 2x\r\n\r\nab",
        "Content-Length: -2\r\n\r\nab",
        "Content-Length: 99999999999999999999\r\n\r\nab",
        "Content-Length:\r\n\r\nab",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    }));
    const Raw raw{server->port()};
    raw.say("POST / HTTP/1.1\r\nHost: x\r\n" + lines);
    CHECK_THAT(raw.rest(), Catch::StartsWith("HTTP/1.1 400") && Catch::Contains("application/problem+json"));
}

TEST_CASE("A body in chunks is answered only when all of it is there", "[poco]") {
    std::atomic<int> answered = 0;
    const auto server = serving({}, [&](const HttpRequest& request) {
        ++answered;
        return echo(request);
    });
    const auto answer_to = [&](std::string_view chunks) {
        const Raw raw{server->port()};
        raw.say("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string{chunks});
        raw.finish_saying();
        return raw.rest();
    };
    CHECK_THAT(answer_to("2;a=b\r\nab\r\n00000000001\r\nc\r\n0\r\nX: y\r\n\r\n"),
               Catch::EndsWith("POST / abc"));
    CHECK(answered == 1);
    for (const auto* cut : {"2\r\nab\r\n", "2\r\na", "2\r\nab\r\n0\r\n", ""}) {
        CHECK_THAT(answer_to(cut), Catch::StartsWith("HTTP/1.1 408"));
    }
    for (const auto* wrong : {"x\r\nab\r\n0\r\n\r\n", "2\r\nabX\r\n0\r\n\r\n", "-2\r\nab\r\n0\r\n\r\n"}) {
        CHECK_THAT(answer_to(wrong), Catch::StartsWith("HTTP/1.1 400"));
    }
    CHECK(answered == 1);
}

TEST_CASE("A POST without a length is refused with 411", "[poco]") {
    const auto server = serving({}, echo);
    const Raw raw{server->port()};
    raw.say("POST / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_THAT(raw.rest(), Catch::StartsWith("HTTP/1.1 411"));
}

TEST_CASE("Too many header lines are refused", "[poco]") {
    const auto server = serving({}, echo);
    const Raw raw{server->port()};
    std::string lines;
    for (int i = 0; i < 200; ++i) {
        lines += "X-" + std::to_string(i) + ": y\r\n";
    }
    raw.say("GET / HTTP/1.1\r\nHost: x\r\n" + lines + "\r\n");
    CHECK_THAT(raw.rest(), Catch::StartsWith("HTTP/1.1 431 "));
}

TEST_CASE("What is no request is refused with a problem document that says why", "[poco]") {
    const auto [said, status, why] = GENERATE(table<std::string, int, std::string>(
        {{"hello\r\n\r\n", 400, "no HTTP request"},
         {"GET HTTP/1.1\r\n\r\n", 400, "no HTTP request"},
         {"GET / a HTTP/1.1\r\n\r\n", 400, "no HTTP request"},
         {"GET /\r\nHost: x\r\n\r\n", 400, "no HTTP request"},
         {"G{T / HTTP/1.1\r\n\r\n", 400, "no HTTP request"},
         {"GET / HTTP/1.1\r\nHost x\r\n\r\n", 400, "Name: value"},
         {"GET / HTTP/1.1\r\nX: y\r\n z\r\n\r\n", 400, "Name: value"},
         {"GET / HTTP/1.1\r\n: y\r\n\r\n", 400, "Name: value"},
         {"GET /\tx HTTP/1.1\r\n\r\n", 400, "no HTTP request"},
         {"GET / HTTP/1.1\r\nX: " + std::string(9'000, 'y') + "\r\n\r\n", 431, "8 KiB"},
         {"GET / HTTP/2.0\r\n\r\n", 505, "Speak HTTP/1.1"},
         {"GET / HTT", 408, "too long to arrive"}}));
    CAPTURE(said);
    poco::HttpServerLimits limits;
    limits.arrival = status == 408 ? 1s : limits.arrival;
    const auto server = serving(limits, echo);
    const Raw raw{server->port()};
    raw.say(said);
    const auto answer = raw.rest();
    CHECK_THAT(answer, Catch::StartsWith("HTTP/1.1 " + std::to_string(status) + " "));
    CHECK_THAT(answer, Catch::Contains("Content-Type: application/problem+json\r\n"));
    CHECK_THAT(answer,
               Catch::Contains("\r\n\r\n{") && Catch::Contains("\"status\":" + std::to_string(status)) &&
                   Catch::Contains(why));
    for (const auto* member :
         {"\"type\":\"about:blank\"", "\"title\":\"", "\"detail\":\"", "\"remedy\":\""}) {
        CHECK_THAT(answer, Catch::Contains(member));
    }
}

TEST_CASE("A refused HEAD gets no body", "[poco]") {
    const auto server = serving({}, echo);
    const auto said = GENERATE("HEAD / HTTP/2.0\r\n\r\n", "\r\nHEAD / HTTP/1.1\r\nHost x\r\n\r\n");
    const Raw raw{server->port()};
    raw.say(said);
    CHECK_THAT(raw.rest(), Catch::Contains("\r\nContent-Length: ") && Catch::EndsWith("\r\n\r\n"));
}

TEST_CASE("A request that trickles in is cut off", "[poco]") {
    poco::HttpServerLimits limits;
    limits.arrival = 1s;
    const auto server = serving(limits, echo);
    const Raw raw{server->port()};
    const auto begun = std::chrono::steady_clock::now();
    raw.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    // Each octet comes well within the limit of one read; only the limit on the whole ends this.
    while (raw.say("x") && std::chrono::steady_clock::now() - begun < 60s) {
        std::this_thread::sleep_for(100ms);
    }
    CHECK(std::chrono::steady_clock::now() - begun < 30s);
}

TEST_CASE("Clients that are slow to ask hold no thread, and are sent away in time", "[poco]") {
    poco::HttpServerLimits limits;
    limits.threads = 2;
    limits.arrival = 8s;
    const auto server = serving(limits, echo);
    std::vector<std::unique_ptr<Raw>> slow;
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 40; ++i) {
        slow.push_back(std::make_unique<Raw>(server->port()));
        slow.back()->say(i % 2 == 0 ? "\r\n\r\nGET /heal" : "GET / HTTP/1.1\r\nX: ");
    }
    const auto answer = poco::client("127.0.0.1", server->port(), 60s)->send({"GET", "/healthz", {}, ""});
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(std::chrono::steady_clock::now() - begun < 7s);
    for (const auto& each : slow) {
        CHECK_THAT(each->rest(), Catch::StartsWith("HTTP/1.1 408 "));
    }
    CHECK(std::chrono::steady_clock::now() - begun < 60s);  // not one after the other
}

TEST_CASE("Bodies that are slow to come leave threads to the others", "[poco]") {
    poco::HttpServerLimits limits;
    limits.threads = 2;
    limits.bodies = 1;
    limits.arrival = 2s;
    const auto server = serving(limits, echo);
    const auto length = GENERATE(
        as<std::string>{}, "Content-Length: 100", "Content-Length: 1000000", "Transfer-Encoding: chunked");
    CAPTURE(length);
    std::vector<std::unique_ptr<Raw>> slow;
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 40; ++i) {
        slow.push_back(std::make_unique<Raw>(server->port()));
        slow.back()->say("POST / HTTP/1.1\r\n" + length + "\r\n\r\n3\r\na");
    }
    const auto answer = poco::client("127.0.0.1", server->port(), 60s)->send({"GET", "/healthz", {}, ""});
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(std::chrono::steady_clock::now() - begun < 30s);  // not all forty, one after the other
    for (const auto& each : slow) {
        const auto said = each->rest();
        CHECK((said.starts_with("HTTP/1.1 408 ") || said.starts_with("HTTP/1.1 503 ")));
    }
}

TEST_CASE("Who is refused for their head is not waited for", "[poco]") {
    poco::HttpServerLimits limits;
    limits.threads = 1;
    const auto server = serving(limits, echo, [](const HttpRequest& head) {
        return head.target == "/open" ? std::nullopt
                                      : std::optional{HttpResponse{401, {}, "who are you?", {}}};
    });
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 3; ++i) {
        const Raw raw{server->port()};
        raw.say("POST /x HTTP/1.1\r\nContent-Length: 1000000\r\n\r\nabc");
        const auto said = raw.rest();
        CHECK_THAT(said, Catch::StartsWith("HTTP/1.1 401 "));
        CHECK_THAT(said, Catch::EndsWith("who are you?"));
    }
    CHECK(std::chrono::steady_clock::now() - begun < 20s);  // a body may take thirty to arrive
    const Raw open{server->port()};
    open.say("POST /open HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
    CHECK_THAT(open.rest(), Catch::EndsWith("POST /open abc"));
}

TEST_CASE("A head without an end is refused, and one that asks first is answered", "[poco]") {
    const auto server = serving({}, echo);
    const Raw endless{server->port()};
    endless.say("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x'));
    CHECK_THAT(endless.rest(), Catch::StartsWith("HTTP/1.1 431 "));
    const Raw asking{server->port()};
    asking.say("POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    std::this_thread::sleep_for(50ms);
    asking.say("abc");
    const auto said = asking.rest();
    CHECK_THAT(said, Catch::StartsWith("HTTP/1.1 100 "));
    CHECK_THAT(said, Catch::EndsWith("POST / abc"));
}

TEST_CASE("A head that comes in pieces is served, whatever comes with it", "[poco]") {
    const auto server = serving({}, echo);
    const Raw raw{server->port()};
    for (const std::string_view part :
         {"PO", "ST / HTTP/1.1\r\nContent-Length: 3\r\n", "Connection: close\r\n\r", "\nab"}) {
        raw.say(part);
        std::this_thread::sleep_for(20ms);
    }
    raw.say("c");
    CHECK_THAT(raw.rest(), Catch::EndsWith("POST / abc"));
}

TEST_CASE("Of too many that are slow to ask the oldest go", "[poco]") {
    poco::HttpServerLimits limits;
    limits.asking = 4;
    const auto server = serving(limits, echo);
    std::vector<std::unique_ptr<Raw>> slow;
    for (int i = 0; i < 6; ++i) {
        slow.push_back(std::make_unique<Raw>(server->port()));
        slow.back()->say("GET /");
    }
    CHECK(slow[0]->rest().empty());
    CHECK(slow[1]->rest().empty());
    slow[5]->say("last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    CHECK_THAT(slow[5]->rest(), Catch::EndsWith("GET /last "));
}

TEST_CASE("HEAD is answered without a body, and a connection has one answer", "[poco]") {
    const auto server = serving({}, echo);
    const Raw raw{server->port()};
    raw.say("HEAD /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto all = raw.rest();
    CHECK_THAT(all, Catch::Contains("Connection: Close"));
    CHECK_THAT(all, Catch::EndsWith("\r\n\r\n"));
    CHECK(all.find("HTTP/1.1", 1) == std::string::npos);
}

TEST_CASE("The limit of threads holds, and who waits is served", "[poco]") {
    poco::HttpServerLimits limits;
    limits.threads = 2;
    std::atomic<int> inside = 0;
    std::atomic<int> most = 0;
    const auto server = serving(limits, [&](const HttpRequest& request) {
        const int now = ++inside;
        int seen = most;
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        // However late the others come: until as many are here as may be.
        for (int tries = 0; tries == 0 || (most < 2 && tries < 3'000); ++tries) {
            std::this_thread::sleep_for(20ms);
        }
        --inside;
        auto answer = echo(request);
        answer.headers.emplace_back("Connection", "close");
        return answer;
    });
    std::atomic<int> served = 0;
    {
        std::vector<std::jthread> callers;
        for (int i = 0; i < 8; ++i) {
            callers.emplace_back([&] {
                const auto answer =
                    poco::client("127.0.0.1", server->port(), 60s)->send({"GET", "/", {}, ""});
                served += answer && answer->status == 200 ? 1 : 0;
            });
        }
    }
    CHECK(served == 8);
    CHECK(most == 2);
}

TEST_CASE("A port in use is said with its remedy", "[poco]") {
    const auto server = serving({}, echo);
    const auto second = poco::listen("127.0.0.1", server->port(), {});
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().kind == fedtrail::ErrorKind::Unavailable);
    CHECK_THAT(second.error().remedy, Catch::Contains("api.listen"));
}
