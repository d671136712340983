#include "backends/poco/reception.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <thread>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fedtrail::poco {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// More than a head may have: the server's parser then says so.
constexpr std::size_t kLongestHead = 64UL * 1024;
constexpr int kAtOnce = 64;
constexpr std::chrono::milliseconds kPause{10};  ///< After a connection that could not be accepted.

/// Empty lines before a request are no head.
bool has_whole_head(std::string_view bytes) {
    const auto begin = bytes.find_first_not_of("\r\n");
    if (begin == std::string_view::npos) {
        return false;
    }
    bytes.remove_prefix(begin);
    return bytes.find("\r\n\r\n") != std::string_view::npos || bytes.find("\n\n") != std::string_view::npos;
}

int milliseconds_until(SteadyClock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - SteadyClock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

}  // namespace

Reception::Reception(Duration patience, std::size_t most)
    : patience_(patience), most_(std::max<std::size_t>(most, 1)), events_(::epoll_create1(EPOLL_CLOEXEC)) {}

Reception::~Reception() {
    for (const auto& guest : guests_) {
        ::close(guest.descriptor);
    }
    for (const int descriptor : ready_) {
        ::close(descriptor);
    }
    if (events_ >= 0) {
        ::close(events_);
    }
}

void Reception::listen_to(int listener) {
    if (listener_ == listener) {
        return;
    }
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    wanted.data.fd = listener;
    ::epoll_ctl(events_, EPOLL_CTL_ADD, listener, &wanted);
    listener_ = listener;
}

void Reception::accept_from(int listener) {
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) {
        if ((errno == EMFILE || errno == ENFILE) && !guests_.empty()) {
            send_away(guests_.front().descriptor);
        } else {
            std::this_thread::sleep_for(kPause);
        }
        return;
    }
    if (guests_.size() >= most_) {
        send_away(guests_.front().descriptor);
    }
    guests_.push_back({descriptor, SteadyClock::now()});
    by_descriptor_[descriptor] = std::prev(guests_.end());
    epoll_event wanted{};
    wanted.events = EPOLLIN | EPOLLRDHUP | EPOLLET;  // told of each arrival, not of what lies there
    wanted.data.fd = descriptor;
    if (::epoll_ctl(events_, EPOLL_CTL_ADD, descriptor, &wanted) != 0) {
        send_away(descriptor);
    }
}

void Reception::look_at(int descriptor, bool ended) {
    thread_local std::array<char, kLongestHead> seen;
    const auto got = ::recv(descriptor, seen.data(), seen.size(), MSG_PEEK | MSG_DONTWAIT);
    const auto size = got > 0 ? static_cast<std::size_t>(got) : 0;
    if (size == seen.size() || has_whole_head({seen.data(), size})) {
        leave(descriptor);
        ready_.push_back(descriptor);
    } else if (ended) {
        send_away(descriptor);
    }
}

/// Out of the reception; the connection stays open.
void Reception::leave(int descriptor) {
    const auto found = by_descriptor_.find(descriptor);
    guests_.erase(found->second);
    by_descriptor_.erase(found);
    ::epoll_ctl(events_, EPOLL_CTL_DEL, descriptor, nullptr);
}

void Reception::send_away(int descriptor) {
    leave(descriptor);
    ::close(descriptor);
}

void Reception::send_away_late() {
    const auto now = SteadyClock::now();
    while (!guests_.empty() && now - guests_.front().since >= patience_) {
        send_away(guests_.front().descriptor);
    }
}

bool Reception::wait(int listener, Duration timeout) {
    const auto until = SteadyClock::now() + timeout;
    listen_to(listener);
    while (ready_.empty()) {
        send_away_late();
        const auto next = guests_.empty() ? until : std::min(until, guests_.front().since + patience_);
        std::array<epoll_event, kAtOnce> events{};
        const int count = ::epoll_wait(events_, events.data(), kAtOnce, milliseconds_until(next));
        for (int i = 0; i < count; ++i) {
            const auto& event = events.at(static_cast<std::size_t>(i));
            if (event.data.fd == listener) {
                accept_from(listener);
            } else if (by_descriptor_.count(event.data.fd) != 0) {
                look_at(event.data.fd, (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
            }
        }
        if (SteadyClock::now() >= until) {
            break;
        }
    }
    return !ready_.empty();
}

std::optional<int> Reception::take() {
    if (ready_.empty()) {
        return std::nullopt;
    }
    const int descriptor = ready_.front();
    ready_.pop_front();
    return descriptor;
}

}  // namespace fedtrail::poco
