/// Sealing: what a fold moves into chunks becomes a window of the transparency log. docs/formats/leaf.md.

#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/tree.hpp"
#include "fedtrail/ledger/varint.hpp"
#include "fedtrail/records/leaf.hpp"

#include "backends/sqlite/ledger_history.hpp"
#include "backends/sqlite/ledger_names.hpp"
#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

struct WindowRow {
    std::uint64_t number{};
    Instant at{};
    std::uint32_t first_name{};
    std::uint32_t names{};
    std::uint64_t leaves{};
};

/// What one subject has in a window: its activities, then its late attempts.
struct WindowPart {
    std::uint64_t window{};
    std::uint64_t subject{};
    std::uint64_t first_leaf{};
    std::uint32_t first_activity{};
    std::uint32_t activities{};
    std::uint32_t late_chunk{};
    std::uint32_t first_late{};
    std::uint32_t late{};
    std::vector<records::LeafDigest> commitments;  ///< Only where the records cannot be made any more.

    [[nodiscard]] std::uint64_t leaves() const { return std::uint64_t{activities} + late; }
};

[[nodiscard]] Result<std::optional<WindowRow>> window_row(Statements& statements, std::uint64_t number);
[[nodiscard]] Result<std::optional<WindowRow>> last_window(Statements& statements);
void put_window(Statements& statements, const WindowRow& row);
/// By subject.
[[nodiscard]] Result<std::vector<WindowPart>> parts_of_window(Statements& statements, std::uint64_t window);
/// By window. Reads all parts of all windows: for what is done once in a while.
[[nodiscard]] Result<std::vector<WindowPart>> parts_of_subject(Statements& statements, std::uint64_t subject);
void put_part(Statements& statements, const WindowPart& part);
/// Of the names of recipients; made at the first call.
[[nodiscard]] Bytes name_seed(Statements& statements, bool may_make);

/// What one subject gives to a window, as it stands in the journal or in its chunks.
struct SealedShare {
    std::uint64_t subject{};
    std::uint32_t first_activity{};
    const std::vector<ledger::ActivityEntry>* activities{};
    const std::vector<ledger::LateAttempt>* late{};
    std::uint32_t late_chunk{};
    std::uint32_t first_late{};  ///< The place of late->front() among those of the chunk.
};

/// Makes the records of a share, one after the other.
class RecordMaker {
public:
    struct Made {
        records::LeafHead head;
        records::LeafSalt salt{};
        ByteView body;  ///< Valid until the visitor returns.
        records::LeafDigest digest{};
        records::LeafDigest commitment{};
    };
    using Visitor = std::function<Result<void>(const Made&)>;

    RecordMaker(LedgerTables& tables, const NameTable& recipients, const NameTable& types)
        : tables_(tables), recipients_(recipients), types_(types) {}

    /// Errors: NotFound if the subject's key is gone; Corrupt; those of the visitor.
    [[nodiscard]] Result<void> visit(const SealedShare& share,
                                     const ShapeBook& shapes,
                                     const Visitor& visitor);
    /// Recipients' names. Errors: those of the visitor.
    [[nodiscard]] Result<void> visit_names(const WindowRow& window, ByteView seed, const Visitor& visitor);

private:
    [[nodiscard]] Made made(records::LeafHead head, const records::LeafSalt& salt);
    void begin(const records::LeafSalt& salt);
    [[nodiscard]] records::LeafSalt salt_of(ByteView seed, records::LeafKind kind, std::uint64_t number);

    LedgerTables& tables_;
    const NameTable& recipients_;
    const NameTable& types_;
    ledger::ByteWriter message_;
};

/// Inside the fold's transaction: begin(), add() for each subject ascending, finish().
class WindowSealer {
public:
    WindowSealer(LedgerTables& tables, const NameTable& recipients, const NameTable& types, Instant at)
        : tables_(tables), recipients_(recipients), maker_(tables, recipients, types), at_(at) {}

    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> add(const SealedShare& share, const ShapeBook& shapes);
    /// Writes the window and its leaf.
    [[nodiscard]] Result<void> finish();

private:
    void widen(std::int64_t at);

    LedgerTables& tables_;
    const NameTable& recipients_;
    RecordMaker maker_;
    Instant at_;
    WindowRow row_;
    ledger::Frontier tree_;
    bool any_{};
    std::int64_t first_at_{};
    std::int64_t last_at_{};
};

}  // namespace fedtrail::sqlite
