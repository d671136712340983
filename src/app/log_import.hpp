/// An access log that is read once, from its beginning or where an earlier import stopped.

#pragma once

#include <istream>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

#include "intake/access_log/log_reader.hpp"
#include "intake/events/import.hpp"

namespace fedtrail::app {

/// As intake::events::import_ndjson(), line by line through `reader`. Errors: also those of the reader, and
/// Invalid (a packed file is damaged).
[[nodiscard]] Result<intake::events::ImportSummary> import_log(std::istream& stream,
                                                               intake::access_log::LogReader& reader,
                                                               DeliverySink& sink,
                                                               const intake::events::ImportOptions& options);

}  // namespace fedtrail::app
