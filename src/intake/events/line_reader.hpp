/// Lines of a stream that may still be written, each with its number and where it ends.

#pragma once

#include <atomic>
#include <cstdint>
#include <istream>
#include <optional>
#include <string_view>
#include <vector>

namespace fedtrail::intake::events {

/// A place between two lines.
struct Position {
    std::uint64_t offset{};  ///< Bytes before it.
    std::uint64_t lines{};   ///< Lines before it.

    friend bool operator==(const Position&, const Position&) = default;
};

/// Not thread-safe. Memory: a block of 256 KiB; where a line is longer, up to twice the longest line allowed.
class LineReader {
public:
    struct Line {
        Position end;           ///< Behind this line; `end.lines` is its number, from 1.
        std::string_view text;  ///< Without the line end; valid until the next call, kLinePadding readable
                                ///< bytes behind it. Of one that is too long its first kMaxLineBytes + 1.
        bool too_long{};
    };

    /// `stream` must outlive the reader and stand at `start`. Once `stop` is set nothing more is read: a line
    /// may have no end.
    LineReader(std::istream& stream, Position start, const std::atomic<bool>* stop);

    /// The next line; nothing at the end of the stream, or if cut_short(). The last line may lack its
    /// newline, but a part of one before which the stream became bad() is none.
    [[nodiscard]] std::optional<Line> next();

    /// Whether next() gave nothing because of `stop`; a line that was begun is read again by who resumes.
    [[nodiscard]] bool cut_short() const { return cut_short_; }

    /// Whether the next line may make the caller wait for whoever writes into the stream.
    [[nodiscard]] bool would_wait() const;

private:
    [[nodiscard]] bool is_stopped() const;
    [[nodiscard]] Line take(std::size_t length, bool with_newline);
    void drop_excess();
    bool fill();

    std::istream& stream_;
    Position position_;
    const std::atomic<bool>* stop_;
    bool cut_short_{};
    std::vector<char> buffer_;
    std::size_t begin_{};    ///< Of what is not yet given out.
    std::size_t scanned_{};  ///< Up to here there is no newline.
    std::size_t end_{};
    std::size_t dropped_{};  ///< Bytes of a line that is too long, thrown away already.
};

}  // namespace fedtrail::intake::events
