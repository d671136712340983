#include "backends/openssl/private_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fedtrail::openssl {

namespace {

/// A file descriptor with an owner.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor() {
        if (number_ >= 0) {
            ::close(number_);
        }
    }
    [[nodiscard]] int get() const { return number_; }

private:
    int number_;
};

tl::unexpected<Error> file_failure(const std::filesystem::path& path, std::string_view doing, int code) {
    const bool full = code == ENOSPC || code == EDQUOT;
    return fail(
        full ? ErrorKind::Unavailable : ErrorKind::Denied,
        path.string() + " cannot be " + std::string{doing} + ": " + std::generic_category().message(code),
        full ? "free some disk space" : "check that file and folder belong to the service's user");
}

bool write_all(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const auto count = ::write(descriptor, content.data(), content.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        content.remove_prefix(static_cast<std::size_t>(count));
    }
    return ::fsync(descriptor) == 0;
}

}  // namespace

Result<bool> write_once(const std::filesystem::path& path, std::string_view content, Readers readers) {
    std::string name = path.string() + ".XXXXXX";
    const Descriptor file{::mkostemp(name.data(), O_CLOEXEC)};  // mode 0600
    if (file.get() < 0) {
        return file_failure(path, "made", errno);
    }
    const bool written =
        ::fchmod(file.get(), static_cast<mode_t>(readers)) == 0 && write_all(file.get(), content);
    const bool linked = written && ::link(name.c_str(), path.c_str()) == 0;
    const int code = errno;
    ::unlink(name.c_str());
    if (!linked && (!written || code != EEXIST)) {
        return file_failure(path, "written", code);
    }
    const Descriptor folder{::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (folder.get() < 0 || ::fsync(folder.get()) != 0) {
        return file_failure(path, "flushed to the disk", errno);
    }
    return linked;
}

Result<std::optional<std::string>> read_small(const std::filesystem::path& path,
                                              Readers readers,
                                              std::size_t most) {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.get() < 0 && errno == ENOENT) {
        return std::nullopt;
    }
    struct stat status {};
    if (file.get() < 0 || ::fstat(file.get(), &status) != 0) {
        return file_failure(path, "read", errno);
    }
    if (!S_ISREG(status.st_mode)) {
        return fail(ErrorKind::Denied, path.string() + " is not a plain file", "move it away");
    }
    if (readers == Readers::OwnerOnly && (status.st_mode & 077U) != 0) {
        return fail(ErrorKind::Denied,
                    path.string() + " may be read by others than its owner",
                    "run: chmod 600 " + path.string());
    }
    std::string content(most + 1, '\0');
    std::size_t size = 0;
    while (size < content.size()) {
        const auto count = ::read(file.get(), content.data() + size, content.size() - size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return file_failure(path, "read", errno);
        }
        if (count == 0) {
            break;
        }
        size += static_cast<std::size_t>(count);
    }
    if (size > most) {
        return fail(ErrorKind::Invalid,
                    path.string() + " is larger than " + std::to_string(most >> 10U) + " KiB",
                    "put the right file there");
    }
    content.resize(size);
    return content;
}

}  // namespace fedtrail::openssl
