/// Where accepted connections wait until their request has arrived, or the head of one that is too large to
/// wait for: a client that is slow to ask holds no thread, and is sent away when its time is over.

#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <unordered_map>

#include "fedtrail/ports/http_server.hpp"

namespace fedtrail::poco {

/// Of one thread. Closes what is still in it at its end.
class Reception {
public:
    /// A longer head is refused, a request with a longer body not waited for: both together are what the
    /// system surely keeps for us unread (net.ipv4.tcp_rmem).
    static constexpr std::size_t kLongestHead = 16UL * 1024;
    static constexpr std::size_t kLongestBody = 16UL * 1024;

    using Duration = std::chrono::steady_clock::duration;

    /// `most` wait at once; a further one takes the place of the one that waits longest. A body longer than
    /// `body` octets is not waited for: it will be refused.
    Reception(Duration patience, std::size_t most, std::size_t body);
    Reception(const Reception&) = delete;
    Reception& operator=(const Reception&) = delete;
    Reception(Reception&&) = delete;
    Reception& operator=(Reception&&) = delete;
    ~Reception();

    /// Accepts from `listener` (the same one each time) and waits up to `timeout` for a request that is
    /// there. Whether there is one. False also if the system has no descriptors left.
    [[nodiscard]] bool wait(int listener, Duration timeout);
    /// The connection whose request was there first; it is the caller's from now on.
    [[nodiscard]] std::optional<int> take();
    /// Answers that one so and closes it.
    void turn_away(const HttpResponse& why);

private:
    struct Guest {
        int descriptor;
        std::chrono::steady_clock::time_point since;
    };

    void listen_to(int listener);
    void accept_from(int listener);
    void look_at(int descriptor, bool ended);
    void attend(int descriptor, bool ended);
    void leave(int descriptor);
    void send_away(int descriptor);
    void refuse(int descriptor, const HttpResponse& why);
    static void say_and_close(int descriptor, const HttpResponse& why);
    void refuse_late();

    Duration patience_;
    std::size_t most_;
    std::size_t longest_body_;
    int events_;
    int listener_{-1};
    std::list<Guest> guests_;  ///< The longest waiting first.
    std::unordered_map<int, std::list<Guest>::iterator> by_descriptor_;
    std::deque<int> ready_;
};

}  // namespace fedtrail::poco
