#include "bench_wire.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fedtrail::bench {

namespace {

sockaddr_in loopback(int port, int last = 1) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK - 1U + static_cast<unsigned>(last));
    return address;
}

void answer_at_once(int socket) {
    const int yes = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
}

}  // namespace

int listen_on(int port, int last) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    const auto address = loopback(port, last);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket, 4096) != 0) {
        std::perror("listen");
        std::exit(1);  // NOLINT(concurrency-mt-unsafe): the bench ends here
    }
    return socket;
}

int connect_to(const std::string& address) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto to = loopback(std::stoi(address.substr(address.rfind(':') + 1)));
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
        ::close(socket);
        return -1;
    }
    answer_at_once(socket);
    return socket;
}

TlsWire::TlsWire(SSL_CTX* context, int socket) : ssl_(SSL_new(context)), socket_(socket) {
    answer_at_once(socket);
    SSL_set_read_ahead(ssl_, 1);  // a whole record with one system call, as the proxy does
    SSL_set_fd(ssl_, socket);
}

TlsWire::~TlsWire() {
    if (ssl_ != nullptr) {
        SSL_shutdown(ssl_);
        SSL_free(ssl_);
    }
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

bool TlsWire::connect(const std::string& name) {
    std::string copy = name;
    SSL_set1_host(ssl_, name.c_str());
    SSL_ctrl(ssl_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, copy.data());
    return SSL_connect(ssl_) == 1;
}

bool TlsWire::send(std::string_view bytes) {
    std::size_t sent = 0;
    return SSL_write_ex(ssl_, bytes.data(), bytes.size(), &sent) == 1 && sent == bytes.size();
}

bool TlsWire::fill() {
    std::array<char, 16384> room;
    std::size_t got = 0;
    if (SSL_read_ex(ssl_, room.data(), room.size(), &got) != 1) {
        return false;
    }
    buffered_.append(room.data(), got);
    return true;
}

bool TlsWire::receive_message() {
    std::size_t end = 0;
    while ((end = buffered_.find("\r\n\r\n")) == std::string::npos) {
        if (!fill()) {
            return false;
        }
    }
    const auto at = buffered_.find("Content-Length: ");
    const std::size_t length = at < end ? std::stoul(buffered_.substr(at + 16, 12)) : 0;
    while (buffered_.size() < end + 4 + length) {
        if (!fill()) {
            return false;
        }
    }
    buffered_.erase(0, end + 4 + length);
    return true;
}

WireSet::WireSet() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

WireSet::~WireSet() {
    ::close(epoll_);
}

void WireSet::add(std::size_t number, TlsWire wire) {
    const int socket = wire.socket();
    auto entry = std::make_unique<Entry>(Entry{number, std::move(wire)});
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = entry.get();
    const std::lock_guard lock{mutex_};
    entries_.insert_or_assign(socket, std::move(entry));
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, socket, &event);
}

std::size_t WireSet::step(const Ready& ready) {
    std::array<epoll_event, 64> events;
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < count; ++i) {
        auto& entry = *static_cast<Entry*>(events.at(static_cast<std::size_t>(i)).data.ptr);
        if (!ready(entry.number, entry.wire)) {
            const std::lock_guard lock{mutex_};
            entries_.erase(entry.wire.socket());  // its socket's end takes it out of the set
        }
    }
    const std::lock_guard lock{mutex_};
    return entries_.size();
}

}  // namespace fedtrail::bench
