/// The report in every form, in one package with a signed list of its files (docs/formats/report-zip.md).

#pragma once

#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/package_writer.hpp"
#include "fedtrail/ports/paper_press.hpp"
#include "fedtrail/ports/report_seal.hpp"

#include "reports/report_items.hpp"

namespace fedtrail::reports {

struct TransferReport;
class ReportTexts;

inline constexpr std::string_view kReportZipFormat = "fedtrail/report-zip/1";

/// What a package is made with; all must outlive the call.
struct PackageTools {
    PackageWriter& files;
    const ReportSeal& seal;
    const PaperPress* press{};  ///< Absent: without a PDF.
};

/// Writes and finishes the package. `items` may be null: then it has no lists of items. A PDF that cannot be
/// printed is left out, and the list says why. Memory does not grow with the items. Errors: those of the
/// tools and of reading items.
[[nodiscard]] Result<void> write_package(const TransferReport& report,
                                         const ReportTexts& texts,
                                         const ItemSource* items,
                                         const PackageTools& tools);

}  // namespace fedtrail::reports
