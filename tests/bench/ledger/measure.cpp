#include "bench/ledger/measure.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>

#include <sqlite3.h>

namespace fedtrail::bench {

namespace {

double now(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// A connection that closes itself; null if the file cannot be opened.
class Connection {
public:
    explicit Connection(const std::filesystem::path& file) {
        if (sqlite3_open_v2(file.c_str(), &database_, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
            sqlite3_close(database_);
            database_ = nullptr;
        }
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    Connection(Connection&&) = delete;
    Connection& operator=(Connection&&) = delete;
    ~Connection() { sqlite3_close(database_); }
    [[nodiscard]] sqlite3* get() const { return database_; }

private:
    sqlite3* database_{};
};

}  // namespace

void Stopwatch::start() {
    wall_start_ = now(CLOCK_MONOTONIC);
    cpu_start_ = now(CLOCK_PROCESS_CPUTIME_ID);
}

void Stopwatch::stop() {
    cpu_ += now(CLOCK_PROCESS_CPUTIME_ID) - cpu_start_;
    wall_ += now(CLOCK_MONOTONIC) - wall_start_;
}

double Latencies::percentile_ms(double share) const {
    if (seconds_.empty()) {
        return 0;
    }
    auto sorted = seconds_;
    std::sort(sorted.begin(), sorted.end());
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(sorted.size()));
    return sorted[std::min(rank, sorted.size() - 1)] * 1000.0;
}

double peak_rss_mib() {
    std::ifstream status{"/proc/self/status"};
    std::string word;
    while (status >> word) {
        if (word == "VmHWM:") {
            double kib = 0;
            status >> kib;
            return kib / 1024.0;
        }
    }
    return 0;
}

std::uint64_t database_bytes(const std::filesystem::path& file) {
    std::uint64_t bytes = 0;
    for (const auto* suffix : {"", "-wal", "-journal"}) {
        std::error_code error;
        const auto size = std::filesystem::file_size(file.string() + suffix, error);
        bytes += error ? 0 : size;
    }
    return bytes;
}

std::vector<TableBytes> table_bytes(const std::filesystem::path& file) {
    std::vector<TableBytes> tables;
    const Connection connection{file};
    sqlite3_stmt* statement = nullptr;
    constexpr const char* kQuery = "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC";
    if (connection.get() == nullptr ||
        sqlite3_prepare_v2(connection.get(), kQuery, -1, &statement, nullptr) != SQLITE_OK) {
        return tables;
    }
    while (sqlite3_step(statement) == SQLITE_ROW) {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): SQLite's text is unsigned char.
        const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
        tables.push_back(TableBytes{name, static_cast<std::uint64_t>(sqlite3_column_int64(statement, 1))});
    }
    sqlite3_finalize(statement);
    return tables;
}

std::string with_commas(double value) {
    std::string digits = std::to_string(std::llround(value));
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
        digits.insert(static_cast<std::size_t>(at), ",");
    }
    return digits;
}

std::string fixed(double value, int digits) {
    std::array<char, 64> text{};
    const int length = std::snprintf(text.data(), text.size(), "%.*f", digits, value);
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace fedtrail::bench
