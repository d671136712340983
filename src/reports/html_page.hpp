/// What the page's layout is filled with.

#pragma once

#include <kainjow/mustache.hpp>

#include "reports/report_texts.hpp"
#include "reports/timeline.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports {

/// Everything but the rows of the list of servers.
[[nodiscard]] kainjow::mustache::data page_data(const TransferReport& report,
                                                const Timeline& timeline,
                                                const ReportTexts& texts);

/// The chart: bars in a box 1,000 wide and 100 high, labels below it in percent, and the same as a table.
[[nodiscard]] kainjow::mustache::data chart_data(const Timeline& timeline, const ReportTexts& texts);

}  // namespace fedtrail::reports
