/// Reading everything there is in a ledger, and deriving again what is derived.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_names.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// Tables whose every row follows from the chunks.
inline constexpr const char* kDerivedTables[] = {
    "subject", "chunk_range", "uri_hash", "reference", "pairs", "recipient_subjects", "recipient_total"};

/// The people who have chunks or a row, by number.
[[nodiscard]] std::vector<std::uint64_t> folded_subjects(SQLite::Database& database);

/// Within the caller's transaction, once.
class LedgerAudit {
public:
    using OnProgress = std::function<void(std::uint64_t done, std::uint64_t whole)>;

    LedgerAudit(SQLite::Database& database, const SubjectSealer& sealer, OnProgress on_progress = {})
        : database_(database), tables_(database, sealer), on_progress_(std::move(on_progress)) {}

    /// Throws SQLite::Exception.
    [[nodiscard]] LedgerCheck run();

private:
    enum class Mends { Rebuild, Backup };
    void fault(Mends mends, const std::string& sentence);
    void fault_if(bool is_fault, Mends mends, const std::string& sentence) {
        if (is_fault) {
            fault(mends, sentence);
        }
    }
    std::vector<std::int64_t> numbers(const char* sql);
    std::uint64_t count(const std::string& sql);

    void check_pages();
    [[nodiscard]] bool are_pages_sound(const std::string& table);
    void check_names();
    void check_journal();
    void check_open(std::uint64_t subject, const OpenSubject& open);
    void check_shapes();
    void check_subject(std::uint64_t subject);
    [[nodiscard]] bool fits(const ShapeBook& shapes, const ledger::ActivityHead& head) const;
    [[nodiscard]] bool check_chunks(std::uint64_t subject, const ShapeBook& shapes);
    void check_index(std::uint64_t subject,
                     std::uint32_t number,
                     const ledger::Chunk& chunk,
                     const ShapeBook& shapes);
    void check_ranges(std::uint64_t subject,
                      std::uint32_t number,
                      const std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>>& ranges);
    void check_roots(std::uint64_t subject,
                     std::uint32_t number,
                     const ledger::Chunk& chunk,
                     std::set<std::uint32_t> roots);
    void check_pairs(std::uint64_t subject);
    void check_recipients();
    void check_watch();
    void check_note();
    void check_bounds();
    void check_counts();

    SQLite::Database& database_;
    LedgerTables tables_;
    OnProgress on_progress_;
    NameTable recipients_{recipient_names()};
    NameTable types_{type_names()};
    OpenHistory history_;
    LedgerCheck check_;
    bool names_read_{true};
    bool chunks_read_{true};  ///< Else nobody can tell what is to be derived from all of them.
    std::map<std::string, std::uint64_t> counted_;
    std::map<std::uint32_t, std::pair<ledger::PairEntry, std::vector<std::uint64_t>>> totals_;
};

}  // namespace fedtrail::sqlite
