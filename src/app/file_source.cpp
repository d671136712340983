#include "app/file_source.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fedtrail::app {

Result<std::unique_ptr<FileSource>> FileSource::open(const std::filesystem::path& file) {
    // A pipe nobody writes into would be waited for.
    Descriptor opened{::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)};
    struct stat facts {};
    if (!opened.open() || ::fstat(opened.get(), &facts) != 0) {
        const auto error = errno;
        return fail(error == ENOENT                     ? ErrorKind::NotFound
                    : error == EACCES || error == EPERM ? ErrorKind::Denied
                                                        : ErrorKind::Invalid,
                    file.string() + " cannot be opened: " + system_words(error));
    }
    if (!S_ISREG(facts.st_mode)) {
        return fail(ErrorKind::Invalid, file.string() + " is no file", "Name the bundle itself.");
    }
    return std::unique_ptr<FileSource>{
        new FileSource{std::move(opened), static_cast<std::uint64_t>(facts.st_size)}};
}

Result<void> FileSource::read(std::uint64_t offset, std::span<std::byte> out) const {
    while (!out.empty()) {
        const auto got = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return fail(ErrorKind::Unavailable,
                        got == 0 ? std::string{"the file became shorter while it was read"}
                                 : "the file cannot be read: " + system_words(errno));
        }
        offset += static_cast<std::uint64_t>(got);
        out = out.subspan(static_cast<std::size_t>(got));
    }
    return {};
}

}  // namespace fedtrail::app
