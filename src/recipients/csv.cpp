#include "recipients/csv.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/core/utf8.hpp"

#include "fediverse/policy_json.hpp"

namespace fedtrail::recipients {

namespace {

constexpr std::size_t kMostTableOctets = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kMostRows = 1'000'000;
constexpr std::size_t kMostCells = 1'000;
constexpr std::size_t kMostAltogether = 8'000'000;  ///< Cells; an empty one takes 32 octets.

std::string_view without_blanks(std::string_view text) {
    constexpr std::string_view kBlank = " \t";
    const auto first = text.find_first_not_of(kBlank);
    return first == std::string_view::npos ? std::string_view{}
                                           : text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

class CsvReader {
public:
    explicit CsvReader(std::string_view text) : text_(without_byte_order_mark(text)) {}

    Result<std::vector<CsvRow>> rows() {
        std::vector<CsvRow> rows;
        std::size_t cells = 0;
        while (at_ < text_.size()) {
            auto row = next();
            if (!row) {
                return fail(row);
            }
            const bool empty = row->cells.size() == 1 && without_blanks(row->cells.front()).empty();
            if (empty) {
                continue;
            }
            cells += row->cells.size();
            if (rows.size() == kMostRows || row->cells.size() > kMostCells || cells > kMostAltogether) {
                return fail(ErrorKind::Invalid,
                            "line " + std::to_string(row->line) + ": the table is too large",
                            "Split it: at most 1,000,000 rows, 1,000 columns and 8,000,000 cells.");
            }
            rows.push_back(std::move(*row));
        }
        return rows;
    }

private:
    Result<CsvRow> next() {
        CsvRow row{line_, {}};
        for (;;) {
            std::string cell;
            const bool in_quotes = at_ < text_.size() && text_[at_] == '"';
            if (in_quotes && !quoted(cell)) {
                return fail(ErrorKind::Invalid,
                            "line " + std::to_string(row.line) + ": a quote is not closed",
                            "Close it, or double quotes that belong to the text.");
            }
            const auto end = std::min(text_.find_first_of(",\n", at_), text_.size());
            cell += text_.substr(at_, end - at_);
            at_ = end;
            const bool more = at_ < text_.size() && text_[at_] == ',';
            if (!more && cell.ends_with('\r')) {
                cell.pop_back();
            }
            if (row.cells.size() <= kMostCells) {
                row.cells.push_back(std::move(cell));
            }
            if (at_ < text_.size()) {
                line_ += more ? 0 : 1;
                ++at_;
            }
            if (!more) {
                return row;
            }
        }
    }

    /// From the opening quote to behind the closing one.
    bool quoted(std::string& cell) {
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"' && (at_ + 1 == text_.size() || text_[at_ + 1] != '"')) {
                ++at_;
                return true;
            }
            at_ += c == '"' ? 1 : 0;
            line_ += c == '\n' ? 1 : 0;
            cell += c;
        }
        return false;
    }

    std::string_view text_;
    std::size_t at_{};
    std::size_t line_{1};
};

}  // namespace

Result<std::vector<CsvRow>> read_csv(std::string_view text) {
    if (text.size() > kMostTableOctets) {
        return fail(ErrorKind::Invalid, "the table is larger than 64 MiB", "Split it.");
    }
    return CsvReader{text}.rows();
}

Result<CsvTable> CsvTable::read(std::string_view text) {
    auto rows = read_csv(text);
    if (!rows) {
        return fail(rows);
    }
    if (rows->empty()) {
        return fail(ErrorKind::Invalid, "the table has no heading", "Its first line names the columns.");
    }
    CsvTable table;
    for (const auto& cell : rows->front().cells) {
        auto name = without_blanks(cell);
        name.remove_prefix(name.starts_with('#') ? 1 : 0);
        table.columns_.push_back(fediverse::lower_ascii(name));
    }
    rows->erase(rows->begin());
    table.rows_ = std::move(*rows);
    return table;
}

std::size_t CsvTable::place_of(std::string_view column) const {
    return static_cast<std::size_t>(std::find(columns_.begin(), columns_.end(), column) - columns_.begin());
}

bool CsvTable::has(std::string_view column) const {
    return place_of(column) < columns_.size();
}

std::string CsvTable::cell(const CsvRow& row, std::string_view column) const {
    const auto place = place_of(column);
    return place < row.cells.size() ? std::string{without_blanks(row.cells[place])} : std::string{};
}

namespace {

/// What a spreadsheet would calculate, or what an apostrophe was put before to prevent that.
bool is_formula(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of('\''), text.size()));
    return !text.empty() && std::string_view{"=+-@\t\r\n"}.find(text.front()) != std::string_view::npos;
}

}  // namespace

std::string csv_guarded(std::string_view text) {
    return csv_quoted(is_formula(text) ? "'" + std::string{text} : std::string{text});
}

std::string csv_unguarded(std::string text) {
    if (text.starts_with('\'') && is_formula(text)) {
        text.erase(0, 1);
    }
    return text;
}

std::string csv_quoted(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
        return std::string{text};
    }
    std::string out = "\"";
    for (const char c : text) {
        out += c;
        out += c == '"' ? "\"" : "";
    }
    return out + "\"";
}

}  // namespace fedtrail::recipients
