/// TransferReport, rendered. Every renderer streams: the report is never held a second time in memory.
///
/// A failing stream is the caller's to check after the call (`out.good()`).

#pragma once

#include <iosfwd>

namespace fedtrail::reports {

struct TransferReport;
class ReportTexts;

/// One JSON document as in schemas/transfer-report.schema.json, UTF-8, one line per recipient.
void render_json(const TransferReport& report, std::ostream& out);

/// One line per recipient (RFC 4180: CRLF, header row). Lists are separated by a space. A cell that a
/// spreadsheet would read as a formula starts with an apostrophe.
void render_csv(const TransferReport& report, std::ostream& out);

/// One self-contained page: no script, no outside resource. `texts` are those the report was built with.
void render_html(const TransferReport& report, const ReportTexts& texts, std::ostream& out);

}  // namespace fedtrail::reports
