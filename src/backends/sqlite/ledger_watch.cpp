#include "backends/sqlite/ledger_watch.hpp"

#include <algorithm>
#include <optional>

#include "fedtrail/core/time.hpp"

#include "backends/sqlite/row_values.hpp"

namespace fedtrail::sqlite {

namespace {

TunnelSum read_sum(SQLite::Statement& row, int column) {
    return TunnelSum{static_cast<std::uint64_t>(row.getColumn(column).getInt64()),
                     static_cast<std::uint64_t>(row.getColumn(column + 1).getInt64()),
                     static_cast<std::uint64_t>(row.getColumn(column + 2).getInt64()),
                     row.getColumn(column + 3).getInt64(),
                     row.getColumn(column + 4).getInt64()};
}

std::int64_t checksum_of(std::uint32_t recipient, std::int64_t day, const TunnelSum& sum) {
    return row_checksum({recipient,
                         day,
                         static_cast<std::int64_t>(sum.connections),
                         static_cast<std::int64_t>(sum.bytes_sent),
                         static_cast<std::int64_t>(sum.bytes_received),
                         sum.first_at,
                         sum.last_at});
}

void add(TunnelSum& into, const TunnelSum& more) {
    into.first_at = std::min(into.first_at, more.first_at);
    into.last_at = std::max(into.last_at, more.last_at);
    into.connections += more.connections;
    into.bytes_sent += more.bytes_sent;
    into.bytes_received += more.bytes_received;
}

}  // namespace

void put_tunnel(Statements& statements, std::uint32_t recipient, const records::TunnelObservation& tunnel) {
    const auto at = to_unix_seconds(tunnel.at);
    const auto day = std::chrono::floor<std::chrono::days>(tunnel.at).time_since_epoch().count();
    TunnelSum sum{tunnel.connections, tunnel.bytes_sent, tunnel.bytes_received, at, at};
    auto& known = statements.get(
        "SELECT connections, bytes_sent, bytes_received, first_at, last_at, checksum FROM tunnel "
        "WHERE recipient = ? AND day = ?");
    known.bind(1, recipient);
    known.bind(2, static_cast<std::int64_t>(day));
    bool damaged = false;
    if (known.executeStep()) {
        const auto before = read_sum(known, 0);
        damaged = known.getColumn(5).getInt64() != checksum_of(recipient, day, before);
        add(sum, before);
    }
    known.reset();
    auto& row = statements.get("INSERT OR REPLACE INTO tunnel VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    row.bind(1, recipient);
    row.bind(2, static_cast<std::int64_t>(day));
    row.bind(3, static_cast<std::int64_t>(sum.connections));
    row.bind(4, static_cast<std::int64_t>(sum.bytes_sent));
    row.bind(5, static_cast<std::int64_t>(sum.bytes_received));
    row.bind(6, sum.first_at);
    row.bind(7, sum.last_at);
    const auto checksum = checksum_of(recipient, day, sum);
    row.bind(8, damaged ? ~checksum : checksum);
    row.exec();
}

void put_gap(Statements& statements, const records::GapObservation& gap) {
    const auto from = to_unix_seconds(gap.from);
    const auto until = to_unix_seconds(gap.until);
    const auto deliveries = static_cast<std::int64_t>(gap.deliveries);
    auto& row =
        statements.get("INSERT INTO gap (from_at, until_at, deliveries, checksum) VALUES (?, ?, ?, ?)");
    row.bind(1, from);
    row.bind(2, until);
    row.bind(3, deliveries);
    row.bind(4, row_checksum({from, until, deliveries}));
    row.exec();
}

TunnelSum tunnels_of(Statements& statements, std::uint32_t recipient) {
    auto& row = statements.get(
        "SELECT connections, bytes_sent, bytes_received, first_at, last_at FROM tunnel WHERE recipient = ?");
    row.bind(1, recipient);
    std::optional<TunnelSum> sum;
    while (row.executeStep()) {
        const auto day = read_sum(row, 0);
        if (sum) {
            add(*sum, day);
        } else {
            sum = day;
        }
    }
    return sum.value_or(TunnelSum{});
}

std::uint64_t damaged_watch_rows(Statements& statements, std::uint64_t& rows) {
    std::uint64_t damaged = 0;
    auto& tunnels = statements.get(
        "SELECT recipient, day, connections, bytes_sent, bytes_received, first_at, last_at, checksum FROM "
        "tunnel");
    while (tunnels.executeStep()) {
        const auto sum = checksum_of(static_cast<std::uint32_t>(tunnels.getColumn(0).getInt64()),
                                     tunnels.getColumn(1).getInt64(),
                                     read_sum(tunnels, 2));
        damaged += sum == tunnels.getColumn(7).getInt64() ? 0 : 1;
        ++rows;
    }
    auto& gaps = statements.get("SELECT from_at, until_at, deliveries, checksum FROM gap");
    while (gaps.executeStep()) {
        const auto sum = row_checksum(
            {gaps.getColumn(0).getInt64(), gaps.getColumn(1).getInt64(), gaps.getColumn(2).getInt64()});
        damaged += sum == gaps.getColumn(3).getInt64() ? 0 : 1;
        ++rows;
    }
    return damaged;
}

}  // namespace fedtrail::sqlite
