/// Gaps that could not be written into the ledger before the sidecar ended: kept beside it until the next
/// start.

#pragma once

#include <filesystem>
#include <span>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_writer.hpp"
#include "fedtrail/records/observation.hpp"

namespace fedtrail::app {

/// Adds them to what `file` has. Errors: as replace_file().
[[nodiscard]] Result<void> keep_gaps(const std::filesystem::path& file,
                                     std::span<const records::GapObservation> gaps);

/// Writes what `file` has into the ledger, durably, and removes it. If the process dies between the two, they
/// are written twice: rather too much than too little. Errors: Invalid (it cannot be read: it stays), those
/// of commit() (likewise).
[[nodiscard]] Result<void> record_kept_gaps(const std::filesystem::path& file, LedgerWriter& ledger);

}  // namespace fedtrail::app
