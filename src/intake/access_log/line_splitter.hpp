/// Lines of a log that comes in pieces.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fedtrail::intake::access_log {

/// Keeps no more of a line than one octet above what a line may have: enough to be refused.
class LineSplitter {
public:
    struct Line {
        std::string_view text;  ///< Without its end; valid until the next call of anything.
        std::uint64_t end{};    ///< Octets of the log up to behind it.
    };

    explicit LineSplitter(std::uint64_t offset = 0) : offset_(offset) {}

    /// More of the log. Only after next() gave nothing.
    void feed(std::string_view bytes);
    /// The next whole line.
    [[nodiscard]] std::optional<Line> next();
    /// What is left at the end of a log whose last line has no end.
    [[nodiscard]] std::optional<Line> last();

private:
    [[nodiscard]] Line take(std::size_t length, std::size_t with_end);

    std::string buffer_;
    std::size_t begin_{};    ///< Of what is not yet given out.
    std::size_t scanned_{};  ///< Up to here there is no newline.
    std::uint64_t offset_;   ///< Of `begin_` in the log, without `dropped_`.
    std::uint64_t dropped_{};
};

}  // namespace fedtrail::intake::access_log
