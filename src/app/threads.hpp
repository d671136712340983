/// Threads of the program: named for the debugger, and ended with the program if one of them breaks.

#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace fedtrail::app {

using ThreadBody = std::function<void(const std::stop_token&)>;

/// An exception out of `body` is a bug: it is logged and the program ends, rather than go on half.
[[nodiscard]] std::jthread named_thread(const char* name, ThreadBody body);

}  // namespace fedtrail::app
