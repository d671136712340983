/// The texts of policies that were in force, by their digest, in the log's file. The caller holds the
/// transaction; SQLite's exceptions pass through.

#pragma once

#include <optional>
#include <span>
#include <string>

#include "fedtrail/records/leaf.hpp"

#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

/// Octets of all texts together; beyond them the oldest go that are not in force.
inline constexpr std::int64_t kMaxPolicyTexts = std::int64_t{256} << 20U;

/// Keeps the texts; `in_force` are those that stay whatever their age.
void put_policy_texts(Statements& statements,
                      std::span<const std::string> texts,
                      std::span<const records::PolicyFile> in_force,
                      std::int64_t most = kMaxPolicyTexts);
[[nodiscard]] std::optional<std::string> read_policy_text(Statements& statements,
                                                          const records::LeafDigest& digest);
/// Texts that are not what their digest says.
[[nodiscard]] std::uint64_t damaged_policy_texts(Statements& statements, std::uint64_t& rows);

}  // namespace fedtrail::sqlite
