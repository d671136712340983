/// The guard of the log: a small file outside the backups, replaced whole, locked while somebody signs.

#pragma once

#include <filesystem>
#include <mutex>

#include "fedtrail/ports/transparency_log.hpp"

namespace fedtrail::app {

class GuardFile final : public CheckpointGuard {
public:
    explicit GuardFile(std::filesystem::path file) : file_(std::move(file)) {}

    /// Waits for whoever holds it, here or in another process.
    [[nodiscard]] Result<std::unique_ptr<Hold>> hold() override;
    [[nodiscard]] std::string place() const override { return file_.string(); }

private:
    std::filesystem::path file_;
    std::mutex here_;  ///< A lock of the file does not keep the threads of one process apart.
};

}  // namespace fedtrail::app
