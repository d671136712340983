#pragma once

#include "fedtrail/core/result.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/records/erasure.hpp"

#include "erasure/desk.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::api {

/// What stands on the first page of a report that answers request `number`. Errors: NotFound (there is none,
/// or it is somebody else's: which of the two is not said), Unavailable, Corrupt.
[[nodiscard]] Result<reports::ReportCover> report_cover(const erasure::Desk& desk,
                                                        records::RequestNumber number,
                                                        privacy::SubjectNumber subject);

}  // namespace fedtrail::api
