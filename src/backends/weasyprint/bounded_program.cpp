#include "backends/weasyprint/bounded_program.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fedtrail/core/count.hpp"

namespace fedtrail::weasyprint {

namespace fs = std::filesystem;

namespace {

std::string search_path() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program changes its environment.
    const char* path = std::getenv("PATH");
    return path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
}

tl::unexpected<Error> stopped(const std::string& program, const std::string& why) {
    return fail(ErrorKind::Unavailable, fs::path{program}.filename().string() + " " + why);
}

/// Pointers into strings that outlive them, as exec wants them.
class Words {
public:
    explicit Words(std::vector<std::string> words) : words_(std::move(words)) {
        for (auto& word : words_) {
            pointers_.push_back(word.data());
        }
        pointers_.push_back(nullptr);
    }
    [[nodiscard]] char* const* get() const { return pointers_.data(); }

private:
    std::vector<std::string> words_;
    std::vector<char*> pointers_;
};

/// How a child begins: its files, its group.
class Beginning {
public:
    explicit Beginning(const std::string& said) {
        posix_spawn_file_actions_init(&files_);
        posix_spawnattr_init(&traits_);
        posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(
            &files_, STDOUT_FILENO, said.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        posix_spawn_file_actions_adddup2(&files_, STDOUT_FILENO, STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
        posix_spawnattr_setpgroup(&traits_, 0);
        posix_spawnattr_setflags(&traits_, POSIX_SPAWN_SETPGROUP);
    }
    Beginning(const Beginning&) = delete;
    Beginning& operator=(const Beginning&) = delete;
    Beginning(Beginning&&) = delete;
    Beginning& operator=(Beginning&&) = delete;
    ~Beginning() {
        posix_spawn_file_actions_destroy(&files_);
        posix_spawnattr_destroy(&traits_);
    }

    [[nodiscard]] int spawn(pid_t& child, const Words& words, const Words& environment) const {
        return posix_spawn(&child, *words.get(), &files_, &traits_, words.get(), environment.get());
    }

private:
    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t traits_{};
};

void limit(pid_t child, const Bounds& bounds) {
    const auto set = [child](__rlimit_resource what, std::uint64_t most) {
        const rlimit both{most, most};
        ::prlimit(child, what, &both, nullptr);
    };
    set(RLIMIT_AS, bounds.memory);
    set(RLIMIT_FSIZE, bounds.file);
    set(RLIMIT_CPU, static_cast<std::uint64_t>(bounds.time.count()));
    set(RLIMIT_CORE, 0);
}

/// False if it did not end in time.
bool ended(pid_t child, std::chrono::seconds within) {
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0U));
    if (handle < 0) {
        return true;  // a kernel before 5.3: waitpid() waits, and RLIMIT_CPU ends what runs on
    }
    const auto until = std::chrono::steady_clock::now() + within;
    pollfd end{handle, POLLIN, 0};
    int found = 0;
    do {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        found = ::poll(&end, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
    } while (found < 0 && errno == EINTR);
    ::close(handle);
    return found > 0;
}

int reaped(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

}  // namespace

fs::path find_program(const std::string& name) {
    std::istringstream folders{search_path()};
    for (std::string folder; std::getline(folders, folder, ':');) {
        auto place = fs::path{folder} / name;
        if (!folder.empty() && ::access(place.c_str(), X_OK) == 0 && fs::is_regular_file(place)) {
            return place;
        }
    }
    return {};
}

Result<int> run_bounded(const std::vector<std::string>& command,
                        const fs::path& folder,
                        const Bounds& bounds) {
    const Words words{command};
    const Words environment{{"PATH=" + search_path(),
                             "HOME=" + folder.string(),
                             "TMPDIR=" + folder.string(),
                             "XDG_CACHE_HOME=" + (folder / "cache").string(),
                             "LANG=C.UTF-8",
                             "SOURCE_DATE_EPOCH=0"}};
    const Beginning beginning{(folder / "said").string()};
    pid_t child = 0;
    if (beginning.spawn(child, words, environment) != 0) {
        return stopped(command.front(), "cannot be started");
    }
    limit(child, bounds);
    const bool in_time = [&] {
        const std::stop_callback end{bounds.stop, [child] { ::kill(-child, SIGKILL); }};
        return ended(child, bounds.time);
    }();
    if (!in_time) {
        ::kill(-child, SIGKILL);
    }
    const int status = reaped(child);
    ::kill(-child, SIGKILL);  // whatever it left behind
    if (!in_time) {
        return stopped(
            command.front(),
            "took longer than " + counted(static_cast<std::uint64_t>(bounds.time.count()), "second"));
    }
    if (!WIFEXITED(status) && bounds.stop.stop_requested()) {
        return stopped(command.front(), "was ended, because Fedtrail stops");
    }
    if (!WIFEXITED(status)) {
        return stopped(command.front(), "was killed, by its limits of time and memory or from outside");
    }
    return WEXITSTATUS(status);
}

}  // namespace fedtrail::weasyprint
