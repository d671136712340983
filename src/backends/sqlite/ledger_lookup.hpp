/// Questions about the sealed part of a history that need more than one row.

#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// The activity an object belongs to: the one that an activity refers to, or itself.
[[nodiscard]] inline std::uint32_t root_of(std::uint32_t number, const ledger::ActivityHead& head) {
    return head.refers.value_or(number);
}

/// The number behind the last activity that is in chunks, as the chunks say.
[[nodiscard]] std::uint32_t chunks_end(LedgerTables& tables, std::uint64_t subject);
/// The same number. Errors: Corrupt where the subject's row says another: nothing may be written behind that.
[[nodiscard]] Result<std::uint32_t> sealed_end(LedgerTables& tables, std::uint64_t subject);

enum class By : std::uint8_t { Id, Object };

/// The first sealed activity whose id (or object) is `code`; nothing if there is none.
[[nodiscard]] Result<std::optional<std::uint32_t>> find_sealed(
    LedgerTables& tables, std::uint64_t subject, const ledger::UriCode& code, Lookup lookup, By by);

/// Whether nothing but when it was and what kind of thing tells an activity from others.
[[nodiscard]] inline bool is_nameless(const ledger::ActivityHead& head) {
    return head.id.shape == 0 && head.object.shape == 0 && !head.refers;
}

/// The head of a sealed activity. Errors: Corrupt if it is in no chunk.
[[nodiscard]] Result<ledger::ActivityHead> sealed_head(LedgerTables& tables,
                                                       std::uint64_t subject,
                                                       std::uint32_t activity);

/// The chunks that tell of the object that belongs to sealed activity `root`.
[[nodiscard]] Result<std::vector<std::uint32_t>> chunks_about(LedgerTables& tables,
                                                              std::uint64_t subject,
                                                              std::uint32_t root);

/// Those of `late` that are about the object of `root`: of the activity itself or one that refers to it.
[[nodiscard]] Result<std::vector<ledger::LateAttempt>> late_about(
    LedgerTables& tables,
    std::uint64_t subject,
    std::uint32_t root,
    const std::vector<ledger::LateAttempt>& late);

/// Of each recipient the surest attempt, by recipient.
[[nodiscard]] std::vector<ledger::HolderFact> holders_of_late(std::vector<ledger::LateAttempt> late);

/// By root.
using HoldersOf = std::unordered_map<std::uint32_t, std::vector<ledger::HolderFact>>;

/// Everybody told, in chunks, of the object that belongs to sealed activity `root`, whatever came of it: by
/// recipient, each once, with the surest outcome.
[[nodiscard]] Result<std::vector<ledger::HolderFact>> sealed_holders(LedgerTables& tables,
                                                                     std::uint64_t subject,
                                                                     std::uint32_t root);

/// The same of several; of a root that nothing is told of there is nothing.
[[nodiscard]] Result<HoldersOf> sealed_holders_of(LedgerTables& tables,
                                                  std::uint64_t subject,
                                                  const std::set<std::uint32_t>& roots);

/// Joins two ascending lists; of one recipient the surer outcome stays.
[[nodiscard]] std::vector<ledger::HolderFact> join_holders(const std::vector<ledger::HolderFact>& a,
                                                           const std::vector<ledger::HolderFact>& b);

/// What `entries` (the activities from number `first` on) and `late` add to their subject's pairs, beside
/// what is in chunks already; by recipient.
[[nodiscard]] Result<std::vector<ledger::PairEntry>> added_pairs(
    LedgerTables& tables,
    std::uint64_t subject,
    std::uint32_t first,
    const std::vector<ledger::ActivityEntry>& entries,
    const std::vector<ledger::LateAttempt>& late);

/// Joins `more` into `into`, both by recipient; gives the recipients that are new to `into`.
std::vector<std::uint32_t> join_pairs(std::vector<ledger::PairEntry>& into,
                                      const std::vector<ledger::PairEntry>& more);

}  // namespace fedtrail::sqlite
