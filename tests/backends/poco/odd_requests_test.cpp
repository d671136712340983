#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "backends/poco/raw_client.hpp"

using namespace fedtrail;

namespace {

/// What a server that echoes says to `request`; all of it, with its NULs.
std::string echo_of(std::string_view request) {
    const auto server = testing::serving({}, testing::echo);
    const testing::Raw raw{server->port()};
    raw.say(request);
    raw.finish_saying();
    return raw.rest();
}

}  // namespace

TEST_CASE("A method that carries no body, or nobody knows, needs no length", "[poco]") {
    for (const std::string method : {"TRACE", "BREW", "PROPFIND", "OPTIONS", "DELETE"}) {
        CAPTURE(method);
        CHECK_THAT(echo_of(method + " /x HTTP/1.1\r\nHost: x\r\n\r\n"),
                   Catch::StartsWith("HTTP/1.1 200") && Catch::EndsWith(method + " /x "));
    }
    for (const std::string method : {"PUT", "PATCH"}) {
        CAPTURE(method);
        CHECK_THAT(echo_of(method + " /x HTTP/1.1\r\nHost: x\r\n\r\n"), Catch::StartsWith("HTTP/1.1 411"));
    }
}

TEST_CASE("A control character in a header is refused, and a tab is not", "[poco]") {
    for (const char odd : {'\0', '\x01', '\b', '\v', '\x1b', '\x1f', '\x7f'}) {
        CAPTURE(static_cast<int>(odd));
        CHECK_THAT(echo_of("GET /x HTTP/1.1\r\nHost: x\r\nX-One: a" + std::string(1, odd) + "b\r\n\r\n"),
                   Catch::StartsWith("HTTP/1.1 400"));
    }
    CHECK_THAT(echo_of("GET /x HTTP/1.1\r\nHost: x\r\nX-One: a\tb\xc3\xa9\r\n\r\n"),
               Catch::StartsWith("HTTP/1.1 200"));
}

TEST_CASE("Empty lines before a request are passed over", "[poco]") {
    for (const std::string blanks : {"\r\n", "\n", "\r\n\r\n\n"}) {
        CHECK_THAT(echo_of(blanks + "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"),
                   Catch::StartsWith("HTTP/1.1 200") && Catch::EndsWith("POST /x ab"));
    }
}

TEST_CASE("A head that ends early is told so", "[poco]") {
    for (const std::string begun : {"G", "GET /x HTTP/1.1\r\nHost: x", "GET /x HTTP/1.1\r\nHost: x\r\n"}) {
        CHECK_THAT(echo_of(begun),
                   Catch::StartsWith("HTTP/1.1 400") && Catch::Contains("ended before its head"));
    }
}

TEST_CASE("Whatever is expected first holds no thread", "[poco]") {
    poco::HttpServerLimits limits;
    limits.threads = 2;
    limits.bodies = 1;
    limits.arrival = std::chrono::seconds{600};
    const auto server = testing::serving(limits, testing::echo);
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n";
    std::vector<std::unique_ptr<testing::Raw>> slow;
    for (const auto* const expected :
         {"Expect: banana\r\n\r\n", "Expect: \r\n\r\n", "Expect: b\r\nExpect: 100-continue\r\n\r\n"}) {
        slow.push_back(std::make_unique<testing::Raw>(server->port()));
        slow.back()->say(head + expected);
    }
    const testing::Raw good{server->port()};
    good.say("GET /good HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK_THAT(good.rest(), Catch::EndsWith("GET /good "));
}

TEST_CASE("Who may only read takes no seat from those who send", "[poco]") {
    poco::HttpServerLimits limits;
    limits.bodies = 1;
    const auto server = testing::serving(limits, testing::echo);
    for (const std::string length : {"Transfer-Encoding: chunked", "Content-Length: 20000"}) {
        const testing::Raw reader{server->port()};
        reader.say("GET / HTTP/1.1\r\nHost: x\r\n" + length + "\r\n\r\n");
        CHECK_THAT(reader.rest(), Catch::StartsWith("HTTP/1.1 400") && Catch::Contains("takes no body"));
    }
}

TEST_CASE("Only a body that will be read is asked for, and not of HTTP/1.0", "[poco]") {
    poco::HttpServerLimits limits;
    limits.body = 100;
    const auto screen = [](const HttpRequest& head) {
        return head.target == "/no" ? std::optional{HttpResponse{401, {}, "who?"}} : std::nullopt;
    };
    const auto server = testing::serving(limits, testing::echo, screen);
    const auto answer_to = [&](const std::string& request) {
        const testing::Raw raw{server->port()};
        raw.say(request);
        return raw.rest();
    };
    const std::string expects = "Host: x\r\nExpect: 100-continue\r\nContent-Length: ";
    CHECK_THAT(answer_to("POST /no HTTP/1.1\r\n" + expects + "3\r\n\r\n"), Catch::StartsWith("HTTP/1.1 401"));
    CHECK_THAT(answer_to("POST /x HTTP/1.1\r\n" + expects + "300\r\n\r\n"),
               Catch::StartsWith("HTTP/1.1 413"));
    CHECK_THAT(answer_to("POST /x HTTP/1.0\r\n" + expects + "3\r\n\r\nabc"),
               Catch::StartsWith("HTTP/1.0 200"));
    CHECK_THAT(answer_to("POST /x HTTP/1.1\r\n" + expects + "3\r\n\r\nabc"),
               Catch::StartsWith("HTTP/1.1 100") && Catch::EndsWith("POST /x abc"));
}

TEST_CASE("Of more requests than may wait each is answered", "[poco]") {
    poco::HttpServerLimits limits;
    limits.threads = 1;
    limits.waiting = 2;
    std::promise<void> go;
    const auto gone = go.get_future().share();
    std::atomic<bool> busy = false;
    const auto server = testing::serving(limits, [&](const HttpRequest& request) {
        busy = true;
        busy.notify_all();
        gone.wait();
        return testing::echo(request);
    });
    std::vector<std::unique_ptr<testing::Raw>> all;
    for (int i = 0; i < 8; ++i) {
        all.push_back(std::make_unique<testing::Raw>(server->port()));
        all.back()->say("GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
        busy.wait(false);
    }
    CHECK_THAT(all.back()->rest(), Catch::StartsWith("HTTP/1.1 503") && Catch::Contains("Retry-After: "));
    go.set_value();
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
        CHECK_THAT(all[i]->rest(), Catch::StartsWith("HTTP/1.1 200") || Catch::StartsWith("HTTP/1.1 503"));
    }
}
