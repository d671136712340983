/// Finding sealed activities that have neither an id nor an object. No table leads to them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// Looks through the chunks whose time fits; of a person of whom as many were looked at so as they have, all
/// heads are read once and remembered. So no order of questions costs more than twice the looking, and many
/// about one person cost two passes. Holds at most 16 MiB, of what is in chunks only. Used by one thread.
class NamelessIndex {
public:
    /// The first sealed activity of the subject with this very head, which is nameless; nothing if there is
    /// none. Throws as LedgerTables. Errors: Corrupt.
    [[nodiscard]] Result<std::optional<std::uint32_t>> find(LedgerTables& tables,
                                                            std::uint64_t subject,
                                                            const ledger::ActivityHead& head);
    /// Nothing of anybody is remembered any more; for when what is sealed may be another.
    void clear();

private:
    struct Person {
        std::size_t looked_at{};  ///< Chunks, for want of a list.
        bool is_listed{};         ///< All activities before number `end` are.
        std::uint32_t end{};      ///< Number behind the last that is listed.
        std::vector<std::uint64_t>
            marks;  ///< Ascending: what tells heads apart, in the lower half the number.
    };

    [[nodiscard]] bool has_list(LedgerTables& tables, std::uint64_t subject);
    [[nodiscard]] bool list(LedgerTables& tables,
                            std::uint64_t subject,
                            Person& person,
                            const std::vector<ChunkRow>& rows);
    [[nodiscard]] Result<std::optional<std::uint32_t>> look_through(LedgerTables& tables,
                                                                    std::uint64_t subject,
                                                                    const ledger::ActivityHead& head);

    std::unordered_map<std::uint64_t, Person> people_;
    std::size_t kept_{};  ///< Marks of all of them.
};

}  // namespace fedtrail::sqlite
