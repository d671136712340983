/// Whether the stores that a running sidecar writes into still lie where they were opened.

#pragma once

#include <filesystem>
#include <vector>

#include <sys/types.h>

#include "fedtrail/core/result.hpp"

namespace fedtrail::app {

class StoreWatch {
public:
    /// As the files lie now, with what SQLite keeps beside each while it is open (`-wal`, `-shm`); what is
    /// not there is not watched.
    explicit StoreWatch(const std::vector<std::filesystem::path>& files);

    /// One that may not be looked at counts as there: who has it open goes on. Errors: Unavailable (deleted,
    /// moved away, or another file in its place).
    [[nodiscard]] Result<void> in_place() const;

private:
    struct Place {
        std::filesystem::path file;
        dev_t device{};
        ino_t number{};
    };
    std::vector<Place> places_;
};

/// Writes a little beside the stores, to the disk, and removes it.
[[nodiscard]] bool can_be_written(const std::filesystem::path& folder);

}  // namespace fedtrail::app
