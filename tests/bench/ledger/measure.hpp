/// Clocks, percentiles and sizes for the benches.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace fedtrail::bench {

/// Wall and CPU seconds (all threads of the process) of what ran between start() and stop(), added up.
class Stopwatch {
public:
    void start();
    void stop();
    [[nodiscard]] double wall() const { return wall_; }
    [[nodiscard]] double cpu() const { return cpu_; }
    friend Stopwatch operator+(Stopwatch a, const Stopwatch& b) {
        a.wall_ += b.wall_;
        a.cpu_ += b.cpu_;
        return a;
    }

private:
    double wall_{};
    double cpu_{};
    double wall_start_{};
    double cpu_start_{};
};

/// Times of single questions.
class Latencies {
public:
    void add(double seconds) { seconds_.push_back(seconds); }
    [[nodiscard]] std::size_t count() const { return seconds_.size(); }
    /// `share` of 0.5 is the median; in milliseconds.
    [[nodiscard]] double percentile_ms(double share) const;

private:
    std::vector<double> seconds_;
};

/// The most memory this process ever had, in MiB (VmHWM).
[[nodiscard]] double peak_rss_mib();

/// Bytes of a SQLite database with its write-ahead log and other companions.
[[nodiscard]] std::uint64_t database_bytes(const std::filesystem::path& file);

struct TableBytes {
    std::string name;
    std::uint64_t bytes{};  ///< Pages, free space in them included.
};
/// Tables and indexes by size, largest first, from dbstat.
[[nodiscard]] std::vector<TableBytes> table_bytes(const std::filesystem::path& file);

/// 1234567.8 as "1,234,568".
[[nodiscard]] std::string with_commas(double value);
[[nodiscard]] std::string fixed(double value, int digits);

}  // namespace fedtrail::bench
