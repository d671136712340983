/// What was seen without being read: tunnels by day, and gaps.

#pragma once

#include <cstdint>

#include "fedtrail/core/result.hpp"
#include "fedtrail/records/observation.hpp"

#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

/// Tunnels of one recipient, added up.
struct TunnelSum {
    std::uint64_t connections{};
    std::uint64_t bytes_sent{};
    std::uint64_t bytes_received{};
    std::int64_t first_at{};
    std::int64_t last_at{};
};

/// A damaged row that it adds to stays damaged, for doctor to find: were it an error, the commit would fail,
/// and with it everybody's deliveries, over a count of connections.
void put_tunnel(Statements& statements, std::uint32_t recipient, const records::TunnelObservation& tunnel);
void put_gap(Statements& statements, const records::GapObservation& gap);

/// All days of one recipient; connections 0 if there are none.
[[nodiscard]] TunnelSum tunnels_of(Statements& statements, std::uint32_t recipient);

/// Rows whose checksum does not match: tunnels, then gaps.
[[nodiscard]] std::uint64_t damaged_watch_rows(Statements& statements, std::uint64_t& rows);

}  // namespace fedtrail::sqlite
