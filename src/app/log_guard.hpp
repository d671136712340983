/// The guard of the log: a small file outside the backups, replaced whole, locked while somebody signs.

#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>

#include "fedtrail/ports/transparency_log.hpp"

namespace fedtrail::app {

class GuardFile final : public CheckpointGuard {
public:
    explicit GuardFile(std::filesystem::path file) : file_(std::move(file)) {}

    /// Waits for whoever holds it, in another process or with another GuardFile; of this one there is one
    /// hold at a time, and it is short. Errors: Unavailable, Denied.
    [[nodiscard]] Result<std::unique_ptr<Hold>> hold(std::chrono::milliseconds most) override;
    [[nodiscard]] std::string place() const override { return file_.string(); }

private:
    std::filesystem::path file_;
    std::mutex here_;  ///< A lock of the file does not keep the threads of one process apart.
};

/// Whether hold() gave up because somebody else held it: nothing is amiss.
[[nodiscard]] bool is_held_by_another(const Error& error);
template <typename Value>
[[nodiscard]] bool is_held_by_another(const Result<Value>& result) {
    return !result && is_held_by_another(result.error());
}

}  // namespace fedtrail::app
