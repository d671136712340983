#include "app/ballast.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

Ballast::Ballast(const fs::path& data_dir, std::uint64_t size) : file_(data_dir / "ballast"), size_(size) {}

Result<bool> Ballast::keep() const {
    if (held() >= size_) {
        return true;
    }
    if (free_octets(file_.parent_path()) < needed()) {
        return false;
    }
    const Descriptor file{::open(file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file.open()) {
        return fail(ErrorKind::Denied,
                    file_.string() + " cannot be written: " + system_words(errno),
                    "Run as the owner of data_dir.");
    }
    const int error = ::posix_fallocate(file.get(), 0, static_cast<off_t>(size_));
    if (error != 0) {
        ::unlink(file_.c_str());
        return error == ENOSPC
                   ? Result<bool>{false}
                   : Result<bool>{fail(ErrorKind::Unavailable,
                                       file_.string() + " cannot be reserved: " + system_words(error),
                                       "Set ledger.ballast = 0 where the file system cannot reserve.")};
    }
    return true;
}

bool Ballast::release() const {
    std::error_code ignored;
    return held() > 0 && fs::remove(file_, ignored);
}

std::uint64_t Ballast::held() const {
    struct stat found {};
    if (::stat(file_.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) {
        return 0;
    }
    return static_cast<std::uint64_t>(found.st_blocks) * 512;
}

std::uint64_t free_octets(const fs::path& folder) {
    std::error_code error;
    const auto space = fs::space(folder, error);
    return error ? 0 : space.available;
}

}  // namespace fedtrail::app
