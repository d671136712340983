#include "backends/postgres/watchdog.hpp"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fedtrail::postgres {

Watchdog::Watchdog(int socket, std::chrono::milliseconds limit, std::atomic<bool>& late)
    : socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
    if (socket_ < 0) {
        throw std::system_error{errno, std::generic_category()};
    }
    thread_ = std::thread{[this, limit, &late] { watch(limit, late); }};
}

Watchdog::~Watchdog() {
    {
        const std::lock_guard held{mutex_};
        is_over_ = true;
    }
    over_.notify_one();
    thread_.join();
    ::close(socket_);
}

void Watchdog::watch(std::chrono::milliseconds limit, std::atomic<bool>& late) {
    std::unique_lock held{mutex_};
    if (!over_.wait_for(held, limit, [this] { return is_over_; })) {
        late = true;
        ::shutdown(socket_, SHUT_RDWR);
    }
}

}  // namespace fedtrail::postgres
