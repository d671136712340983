#include "app/log_guard.hpp"

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>

#include "app/files.hpp"

namespace fedtrail::app {

namespace {

constexpr std::string_view kHeldByAnother = "the log is held by another process, such as an audit export";
constexpr std::chrono::milliseconds kLockLook{10};

class GuardHold final : public CheckpointGuard::Hold {
public:
    GuardHold(std::filesystem::path file, Descriptor lock, std::unique_lock<std::mutex> here)
        : file_(std::move(file)), here_(std::move(here)), lock_(std::move(lock)) {}

    [[nodiscard]] Result<std::optional<std::string>> read() const override { return read_file(file_); }
    [[nodiscard]] Result<void> write(const std::string& note) override { return replace_file(file_, note); }

private:
    std::filesystem::path file_;
    std::unique_lock<std::mutex> here_;
    Descriptor lock_;  ///< Closing it lets go of the lock.
};

/// A lock that is waited for cannot be given up: who holds it may take minutes, or be stopped.
Result<void> wait_for_lock(const Descriptor& lock,
                           const std::filesystem::path& file,
                           std::chrono::milliseconds most) {
    const auto until = std::chrono::steady_clock::now() + most;
    while (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return fail(ErrorKind::Unavailable,
                        file.string() + " cannot be locked: " + system_words(errno),
                        "Put log.guard on a local file system.");
        }
        if (std::chrono::steady_clock::now() >= until) {
            return fail(ErrorKind::Unavailable,
                        std::string{kHeldByAnother},
                        "The sidecar tries again by itself; run a command again when that has ended.");
        }
        std::this_thread::sleep_for(std::min(kLockLook, most));
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<CheckpointGuard::Hold>> GuardFile::hold(std::chrono::milliseconds most) {
    std::unique_lock here{here_};
    auto lock_file = file_;
    lock_file += ".lock";  // the guard itself is replaced, and a lock would stay with the old one
    Descriptor lock{::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (!lock.open()) {
        return fail(ErrorKind::Denied,
                    lock_file.string() + " cannot be opened: " + system_words(errno),
                    "Make the folder of log.guard writable for the service.");
    }
    if (auto locked = wait_for_lock(lock, lock_file, most); !locked) {
        return fail(locked);
    }
    return std::unique_ptr<Hold>{std::make_unique<GuardHold>(file_, std::move(lock), std::move(here))};
}

bool is_held_by_another(const Error& error) {
    return error.kind == ErrorKind::Unavailable && error.what == kHeldByAnother;
}

}  // namespace fedtrail::app
