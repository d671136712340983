#include "app/new_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/files.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::array kEnding{SIGHUP, SIGINT, SIGTERM};

/// What a signal must not leave behind; "" if there is nothing. A handler can reach nothing else.
std::array<char, PATH_MAX> half_file{};

void remove_half_file(int signal) {
    ::unlink(half_file.data());
    ::raise(signal);  // ends the process when this returns: SA_RESETHAND
}

/// Exchanges the handler of each signal that has `from`: what is ignored stays so.
void exchange_handlers(void (*from)(int), void (*to)(int)) {
    struct sigaction action {};
    action.sa_handler = to;
    action.sa_flags = SA_RESETHAND;
    for (const int signal : kEnding) {
        struct sigaction before {};
        if (::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == from) {
            ::sigaction(signal, &action, nullptr);
        }
    }
}

void keep_watch_over(const fs::path& part) {
    const auto& name = part.native();
    if (half_file.front() == '\0' && name.size() < half_file.size()) {
        std::copy(name.begin(), name.end(), half_file.begin());
        half_file[name.size()] = '\0';
        exchange_handlers(SIG_DFL, remove_half_file);
    }
}

void watch_no_more(const fs::path& part) {
    if (part.native() == half_file.data()) {
        exchange_handlers(remove_half_file, SIG_DFL);
        half_file.front() = '\0';
    }
}

}  // namespace

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

std::optional<int> own_descriptor(fs::path file) {
    constexpr int kLinks = 8;
    std::error_code fault;
    const auto descriptors = fs::canonical("/proc/self/fd", fault);
    for (int i = 0; i < kLinks && !fault; ++i) {
        const auto folder = fs::canonical(file.has_parent_path() ? file.parent_path() : ".", fault);
        if (!fault && folder == descriptors) {
            const auto name = file.filename().string();
            int number = -1;
            const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), number);
            return wrong == std::errc{} && end == name.data() + name.size() ? std::optional{number}
                                                                            : std::nullopt;
        }
        if (fault || !fs::is_symlink(file, fault) || is_foreign_link(file)) {
            break;
        }
        file = folder / fs::read_symlink(file, fault);  // an absolute one takes the place of the folder
    }
    return std::nullopt;
}

NewFile::NewFile(const fs::path& target)
    : asked_(target), target_(behind_link(target)), part_(name_beside(target_)) {}

NewFile::~NewFile() {
    std::error_code ignored;
    fs::remove(part_, ignored);
    watch_no_more(part_);
}

Result<std::ofstream> NewFile::open() const {
    std::error_code unknown;
    if (own_descriptor(asked_) ||
        (fs::exists(target_, unknown) && !fs::is_regular_file(fs::symlink_status(target_, unknown)))) {
        return fail(ErrorKind::Invalid,
                    asked_.string() + " is no file that can be replaced",
                    "Name a file in a folder of yours.");
    }
    const int refused = make();
    std::ofstream out{part_, std::ios::binary};
    if (refused != 0 || !out) {
        return fail(ErrorKind::Denied,
                    part_.string() + " cannot be written: " + system_words(refused != 0 ? refused : errno));
    }
    return out;
}

int NewFile::make() const {
    const auto folder = target_.parent_path();
    remove_unfinished(folder.empty() ? fs::path{"."} : folder, target_.filename().string());
    std::error_code ignored;
    fs::remove(part_, ignored);
    keep_watch_over(part_);
    const Descriptor made{
        ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    return made.open() ? 0 : errno;
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
