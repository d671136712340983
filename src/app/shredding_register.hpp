/// Who was shredded, in a file that no backup takes and no restore replaces: what a backup from before brings
/// back is shredded again.

#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <set>
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

/// What a file's last line may be.
enum class LastLine : std::uint8_t {
    Whole,   ///< Nobody else knows whom it names.
    AnyHalf  ///< A crash may have left half of it: whom it names the vault in use has as not completely
             ///< shredded.
};

/// One JSON object a line, of any number; each is durable before the shredding is complete. Half a last line
/// is cut off before the next one. Thread-safe.
class ShreddingRegister final : public Forgetter {
public:
    /// `vault` is the id of the vault that is in use; `clock` must outlive it.
    ShreddingRegister(std::filesystem::path file, std::string vault, const Clock& clock)
        : file_(std::move(file)), vault_(std::move(vault)), clock_(clock) {}

    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;

    /// Writes down what the file lacks of `more`; half a last line goes. Errors: as read().
    [[nodiscard]] static Result<void> merge(const std::filesystem::path& file,
                                            const std::vector<RegisteredShredding>& more);
    /// Nothing if there is no file. Errors: Denied, Unavailable, Corrupt (with the line).
    [[nodiscard]] static Result<std::vector<RegisteredShredding>> read(const std::filesystem::path& file,
                                                                       LastLine last);

    /// How a file ends.
    struct End {
        std::uintmax_t whole{};  ///< Octets of the lines that are shreddings.
        bool half{};             ///< More stands behind them.
        bool unended{};          ///< The last of them lacks its end of line.
    };

private:
    [[nodiscard]] Result<void> look();
    [[nodiscard]] Result<void> add(const RegisteredShredding& entry);

    std::filesystem::path file_;
    std::string vault_;
    const Clock& clock_;
    std::mutex one_;                 ///< Of all below.
    std::string seen_;               ///< State of the file that was read.
    std::set<std::uint64_t> known_;  ///< Of this vault, in it.
    End end_;
};

}  // namespace fedtrail::app
