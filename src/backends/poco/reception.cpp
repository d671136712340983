#include "backends/poco/reception.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <thread>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/poco/refusal.hpp"

namespace fedtrail::poco {

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kAtOnce = 64;
constexpr std::chrono::milliseconds kPause{10};  ///< After a connection that could not be accepted.

/// Where the head ends, behind its empty line; empty lines before a request are no head.
std::optional<std::size_t> end_of_head(std::string_view bytes) {
    const auto begin = bytes.find_first_not_of("\r\n");
    if (begin == std::string_view::npos) {
        return std::nullopt;
    }
    const auto crlf = bytes.find("\r\n\r\n", begin);
    const auto lf = bytes.find("\n\n", begin);
    if (crlf < lf) {
        return crlf + 4;
    }
    return lf == std::string_view::npos ? std::nullopt : std::optional{lf + 2};
}

bool starts_without_case(std::string_view line, std::string_view name) {
    return line.size() >= name.size() &&
           std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) {
               return a == std::tolower(static_cast<unsigned char>(b));
           });
}

/// How many octets of body to wait for. None of one in chunks, and of one that the client sends only when it
/// is asked to (Expect: 100-continue); whatever is odd about a length is the server's to say.
std::size_t body_to_wait_for(std::string_view head) {
    std::size_t length = 0;
    while (!head.empty()) {
        const auto line = head.substr(0, head.find('\n'));
        head.remove_prefix(std::min(line.size() + 1, head.size()));
        if (starts_without_case(line, "expect:") || starts_without_case(line, "transfer-encoding:")) {
            return 0;
        }
        constexpr std::string_view kLength = "content-length:";
        const auto digits = starts_without_case(line, kLength) ? line.find_first_not_of(" \t", kLength.size())
                                                               : std::string_view::npos;
        if (digits != std::string_view::npos) {
            static_cast<void>(std::from_chars(line.data() + digits, line.data() + line.size(), length));
        }
    }
    return length;
}

/// What is there of a request is enough for a thread: all of it, or the head if its body is not waited for.
bool is_enough(std::string_view bytes, std::size_t head, std::size_t longest_body) {
    const auto body = body_to_wait_for(bytes.substr(0, head));
    return body > longest_body || bytes.size() >= head + body;
}

/// Empty lines before a request are passed over (RFC 9112 section 2.2); Poco takes them for a head.
void take_blanks(int descriptor, std::string_view& bytes) {
    const auto blanks = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
    std::array<char, 512> taken{};
    for (auto left = blanks; left > 0;) {
        const auto got = ::recv(descriptor, taken.data(), std::min(left, taken.size()), MSG_DONTWAIT);
        if (got <= 0) {
            return;
        }
        left -= static_cast<std::size_t>(got);
    }
    bytes.remove_prefix(blanks);
}

int milliseconds_until(SteadyClock::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - SteadyClock::now());
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

}  // namespace

Reception::Reception(Duration patience, std::size_t most, std::size_t body)
    : patience_(patience),
      most_(std::max<std::size_t>(most, 1)),
      longest_body_(std::min(body, kLongestBody)),
      events_(::epoll_create1(EPOLL_CLOEXEC)) {}

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
    thread_local std::array<char, kLongestHead + kLongestBody> seen;
    const auto got = ::recv(descriptor, seen.data(), seen.size(), MSG_PEEK | MSG_DONTWAIT);
    std::string_view bytes{seen.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    take_blanks(descriptor, bytes);
    const auto head = end_of_head(bytes);
    if (head ? *head > kLongestHead : bytes.size() > kLongestHead) {
        refuse(
            descriptor,
            refusal(431, "The head of the request is larger than 16 KiB", "Send fewer or shorter headers."));
    } else if (auto wrong = head ? wrong_head(bytes.substr(0, *head)) : std::nullopt) {
        refuse(descriptor, *wrong);
    } else if (head && (ended || is_enough(bytes, *head, longest_body_))) {
        leave(descriptor);
        ready_.push_back(descriptor);
    } else if (ended && !bytes.empty()) {
        refuse(descriptor, refusal(400, "The request ended before its head did", "Send it again, whole."));
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

void Reception::refuse(int descriptor, const HttpResponse& why) {
    leave(descriptor);
    say_and_close(descriptor, why);
}

void Reception::turn_away(const HttpResponse& why) {
    if (const auto descriptor = take()) {
        say_and_close(*descriptor, why);
    }
}

void Reception::say_and_close(int descriptor, const HttpResponse& why) {
    std::array<char, kLongestHead> unread{};  // what stays unread would take the answer back
    const auto begun = ::recv(descriptor, unread.data(), unread.size(), MSG_PEEK | MSG_DONTWAIT);
    const bool to_head = asks_for_head({unread.data(), begun > 0 ? static_cast<std::size_t>(begun) : 0});
    const auto answer = on_the_wire(why, to_head);
    ::send(descriptor, answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::shutdown(descriptor, SHUT_WR);
    while (::recv(descriptor, unread.data(), unread.size(), MSG_DONTWAIT) > 0) {
    }
    ::close(descriptor);
}

void Reception::refuse_late() {
    const auto now = SteadyClock::now();
    while (!guests_.empty() && now - guests_.front().since >= patience_) {
        refuse(guests_.front().descriptor,
               refusal(408, "The request took too long to arrive", "Send it again, in one go."));
    }
}

void Reception::attend(int descriptor, bool ended) {
    if (descriptor == listener_) {
        accept_from(listener_);
    } else if (by_descriptor_.count(descriptor) != 0) {
        look_at(descriptor, ended);
    }
}

bool Reception::wait(int listener, Duration timeout) {
    const auto until = SteadyClock::now() + timeout;
    listen_to(listener);
    while (ready_.empty()) {
        refuse_late();
        const auto next = guests_.empty() ? until : std::min(until, guests_.front().since + patience_);
        std::array<epoll_event, kAtOnce> events{};
        const int count = ::epoll_wait(events_, events.data(), kAtOnce, milliseconds_until(next));
        for (int i = 0; i < count; ++i) {
            const auto& event = events.at(static_cast<std::size_t>(i));
            attend(event.data.fd, (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
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
