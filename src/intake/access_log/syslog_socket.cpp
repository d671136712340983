#include "intake/access_log/syslog_socket.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "intake/access_log/access_line.hpp"

namespace fedtrail::intake::access_log {

namespace {

constexpr int kLookUpMs = 200;
constexpr std::size_t kMessagesAtOnce = 20'000;
constexpr int kKernelRoom = 4 << 20;
constexpr std::size_t kLargest = kMaxLineBytes + 512;  // a line and its head

sockaddr_un address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    return address;
}

/// bind() and connect() want their address so.
const sockaddr* plain(const sockaddr_un& address) {
    return reinterpret_cast<const sockaddr*>(
        &address);  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

/// Whether the socket at `path` is one that a process left when it ended.
bool is_left_over(const std::filesystem::path& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) {
        return false;
    }
    const int probe = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const auto address = address_of(path);
    const bool answers = probe >= 0 && ::connect(probe, plain(address), sizeof(address)) == 0;
    ::close(probe);
    return !answers;
}

}  // namespace

SyslogSocket::SyslogSocket(int number, std::filesystem::path path, Limits limits)
    : number_(number), path_(std::move(path)), limits_(limits) {}

SyslogSocket::~SyslogSocket() {
    ::close(number_);
    ::unlink(path_.c_str());
}

Result<std::unique_ptr<SyslogSocket>> SyslogSocket::open(const std::filesystem::path& path, Limits limits) {
    const auto address = address_of(path);
    if (path.string().size() >= sizeof(address.sun_path)) {
        return fail(ErrorKind::Invalid, "ingress.syslog is too long for a socket", "Name a shorter path.");
    }
    if (is_left_over(path)) {
        ::unlink(path.c_str());
    }
    const int number = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const auto old_mask = ::umask(0117);  // owner and group
    const int bound = number < 0 ? -1 : ::bind(number, plain(address), sizeof(address));
    const int error = errno;
    ::umask(old_mask);
    if (bound != 0) {
        ::close(number);
        return error == EADDRINUSE
                   ? fail(ErrorKind::Conflict,
                          path.string() + " is there already",
                          "Stop what listens there, or name another path in ingress.syslog.")
                   : fail(ErrorKind::Denied,
                          path.string() + " cannot be made",
                          "Make its folder, owned by the sidecar's user and of the web server's group.");
    }
    ::setsockopt(number, SOL_SOCKET, SO_RCVBUF, &kKernelRoom, sizeof(kKernelRoom));
    return std::unique_ptr<SyslogSocket>{new SyslogSocket{number, path, limits}};
}

void SyslogSocket::put(std::string_view datagram) {
    const auto message = syslog_message(datagram);
    const std::scoped_lock held{lock_};
    if (!message || waiting_.size() >= limits_.lines || octets_ + message->size() > limits_.octets) {
        ++dropped_;
        return;
    }
    waiting_.emplace_back(*message);
    octets_ += message->size();
}

void SyslogSocket::take_in(std::vector<char>& room) {
    for (std::size_t i = 0; i < kMessagesAtOnce; ++i) {
        const auto got = ::recv(number_, room.data(), room.size(), 0);
        if (got < 0) {
            return;
        }
        put({room.data(), static_cast<std::size_t>(got)});
    }
}

void SyslogSocket::receive(const std::stop_token& stop) {
    std::vector<char> room(kLargest);
    bool last = false;  // what was sent before the end is taken in
    while (!last) {
        last = stop.stop_requested();
        pollfd ready{number_, POLLIN, 0};
        if (::poll(&ready, 1, last ? 0 : kLookUpMs) <= 0) {
            continue;
        }
        take_in(room);
    }
}

std::vector<std::string> SyslogSocket::take(std::size_t most) {
    const std::scoped_lock held{lock_};
    std::vector<std::string> taken;
    while (!waiting_.empty() && taken.size() < most) {
        octets_ -= waiting_.front().size();
        taken.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
    }
    return taken;
}

}  // namespace fedtrail::intake::access_log
