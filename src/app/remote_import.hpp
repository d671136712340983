/// An import through a running sidecar: it is the one writer of the ledger.

#pragma once

#include <cstdint>
#include <istream>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/http_server.hpp"
#include "fedtrail/ports/observation_intake.hpp"

#include "intake/events/import.hpp"

namespace fedtrail::app {

struct Sidecar {
    HttpClient& client;
    std::string token;
    std::uint64_t max_body{16U << 20U};  ///< As configured: what it takes at once, in octets.
};

/// Hands observations in, one on each line, each with its newline: in parts where the sidecar takes less at
/// once; a line that alone is too much for it is rejected. Errors: Denied, Unavailable.
[[nodiscard]] Result<IntakeReceipt> hand_in(const Sidecar& sidecar, const std::string& ndjson);

/// As intake::events::import_ndjson(), with POST /api/v1/observations in place of a sink.
[[nodiscard]] Result<intake::events::ImportSummary> import_through(
    const Sidecar& sidecar, std::istream& stream, const intake::events::ImportOptions& options);

}  // namespace fedtrail::app
