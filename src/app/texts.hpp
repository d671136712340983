/// The texts of reports, found and read.

#pragma once

#include <memory>
#include <string>

#include "fedtrail/core/result.hpp"

#include "app/config.hpp"
#include "app/session.hpp"
#include "reports/report_texts.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::app {

/// `language` as in --lang. Errors: NotFound, Invalid.
[[nodiscard]] Result<std::shared_ptr<const reports::ReportTexts>> load_texts(const Session& session,
                                                                             const std::string& language);

[[nodiscard]] reports::ControllerBlock controller_block(const Config& config);

}  // namespace fedtrail::app
