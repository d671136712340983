/// What is known of the followed access log over restarts: ingress.json in the data folder.

#pragma once

#include <filesystem>
#include <optional>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

#include "app/config.hpp"
#include "intake/access_log/log_follower.hpp"
#include "intake/access_log/log_reader.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::app {

/// Written as one with the place, so that no line is counted twice.
struct IngressState {
    std::filesystem::path log;  ///< That `place` is of.
    intake::access_log::LogPlace place;
    intake::access_log::LineCounts counts;
    std::uint64_t gaps{};          ///< Times that a part of the log could not be found again.
    std::uint64_t dropped{};       ///< Datagrams.
    std::optional<Instant> since;  ///< When the counting began.
};

[[nodiscard]] std::filesystem::path ingress_file(const Config& config);
/// Nothing was followed yet: an empty one. Errors: Denied, Corrupt.
[[nodiscard]] Result<IngressState> read_ingress_state(const Config& config);
/// Errors: Denied, Unavailable.
[[nodiscard]] Result<void> write_ingress_state(const Config& config, const IngressState& state);

/// For reports; nothing if no access log is read, or ingress.json cannot be.
[[nodiscard]] std::optional<reports::UnnamedFetches> unnamed_fetches(const Config& config);

}  // namespace fedtrail::app
