#include "app/files.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
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

/// Between a file's name and the number of the process that replaces it.
constexpr std::string_view kReplacing = ".new.";
/// Nobody takes longer over one of kLargestFile.
constexpr std::chrono::minutes kReplacedWithin{1};
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

/// Whether the name is that of half a file, and nobody else on this machine writes it any more.
bool is_left_over(std::string_view name) {
    const auto mark = name.rfind(kReplacing);
    if (mark == std::string_view::npos) {
        return false;
    }
    const auto digits = name.substr(mark + kReplacing.size());
    pid_t process = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), process);
    if (fault != std::errc{} || end != digits.data() + digits.size() || process <= 0) {
        return false;
    }
    return process == ::getpid() || (::kill(process, 0) != 0 && errno == ESRCH);
}

/// In a container the process may have the same number in another one, or none here.
bool is_old(const fs::path& file) {
    std::error_code unread;
    const auto at = written_at(file, unread);
    return !unread && at < std::chrono::system_clock::now() - kReplacedWithin;
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

fs::path name_beside(const fs::path& file) {
    auto beside = file;
    beside += std::string{kReplacing} + std::to_string(::getpid());
    return beside;
}

Result<void> replace_file(const fs::path& file, std::string_view content) {
    const auto beside = name_beside(file);
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

Result<void> remove_file(const fs::path& file) {
    std::error_code fault;
    fs::remove(file, fault);
    return fault ? fail(ErrorKind::Unavailable,
                        file.string() + " cannot be removed: " + fault.message(),
                        "Make the folder writable for the service; it is tried again.")
                 : Result<void>{};
}

void remove_unfinished(const fs::path& folder, std::string_view begins) {
    std::error_code fault;
    fs::directory_iterator entry{folder, fault};
    for (; !fault && entry != fs::directory_iterator{}; entry.increment(fault)) {
        const auto name = entry->path().filename().string();
        if (name.starts_with(begins) && is_left_over(name) && is_old(entry->path())) {
            std::error_code ignored;
            fs::remove(entry->path(), ignored);
        }
    }
}

Instant written_at(const fs::path& file, std::error_code& fault) {
    const auto written = std::chrono::file_clock::to_sys(fs::last_write_time(file, fault));
    return std::chrono::floor<std::chrono::milliseconds>(written);
}

void give_to_owner_of(const fs::path& like, const fs::path& made) {
    struct stat owner {};
    struct stat ours {};
    if (::geteuid() != 0 || ::stat(like.c_str(), &owner) != 0 || owner.st_uid == 0) {
        return;
    }
    const Descriptor opened{::open(made.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!opened.open() || ::fstat(opened.get(), &ours) != 0 || ours.st_uid != 0) {
        return;
    }
    // Another name of it may be a file that the owner must not have.
    const bool alone = S_ISDIR(ours.st_mode) || (S_ISREG(ours.st_mode) && ours.st_nlink == 1);
    if (alone && ::fchown(opened.get(), owner.st_uid, owner.st_gid) != 0) {
        return;  // it stays root's; whoever has to remove it says so
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
