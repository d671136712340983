#include "app/files.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{16} * 1024 * 1024;

tl::unexpected<Error> fail_on(const fs::path& file, std::string_view doing, int error) {
    const bool denied = error == EACCES || error == EPERM || error == EROFS;
    return fail(denied ? ErrorKind::Denied : ErrorKind::Unavailable,
                file.string() + " cannot be " + std::string{doing} + ": " + system_words(error),
                denied            ? "Run as the owner of the folder, or change its rights."
                : error == ENOSPC ? "Make room on the disk."
                                  : "");
}

bool write_all(int descriptor, std::string_view content) {
    while (!content.empty()) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

void flush_if_possible(const fs::path& folder) {
    const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (opened.open()) {
        ::fsync(opened.get());
    }
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
}

Descriptor::~Descriptor() {
    if (number_ >= 0) {
        ::close(number_);
    }
}

bool is_there(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(file, ignored);
}

std::string system_words(int error) {
    return std::error_code{error, std::generic_category()}.message();
}

Result<void> replace_file(const fs::path& file, std::string_view content) {
    auto beside = file;
    beside += ".new." + std::to_string(::getpid());
    {
        const Descriptor out{
            ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
        if (!out.open()) {
            return fail_on(file, "written", errno);
        }
        if (!write_all(out.get(), content) || ::fsync(out.get()) != 0) {
            const int error = errno;
            ::unlink(beside.c_str());
            return fail_on(file, "written", error);
        }
    }
    if (::rename(beside.c_str(), file.c_str()) != 0) {
        const int error = errno;
        ::unlink(beside.c_str());
        return fail_on(file, "replaced", error);
    }
    flush_if_possible(file.parent_path());
    return {};
}

Result<void> append_to_file(const fs::path& file, std::string_view content) {
    const bool made = !is_there(file);
    const Descriptor out{::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!out.open()) {
        return fail_on(file, "written", errno);
    }
    const auto before = ::lseek(out.get(), 0, SEEK_END);
    if (before < 0 || !write_all(out.get(), content) || ::fsync(out.get()) != 0) {
        const int error = errno;
        if (before >= 0) {
            std::error_code ignored;
            fs::resize_file(file, static_cast<std::uintmax_t>(before), ignored);
        }
        return fail_on(file, "written", error);
    }
    if (made) {
        flush_if_possible(file.parent_path());
    }
    return {};
}

std::string file_state(const fs::path& file) {
    struct stat found {};
    if (::stat(file.c_str(), &found) != 0) {
        return "none";
    }
    return std::to_string(found.st_ino) + "." + std::to_string(found.st_mtim.tv_sec) + "." +
           std::to_string(found.st_mtim.tv_nsec) + "." + std::to_string(found.st_size);
}

Result<std::optional<std::string>> read_file(const fs::path& file) {
    const Descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!in.open()) {
        return errno == ENOENT ? Result<std::optional<std::string>>{std::optional<std::string>{}}
                               : Result<std::optional<std::string>>{fail_on(file, "read", errno)};
    }
    std::string content;
    std::array<char, 16384> buffer{};
    for (;;) {
        const auto got = ::read(in.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail_on(file, "read", errno);
        }
        if (got == 0) {
            return std::optional{std::move(content)};
        }
        content.append(buffer.data(), static_cast<std::size_t>(got));
        if (content.size() > kLargestFile) {
            return fail(ErrorKind::Invalid, file.string() + " is larger than 16 MiB");
        }
    }
}

Result<void> make_folder(const fs::path& folder) {
    std::error_code error;
    if (fs::is_directory(folder, error)) {
        return {};
    }
    fs::create_directories(folder.parent_path(), error);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return fail_on(folder, "made", errno);
    }
    if (!fs::is_directory(folder, error)) {
        return fail(ErrorKind::Invalid, folder.string() + " is not a folder", "Set data_dir to a folder.");
    }
    return {};
}

}  // namespace fedtrail::app
