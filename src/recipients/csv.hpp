/// Reads tables of comma-separated values (RFC 4180) with a heading. Pure.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"

namespace fedtrail::recipients {

struct CsvRow {
    std::size_t line{};  ///< Where it begins, from 1.
    std::vector<std::string> cells;
};

/// Lines end with LF or CRLF; empty ones are passed over; a byte order mark at the beginning too. At most
/// 64 MiB, 1,000,000 rows, 1,000 cells in one and 8,000,000 in all. Errors: Invalid (a quote that is not
/// closed, or too much; names the line).
[[nodiscard]] Result<std::vector<CsvRow>> read_csv(std::string_view text);

/// The columns of a table by their names in the first row, in any case, with or without "#" before them.
class CsvTable {
public:
    /// Errors: Invalid (those of read_csv(), or no heading).
    [[nodiscard]] static Result<CsvTable> read(std::string_view text);

    [[nodiscard]] const std::vector<CsvRow>& rows() const { return rows_; }
    [[nodiscard]] bool has(std::string_view column) const;
    /// Without blanks around it; "" where the row has no such cell.
    [[nodiscard]] std::string cell(const CsvRow& row, std::string_view column) const;

private:
    [[nodiscard]] std::size_t place_of(std::string_view column) const;

    std::vector<std::string> columns_;
    std::vector<CsvRow> rows_;
};

/// One cell as RFC 4180 writes it.
[[nodiscard]] std::string csv_quoted(std::string_view text);

/// The same, with an apostrophe before what a spreadsheet would calculate.
[[nodiscard]] std::string csv_guarded(std::string_view text);
/// What csv_guarded() was given, from the cell that it made.
[[nodiscard]] std::string csv_unguarded(std::string text);

}  // namespace fedtrail::recipients
