/// A server for a test, and a client that says to it exactly what it wants.

#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/poco/http_server.hpp"

namespace fedtrail::testing {

inline std::unique_ptr<HttpServer> serving(const poco::HttpServerLimits& limits,
                                           HttpServer::Answer answer,
                                           HttpServer::Screen screen = {}) {
    auto server = poco::listen("127.0.0.1", 0, limits);
    REQUIRE(server.has_value());
    const auto started = (*server)->start(std::move(answer), std::move(screen));
    REQUIRE(started.has_value());
    return std::move(*server);
}

inline HttpResponse echo(const HttpRequest& request) {
    return {
        200, {{"Content-Type", "text/plain"}}, request.method + " " + request.target + " " + request.body};
}

/// A connection on which a test says exactly what it wants, octet by octet.
class Raw {
public:
    explicit Raw(std::uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const timeval patience{60, 0};
        setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
        REQUIRE(connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
    }
    Raw(const Raw&) = delete;
    Raw& operator=(const Raw&) = delete;
    Raw(Raw&&) = delete;
    Raw& operator=(Raw&&) = delete;
    ~Raw() { close(descriptor_); }

    // NOLINTNEXTLINE(modernize-use-nodiscard): what is answered to it tells as well
    bool say(std::string_view text) const {
        return send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    }

    void finish_saying() const { shutdown(descriptor_, SHUT_WR); }

    /// All until the other side closes.
    [[nodiscard]] std::string rest() const {
        std::string all;
        std::vector<char> buffer(4096);
        for (ssize_t n = 0; (n = recv(descriptor_, buffer.data(), buffer.size(), 0)) > 0;) {
            all.append(buffer.data(), static_cast<std::size_t>(n));
        }
        return all;
    }

private:
    int descriptor_;
};

}  // namespace fedtrail::testing
