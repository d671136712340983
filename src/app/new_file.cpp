#include "app/new_file.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.hpp"

namespace fedtrail::app {

NewFile::NewFile(std::filesystem::path target)
    : target_(std::move(target)), part_(target_.string() + ".part") {}

NewFile::~NewFile() {
    std::error_code ignored;
    std::filesystem::remove(part_, ignored);
}

Result<std::ofstream> NewFile::open() const {
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
    std::filesystem::rename(part_, target_, error);
    if (error) {
        return fail(ErrorKind::Unavailable, target_.string() + " could not be written: " + error.message());
    }
    return {};
}

}  // namespace fedtrail::app
