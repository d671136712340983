#include "app/new_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

/// Linux follows no such link either (protected_symlinks), but canonical() asks where it leads instead.
bool is_foreign_link(const fs::path& file) {
    const auto parent = file.has_parent_path() ? file.parent_path() : fs::path{"."};
    struct stat link {};
    struct stat folder {};
    if (::lstat(file.c_str(), &link) != 0 || !S_ISLNK(link.st_mode) || ::stat(parent.c_str(), &folder) != 0) {
        return false;
    }
    const bool for_all = (folder.st_mode & S_ISVTX) != 0 && (folder.st_mode & S_IWOTH) != 0;
    return for_all && link.st_uid != ::geteuid() && link.st_uid != folder.st_uid;
}

fs::path behind_link(const fs::path& file) {
    std::error_code fault;
    if (!fs::is_symlink(file, fault) || is_foreign_link(file)) {
        return file;
    }
    auto place = fs::canonical(file, fault);
    return fault ? file : place;
}

NewFile::NewFile(const fs::path& target) : target_(behind_link(target)), part_(target_.string() + ".part") {}

NewFile::~NewFile() {
    std::error_code ignored;
    fs::remove(part_, ignored);
}

Result<std::ofstream> NewFile::open() const {
    std::error_code unknown;
    if (fs::exists(target_, unknown) && !fs::is_regular_file(fs::symlink_status(target_, unknown))) {
        return fail(ErrorKind::Invalid,
                    target_.string() + " is no file that can be replaced",
                    "Name a file in a folder of yours.");
    }
    const Descriptor made{::open(part_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    std::ofstream out{part_, std::ios::binary};
    if (!made.open() || !out) {
        return fail(ErrorKind::Denied, part_.string() + " cannot be written: " + system_words(errno));
    }
    return out;
}

Result<void> NewFile::finish() const {
    const Descriptor written{::open(part_.c_str(), O_RDONLY | O_CLOEXEC)};
    std::error_code error;
    if (!written.open() || ::fsync(written.get()) != 0) {
        return fail(ErrorKind::Unavailable,
                    target_.string() + " could not be flushed: " + system_words(errno));
    }
    fs::rename(part_, target_, error);
    if (error) {
        return fail(ErrorKind::Unavailable, target_.string() + " could not be written: " + error.message());
    }
    return {};
}

}  // namespace fedtrail::app
