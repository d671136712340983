#include "app/store_watch.hpp"

#include <cerrno>
#include <cstdlib>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

/// What SQLite keeps beside a store.
bool is_beside(const fs::path& file) {
    const auto name = file.string();
    return name.ends_with("-wal") || name.ends_with("-shm");
}

}  // namespace

StoreWatch::StoreWatch(const std::vector<fs::path>& files) {
    for (const auto& file : files) {
        for (const auto* const what : {"", "-wal", "-shm"}) {
            const fs::path one{file.string() + what};
            struct stat found {};
            if (::stat(one.c_str(), &found) == 0) {
                places_.push_back({one, found.st_dev, found.st_ino});
            }
        }
    }
}

Result<void> StoreWatch::in_place() const {
    for (const auto& place : places_) {
        struct stat found {};
        const bool seen = ::stat(place.file.c_str(), &found) == 0;
        const bool gone = !seen && (errno == ENOENT || errno == ENOTDIR);
        if (gone || (seen && (found.st_dev != place.device || found.st_ino != place.number))) {
            return fail(
                ErrorKind::Unavailable,
                place.file.string() + " was deleted or moved away while it was in use",
                is_beside(place.file)
                    ? "Put it back. If it is lost, stop the sidecar in order (SIGTERM, nothing harder): "
                      "what is in the -wal goes into the store then."
                    : "Put it back. If it is lost, stop the sidecar and restore a backup.");
        }
    }
    return {};
}

bool can_be_written(const fs::path& folder) {
    constexpr std::size_t kLittle = 64UL * 1024;
    std::string name = (folder / "room.XXXXXX").string();
    const Descriptor file{::mkostemp(name.data(), O_CLOEXEC)};
    if (!file.open()) {
        return false;
    }
    ::unlink(name.c_str());
    const std::string octets(kLittle, '\0');
    return ::write(file.get(), octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()) &&
           ::fsync(file.get()) == 0;
}

}  // namespace fedtrail::app
