/// A file that is there whole or not at all.

#pragma once

#include <filesystem>
#include <fstream>
#include <optional>

#include "fedtrail/core/result.hpp"

namespace fedtrail::app {

/// Whether it is somebody else's link in a folder where everybody may make one, as /tmp: it may be a trap.
[[nodiscard]] bool is_foreign_link(const std::filesystem::path& file);

/// Where a link leads, so that what is renamed to there leaves the link; else the file itself, and so if it
/// is_foreign_link() or leads nowhere.
[[nodiscard]] std::filesystem::path behind_link(const std::filesystem::path& file);

/// Which of this process's own descriptors a name leads to, as /dev/stderr and /dev/fd/3 do. Whoever opened
/// it said where in what is behind it to write; a file put in its place would not be the one they have open.
[[nodiscard]] std::optional<int> own_descriptor(std::filesystem::path file);

/// Written beside its place, behind_link(); what is not finished is removed, also when SIGINT, SIGTERM or
/// SIGHUP ends the process, and what a killed one left by the next that writes there.
class NewFile {
public:
    explicit NewFile(const std::filesystem::path& target);
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    NewFile(NewFile&&) = delete;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    /// The empty file beside its place, mode 0600. 0, or the errno for which there is none.
    [[nodiscard]] int make() const;
    /// make(), and not where a folder, a pipe or a device is, or what this process has open. Errors: Denied,
    /// Invalid.
    [[nodiscard]] Result<std::ofstream> open() const;
    [[nodiscard]] const std::filesystem::path& part() const { return part_; }
    /// Errors: Unavailable.
    [[nodiscard]] Result<void> finish() const;

private:
    std::filesystem::path asked_;
    std::filesystem::path target_;
    std::filesystem::path part_;
};

}  // namespace fedtrail::app
