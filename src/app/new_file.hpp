/// A large file in the making: there whole or not at all.

#pragma once

#include <filesystem>
#include <fstream>

#include "fedtrail/core/result.hpp"

namespace fedtrail::app {

/// Written beside its place, and what is not finished is removed.
class NewFile {
public:
    explicit NewFile(std::filesystem::path target);
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    NewFile(NewFile&&) = delete;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    /// Mode 0600. Errors: Denied.
    [[nodiscard]] Result<std::ofstream> open() const;
    [[nodiscard]] const std::filesystem::path& part() const { return part_; }
    /// Flushed, and moved to its place. Errors: Unavailable.
    [[nodiscard]] Result<void> finish() const;

private:
    std::filesystem::path target_;
    std::filesystem::path part_;
};

}  // namespace fedtrail::app
