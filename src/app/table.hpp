/// Rows for people (aligned columns on a terminal) or for programs (tabs in a pipe).

#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace fedtrail::app {

struct Column {
    std::string title;
    bool right{};  ///< Numbers.
};

class Table {
public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// One cell for each column.
    void row(std::vector<std::string> cells);
    void write(std::ostream& out, bool terminal) const;

private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// With "?" for each control character: in what others wrote it could move the cursor, start a new row, or
/// turn around how the row reads. `lines`: line feeds stay.
[[nodiscard]] std::string printable(std::string_view text, bool lines = false);

/// Columns that UTF-8 text takes on a terminal, one for each code point.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// "64.0 MiB".
[[nodiscard]] std::string octets(std::uint64_t number);

}  // namespace fedtrail::app
