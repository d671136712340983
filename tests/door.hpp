/// A port of loopback at which a test answers by itself.

#pragma once

#include <cstdint>

#include <catch2/catch.hpp>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fedtrail::testing {

class Door {
public:
    Door() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(at);
        REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&at), size) == 0);
        REQUIRE(::listen(socket_, 8) == 0);
        REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
        port_ = ntohs(at.sin_port);
    }
    Door(const Door&) = delete;
    Door& operator=(const Door&) = delete;
    Door(Door&&) = delete;
    Door& operator=(Door&&) = delete;
    ~Door() { ::close(socket_); }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// The next who comes; below 0 once it is shut.
    [[nodiscard]] int accept() const { return ::accept(socket_, nullptr, nullptr); }
    /// Wakes who waits in accept().
    void shut() const { ::shutdown(socket_, SHUT_RDWR); }

private:
    int socket_;
    std::uint16_t port_{};
};

}  // namespace fedtrail::testing
