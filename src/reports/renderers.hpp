/// TransferReport, rendered. Every renderer streams: the report is never held a second time in memory.
///
/// A failing stream is the caller's to check after the call (`out.good()`).

#pragma once

#include <iosfwd>
#include <vector>

namespace fedtrail::reports {

struct TransferReport;
struct ItemsExtract;
class ReportTexts;

/// One JSON document as in schemas/transfer-report.schema.json, UTF-8, one line per host.
void render_json(const TransferReport& report, const ReportTexts& texts, std::ostream& out);

/// One JSON-LD document in the words of the Data Privacy Vocabulary 2.3, its context in it: nothing is to be
/// fetched. One line per host. `public_posts` is what public_posts_at() found; null: nobody looked.
void render_jsonld(const TransferReport& report,
                   std::ostream& out,
                   const std::vector<bool>* public_posts = nullptr);

/// One line per host (RFC 4180: CRLF, header row). Lists are separated by a space. A cell that a
/// spreadsheet would read as a formula starts with an apostrophe. `number` is what the list of items calls
/// the host, `joined_to` the host of the same recipient that it is counted with.
void render_csv(const TransferReport& report, std::ostream& out);

/// One line per look at the data, in the same form. `texts` are those the report was built with.
void render_accesses_csv(const TransferReport& report, const ReportTexts& texts, std::ostream& out);

/// One self-contained page: no script, no outside resource. `texts` are those the report was built with;
/// `items` may be null: then the page says nothing of single items.
void render_html(const TransferReport& report,
                 const ReportTexts& texts,
                 std::ostream& out,
                 const ItemsExtract* items = nullptr);

}  // namespace fedtrail::reports
