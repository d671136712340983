/// Who was shredded, in a file that no backup takes and no restore replaces: what a backup from before brings
/// back is shredded again.

#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/shredding.hpp"

namespace fedtrail::app {

/// One line of the file.
struct RegisteredShredding {
    std::string vault;  ///< Its id in hexadecimal: numbers mean something in one vault only.
    privacy::SubjectNumber subject;
    Instant at{};

    friend bool operator==(const RegisteredShredding&, const RegisteredShredding&) = default;
};

/// One JSON object a line; the file is replaced whole, so that no crash leaves half a line. Thread-safe.
class ShreddingRegister final : public Forgetter {
public:
    /// `vault` is the id of the vault that is in use; `clock` must outlive it.
    ShreddingRegister(std::filesystem::path file, std::string vault, const Clock& clock)
        : file_(std::move(file)), vault_(std::move(vault)), clock_(clock) {}

    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;

    /// Writes down what the file lacks of `more`. Errors: as read().
    [[nodiscard]] static Result<void> merge(const std::filesystem::path& file,
                                            const std::vector<RegisteredShredding>& more);
    /// Nothing if there is no file. Errors: Unavailable, Corrupt (with the line).
    [[nodiscard]] static Result<std::vector<RegisteredShredding>> read(const std::filesystem::path& file);

private:
    std::filesystem::path file_;
    std::string vault_;
    const Clock& clock_;
    std::mutex one_;
};

}  // namespace fedtrail::app
