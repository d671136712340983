#include "backends/sqlite/log_tables.hpp"

#include <algorithm>

#include "fedtrail/core/count.hpp"
#include "fedtrail/ledger/note.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kHash = std::tuple_size_v<ledger::Hash>;

tl::unexpected<Error> damaged_log(const char* what) {
    return fail(ErrorKind::Corrupt, std::string{"the log: "} + what, "run `fedtrail doctor`");
}

tl::unexpected<Error> not_there() {
    return fail(ErrorKind::NotFound, "the log is not that long");
}

/// The hashes of a row; nothing if there is no such row.
std::optional<Bytes> tile_row(Statements& statements, unsigned level, std::uint64_t number) {
    auto& row = statements.get("SELECT hashes FROM tile WHERE level = ? AND number = ?");
    row.bind(1, static_cast<std::int64_t>(level));
    row.bind(2, static_cast<std::int64_t>(number));
    if (!row.executeStep()) {
        return std::nullopt;
    }
    const auto blob = blob_of(row.getColumn(0));
    Bytes hashes{blob.begin(), blob.end()};
    row.reset();
    return hashes;
}

std::vector<ledger::Hash> hashes_in(ByteView bytes) {
    std::vector<ledger::Hash> hashes(bytes.size() / kHash);
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const auto one = bytes.subspan(i * kHash, kHash);
        std::copy(one.begin(), one.end(), hashes[i].begin());
    }
    return hashes;
}

}  // namespace

std::uint64_t log_size(Statements& statements) {
    auto& row = statements.get("SELECT coalesce(max(number) + 1, 0) FROM entry");
    row.executeStep();
    const auto size = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    row.reset();
    return size;
}

std::uint64_t last_taken(Statements& statements, LeafStore store) {
    auto& row = statements.get("SELECT coalesce(max(sequence), 0) FROM entry WHERE store = ?");
    row.bind(1, static_cast<int>(store));
    row.executeStep();
    const auto last = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    row.reset();
    return last;
}

Result<std::uint64_t> place_of_leaf(Statements& statements, LeafStore store, std::uint64_t sequence) {
    auto& row = statements.get("SELECT number FROM entry WHERE store = ? AND sequence = ?");
    row.bind(1, static_cast<int>(store));
    row.bind(2, static_cast<std::int64_t>(sequence));
    if (!row.executeStep()) {
        return fail(
            ErrorKind::NotFound, "this leaf has no place in the log yet", "wait for the next checkpoint");
    }
    const auto number = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    row.reset();
    return number;
}

Result<Bytes> read_tile(Statements& statements, const ledger::Tile& tile) {
    auto hashes = tile_row(statements, tile.level, tile.index);
    if (!hashes || hashes->size() < tile.width * kHash) {
        return not_there();
    }
    hashes->resize(static_cast<std::size_t>(tile.width * kHash));
    return std::move(*hashes);
}

Result<std::vector<LogEntry>> entries_from(Statements& statements, std::uint64_t first, std::uint64_t count) {
    auto& row = statements.get(
        "SELECT store, sequence, commitment FROM entry WHERE number >= ? ORDER BY number LIMIT ?");
    row.bind(1, static_cast<std::int64_t>(first));
    row.bind(2, static_cast<std::int64_t>(count));
    std::vector<LogEntry> entries;
    while (row.executeStep()) {
        LogEntry entry{static_cast<LeafStore>(row.getColumn(0).getInt()),
                       static_cast<std::uint64_t>(row.getColumn(1).getInt64()),
                       {}};
        const auto blob = blob_of(row.getColumn(2));
        if (blob.size() != entry.commitment.size()) {
            return damaged_log("a commitment is cut short");
        }
        std::copy(blob.begin(), blob.end(), entry.commitment.begin());
        entries.push_back(entry);
    }
    row.reset();
    return entries;
}

Result<Bytes> read_entries(Statements& statements, const ledger::Tile& tile) {
    const auto entries = entries_from(statements, tile.index * ledger::kTileWidth, tile.width);
    if (!entries) {
        return fail(entries);
    }
    if (entries->size() != tile.width) {
        return not_there();
    }
    std::vector<Bytes> bundle;
    bundle.reserve(entries->size());
    for (const auto& entry : *entries) {
        bundle.push_back(records::leaf_entry(entry.commitment));
    }
    return ledger::encode_entries(bundle);
}

Result<ledger::Hash> root_of_log(Statements& statements, std::uint64_t size) {
    if (size > log_size(statements)) {
        return fail(ErrorKind::Invalid, "the log has fewer leaves than " + grouped(size));
    }
    return ledger::root_at(size, ledger::subtrees_of(size, [&](const ledger::Tile& tile) {
                               return read_tile(statements, tile);
                           }));
}

// --- Appending ---

Result<std::vector<ledger::Hash>*> TileWriter::open(Place place, std::uint64_t width) {
    auto known = changed_.find(place);
    if (known == changed_.end()) {
        const auto row =
            width == 0 ? std::optional{Bytes{}} : tile_row(statements_, place.first, place.second);
        if (!row || row->size() != width * kHash) {
            return damaged_log("a tile has another width than the log's size says");
        }
        known = changed_.emplace(place, hashes_in(*row)).first;
    }
    return known->second.size() == width
               ? Result<std::vector<ledger::Hash>*>{&known->second}
               : Result<std::vector<ledger::Hash>*>{damaged_log("tiles do not fit")};
}

Result<void> TileWriter::append(const ledger::Hash& leaf) {
    auto hash = leaf;
    auto before = size_++;
    for (unsigned level = 0;; ++level) {
        const auto tile = open({level, before / ledger::kTileWidth}, before % ledger::kTileWidth);
        if (!tile) {
            return fail(tile);
        }
        (*tile)->push_back(hash);
        if ((*tile)->size() < ledger::kTileWidth) {
            return {};
        }
        hash = ledger::root_of(**tile);
        before /= ledger::kTileWidth;
    }
}

void TileWriter::save() {
    for (const auto& [place, hashes] : changed_) {
        auto& row = statements_.get("INSERT OR REPLACE INTO tile VALUES (?, ?, ?)");
        row.bind(1, static_cast<std::int64_t>(place.first));
        row.bind(2, static_cast<std::int64_t>(place.second));
        bind_blob(row, 3, std::as_bytes(std::span{hashes}));
        row.exec();
    }
    changed_.clear();
}

Result<void> append_entries(Statements& statements, std::span<const LogEntry> entries) {
    auto number = log_size(statements);
    std::map<LeafStore, std::uint64_t> taken;
    for (unsigned store = 1; store <= static_cast<unsigned>(kLastLeafStore); ++store) {
        taken[LeafStore{static_cast<std::uint8_t>(store)}] =
            last_taken(statements, LeafStore{static_cast<std::uint8_t>(store)});
    }
    TileWriter tiles{statements, number};
    for (const auto& entry : entries) {
        auto& last = taken[entry.store];
        if (entry.sequence <= last) {
            continue;
        }
        if (entry.sequence != last + 1) {
            return fail(ErrorKind::Conflict,
                        "the log: leaf " + std::to_string(last + 1) + " of store " +
                            std::to_string(static_cast<unsigned>(entry.store)) + " is missing",
                        "run `fedtrail doctor`");
        }
        last = entry.sequence;
        auto& row = statements.get("INSERT INTO entry VALUES (?, ?, ?, ?)");
        row.bind(1, static_cast<std::int64_t>(number++));
        row.bind(2, static_cast<int>(entry.store));
        row.bind(3, static_cast<std::int64_t>(entry.sequence));
        bind_blob(row, 4, entry.commitment);
        row.exec();
        if (auto put = tiles.append(records::leaf_hash_of(entry.commitment)); !put) {
            return put;
        }
    }
    tiles.save();
    return {};
}

// --- Checkpoints ---

Result<std::vector<SignedCheckpoint>> read_checkpoints(Statements& statements, bool last_only) {
    auto& row = statements.get("SELECT size, at, note FROM checkpoint WHERE size >= ? ORDER BY size");
    std::int64_t from = 0;
    if (last_only) {
        auto& last = statements.get("SELECT coalesce(max(size), 0) FROM checkpoint");
        last.executeStep();
        from = last.getColumn(0).getInt64();
        last.reset();
    }
    row.bind(1, from);
    std::vector<SignedCheckpoint> list;
    while (row.executeStep()) {
        SignedCheckpoint one;
        one.at = Instant{std::chrono::milliseconds{row.getColumn(1).getInt64()}};
        one.note = row.getColumn(2).getString();
        const auto note = ledger::Note::parse(one.note);
        auto checkpoint =
            note ? ledger::Checkpoint::parse(note->text) : Result<ledger::Checkpoint>{fail(note)};
        if (!checkpoint || checkpoint->size != static_cast<std::uint64_t>(row.getColumn(0).getInt64())) {
            return damaged_log("a checkpoint cannot be read");
        }
        one.checkpoint = std::move(*checkpoint);
        list.push_back(std::move(one));
    }
    row.reset();
    for (auto& one : list) {
        auto& lines = statements.get("SELECT line FROM cosignature WHERE size = ? ORDER BY witness");
        lines.bind(1, static_cast<std::int64_t>(one.checkpoint.size));
        while (lines.executeStep()) {
            one.note += lines.getColumn(0).getString() + "\n";
            ++one.cosignatures;
        }
        lines.reset();
    }
    return list;
}

void put_checkpoint(Statements& statements, const SignedCheckpoint& checkpoint) {
    constexpr std::int64_t kDay = 86'400'000;
    const auto at = static_cast<std::int64_t>(checkpoint.at.time_since_epoch().count());
    const auto size = static_cast<std::int64_t>(checkpoint.checkpoint.size);
    auto& older = statements.get("DELETE FROM checkpoint WHERE at >= ? AND size < ?");
    older.bind(1, at - at % kDay);
    older.bind(2, size);
    older.exec();
    auto& row = statements.get("INSERT OR IGNORE INTO checkpoint VALUES (?, ?, ?)");
    row.bind(1, size);
    row.bind(2, at);
    row.bind(3, checkpoint.note);
    row.exec();
}

void put_cosignature(Statements& statements,
                     std::uint64_t size,
                     const std::string& witness,
                     std::uint64_t unix_seconds,
                     const std::string& line) {
    auto& row = statements.get(
        "INSERT OR REPLACE INTO cosignature SELECT size, ?2, ?3, ?4 FROM checkpoint WHERE size = ?1");
    row.bind(1, static_cast<std::int64_t>(size));
    row.bind(2, witness);
    row.bind(3, static_cast<std::int64_t>(unix_seconds));
    row.bind(4, line);
    row.exec();
}

}  // namespace fedtrail::sqlite
