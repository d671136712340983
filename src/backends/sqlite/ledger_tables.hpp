/// The ledger's tables, row by row: sealing, framing and keys, no decisions.
///
/// Used by one thread. Functions throw SQLite::Exception where SQLite fails, and return Errors (Corrupt,
/// NotFound) for what stands in the rows; the port methods turn the one into the other.

#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/blob.hpp"
#include "fedtrail/ledger/chunk.hpp"
#include "fedtrail/ledger/sets.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "backends/sqlite/statements.hpp"

namespace fedtrail::sqlite {

inline constexpr std::int64_t chunk_key(std::uint64_t subject, std::uint32_t chunk) {
    return static_cast<std::int64_t>(subject << 24U | chunk);
}
inline constexpr std::uint32_t kMaxChunks = 1U << 24U;
inline constexpr std::uint32_t kMaxParts = 1U << 16U;

/// What mends damage in rows that are derived from chunks.
inline constexpr std::string_view kRebuildRemedy =
    "stop the sidecar and run `fedtrail doctor --rebuild`: it derives them again";

struct SubjectRow {
    std::uint32_t sealed{};
    std::uint64_t disclosures{};
    std::int64_t first_at{};
    std::int64_t last_at{};
};

struct ChunkRow {
    std::uint32_t chunk{};
    std::uint32_t first_activity{};
    std::uint32_t activities{};
    bool closed{};
    std::int64_t first_at{};
    std::int64_t last_at{};
};

/// Shape 0 is no URI, shape 1 a URI as it is; the others are rows.
inline constexpr std::uint32_t kFirstShape = 2;

enum class Lookup : std::uint8_t { Range = 1, Hash = 2 };

struct ShapeRow {
    std::uint32_t number{};
    Lookup lookup{};
    std::string text;
};

struct TotalRow {
    std::uint64_t subjects{};
    ledger::PairEntry sum;  ///< `recipient` is the row's; objects unused.
};

class LedgerTables {
public:
    LedgerTables(SQLite::Database& database, const SubjectSealer& sealer)
        : statements_(database), sealer_(sealer) {}

    [[nodiscard]] Statements& statements() noexcept { return statements_; }

    // Sealed blobs.
    [[nodiscard]] Result<Bytes> seal(ledger::BlobKind kind,
                                     std::uint64_t subject,
                                     std::string_view context,
                                     ByteView content) const;
    [[nodiscard]] Result<Bytes> open(ledger::BlobKind kind,
                                     std::uint64_t subject,
                                     std::string_view context,
                                     ByteView blob) const;

    /// A whole URI, sealed, in hexadecimal: the journal holds text, and must not hold this one in clear.
    [[nodiscard]] Result<std::string> seal_uri(std::uint64_t subject, std::string_view uri) const;
    /// Errors: Corrupt.
    [[nodiscard]] Result<std::string> open_uri(std::uint64_t subject, std::string_view sealed) const;

    /// What the salts of a subject's activities are made under; it goes with the subject's key.
    [[nodiscard]] Result<Bytes> leaf_seed(std::uint64_t subject) const;
    /// Whether the subject's key is gone or damaged: what of theirs was sealed is lost.
    [[nodiscard]] bool lacks_key(std::uint64_t subject) const;

    // Subjects.
    [[nodiscard]] std::optional<SubjectRow> subject(std::uint64_t subject);
    void put_subject(std::uint64_t subject, const SubjectRow& row);

    // Shapes.
    [[nodiscard]] Result<std::vector<ShapeRow>> shapes(std::uint64_t subject);
    [[nodiscard]] Result<void> put_shape(std::uint64_t subject, const ShapeRow& row);

    // Chunks.
    [[nodiscard]] std::vector<ChunkRow> chunks(std::uint64_t subject);
    [[nodiscard]] std::optional<ChunkRow> last_chunk(std::uint64_t subject);
    /// The chunk an activity is in; nothing if it is in none.
    [[nodiscard]] std::optional<ChunkRow> chunk_with(std::uint64_t subject, std::uint32_t activity);
    /// Heads and late attempts, no holders; the answer lives until the next call.
    [[nodiscard]] Result<const ledger::Chunk*> heads(std::uint64_t subject, std::uint32_t chunk);
    /// Holders of the activities with these indexes in the chunk, ascending.
    [[nodiscard]] Result<std::vector<std::vector<ledger::HolderFact>>> holders(
        std::uint64_t subject, std::uint32_t chunk, const std::vector<std::size_t>& indexes);
    /// Everything but the times.
    [[nodiscard]] Result<ledger::Chunk> facts(std::uint64_t subject, std::uint32_t chunk);
    [[nodiscard]] Result<ledger::Chunk> whole_chunk(std::uint64_t subject, std::uint32_t chunk);
    [[nodiscard]] Result<void> put_chunk(std::uint64_t subject,
                                         const ChunkRow& row,
                                         const ledger::EncodedChunk& encoded);

    // Finding activities.
    void put_range(std::uint64_t subject,
                   std::uint32_t shape,
                   std::uint32_t chunk,
                   std::uint64_t least,
                   std::uint64_t greatest);
    [[nodiscard]] std::vector<std::uint32_t> chunks_in_range(std::uint64_t subject,
                                                             std::uint32_t shape,
                                                             std::uint64_t number);
    /// False: no activity of the chunk has a code of this shape that begins with this number, nor an object.
    /// Ranges of what did not come in the order of its numbers overlap, and reading each chunk's heads would
    /// cost more.
    [[nodiscard]] Result<bool> may_have(std::uint64_t subject,
                                        std::uint32_t chunk,
                                        std::uint32_t shape,
                                        std::uint64_t number);
    void put_hash(std::uint64_t subject, std::uint64_t hash, std::uint32_t activity);
    [[nodiscard]] std::vector<std::uint32_t> activities_with_hash(std::uint64_t subject, std::uint64_t hash);
    void put_reference(std::uint64_t subject, std::uint32_t activity, std::uint32_t chunk);
    [[nodiscard]] std::vector<std::uint32_t> references(std::uint64_t subject, std::uint32_t activity);

    // Sets. Errors of reading: Corrupt, also where a part is missing or stands where it does not belong;
    // whoever writes a set replaces all its parts.
    [[nodiscard]] Result<std::vector<ledger::PairEntry>> pairs(std::uint64_t subject);
    [[nodiscard]] Result<void> put_pairs(std::uint64_t subject, const std::vector<ledger::PairEntry>& pairs);
    [[nodiscard]] Result<std::vector<std::uint64_t>> subjects_of(std::uint32_t recipient);
    void put_subjects_of(std::uint32_t recipient, const std::vector<std::uint64_t>& subjects);
    void drop_pairs(std::uint64_t subject);
    void drop_subjects_of(std::uint32_t recipient);
    void drop_total(std::uint32_t recipient);
    [[nodiscard]] std::optional<TotalRow> total(std::uint32_t recipient);
    void put_total(const TotalRow& row);

    /// Forgets decoded chunks; for a reader when the ledger moved on.
    void forget() {
        cache_.clear();
        marks_.clear();
    }

private:
    [[nodiscard]] Result<Bytes> open_facts(std::uint64_t subject, SQLite::Statement& row) const;

    Statements statements_;
    const SubjectSealer& sealer_;
    struct CachedFacts {
        std::int64_t key;
        Bytes facts;
        ledger::Chunk heads;
    };
    Result<const CachedFacts*> cached(std::uint64_t subject, std::uint32_t chunk);
    Result<Bytes> read_facts(std::uint64_t subject, std::int64_t key);
    std::list<CachedFacts> cache_;                                        ///< Most recent first.
    std::unordered_map<std::int64_t, std::vector<std::uint32_t>> marks_;  ///< Of chunks' numbers, ascending.
};

}  // namespace fedtrail::sqlite
