/// Follows a log that is written, across rotation.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/clock.hpp"

#include "intake/access_log/open_file.hpp"

namespace fedtrail::intake::access_log {

/// How far a log was read, and in which of the files that bore its name. Kept over restarts.
struct LogPlace {
    std::uint64_t device{};
    std::uint64_t inode{};   ///< 0: nothing was read yet.
    std::uint64_t offset{};  ///< Behind the last line that was taken.
    std::uint64_t start{};   ///< Hash of the file's first `start_length` octets.
    std::uint64_t start_length{};

    friend bool operator==(const LogPlace&, const LogPlace&) = default;
};

/// Reads PATH from where an earlier run stopped, else from its beginning (and before it the rotated files
/// that were written since `Options::since`). When PATH is renamed (PATH.1) the old file is read to its end,
/// then the next; when it is copied and truncated the rest is read from the copy. Files beside PATH with the
/// names that rotation gives are looked at; packed ones are not. Of one thread.
class LogFollower {
public:
    struct Options {
        /// A renamed log may still be written to: until every worker of the web server has opened the new
        /// one.
        std::chrono::milliseconds linger{5'000};
        std::size_t piece{256U << 10U};  ///< Octets read at once; above the longest line.
        /// Where no line was ever taken: what was rotated before this is not read.
        std::optional<Instant> since;
    };
    /// Takes one line, without its end. After an error the line comes again.
    using Take = std::function<Result<void>(std::string_view line)>;

    /// `clock` must outlive it.
    LogFollower(std::filesystem::path path, LogPlace place, const Clock& clock, Options options);

    /// Reads one piece; false if there was nothing to read. Errors: NotFound (no log there), Denied,
    /// Unavailable, those of `take`.
    [[nodiscard]] Result<bool> read(const Take& take);

    [[nodiscard]] const LogPlace& place() const { return place_; }
    /// How often the file where the last run or reading stopped could not be found again: lines may be lost.
    [[nodiscard]] std::uint64_t gaps() const { return gaps_; }
    /// Octets of the current file that were not read yet.
    [[nodiscard]] std::uint64_t behind() const;

private:
    [[nodiscard]] Result<void> open();
    [[nodiscard]] Result<void> open_at(const std::filesystem::path& file, std::uint64_t offset);
    [[nodiscard]] std::optional<std::filesystem::path> find_place() const;
    [[nodiscard]] std::filesystem::path file_after(std::int64_t nanoseconds_since) const;
    [[nodiscard]] std::vector<std::filesystem::path> siblings() const;
    [[nodiscard]] bool is_place(const OpenFile& file) const;
    [[nodiscard]] Result<bool> move_on();
    [[nodiscard]] Result<bool> take_lines(std::string_view piece, const Take& take);
    void note_start();

    std::filesystem::path path_;
    LogPlace place_;
    const Clock& clock_;
    Options options_;
    OpenFile file_;
    std::vector<char> room_;
    std::optional<Instant> leave_at_;  ///< The file has lost its name: read on until then.
    bool in_long_line_{};
    std::uint64_t gaps_{};
};

}  // namespace fedtrail::intake::access_log
