/// Where accepted connections wait until the head of their request has arrived: a client that is slow to ask
/// holds no thread, and is sent away when its time is over.

#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <unordered_map>

namespace fedtrail::poco {

/// Of one thread. Closes what is still in it at its end.
class Reception {
public:
    using Duration = std::chrono::steady_clock::duration;

    /// `most` wait at once; a further one takes the place of the one that waits longest.
    Reception(Duration patience, std::size_t most);
    Reception(const Reception&) = delete;
    Reception& operator=(const Reception&) = delete;
    Reception(Reception&&) = delete;
    Reception& operator=(Reception&&) = delete;
    ~Reception();

    /// Accepts from `listener` (the same one each time) and waits up to `timeout` for a head that is whole.
    /// Whether there is one. False also if the system has no descriptors left.
    [[nodiscard]] bool wait(int listener, Duration timeout);
    /// The connection whose head was whole first; it is the caller's from now on.
    [[nodiscard]] std::optional<int> take();

private:
    struct Guest {
        int descriptor;
        std::chrono::steady_clock::time_point since;
    };

    void listen_to(int listener);
    void accept_from(int listener);
    void look_at(int descriptor, bool ended);
    void leave(int descriptor);
    void send_away(int descriptor);
    void send_away_late();

    Duration patience_;
    std::size_t most_;
    int events_;
    int listener_{-1};
    std::list<Guest> guests_;  ///< The longest waiting first.
    std::unordered_map<int, std::list<Guest>::iterator> by_descriptor_;
    std::deque<int> ready_;
};

}  // namespace fedtrail::poco
