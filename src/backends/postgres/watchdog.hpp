/// Ends a conversation that takes too long: libpq waits for an answer without a limit.

#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace fedtrail::postgres {

/// From the construction on: after `limit` the connection of `socket` ends, and whoever waits for it fails. A
/// thread of its own, for the wait lies within libpq. Not for the connecting, which connect_timeout bounds.
class Watchdog {
public:
    Watchdog(int socket, std::chrono::milliseconds limit, std::atomic<bool>& late);
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    Watchdog(Watchdog&&) = delete;
    Watchdog& operator=(Watchdog&&) = delete;
    ~Watchdog();

private:
    void watch(std::chrono::milliseconds limit, std::atomic<bool>& late);

    int socket_;  ///< Our own: libpq may close its one at any time, and the number gets another meaning.
    std::mutex mutex_;
    std::condition_variable over_;
    bool is_over_{};
    std::thread thread_;
};

}  // namespace fedtrail::postgres
