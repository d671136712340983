/// When recipients are asked again, in the directory's file: docs/formats/directory.md.

#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/ports/refresh_book.hpp"

#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

/// SQLite's exceptions pass.
void add_refreshes(Statements& statements, std::span<const Host> hosts, Instant due);
void call_refreshes(Statements& statements, std::span<const Host> hosts, Instant due);
/// Rows whose host is damaged are passed over, here and below; check_refreshes() finds them.
[[nodiscard]] Result<std::vector<RefreshState>> claim_refreshes(Statements& statements,
                                                                Instant now,
                                                                Instant lease,
                                                                std::size_t limit);
void put_refreshes(Statements& statements, std::span<const RefreshState> states);
[[nodiscard]] std::optional<Instant> next_refresh(Statements& statements);
[[nodiscard]] RefreshTotals count_refreshes(Statements& statements, Instant now);
/// A sentence for each row that is damaged, to `fault`.
void check_refreshes(Statements& statements, const std::function<void(std::string)>& fault);

}  // namespace fedtrail::sqlite
