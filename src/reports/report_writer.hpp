/// A report in the form that was asked for.

#pragma once

#include <array>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/package_writer.hpp"
#include "fedtrail/ports/paper_press.hpp"
#include "fedtrail/ports/report_seal.hpp"

#include "reports/report_items.hpp"

namespace fedtrail::reports {

struct TransferReport;
class ReportTexts;

/// One way to hand out a report.
struct ReportForm {
    std::string_view name;  ///< "html"; what is asked for.
    std::string_view media_type;
    std::string_view file;  ///< "transfer-report.html"
    bool of_items{};        ///< It can list the items in place of the servers.
    bool large{};           ///< It is better not held in memory.
};

inline constexpr std::array kReportForms{
    ReportForm{"html", "text/html; charset=utf-8", "transfer-report.html", false, false},
    ReportForm{"json", "application/json", "transfer-report.json", true, false},
    ReportForm{"jsonld", "application/ld+json", "transfer-report.jsonld", false, false},
    ReportForm{"csv", "text/csv; charset=utf-8", "transfer-report.csv", true, false},
    ReportForm{"pdf", "application/pdf", "transfer-report.pdf", false, true},
    ReportForm{"zip", "application/zip", "transfer-report.zip", false, true}};

[[nodiscard]] std::optional<ReportForm> report_form(std::string_view name);

/// What some forms need; what is absent makes its form fail with a sentence.
struct ReportTools {
    const LedgerHoldings* holdings{};
    const PaperPress* press{};
    std::function<Result<std::unique_ptr<ReportSeal>>()> seal;
    PackageMaker package;
};

struct ReportChoice {
    const ReportForm& form;
    bool items{};  ///< The items in place of the servers.
};

/// Nothing need be left of `out` on a failure. Errors: Invalid (this form has no list of items), those of the
/// tools.
[[nodiscard]] Result<void> write_report(const TransferReport& report,
                                        privacy::SubjectNumber subject,
                                        const ReportTexts& texts,
                                        const ReportChoice& choice,
                                        const ReportTools& tools,
                                        std::ostream& out);

}  // namespace fedtrail::reports
