/// What the page's layout is filled with.

#pragma once

#include <kainjow/mustache.hpp>

#include "reports/each_recipient.hpp"
#include "reports/report_items.hpp"
#include "reports/report_texts.hpp"
#include "reports/timeline.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports {

/// Everything but the rows of the list of servers; `recipients` are the report's. `items` may be null: then
/// they have no part on the page.
[[nodiscard]] kainjow::mustache::data page_data(const TransferReport& report,
                                                const EachRecipient& recipients,
                                                const Timeline& timeline,
                                                const ReportTexts& texts,
                                                const ItemsExtract* items);

/// The tables of words, each with its meaning and for how many servers it is true.
void add_word_tables(kainjow::mustache::data& page,
                     const EachRecipient::List& recipients,
                     const ReportTexts& texts);

/// The latest items, as a table.
[[nodiscard]] kainjow::mustache::data items_data(const ItemsExtract& items, const ReportTexts& texts);

/// The chart: bars in a box 1,000 wide and 100 high, labels below it in percent, and the same as a table.
[[nodiscard]] kainjow::mustache::data chart_data(const Timeline& timeline, const ReportTexts& texts);

}  // namespace fedtrail::reports
