/// The texts of reports, found and read.

#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"

#include "app/config.hpp"
#include "app/session.hpp"
#include "reports/report_library.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::app {

/// The languages there are: the folders of policies/texts. Errors: NotFound.
[[nodiscard]] Result<std::vector<std::string>> known_languages(const Session& session);

/// For whoever asks for none: the first of controller.languages.
[[nodiscard]] std::string usual_language(const Config& config);

/// Whether `asked` ("" is nothing) is one of them; else it says which there are, and it is Exit::Usage.
/// Errors: NotFound (there is no language at all).
[[nodiscard]] Result<Exit> check_language(Session& session, const std::string& asked);

/// `asked` as in --lang, "" for the usual one; "de" serves "de-AT". Errors: NotFound (the remedy names those
/// there are), Invalid.
[[nodiscard]] Result<std::shared_ptr<const reports::ReportTexts>> load_texts(const Session& session,
                                                                             const Config& config,
                                                                             const std::string& asked);

/// Every language there is. Errors: NotFound (the usual one is not there), Invalid.
[[nodiscard]] Result<std::shared_ptr<const reports::ReportLibrary>> load_library(const Session& session,
                                                                                 const Config& config);

[[nodiscard]] reports::ControllerBlock controller_block(const Config& config);

}  // namespace fedtrail::app
