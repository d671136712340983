// How a server stops, and what it streams.

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

TEST_CASE("Stopping lets a running answer end and refuses the next", "[poco]") {
    std::atomic<bool> entered = false;
    std::atomic<bool> leave = false;
    auto server = serving({}, [&](const HttpRequest& request) {
        entered = true;
        entered.notify_all();
        leave.wait(false);
        return echo(request);
    });
    const auto port = server->port();
    int status = 0;
    {
        const std::jthread caller{[&] {
            const auto answer = poco::client("127.0.0.1", port, 60s)->send({"GET", "/", {}, ""});
            status = answer ? answer->status : 0;
        }};
        entered.wait(false);
        const std::jthread stopper{[&] { server->stop(); }};
        leave = true;
        leave.notify_all();
    }
    CHECK(status == 200);
    server.reset();
    CHECK_FALSE(poco::client("127.0.0.1", port, 1s)->send({"GET", "/", {}, ""}).has_value());
}

TEST_CASE("Stopping does not wait for a body that is still on its way", "[poco]") {
    std::atomic<bool> asked{false};
    const auto server = serving({}, echo, [&](const HttpRequest&) -> std::optional<HttpResponse> {
        asked = true;
        asked.notify_all();
        return std::nullopt;
    });
    const auto length = GENERATE(as<std::string>{}, "Content-Length: 1000000", "Transfer-Encoding: chunked");
    CAPTURE(length);
    const Raw raw{server->port()};
    REQUIRE(raw.say("POST / HTTP/1.1\r\n" + length + "\r\n\r\n3\r\na"));
    asked.wait(false);
    const auto before = std::chrono::steady_clock::now();
    server->stop();
    CHECK(std::chrono::steady_clock::now() - before < 20s);  // a body may take thirty to arrive
    CHECK_THAT(raw.rest(), Catch::StartsWith("HTTP/1.1 503 "));
}

TEST_CASE("Stopping waits for an answer that nobody reads, but not for long", "[poco]") {
    std::atomic<bool> asked{false};
    poco::HttpServerLimits limits;
    limits.drain = 20ms;
    const auto server = serving(limits, [&](const HttpRequest&) {
        asked = true;
        asked.notify_all();
        return HttpResponse{200, {}, std::string(std::size_t{32} << 20U, 'x')};
    });
    const Raw raw{server->port()};
    REQUIRE(raw.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    asked.wait(false);
    const auto before = std::chrono::steady_clock::now();
    server->stop();
    CHECK(std::chrono::steady_clock::now() - before < 20s);  // a client may take thirty to read
}

TEST_CASE("A stream goes out piece by piece, in chunks, until it ends", "[poco]") {
    const auto server = serving({}, [](const HttpRequest&) {
        HttpResponse answer{200, {{"Content-Type", "text/event-stream"}}, "first\n"};
        answer.more = [left = 2](const std::stop_token&) mutable {
            return left-- > 0 ? std::optional<std::string>{"more\n"} : std::nullopt;
        };
        return answer;
    });
    const auto client = poco::client("127.0.0.1", server->port(), 60s);
    const auto answer = client->send({"GET", "/", {}, {}});
    REQUIRE(answer.has_value());
    CHECK(answer->body == "first\nmore\nmore\n");
    CHECK(fedtrail::header_of(answer->headers, "Transfer-Encoding") == "chunked");

    const Raw old{server->port()};
    REQUIRE(old.say("GET / HTTP/1.0\r\n\r\n"));
    const auto all = old.rest();
    CHECK(all.find("chunked") == std::string::npos);
    CHECK(all.substr(all.find("\r\n\r\n") + 4) == "first\nmore\nmore\n");
}

namespace {

/// A stream that says something once, and then nothing until it is stopped.
class Silent {
public:
    HttpResponse answer() {
        HttpResponse answer{200, {{"Content-Type", "text/event-stream"}}, ":\n\n"};
        answer.more = [this](const std::stop_token& stop) -> std::optional<std::string> {
            std::unique_lock lock{guard_};
            ++waiting_;
            changed_.notify_all();
            changed_.wait(lock, stop, [] { return false; });
            return std::nullopt;
        };
        return answer;
    }
    bool wait_for(int count) {
        std::unique_lock lock{guard_};
        return changed_.wait_for(lock, 60s, [&] { return waiting_ >= count; });
    }

private:
    std::mutex guard_;
    std::condition_variable_any changed_;
    int waiting_{};
};

}  // namespace

TEST_CASE("Stopping the server ends open streams at once", "[poco]") {
    Silent silent;
    const auto server = serving({}, [&](const HttpRequest&) { return silent.answer(); });
    const Raw raw{server->port()};
    REQUIRE(raw.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    REQUIRE(silent.wait_for(1));
    const auto before = std::chrono::steady_clock::now();
    server->stop();
    CHECK(std::chrono::steady_clock::now() - before < 30s);
    CHECK(raw.rest().ends_with("\r\n0\r\n\r\n"));
}

TEST_CASE("Streams are bounded and leave threads to the other requests", "[poco]") {
    Silent silent;
    poco::HttpServerLimits limits;
    limits.threads = 4;
    limits.streams = 2;
    const auto server = serving(limits, [&](const HttpRequest& request) {
        return request.target == "/stream" ? silent.answer() : echo(request);
    });
    std::vector<std::unique_ptr<Raw>> open;
    for (int i = 0; i < 2; ++i) {
        open.push_back(std::make_unique<Raw>(server->port()));
        REQUIRE(open.back()->say("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    REQUIRE(silent.wait_for(2));
    const auto client = poco::client("127.0.0.1", server->port(), 60s);
    const auto refused = client->send({"GET", "/stream", {}, {}});
    REQUIRE(refused.has_value());
    CHECK(refused->status == 503);
    CHECK(fedtrail::header_of(refused->headers, "Retry-After") == "10");
    const auto other = poco::client("127.0.0.1", server->port(), 60s)->send({"GET", "/a", {}, {}});
    REQUIRE(other.has_value());
    CHECK(other->status == 200);
}

TEST_CASE("A client that stops reading does not hold its stream", "[poco]") {
    std::atomic<bool> ended{false};
    poco::HttpServerLimits limits;
    limits.arrival = 1s;
    auto server = serving(limits, [&](const HttpRequest&) {
        HttpResponse answer{200, {{"Content-Type", "text/event-stream"}}, ""};
        const std::shared_ptr<void> end{nullptr, [&ended](void*) { ended = true; }};
        answer.more = [end](const std::stop_token&) {
            return std::optional<std::string>{std::string(std::size_t{1} << 20U, 'x')};
        };
        return answer;
    });
    const Raw raw{server->port()};
    REQUIRE(raw.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    const auto until = std::chrono::steady_clock::now() + 90s;
    while (!ended && std::chrono::steady_clock::now() < until) {
        std::this_thread::sleep_for(5ms);
    }
    CHECK(ended);
}
