/// Peers of our own requests that never come to an end: each wait is short, and nothing is ever said whole.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/poco/http_server.hpp"
#include "backends/poco/smtp_mailer.hpp"
#include "door.hpp"

using namespace fedtrail;
using namespace std::chrono_literals;

namespace {

/// Says `first` to the one who comes, then `again` for ever or so many times, with a pause before each, until
/// they go.
class Endless {
public:
    Endless(std::string first,
            std::string again,
            std::chrono::milliseconds pause,
            std::size_t times = SIZE_MAX)
        : first_(std::move(first)), again_(std::move(again)), pause_(pause), times_(times) {
        thread_ = std::thread{[this] { serve(); }};
    }
    Endless(const Endless&) = delete;
    Endless& operator=(const Endless&) = delete;
    Endless(Endless&&) = delete;
    Endless& operator=(Endless&&) = delete;
    ~Endless() {
        door_.shut();
        thread_.join();
    }
    [[nodiscard]] std::uint16_t port() const { return door_.port(); }

private:
    void serve() const {
        const int peer = door_.accept();
        const auto say = [peer](const std::string& text) {
            return ::send(peer, text.data(), text.size(), MSG_NOSIGNAL) >= 0;
        };
        std::array<char, 4096> said{};
        if (times_ != SIZE_MAX) {  // else a reset would take the answer with it
            (void)!::read(peer, said.data(), said.size());
        }
        bool there = peer >= 0 && say(first_);
        for (std::size_t i = 0; there && i < times_; ++i) {
            std::this_thread::sleep_for(pause_);
            there = say(again_);
        }
        ::close(peer);
    }

    std::string first_;
    std::string again_;
    std::chrono::milliseconds pause_;
    std::size_t times_;
    fedtrail::testing::Door door_;
    std::thread thread_;
};

Letter endless_letter() {
    return Letter{Personal<std::string>{"privacy@recipient.example"},
                  "Erasure",
                  "Dear operator,\n",
                  "<fedtrail.7.12.first@origin.example>",
                  "en"};
}

Result<void> letter_by(std::uint16_t port, std::chrono::seconds patience) {
    const auto mailer = poco::smtp_mailer(
        {"smtp+plain://127.0.0.1:" + std::to_string(port), "privacy@origin.example", patience, {}});
    REQUIRE(mailer);
    return (*mailer)->send(endless_letter());
}

}  // namespace

TEST_CASE("an API that never ends its answer is not waited for", "[http][endless]") {
    const auto [first, again] = GENERATE(
        std::pair<std::string, std::string>{"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", " "},
        std::pair<std::string, std::string>{"", "HTTP/1.1 100 Continue\r\n\r\n"});
    const Endless server{first, again, 100ms};
    const auto answer = poco::client("127.0.0.1", server.port(), 1s)->send({"GET", "/", {}, {}});
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::Unavailable);
}

TEST_CASE("an answer that is cut short is none", "[http][endless]") {
    const Endless server{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}", "", 0ms, 1};
    const auto answer = poco::client("127.0.0.1", server.port(), 60s)->send({"GET", "/", {}, {}});
    REQUIRE_FALSE(answer);
    CHECK_THAT(answer.error().what, Catch::Contains("did not end its answer"));
}

TEST_CASE("a mail server that drips is given up, and the letter may be tried again", "[smtp][endless]") {
    const Endless server{"220 ", "x", 100ms};
    const auto sent = letter_by(server.port(), 1s);
    REQUIRE_FALSE(sent);
    CHECK(sent.error().kind == ErrorKind::Unavailable);
}

TEST_CASE("a mail server whose greeting has no end fills no memory", "[smtp][endless]") {
    const std::string line = GENERATE(std::string(1'000, 'x'), "220-" + std::string(996, 'x') + "\r\n");
    const Endless server{"220-", line, 0ms};
    const auto sent = letter_by(server.port(), 600s);
    REQUIRE_FALSE(sent);
    CHECK(sent.error().kind == ErrorKind::Unavailable);
}
