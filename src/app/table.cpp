#include "app/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ostream>
#include <utility>

#include "fedtrail/core/utf8.hpp"

namespace fedtrail::app {

std::string printable(std::string_view text, bool lines) {
    auto out = without_turns(text);
    for (char& c : out) {
        if ((static_cast<unsigned char>(c) < 0x20 || c == 0x7f) && !(lines && c == '\n')) {
            c = '?';
        }
    }
    return out;
}

std::size_t display_width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

void Table::row(std::vector<std::string> cells) {
    std::transform(
        cells.begin(), cells.end(), cells.begin(), [](const std::string& cell) { return printable(cell); });
    rows_.push_back(std::move(cells));
}

void Table::write(std::ostream& out, bool terminal) const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        widths.push_back(display_width(columns_[i].title));
        for (const auto& row : rows_) {
            widths[i] = std::max(widths[i], display_width(row[i]));
        }
    }
    const auto line = [&](const std::vector<std::string>& cells) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto& cell = cells[i];
            const auto gap = terminal ? std::string(widths[i] - display_width(cell), ' ') : std::string{};
            const bool last = i + 1 == cells.size();
            out << (columns_[i].right ? gap + cell : cell + (last ? "" : gap))
                << (last       ? "\n"
                    : terminal ? "  "
                               : "\t");
        }
    };
    std::vector<std::string> titles;
    for (const auto& column : columns_) {
        titles.push_back(column.title);
    }
    out << (terminal ? "\x1b[1m" : "");
    line(titles);
    out << (terminal ? "\x1b[0m" : "");
    for (const auto& row : rows_) {
        line(row);
    }
}

std::string octets(std::uint64_t number) {
    constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
    auto value = static_cast<double>(number);
    std::size_t unit = 0;
    while (value >= 1024 && unit + 1 < kUnits.size()) {
        value /= 1024;
        ++unit;
    }
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, kUnits.at(unit));
    return text.data();
}

}  // namespace fedtrail::app
