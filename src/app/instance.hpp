/// One sidecar per data folder: who holds it, and where their API answers.

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

#include "fedtrail/core/result.hpp"

#include "app/files.hpp"

namespace fedtrail::app {

struct RunningInstance {
    pid_t process{};
    std::string api;    ///< "127.0.0.1:7118"; empty while it starts.
    std::string proxy;  ///< "127.0.0.1:7117"
    std::string since;  ///< RFC 3339.
};

/// Holds `fedtrail.lock` in the data folder; the kernel lets go of it however the process ends.
class InstanceLock {
public:
    /// Errors: Conflict (another instance has it, with its process number), Denied.
    [[nodiscard]] static Result<InstanceLock> take(const std::filesystem::path& data_dir);

    /// Writes into the file what others may know. Errors: Unavailable.
    [[nodiscard]] Result<void> announce(const RunningInstance& instance) const;

private:
    InstanceLock(Descriptor file, std::filesystem::path path)
        : file_(std::move(file)), path_(std::move(path)) {}
    Descriptor file_;
    std::filesystem::path path_;
};

/// The instance that holds the folder now, if one does.
[[nodiscard]] std::optional<RunningInstance> running_instance(const std::filesystem::path& data_dir);

}  // namespace fedtrail::app
