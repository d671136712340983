/// What the kernel is asked to wake the proxy for.

#include <filesystem>
#include <fstream>
#include <vector>

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

/// "" if it is no connection.
std::string other_side_of(int socket) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        return {};
    }
    return std::string{::inet_ntoa(address.sin_addr)} + ":" + std::to_string(ntohs(address.sin_port));
}

struct Watched {
    int socket{};
    unsigned events{};
};

/// What is watched by all of this process' epolls, as the kernel lists it.
std::vector<Watched> watched() {
    std::vector<Watched> found;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
        std::error_code ignored;
        if (std::filesystem::read_symlink(entry.path(), ignored) != "anon_inode:[eventpoll]") {
            continue;
        }
        std::ifstream info{"/proc/self/fdinfo" / entry.path().filename()};
        for (std::string word; info >> word;) {
            Watched one;
            if (word == "tfd:" && info >> one.socket >> word >> std::hex >> one.events >> std::dec) {
                found.push_back(one);
            }
        }
    }
    return found;
}

}  // namespace

TEST_CASE("A kept connection to a peer is watched for answers, not for room to send") {
    House house;
    Received received;
    const Peer peer{house.leaf("peer.example"), answering(received, kAccepted)};
    house.name("peer.example", peer);
    house.start();
    auto client = house.open("peer.example");
    for (int i = 0; i < 2; ++i) {
        client.send(post("peer.example", note()));
        REQUIRE(client.read_message().head == kAccepted);
    }
    CHECK(peer.connections() == 1);

    std::size_t to_peer = 0;
    for (const auto& [socket, events] : watched()) {
        if (other_side_of(socket) == peer.address()) {
            ++to_peer;
            CHECK((events & EPOLLIN) != 0);
            CHECK((events & EPOLLOUT) == 0);
        }
    }
    CHECK(to_peer == 1);
}
