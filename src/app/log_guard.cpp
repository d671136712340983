#include "app/log_guard.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

#include "app/files.hpp"

namespace fedtrail::app {

namespace {

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

}  // namespace

Result<std::unique_ptr<CheckpointGuard::Hold>> GuardFile::hold() {
    std::unique_lock here{here_};
    auto lock_file = file_;
    lock_file += ".lock";  // the guard itself is replaced, and a lock would stay with the old one
    Descriptor lock{::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
    if (!lock.open()) {
        return fail(ErrorKind::Denied,
                    lock_file.string() + " cannot be opened: " + system_words(errno),
                    "Make the folder of log.guard writable for the service.");
    }
    while (::flock(lock.get(), LOCK_EX) != 0) {
        if (errno != EINTR) {
            return fail(ErrorKind::Unavailable,
                        lock_file.string() + " cannot be locked: " + system_words(errno),
                        "Put log.guard on a local file system.");
        }
    }
    return std::unique_ptr<Hold>{std::make_unique<GuardHold>(file_, std::move(lock), std::move(here))};
}

}  // namespace fedtrail::app
