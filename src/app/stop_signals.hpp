/// SIGINT and SIGTERM ask a command that works or waits for long to stop.

#pragma once

#include <atomic>
#include <csignal>

namespace fedtrail::app {

inline std::atomic<bool> stop_asked{false};  // a signal can reach nothing else
static_assert(std::atomic<bool>::is_always_lock_free);

inline void ask_stop(int /*signal*/) {
    stop_asked = true;
}

/// From here on.
inline void watch_signals() {
    struct sigaction action {};
    action.sa_handler = ask_stop;  // no SA_RESTART: a read or a wait must come back
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace fedtrail::app
