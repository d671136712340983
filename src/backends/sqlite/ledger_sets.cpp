// The rows by which activities are found, and the sets and totals that are derived from chunks.

#include <algorithm>

#include "backends/sqlite/ledger_tables.hpp"

namespace fedtrail::sqlite {

namespace {

/// Entries in one part of a set: keeps a part below 64 KiB.
constexpr std::size_t kPairsPerPart = 8192;
constexpr std::size_t kNumbersPerPart = 16384;

/// Of whose numbers marks are kept: at most 1 KiB each.
constexpr std::size_t kMarkedChunks = 8192;

/// Not unique: which of two numbers it was, the chunk says.
std::uint32_t mark_of(std::uint32_t shape, std::uint64_t number) {
    constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;  // 2^64 divided by the golden ratio
    return static_cast<std::uint32_t>(((number + shape) * kSpread) >> 32U);
}

std::vector<std::uint32_t> marks_of(const ledger::Chunk& chunk) {
    std::vector<std::uint32_t> marks;
    marks.reserve(2 * chunk.activities.size());
    for (const auto& entry : chunk.activities) {
        for (const auto* code : {&entry.head.id, &entry.head.object}) {
            marks.push_back(mark_of(code->shape, code->numbers.empty() ? 0 : code->numbers.front()));
        }
    }
    std::sort(marks.begin(), marks.end());
    marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
    return marks;
}

std::int64_t part_key(std::uint64_t owner, std::size_t part) {
    return static_cast<std::int64_t>(owner << 16U | part);
}

std::string pairs_context(std::size_t part) {
    return "pairs/" + std::to_string(part);
}

/// A row of what is derived is not where its key says, or not there.
tl::unexpected<Error> misplaced(const char* what) {
    return fail(ErrorKind::Corrupt,
                std::string{"ledger: "} + what + " stand in another's place or are not there",
                std::string{kRebuildRemedy});
}

}  // namespace

void LedgerTables::put_range(std::uint64_t subject,
                             std::uint32_t shape,
                             std::uint32_t chunk,
                             std::uint64_t least,
                             std::uint64_t greatest) {
    auto& statement = statements_.get("INSERT OR REPLACE INTO chunk_range VALUES (?, ?, ?, ?, ?)");
    statement.bind(1, as_stored(subject));
    statement.bind(2, shape);
    statement.bind(3, chunk);
    statement.bind(4, as_stored(least));
    statement.bind(5, as_stored(greatest));
    statement.exec();
}

std::vector<std::uint32_t> LedgerTables::chunks_in_range(std::uint64_t subject,
                                                         std::uint32_t shape,
                                                         std::uint64_t number) {
    auto& row = statements_.get(
        "SELECT chunk FROM chunk_range WHERE subject = ? AND shape = ? AND least <= ? AND greatest >= ? "
        "ORDER BY chunk");
    row.bind(1, as_stored(subject));
    row.bind(2, shape);
    row.bind(3, as_stored(number));
    row.bind(4, as_stored(number));
    std::vector<std::uint32_t> chunks;
    while (row.executeStep()) {
        chunks.push_back(static_cast<std::uint32_t>(row.getColumn(0).getInt64()));
    }
    return chunks;
}

Result<bool> LedgerTables::may_have(std::uint64_t subject,
                                    std::uint32_t chunk,
                                    std::uint32_t shape,
                                    std::uint64_t number) {
    const auto key = chunk_key(subject, chunk);
    auto known = marks_.find(key);
    if (known == marks_.end()) {
        const auto read = heads(subject, chunk);
        if (!read) {
            return fail(read);
        }
        if (marks_.size() >= kMarkedChunks) {
            marks_.clear();
        }
        known = marks_.emplace(key, marks_of(**read)).first;
    }
    return std::binary_search(known->second.begin(), known->second.end(), mark_of(shape, number));
}

void LedgerTables::put_hash(std::uint64_t subject, std::uint64_t hash, std::uint32_t activity) {
    auto& statement = statements_.get("INSERT OR IGNORE INTO uri_hash VALUES (?, ?, ?)");
    statement.bind(1, as_stored(subject));
    statement.bind(2, as_stored(hash));
    statement.bind(3, activity);
    statement.exec();
}

std::vector<std::uint32_t> LedgerTables::activities_with_hash(std::uint64_t subject, std::uint64_t hash) {
    auto& row =
        statements_.get("SELECT activity FROM uri_hash WHERE subject = ? AND hash = ? ORDER BY activity");
    row.bind(1, as_stored(subject));
    row.bind(2, as_stored(hash));
    std::vector<std::uint32_t> activities;
    while (row.executeStep()) {
        activities.push_back(static_cast<std::uint32_t>(row.getColumn(0).getInt64()));
    }
    return activities;
}

void LedgerTables::put_reference(std::uint64_t subject, std::uint32_t activity, std::uint32_t chunk) {
    auto& statement = statements_.get("INSERT OR IGNORE INTO reference VALUES (?, ?, ?)");
    statement.bind(1, as_stored(subject));
    statement.bind(2, activity);
    statement.bind(3, chunk);
    statement.exec();
}

std::vector<std::uint32_t> LedgerTables::references(std::uint64_t subject, std::uint32_t activity) {
    auto& row =
        statements_.get("SELECT chunk FROM reference WHERE subject = ? AND activity = ? ORDER BY chunk");
    row.bind(1, as_stored(subject));
    row.bind(2, activity);
    std::vector<std::uint32_t> chunks;
    while (row.executeStep()) {
        chunks.push_back(static_cast<std::uint32_t>(row.getColumn(0).getInt64()));
    }
    return chunks;
}

Result<std::vector<ledger::PairEntry>> LedgerTables::pairs(std::uint64_t subject) {
    constexpr const char* kWhat = "the recipients of a subject";
    auto& row = statements_.get("SELECT key, recipients FROM pairs WHERE key >= ? AND key < ? ORDER BY key");
    row.bind(1, part_key(subject, 0));
    row.bind(2, part_key(subject + 1, 0));
    std::vector<ledger::PairEntry> all;
    std::uint64_t disclosures = 0;
    for (std::size_t part = 0; row.executeStep(); ++part) {
        if (row.getColumn(0).getInt64() != part_key(subject, part)) {
            return misplaced(kWhat);
        }
        const auto content =
            open(ledger::BlobKind::Pairs, subject, pairs_context(part), blob_of(row.getColumn(1)));
        if (!content) {
            return fail(content);
        }
        const auto some = ledger::decode_pairs(*content);
        if (!some) {
            return fail(some);
        }
        for (const auto& pair : *some) {
            disclosures += pair.disclosures;
        }
        all.insert(all.end(), some->begin(), some->end());
    }
    // The last part may be away, or all of them: the subject's row knows how much they add up to.
    const auto known = this->subject(subject);
    if (disclosures != (known ? known->disclosures : 0)) {
        return misplaced(kWhat);
    }
    return all;
}

Result<void> LedgerTables::put_pairs(std::uint64_t subject, const std::vector<ledger::PairEntry>& pairs) {
    drop_pairs(subject);
    for (std::size_t part = 0; part * kPairsPerPart < pairs.size(); ++part) {
        const auto begin = pairs.begin() + static_cast<std::ptrdiff_t>(part * kPairsPerPart);
        const auto end = pairs.end() - begin > static_cast<std::ptrdiff_t>(kPairsPerPart)
                             ? begin + static_cast<std::ptrdiff_t>(kPairsPerPart)
                             : pairs.end();
        const auto blob =
            seal(ledger::BlobKind::Pairs, subject, pairs_context(part), ledger::encode_pairs({begin, end}));
        if (!blob) {
            return fail(blob);
        }
        auto& statement = statements_.get("INSERT OR REPLACE INTO pairs VALUES (?, ?)");
        statement.bind(1, part_key(subject, part));
        bind_blob(statement, 2, *blob);
        statement.exec();
    }
    return {};
}

Result<std::vector<std::uint64_t>> LedgerTables::subjects_of(std::uint32_t recipient) {
    constexpr const char* kWhat = "the subjects of a recipient";
    auto& row = statements_.get(
        "SELECT key, subjects FROM recipient_subjects WHERE key >= ? AND key < ? ORDER BY key");
    row.bind(1, part_key(recipient, 0));
    row.bind(2, part_key(std::uint64_t{recipient} + 1, 0));
    std::vector<std::uint64_t> all;
    for (std::size_t part = 0; row.executeStep(); ++part) {
        if (row.getColumn(0).getInt64() != part_key(recipient, part)) {
            return misplaced(kWhat);
        }
        const auto packed = ledger::unframe(ledger::BlobKind::Numbers, blob_of(row.getColumn(1)));
        if (!packed) {
            return fail(packed);
        }
        const auto content = ledger::unpack(*packed);
        if (!content) {
            return fail(content);
        }
        const auto some = ledger::decode_numbers(*content);
        if (!some) {
            return fail(some);
        }
        all.insert(all.end(), some->begin(), some->end());
    }
    const auto known = total(recipient);
    if (all.size() != (known ? known->subjects : 0)) {
        return misplaced(kWhat);
    }
    return all;
}

void LedgerTables::put_subjects_of(std::uint32_t recipient, const std::vector<std::uint64_t>& subjects) {
    drop_subjects_of(recipient);
    for (std::size_t part = 0; part * kNumbersPerPart < subjects.size(); ++part) {
        const auto begin = subjects.begin() + static_cast<std::ptrdiff_t>(part * kNumbersPerPart);
        const auto end = subjects.end() - begin > static_cast<std::ptrdiff_t>(kNumbersPerPart)
                             ? begin + static_cast<std::ptrdiff_t>(kNumbersPerPart)
                             : subjects.end();
        auto& statement = statements_.get("INSERT OR REPLACE INTO recipient_subjects VALUES (?, ?)");
        statement.bind(1, part_key(recipient, part));
        bind_blob(
            statement,
            2,
            ledger::frame(ledger::BlobKind::Numbers, ledger::pack(ledger::encode_numbers({begin, end}))));
        statement.exec();
    }
}

void LedgerTables::drop_pairs(std::uint64_t subject) {
    auto& row = statements_.get("DELETE FROM pairs WHERE key >= ? AND key < ?");
    row.bind(1, part_key(subject, 0));
    row.bind(2, part_key(subject + 1, 0));
    row.exec();
}

void LedgerTables::drop_subjects_of(std::uint32_t recipient) {
    auto& row = statements_.get("DELETE FROM recipient_subjects WHERE key >= ? AND key < ?");
    row.bind(1, part_key(recipient, 0));
    row.bind(2, part_key(std::uint64_t{recipient} + 1, 0));
    row.exec();
}

void LedgerTables::drop_total(std::uint32_t recipient) {
    auto& row = statements_.get("DELETE FROM recipient_total WHERE recipient = ?");
    row.bind(1, recipient);
    row.exec();
}

std::optional<TotalRow> LedgerTables::total(std::uint32_t recipient) {
    auto& row = statements_.get(
        "SELECT subjects, disclosures, first_at, last_at, channels, categories, strongest FROM "
        "recipient_total "
        "WHERE recipient = ?");
    row.bind(1, recipient);
    if (!row.executeStep()) {
        return std::nullopt;
    }
    TotalRow total;
    total.subjects = as_read(row.getColumn(0));
    total.sum.recipient = recipient;
    total.sum.disclosures = as_read(row.getColumn(1));
    total.sum.first = row.getColumn(2).getInt64();
    total.sum.last = row.getColumn(3).getInt64();
    total.sum.channels = static_cast<std::uint8_t>(row.getColumn(4).getInt());
    total.sum.categories = static_cast<std::uint16_t>(row.getColumn(5).getInt());
    total.sum.strongest = static_cast<std::uint8_t>(row.getColumn(6).getInt());
    return total;
}

void LedgerTables::put_total(const TotalRow& row) {
    auto& statement =
        statements_.get("INSERT OR REPLACE INTO recipient_total VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    statement.bind(1, row.sum.recipient);
    statement.bind(2, as_stored(row.subjects));
    statement.bind(3, as_stored(row.sum.disclosures));
    statement.bind(4, row.sum.first);
    statement.bind(5, row.sum.last);
    statement.bind(6, row.sum.channels);
    statement.bind(7, row.sum.categories);
    statement.bind(8, row.sum.strongest);
    statement.exec();
}

}  // namespace fedtrail::sqlite
