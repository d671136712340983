/// What a look at the person's data was at, and why, in the words of the report.

#pragma once

#include <string>

#include "fedtrail/records/access_purpose.hpp"

#include "reports/report_texts.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports {

[[nodiscard]] records::AccessPurpose purpose_of(const ReportedAccess& access);
/// Never empty: what was stated, as it was; else what the look was for by itself, in the report's language.
[[nodiscard]] std::string why_of(const ReportedAccess& access, const ReportTexts& texts);
/// The same for a reader: a request that was the reason is one in their language, and where nobody but the
/// person looked without a reason it says that none was given.
[[nodiscard]] std::string why_on_page(const ReportedAccess& access, const ReportTexts& texts);
/// A word of another release stands for itself.
[[nodiscard]] std::string looked_word(const std::string& what, const ReportTexts& texts);

}  // namespace fedtrail::reports
