#include "peer.hpp"

#include <cstdlib>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fedtrail::testing {

Peer::Peer(std::optional<Certificate> certificate, Script script, int at_most_version, const char* alpn)
    : certificate_(std::move(certificate)),
      script_(std::move(script)),
      at_most_version_(at_most_version),
      alpn_(alpn),
      socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    auto* address = reinterpret_cast<sockaddr*>(&here);
    if (::bind(socket_, address, size) != 0 || ::listen(socket_, 128) != 0 ||
        ::getsockname(socket_, address, &size) != 0) {
        std::abort();
    }
    address_ = "127.0.0.1:" + std::to_string(ntohs(here.sin_port));
    acceptor_ = std::thread{[this] { run(); }};
}

Peer::~Peer() {
    stopping_ = true;
    ::shutdown(socket_, SHUT_RDWR);
    acceptor_.join();
    ::close(socket_);
    {
        const std::lock_guard lock{mutex_};
        for (const int open : open_) {
            ::shutdown(open, SHUT_RDWR);
        }
    }
    for (auto& thread : threads_) {
        thread.join();
    }
}

void Peer::run() {
    while (!stopping_) {
        const int accepted = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted < 0) {
            break;
        }
        ++connections_;
        {
            const std::lock_guard lock{mutex_};
            open_.insert(accepted);
        }
        threads_.emplace_back([this, accepted] { serve(accepted); });
    }
}

void Peer::serve(int accepted) {
    Wire wire{accepted};
    if (!certificate_) {
        script_(wire);
    } else if (wire.start_server(*certificate_, at_most_version_, alpn_)) {
        resumptions_ += wire.resumed() ? 1 : 0;
        script_(wire);
    }
    const std::lock_guard lock{mutex_};
    open_.erase(accepted);
    wire.close();
    ++closed_;
    changed_.notify_all();
}

void Peer::wait_for_closed(std::size_t count) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kPatience, [&] { return closed_ >= count; });
}

void Received::add(Message message) {
    const std::lock_guard lock{mutex_};
    messages_.push_back(std::move(message));
    changed_.notify_all();
}

std::vector<Message> Received::get(std::size_t count) const {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, kPatience, [&] { return messages_.size() >= count; });
    return messages_;
}

std::size_t Received::count() const {
    const std::lock_guard lock{mutex_};
    return messages_.size();
}

Peer::Script answering(Received& received, std::string answer) {
    return [&received, answer = std::move(answer)](Wire& wire) {
        for (;;) {
            auto message = wire.read_message();
            if (message.head.empty()) {
                return;
            }
            received.add(std::move(message));
            wire.send(answer);
        }
    };
}

void echo(Wire& wire) {
    for (auto octet = wire.read_exactly(1); !octet.empty(); octet = wire.read_exactly(1)) {
        wire.send(octet);
    }
}

}  // namespace fedtrail::testing
