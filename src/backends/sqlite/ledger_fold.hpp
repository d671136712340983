/// Folding: what is old enough moves from the open history into chunks and sets.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "fedtrail/core/result.hpp"

#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_names.hpp"
#include "backends/sqlite/ledger_sealer.hpp"
#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

/// With so many late attempts a chunk closes, and so many of one person do not wait for the next fold. A fold
/// puts all that is late of a person into one chunk, as a mark of the journal and a part of a window have it:
/// with a group of as many that came at once a chunk has some 100 KiB of them at most.
inline constexpr std::size_t kMaxLate = 4096;

/// Where the URIs of a chunk are to be found: what the index tables say of it.
struct ChunkIndex {
    std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>>
        ranges;                                                   ///< By shape: least and greatest number.
    std::vector<std::pair<std::uint64_t, std::uint32_t>> hashes;  ///< Hash and activity.
    std::vector<std::uint32_t> roots;  ///< Activities of earlier chunks it refers to.
};

/// `from`: hashes and roots of earlier activities are left out.
[[nodiscard]] ChunkIndex index_of(const ledger::Chunk& chunk,
                                  const ShapeBook& shapes,
                                  std::uint32_t from = 0);

/// Writes the derived tables, inside the caller's transaction.
class Folder {
public:
    /// `sealer`, if there is one, is told what is moved; what is folded anew stands in its windows already.
    explicit Folder(LedgerTables& tables, WindowSealer* sealer = nullptr)
        : tables_(tables), sealer_(sealer) {}

    /// Moves the first `count` open activities of `open`, and all its late attempts, into chunks and pairs.
    /// `shapes` are the subject's.
    [[nodiscard]] Result<void> fold(std::uint64_t subject,
                                    const OpenSubject& open,
                                    std::size_t count,
                                    const ShapeBook& shapes);
    /// Makes again what is derived from a subject's chunks, where nothing of it stands; `shapes` are theirs.
    [[nodiscard]] Result<void> derive(std::uint64_t subject, const ShapeBook& shapes);
    /// Writes what all of this added to the recipients.
    [[nodiscard]] Result<void> finish();

    [[nodiscard]] std::uint64_t chunks() const noexcept { return chunks_; }

private:
    struct RecipientSums {
        ledger::PairEntry sum;
        std::vector<std::uint64_t> new_subjects;
    };

    [[nodiscard]] Result<void> fold_pairs(std::uint64_t subject,
                                          const std::vector<ledger::PairEntry>& added,
                                          SubjectRow& row);
    void add_up(const std::vector<ledger::PairEntry>& added, SubjectRow& row);
    [[nodiscard]] Result<void> finish(std::uint32_t recipient, const RecipientSums& sums);
    /// `tail` is the open chunk, as it is so far; `entries` go into it, and into as many more as it takes.
    [[nodiscard]] Result<void> fold_chunks(std::uint64_t subject,
                                           ledger::Chunk tail,
                                           std::vector<ledger::ActivityEntry> entries,
                                           std::uint32_t chunk,
                                           const ShapeBook& shapes);
    [[nodiscard]] Result<void> put_index(std::uint64_t subject,
                                         std::uint32_t number,
                                         const ledger::Chunk& chunk,
                                         const ShapeBook& shapes);

    LedgerTables& tables_;
    WindowSealer* sealer_;
    std::map<std::uint32_t, RecipientSums> recipients_;
    std::uint32_t first_new_{};  ///< Activities from here on have no index rows yet.
    std::uint64_t chunks_{};
};

}  // namespace fedtrail::sqlite
