#include "intake/access_log/syslog_socket.hpp"

#include <thread>

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::intake::access_log;
using namespace std::chrono_literals;

namespace {

void send(const std::filesystem::path& path, const std::string& text) {
    const int number = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    const auto sent = ::sendto(
        number, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    ::close(number);
    REQUIRE(sent == static_cast<ssize_t>(text.size()));
}

}  // namespace

TEST_CASE("Datagrams wait in their order; what finds no room is counted", "[intake][access_log][syslog]") {
    const testing::TempDir dir;
    const auto path = dir.path() / "nginx.sock";
    auto socket = SyslogSocket::open(path, {3, 1'000});
    REQUIRE(socket);
    CHECK((std::filesystem::status(path).permissions() & std::filesystem::perms::others_all) ==
          std::filesystem::perms::none);
    CHECK(SyslogSocket::open(path, {3, 1'000}).error().kind == ErrorKind::Conflict);
    std::jthread receiving{[&](const std::stop_token& stop) { (*socket)->receive(stop); }};
    send(path, "no syslog");
    for (int i = 0; i < 5; ++i) {
        send(path, "<190>Nov 28 10:00:00 web nginx: line " + std::to_string(i));
    }
    for (int tries = 0; tries < 12'000 && (*socket)->dropped() < 3; ++tries) {
        std::this_thread::sleep_for(5ms);
    }
    CHECK((*socket)->dropped() == 3);
    CHECK((*socket)->take(2) == std::vector<std::string>{"line 0", "line 1"});
    CHECK((*socket)->take(2) == std::vector<std::string>{"line 2"});
    receiving.request_stop();
    receiving.join();
    socket->reset();
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("A socket that was left behind is taken over, a file is not", "[intake][access_log][syslog]") {
    const testing::TempDir dir;
    const auto path = dir.path() / "nginx.sock";
    const int left = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    REQUIRE(::bind(left, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
    ::close(left);
    CHECK(SyslogSocket::open(path, {}));
    CHECK(SyslogSocket::open(dir.path(), {}).error().kind == ErrorKind::Conflict);
    CHECK(SyslogSocket::open(dir.path() / "gone" / "x", {}).error().kind == ErrorKind::Denied);
}
