/// Lines that could not be used, kept in the data folder as they came.

#pragma once

#include <filesystem>
#include <string_view>

#include "fedtrail/ports/expiry.hpp"
#include "fedtrail/ports/shredding.hpp"

namespace fedtrail::app {

/// Where imports keep what they cannot keep beside their file, in a data folder.
[[nodiscard]] std::filesystem::path imports_folder(const std::filesystem::path& data_dir);
/// Where the access log's bad lines are kept.
[[nodiscard]] std::filesystem::path ingress_rejected_file(const std::filesystem::path& data_dir);

/// If ingress_rejected_file() was last written to on another day than that of `now` (UTC), it goes into
/// imports_folder(), by its day: a file to which every day adds a line would never be over its time. Errors:
/// Unavailable.
[[nodiscard]] Result<void> set_aside_past_day(const std::filesystem::path& data_dir, Instant now);

/// Adds lines, each with its end, to ingress_rejected_file(); on the disk when it returns. Of a day some 1
/// MiB are kept, what comes behind is left out. What a full disk or a crash left of a line is joined with no
/// other. Errors: Denied, Unavailable; then none of them is kept, and the next are tried anew.
[[nodiscard]] Result<void> keep_rejected(const std::filesystem::path& data_dir,
                                         std::string_view lines,
                                         Instant now);

/// What imports_folder() and ingress_rejected_file() have; files that are kept beside what was imported are
/// its owner's.
class RejectedFiles final : public Forgetter, public Expiry {
public:
    explicit RejectedFiles(std::filesystem::path data_dir) : data_dir_(std::move(data_dir)) {}
    /// Every bad line with its reason goes, whoever is meant: nobody can tell whom a line is about that could
    /// not be read. Where an import stopped stays; it names nobody. What cannot be removed holds up no other
    /// file, here and below. Errors: Unavailable.
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;
    /// By the day a file was last written; also where an import stopped that nobody went on with. Errors:
    /// Unavailable.
    [[nodiscard]] Result<Expired> drop_before(Instant horizon, bool only_count) override;

private:
    std::filesystem::path data_dir_;
};

}  // namespace fedtrail::app
