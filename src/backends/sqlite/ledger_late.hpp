/// Finding sealed late attempts. Of a person who has many, no few chunks tell of an object.

#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// Looks through the chunks that tell of the object; of a person of whom as many were looked at so as they
/// have, what is late in all of them is read once and remembered. So no order of questions costs more than
/// twice the looking. Holds at most 16 MiB, of what is in chunks only. Used by one thread.
class LateIndex {
public:
    /// Whether a chunk has this very attempt, or one that covers it, as a late one. Throws as LedgerTables.
    /// Errors: Corrupt.
    [[nodiscard]] Result<bool> has(LedgerTables& tables,
                                   std::uint64_t subject,
                                   const ledger::LateAttempt& late);
    /// More of this subject was sealed.
    void note_sealed(std::uint64_t subject);
    /// Nothing of anybody is remembered any more; for when what is sealed may be another.
    void clear();

private:
    struct Person {
        std::size_t looked_at{};  ///< Chunks, for want of a list.
        bool is_listed{};
        bool is_whole{};        ///< The list has all that is sealed.
        std::uint32_t chunk{};  ///< The last that is listed …
        std::size_t late{};     ///< … and how many of its late attempts.
        std::vector<std::uint64_t>
            marks;  ///< Ascending: what tells attempts apart, in the low bits the chunk.
    };

    [[nodiscard]] bool has_list(LedgerTables& tables, std::uint64_t subject);
    [[nodiscard]] bool list(LedgerTables& tables, std::uint64_t subject, Person& person);
    [[nodiscard]] Result<bool> look_through(LedgerTables& tables,
                                            std::uint64_t subject,
                                            const ledger::LateAttempt& late);

    std::unordered_map<std::uint64_t, Person> people_;
    std::size_t kept_{};  ///< Marks of all of them.
};

}  // namespace fedtrail::sqlite
