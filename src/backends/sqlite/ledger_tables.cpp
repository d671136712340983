#include "backends/sqlite/ledger_tables.hpp"

#include <algorithm>

#include "fedtrail/core/hex.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kCachedChunks = 16;

/// Binds the row's other columns to the blob: a changed one opens nothing.
std::string facts_context(const ChunkRow& row) {
    std::string context = "facts";
    for (const std::int64_t value : {std::int64_t{row.chunk},
                                     std::int64_t{row.first_activity},
                                     std::int64_t{row.activities},
                                     std::int64_t{row.closed ? 1 : 0},
                                     row.first_at,
                                     row.last_at}) {
        context += "/" + std::to_string(value);
    }
    return context;
}
std::string times_context(std::uint32_t chunk, std::size_t part) {
    return "times/" + std::to_string(chunk) + "/" + std::to_string(part);
}
std::string shape_context(std::uint32_t number, Lookup lookup) {
    return "shape/" + std::to_string(number) + "/" + std::to_string(static_cast<int>(lookup));
}

ChunkRow chunk_row(SQLite::Statement& row) {
    return ChunkRow{static_cast<std::uint32_t>(row.getColumn(0).getInt64() & (kMaxChunks - 1)),
                    static_cast<std::uint32_t>(row.getColumn(1).getInt64()),
                    static_cast<std::uint32_t>(row.getColumn(2).getInt64()),
                    row.getColumn(3).getInt() != 0,
                    row.getColumn(4).getInt64(),
                    row.getColumn(5).getInt64()};
}

tl::unexpected<Error> missing(const char* what) {
    return fail(
        ErrorKind::Corrupt, std::string{"ledger: a "} + what + " is missing", "run `fedtrail doctor`");
}

}  // namespace

Result<Bytes> LedgerTables::seal(ledger::BlobKind kind,
                                 std::uint64_t subject,
                                 std::string_view context,
                                 ByteView content) const {
    const auto sealed = sealer_.seal(privacy::SubjectNumber{subject}, context, ledger::pack(content));
    if (!sealed) {
        return fail(sealed);
    }
    return ledger::frame(kind, *sealed);
}

Result<Bytes> LedgerTables::open(ledger::BlobKind kind,
                                 std::uint64_t subject,
                                 std::string_view context,
                                 ByteView blob) const {
    const auto payload = ledger::unframe(kind, blob);
    if (!payload) {
        return fail(payload);
    }
    const auto packed = sealer_.open(privacy::SubjectNumber{subject}, context, *payload);
    if (!packed) {
        return fail(packed);
    }
    return ledger::unpack(*packed);
}

Result<std::string> LedgerTables::seal_uri(std::uint64_t subject, std::string_view uri) const {
    const auto sealed = sealer_.seal(privacy::SubjectNumber{subject}, "uri", bytes_of(uri));
    if (!sealed) {
        return fail(sealed);
    }
    return hex(*sealed);
}

Result<Bytes> LedgerTables::leaf_seed(std::uint64_t subject) const {
    return sealer_.seal(privacy::SubjectNumber{subject}, "log/salt", Bytes(32));
}

bool LedgerTables::lacks_key(std::uint64_t subject) const {
    const auto seed = leaf_seed(subject);
    return !seed && (seed.error().kind == ErrorKind::NotFound || seed.error().kind == ErrorKind::Corrupt);
}

Result<std::string> LedgerTables::open_uri(std::uint64_t subject, std::string_view sealed) const {
    const auto bytes = from_hex(sealed);
    if (!bytes) {
        return fail(ErrorKind::Corrupt, "ledger: a sealed URI is damaged", "run `fedtrail doctor`");
    }
    const auto uri = sealer_.open(privacy::SubjectNumber{subject}, "uri", *bytes);
    return uri ? Result<std::string>{std::string(fedtrail::text_of(*uri))} : fail(uri);
}

std::optional<SubjectRow> LedgerTables::subject(std::uint64_t subject) {
    auto& row =
        statements_.get("SELECT sealed, disclosures, first_at, last_at FROM subject WHERE subject = ?");
    row.bind(1, as_stored(subject));
    if (!row.executeStep()) {
        return std::nullopt;
    }
    return SubjectRow{static_cast<std::uint32_t>(row.getColumn(0).getInt64()),
                      as_read(row.getColumn(1)),
                      row.getColumn(2).getInt64(),
                      row.getColumn(3).getInt64()};
}

void LedgerTables::put_subject(std::uint64_t subject, const SubjectRow& row) {
    auto& statement = statements_.get("INSERT OR REPLACE INTO subject VALUES (?, ?, ?, ?, ?)");
    statement.bind(1, as_stored(subject));
    statement.bind(2, row.sealed);
    statement.bind(3, as_stored(row.disclosures));
    statement.bind(4, row.first_at);
    statement.bind(5, row.last_at);
    statement.exec();
}

Result<std::vector<ShapeRow>> LedgerTables::shapes(std::uint64_t subject) {
    auto& row = statements_.get("SELECT number, lookup, text FROM shape WHERE subject = ? ORDER BY number");
    row.bind(1, as_stored(subject));
    std::vector<ShapeRow> shapes;
    while (row.executeStep()) {
        const auto number = static_cast<std::uint32_t>(row.getColumn(0).getInt64());
        const auto lookup = static_cast<Lookup>(row.getColumn(1).getInt());
        const auto text =
            open(ledger::BlobKind::Shape, subject, shape_context(number, lookup), blob_of(row.getColumn(2)));
        if (!text) {
            return fail(text);
        }
        if (number != shapes.size() + kFirstShape) {
            return missing("shape");
        }
        shapes.push_back(ShapeRow{number, lookup, std::string{text_of(*text)}});
    }
    return shapes;
}

Result<void> LedgerTables::put_shape(std::uint64_t subject, const ShapeRow& row) {
    const auto text =
        seal(ledger::BlobKind::Shape, subject, shape_context(row.number, row.lookup), bytes_of(row.text));
    if (!text) {
        return fail(text);
    }
    auto& statement = statements_.get("INSERT INTO shape VALUES (?, ?, ?, ?)");
    statement.bind(1, as_stored(subject));
    statement.bind(2, row.number);
    statement.bind(3, static_cast<int>(row.lookup));
    bind_blob(statement, 4, *text);
    statement.exec();
    return {};
}

std::vector<ChunkRow> LedgerTables::chunks(std::uint64_t subject) {
    auto& row = statements_.get(
        "SELECT key, first_activity, activities, closed, first_at, last_at FROM chunk WHERE key >= ? AND key "
        "< ? "
        "ORDER BY key");
    row.bind(1, chunk_key(subject, 0));
    row.bind(2, chunk_key(subject + 1, 0));
    std::vector<ChunkRow> rows;
    while (row.executeStep()) {
        rows.push_back(chunk_row(row));
    }
    return rows;
}

std::optional<ChunkRow> LedgerTables::last_chunk(std::uint64_t subject) {
    auto& row = statements_.get(
        "SELECT key, first_activity, activities, closed, first_at, last_at FROM chunk WHERE key >= ? AND key "
        "< ? "
        "ORDER BY key DESC LIMIT 1");
    row.bind(1, chunk_key(subject, 0));
    row.bind(2, chunk_key(subject + 1, 0));
    return row.executeStep() ? std::optional{chunk_row(row)} : std::nullopt;
}

std::optional<ChunkRow> LedgerTables::chunk_with(std::uint64_t subject, std::uint32_t activity) {
    // A chunk holds at most 128 activities, so an activity is never in an earlier chunk than this.
    auto& row = statements_.get(
        "SELECT key, first_activity, activities, closed, first_at, last_at FROM chunk WHERE key >= ? AND key "
        "< ? "
        "AND first_activity + activities > ? ORDER BY key LIMIT 1");
    row.bind(1, chunk_key(subject, activity / static_cast<std::uint32_t>(ledger::kChunkActivities)));
    row.bind(2, chunk_key(subject + 1, 0));
    row.bind(3, activity);
    if (!row.executeStep() || row.getColumn(1).getInt64() > activity) {
        return std::nullopt;
    }
    return chunk_row(row);
}

Result<Bytes> LedgerTables::open_facts(std::uint64_t subject, SQLite::Statement& row) const {
    return open(ledger::BlobKind::Facts, subject, facts_context(chunk_row(row)), blob_of(row.getColumn(6)));
}

Result<Bytes> LedgerTables::read_facts(std::uint64_t subject, std::int64_t key) {
    auto& row = statements_.get(
        "SELECT key, first_activity, activities, closed, first_at, last_at, facts FROM chunk WHERE key = ?");
    row.bind(1, key);
    if (!row.executeStep()) {
        return missing("chunk");
    }
    return open_facts(subject, row);
}

Result<const LedgerTables::CachedFacts*> LedgerTables::cached(std::uint64_t subject, std::uint32_t chunk) {
    const auto key = chunk_key(subject, chunk);
    const auto known =
        std::find_if(cache_.begin(), cache_.end(), [&](const auto& entry) { return entry.key == key; });
    if (known != cache_.end()) {
        cache_.splice(cache_.begin(), cache_, known);
        return &cache_.front();
    }
    auto content = read_facts(subject, key);
    if (!content) {
        return fail(content);
    }
    auto heads = ledger::decode_heads(*content);
    if (!heads) {
        return fail(heads);
    }
    cache_.push_front(CachedFacts{key, std::move(*content), std::move(*heads)});
    if (cache_.size() > kCachedChunks) {
        cache_.pop_back();
    }
    return &cache_.front();
}

Result<const ledger::Chunk*> LedgerTables::heads(std::uint64_t subject, std::uint32_t chunk) {
    const auto known = cached(subject, chunk);
    return known ? Result<const ledger::Chunk*>{&(*known)->heads} : fail(known);
}

Result<std::vector<std::vector<ledger::HolderFact>>> LedgerTables::holders(
    std::uint64_t subject, std::uint32_t chunk, const std::vector<std::size_t>& indexes) {
    const auto known = cached(subject, chunk);
    return known ? ledger::decode_holders((*known)->facts, indexes)
                 : Result<std::vector<std::vector<ledger::HolderFact>>>{fail(known)};
}

Result<ledger::Chunk> LedgerTables::facts(std::uint64_t subject, std::uint32_t chunk) {
    const auto content = read_facts(subject, chunk_key(subject, chunk));
    return content ? ledger::decode_facts(*content) : Result<ledger::Chunk>{fail(content)};
}

Result<ledger::Chunk> LedgerTables::whole_chunk(std::uint64_t subject, std::uint32_t chunk) {
    auto& row = statements_.get(
        "SELECT key, first_activity, activities, closed, first_at, last_at, facts, times FROM chunk WHERE "
        "key = ?");
    row.bind(1, chunk_key(subject, chunk));
    if (!row.executeStep()) {
        return missing("chunk");
    }
    const auto facts = open_facts(subject, row);
    if (!facts) {
        return fail(facts);
    }
    std::vector<Bytes> times;
    const auto add = [&](ByteView blob) -> Result<void> {
        if (blob.empty()) {
            return {};
        }
        auto part = open(ledger::BlobKind::Times, subject, times_context(chunk, times.size()), blob);
        if (!part) {
            return fail(part);
        }
        times.push_back(std::move(*part));
        return {};
    };
    if (const auto added = add(blob_of(row.getColumn(7))); !added) {
        return fail(added);
    }
    auto& parts = statements_.get("SELECT part, times FROM chunk_times WHERE key = ? ORDER BY part");
    parts.bind(1, chunk_key(subject, chunk));
    while (parts.executeStep()) {
        if (static_cast<std::size_t>(parts.getColumn(0).getInt64()) != times.size()) {
            return missing("part of a chunk's times");
        }
        if (const auto added = add(blob_of(parts.getColumn(1))); !added) {
            return fail(added);
        }
    }
    return ledger::decode_chunk(*facts, times);
}

Result<void> LedgerTables::put_chunk(std::uint64_t subject,
                                     const ChunkRow& row,
                                     const ledger::EncodedChunk& encoded) {
    const auto key = chunk_key(subject, row.chunk);
    cache_.remove_if([&](const auto& entry) { return entry.key == key; });
    marks_.erase(key);
    const auto facts = seal(ledger::BlobKind::Facts, subject, facts_context(row), encoded.facts);
    if (!facts) {
        return fail(facts);
    }
    std::vector<Bytes> times;
    for (const auto& part : encoded.times) {
        auto blob = seal(ledger::BlobKind::Times, subject, times_context(row.chunk, times.size()), part);
        if (!blob) {
            return fail(blob);
        }
        times.push_back(std::move(*blob));
    }
    auto& statement = statements_.get("INSERT OR REPLACE INTO chunk VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    statement.bind(1, key);
    statement.bind(2, row.first_activity);
    statement.bind(3, row.activities);
    statement.bind(4, row.closed ? 1 : 0);
    statement.bind(5, row.first_at);
    statement.bind(6, row.last_at);
    bind_blob(statement, 7, *facts);
    bind_blob(statement, 8, times.empty() ? ByteView{} : ByteView{times.front()});
    statement.exec();
    for (std::size_t part = 1; part < times.size(); ++part) {
        auto& more = statements_.get("INSERT OR REPLACE INTO chunk_times VALUES (?, ?, ?)");
        more.bind(1, key);
        more.bind(2, static_cast<std::int64_t>(part));
        bind_blob(more, 3, times[part]);
        more.exec();
    }
    return {};
}

}  // namespace fedtrail::sqlite
