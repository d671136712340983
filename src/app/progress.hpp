/// A line on a terminal that says how far something is.

#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace fedtrail::app {

/// Between two drawings of a line on a terminal.
inline constexpr std::chrono::milliseconds kRedraw{500};

class Progress {
public:
    using SteadyInstant = std::chrono::steady_clock::time_point;

    /// `whole` is what `done` grows to (octets); 0 if that is not known. Silent if not `shown`.
    Progress(std::ostream& out, bool shown, std::uint64_t already, std::uint64_t whole, SteadyInstant now)
        : Progress(out, shown, already, whole, now, "lines") {}
    /// `noun` says what is counted.
    Progress(std::ostream& out,
             bool shown,
             std::uint64_t already,
             std::uint64_t whole,
             SteadyInstant now,
             std::string noun);

    /// Where that is known only on the way.
    void grows_to(std::uint64_t whole) { whole_ = whole; }
    /// Redraws at most twice a second.
    void update(std::uint64_t done, std::uint64_t lines, SteadyInstant now);
    /// Clears the line.
    void end();

private:
    std::ostream& out_;
    bool shown_;
    std::uint64_t already_;
    std::uint64_t whole_;
    SteadyInstant begun_;
    std::string noun_;
    SteadyInstant drawn_{};
    bool visible_{};
};

/// "12 345 lines   4 115 a second   42 %   3 s left"
[[nodiscard]] std::string progress_text(std::uint64_t lines,
                                        std::chrono::duration<double> took,
                                        std::uint64_t done,
                                        std::uint64_t already,
                                        std::uint64_t whole,
                                        const std::string& noun = "lines");

}  // namespace fedtrail::app
