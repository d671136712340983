/// The items of a report: what of the person went where, one by one (Art. 15(1)(c), layer 3 of the answer).
/// They are read from the ledger as they are written and never held together: a person has millions.

#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/fediverse/category.hpp"
#include "fedtrail/ports/ledger_holdings.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail::reports {

struct TransferReport;

inline constexpr std::string_view kReportItemsFormat = "fedtrail/transfer-report-items/1";

/// How many a page shows.
inline constexpr std::size_t kItemsOnPage = 40;

/// One activity of the person that was disclosed.
struct ReportItem {
    Personal<std::string> uri;
    Instant first{};
    fediverse::CategorySet categories;
    fediverse::Visibility visibility{fediverse::Visibility::Unknown};
    std::uint64_t servers{};  ///< Recipients of the report that hold or possibly hold it.
};

/// The last of them, for a page.
struct ItemsExtract {
    std::vector<ReportItem> latest;  ///< Latest first.
    std::uint64_t total{};
};

/// Where the items of one report come from. Both must outlive it.
struct ItemSource {
    const LedgerHoldings& holdings;
    privacy::SubjectNumber subject;
};

/// `uri` without what names somebody else: some servers write the account that an activity is about behind
/// its "#" or "?" (Art. 15(4)).
[[nodiscard]] std::string without_others(std::string_view uri);

// All that was first disclosed in the report's period. Errors: Corrupt, Unavailable.

/// What a package tells of all items before it lists them.
struct ItemsSurvey {
    ItemsExtract extract;            ///< As latest_items() finds it.
    std::vector<bool> public_posts;  ///< As public_posts_at() finds them.
};

/// The next two, for one reading of the ledger.
[[nodiscard]] Result<ItemsSurvey> survey_items(const TransferReport& report,
                                               const ItemSource& source,
                                               std::size_t most);
/// At most `most` of them, and how many there are.
[[nodiscard]] Result<ItemsExtract> latest_items(const TransferReport& report,
                                                const ItemSource& source,
                                                std::size_t most);
/// Of each recipient, in their order: whether a post that everybody may read went there.
[[nodiscard]] Result<std::vector<bool>> public_posts_at(const TransferReport& report,
                                                        const ItemSource& source);
/// One document as in schemas/transfer-report-items.schema.json, one line per item. Servers are named once,
/// and then by their place in that list, as ranges; which of them are one recipient is said once as well.
[[nodiscard]] Result<void> render_items_json(const TransferReport& report,
                                             const ItemSource& source,
                                             std::ostream& out);
/// One line per item; `at` are the numbers of servers in the CSV of the report, as in "0-4 7".
[[nodiscard]] Result<void> render_items_csv(const TransferReport& report,
                                            const ItemSource& source,
                                            std::ostream& out);

}  // namespace fedtrail::reports
