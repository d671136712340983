#include "app/instance.hpp"

#include <cerrno>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kAsking{1};  ///< Asking takes a moment, on a busy machine a few.
constexpr std::chrono::milliseconds kLook{1};

fs::path lock_of(const fs::path& data_dir) {
    return data_dir / "fedtrail.lock";
}

/// Nobody has it for good; who asks whether anybody does has it for a moment, together with others who ask.
bool is_only_asked_about(const Descriptor& file) {
    const bool shared = ::flock(file.get(), LOCK_SH | LOCK_NB) == 0;
    ::flock(file.get(), LOCK_UN);
    return shared;
}

bool hold(const Descriptor& file) {
    const auto until = std::chrono::steady_clock::now() + kAsking;
    while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
        if (!is_only_asked_about(file) || std::chrono::steady_clock::now() >= until) {
            return false;
        }
        std::this_thread::sleep_for(kLook);
    }
    return true;
}

/// What is not as we write it is as if it were not there: another release may hold the folder.
RunningInstance announced(const fs::path& file) {
    RunningInstance instance;
    const auto text = read_file(file);
    const auto said = nlohmann::json::parse(text && *text ? **text : "", nullptr, false);
    const auto word = [&said](const char* name) {
        const auto found = said.is_object() ? said.find(name) : said.end();
        return found != said.end() && found->is_string() ? found->get<std::string>() : std::string{};
    };
    if (said.is_object() && said.contains("pid") && said["pid"].is_number_integer()) {
        instance.process = said["pid"].get<pid_t>();
    }
    instance.api = word("api");
    instance.proxy = word("proxy");
    instance.since = word("since");
    return instance;
}

}  // namespace

Result<InstanceLock> InstanceLock::take(const fs::path& data_dir) {
    const auto path = lock_of(data_dir);
    Descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file.open()) {
        return fail(ErrorKind::Denied,
                    path.string() + " cannot be opened: " + system_words(errno),
                    "Run `fedtrail init`, or run as the owner of the folder.");
    }
    if (!hold(file)) {
        const auto other = announced(path);
        return fail(
            ErrorKind::Conflict,
            "another fedtrail" +
                (other.process > 0 ? " (process " + std::to_string(other.process) + ")" : std::string{}) +
                " works on " + data_dir.string(),
            "Stop it, or give this one another data_dir.");
    }
    InstanceLock lock{std::move(file), path};
    // What the last holder announced is no longer true.
    if (auto announced = lock.announce({::getpid(), "", "", ""}); !announced) {
        return fail(announced);
    }
    return Result<InstanceLock>{std::move(lock)};
}

Result<void> InstanceLock::announce(const RunningInstance& instance) const {
    const nlohmann::json said{{"pid", instance.process},
                              {"api", instance.api},
                              {"proxy", instance.proxy},
                              {"since", instance.since}};
    const auto text = said.dump() + "\n";
    const bool written =
        ::ftruncate(file_.get(), 0) == 0 &&
        ::pwrite(file_.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
    if (!written) {
        return fail(ErrorKind::Unavailable,
                    path_.string() + " cannot be written: " + system_words(errno),
                    "Look at the disk.");
    }
    return {};
}

std::optional<RunningInstance> running_instance(const fs::path& data_dir) {
    const auto path = lock_of(data_dir);
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file.open() || ::flock(file.get(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
        return std::nullopt;
    }
    return announced(path);
}

}  // namespace fedtrail::app
