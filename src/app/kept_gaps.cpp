#include "app/kept_gaps.hpp"

#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

#include "fedtrail/core/time.hpp"

#include "app/files.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

/// A line: from and until in Unix seconds, and how many deliveries.
std::optional<records::GapObservation> gap_in(const std::string& line) {
    std::istringstream words{line};
    std::int64_t from = 0;
    std::int64_t until = 0;
    std::uint64_t deliveries = 0;
    const bool read = words >> from >> until >> deliveries && (words >> std::ws).eof();
    return read && from <= until && deliveries > 0
               ? std::optional{records::GapObservation{
                     from_unix_seconds(from), from_unix_seconds(until), deliveries}}
               : std::nullopt;
}

}  // namespace

Result<void> keep_gaps(const fs::path& file, std::span<const records::GapObservation> gaps) {
    const auto before = read_file(file);
    if (!before) {
        return fail(before);  // else those of an earlier end would go
    }
    std::string text = *before ? **before : std::string{};
    for (const auto& gap : gaps) {
        text += std::to_string(to_unix_seconds(gap.from)) + " " + std::to_string(to_unix_seconds(gap.until)) +
                " " + std::to_string(gap.deliveries) + "\n";
    }
    return replace_file(file, text);
}

Result<void> record_kept_gaps(const fs::path& file, LedgerWriter& ledger) {
    const auto text = read_file(file);
    if (!text) {
        return fail(text);
    }
    if (!*text) {
        return {};
    }
    std::vector<records::GapObservation> gaps;
    std::istringstream lines{**text};
    for (std::string line; std::getline(lines, line);) {
        const auto gap = gap_in(line);
        if (!gap) {
            return fail(ErrorKind::Invalid,
                        file.string() + " cannot be read: line " + std::to_string(gaps.size() + 1) +
                            " is no gap (two times in Unix seconds, and a count)",
                        "It says how many deliveries left unrecorded, and when. Mend the line, or remove the "
                        "file.");
        }
        gaps.push_back(*gap);
    }
    for (const auto& gap : gaps) {
        ledger.add(gap);
    }
    if (auto committed = ledger.commit(); !committed) {
        return committed;
    }
    std::error_code ignored;
    fs::remove(file, ignored);
    return {};
}

}  // namespace fedtrail::app
