#include "intake/access_log/open_file.hpp"

#include <cerrno>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace fedtrail::intake::access_log {

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

OpenFile::~OpenFile() {
    if (number_ >= 0) {
        ::close(number_);
    }
}

Result<OpenFile> OpenFile::open(const std::filesystem::path& file) {
    const int number = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (number < 0) {
        return errno == ENOENT ? fail(ErrorKind::NotFound,
                                      file.string() + " is not there",
                                      "Check ingress.access_log, and that the web server writes it.")
                               : fail(ErrorKind::Denied,
                                      file.string() + " cannot be read",
                                      "Let the sidecar's user read it: on Debian, add it to the group adm.");
    }
    OpenFile opened{number};
    const auto facts = opened.facts();
    if (!facts || !S_ISREG(facts->st_mode)) {
        return fail(ErrorKind::Invalid,
                    file.string() + " is not a file",
                    "Name the log itself, or use ingress.syslog.");
    }
    return Result<OpenFile>{std::move(opened)};
}

std::optional<struct stat> OpenFile::facts() const {
    struct stat found {};
    return ::fstat(number_, &found) == 0 ? std::optional{found} : std::nullopt;
}

Result<std::size_t> OpenFile::read_at(std::uint64_t offset, std::span<char> room) const {
    ssize_t got = -1;
    do {
        got = ::pread(number_, room.data(), room.size(), static_cast<off_t>(offset));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return fail(ErrorKind::Unavailable, "the access log cannot be read", "Look at the disk it lies on.");
    }
    return static_cast<std::size_t>(got);
}

std::optional<std::uint64_t> OpenFile::start_hash(std::uint64_t length) const {
    std::vector<char> start(length);
    const auto got = read_at(0, start);
    if (!got || *got < length) {
        return std::nullopt;
    }
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a: told apart, not protected
    for (const char c : start) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return hash;
}

}  // namespace fedtrail::intake::access_log
