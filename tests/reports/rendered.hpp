/// A report as a page, and what stands in a text.

#pragma once

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "reports/example_reports.hpp"
#include "reports/renderers.hpp"

namespace fedtrail::reports::test {

[[nodiscard]] inline std::string html_of(const TransferReport& report, const ReportTexts& texts = english()) {
    std::ostringstream out;
    render_html(report, texts, out);
    return std::move(out).str();
}

[[nodiscard]] inline bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

[[nodiscard]] inline std::size_t count_of(const std::string& text, std::string_view part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

}  // namespace fedtrail::reports::test
