#include "backends/sqlite/ledger_sealer.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/ledger/blob.hpp"

#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/row_values.hpp"
#include "records/leaf_bodies.hpp"

namespace fedtrail::sqlite {

namespace {

std::int64_t checksum_of(const WindowRow& row) {
    return row_checksum({static_cast<std::int64_t>(row.number),
                         row.at.time_since_epoch().count(),
                         row.first_name,
                         row.names,
                         static_cast<std::int64_t>(row.leaves)});
}

std::int64_t checksum_of(const WindowPart& part) {
    ledger::ByteWriter row;
    for (const auto value : {part.window,
                             part.subject,
                             part.first_leaf,
                             std::uint64_t{part.first_activity},
                             std::uint64_t{part.activities},
                             std::uint64_t{part.late_chunk},
                             std::uint64_t{part.first_late},
                             std::uint64_t{part.late}}) {
        row.varint(value);
    }
    for (const auto& hash : part.commitments) {
        row.raw(hash);
    }
    return static_cast<std::int64_t>(ledger::checksum(row.bytes()));
}

tl::unexpected<Error> damaged_window() {
    return fail(ErrorKind::Corrupt, "ledger: a row of the log's windows is damaged", "run `fedtrail doctor`");
}

/// From a row of number, at, first_name, names, leaves, checksum.
Result<std::optional<WindowRow>> window_in(SQLite::Statement& row) {
    if (!row.executeStep()) {
        return std::optional<WindowRow>{};
    }
    const WindowRow window{static_cast<std::uint64_t>(row.getColumn(0).getInt64()),
                           Instant{std::chrono::milliseconds{row.getColumn(1).getInt64()}},
                           row.getColumn(2).getUInt(),
                           row.getColumn(3).getUInt(),
                           static_cast<std::uint64_t>(row.getColumn(4).getInt64())};
    const bool sound = row.getColumn(5).getInt64() == checksum_of(window);
    row.reset();
    return sound ? Result<std::optional<WindowRow>>{std::optional{window}}
                 : Result<std::optional<WindowRow>>{damaged_window()};
}

Result<std::vector<records::LeafDigest>> commitments_in(const SQLite::Column& column, std::uint64_t count) {
    std::vector<records::LeafDigest> hashes;
    if (column.isNull()) {
        return hashes;
    }
    const auto bytes = blob_of(column);
    if (bytes.size() != count * std::tuple_size_v<ledger::Hash>) {
        return damaged_window();
    }
    hashes.resize(static_cast<std::size_t>(count));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        const auto one = bytes.subspan(i * hashes[i].size(), hashes[i].size());
        std::copy(one.begin(), one.end(), hashes[i].begin());
    }
    return hashes;
}

Result<std::vector<WindowPart>> parts_in(SQLite::Statement& row) {
    std::vector<WindowPart> parts;
    while (row.executeStep()) {
        WindowPart part;
        part.window = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
        part.subject = static_cast<std::uint64_t>(row.getColumn(1).getInt64());
        part.first_leaf = static_cast<std::uint64_t>(row.getColumn(2).getInt64());
        part.first_activity = row.getColumn(3).getUInt();
        part.activities = row.getColumn(4).getUInt();
        part.late_chunk = row.getColumn(5).getUInt();
        part.first_late = row.getColumn(6).getUInt();
        part.late = row.getColumn(7).getUInt();
        auto commitments = commitments_in(row.getColumn(9), part.leaves());
        if (!commitments) {
            return fail(commitments);
        }
        part.commitments = std::move(*commitments);
        if (row.getColumn(8).getInt64() != checksum_of(part)) {
            return damaged_window();
        }
        parts.push_back(std::move(part));
    }
    row.reset();
    return parts;
}

}  // namespace

Result<std::optional<WindowRow>> window_row(Statements& statements, std::uint64_t number) {
    auto& row =
        statements.get("SELECT number, at, first_name, names, leaves, checksum FROM window WHERE number = ?");
    row.bind(1, static_cast<std::int64_t>(number));
    return window_in(row);
}

Result<std::optional<WindowRow>> last_window(Statements& statements) {
    return window_in(statements.get(
        "SELECT number, at, first_name, names, leaves, checksum FROM window ORDER BY number DESC LIMIT 1"));
}

void put_window(Statements& statements, const WindowRow& window) {
    auto& row = statements.get("INSERT INTO window VALUES (?, ?, ?, ?, ?, ?)");
    row.bind(1, static_cast<std::int64_t>(window.number));
    row.bind(2, static_cast<std::int64_t>(window.at.time_since_epoch().count()));
    row.bind(3, window.first_name);
    row.bind(4, window.names);
    row.bind(5, static_cast<std::int64_t>(window.leaves));
    row.bind(6, checksum_of(window));
    row.exec();
}

Result<std::vector<WindowPart>> parts_of_window(Statements& statements, std::uint64_t window) {
    auto& row = statements.get(
        "SELECT window, subject, first_leaf, first_activity, activities, late_chunk, first_late, late, "
        "checksum, commitments FROM window_part WHERE window = ? ORDER BY subject");
    row.bind(1, static_cast<std::int64_t>(window));
    return parts_in(row);
}

Result<std::vector<WindowPart>> parts_of_subject(Statements& statements, std::uint64_t subject) {
    auto& row = statements.get(
        "SELECT window, subject, first_leaf, first_activity, activities, late_chunk, first_late, late, "
        "checksum, commitments FROM window_part WHERE subject = ? ORDER BY window");
    row.bind(1, static_cast<std::int64_t>(subject));
    return parts_in(row);
}

void put_part(Statements& statements, const WindowPart& part) {
    auto& row = statements.get("INSERT OR REPLACE INTO window_part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    row.bind(1, static_cast<std::int64_t>(part.window));
    row.bind(2, static_cast<std::int64_t>(part.subject));
    row.bind(3, static_cast<std::int64_t>(part.first_leaf));
    row.bind(4, part.first_activity);
    row.bind(5, part.activities);
    row.bind(6, part.late_chunk);
    row.bind(7, part.first_late);
    row.bind(8, part.late);
    row.bind(9, checksum_of(part));
    if (!part.commitments.empty()) {
        bind_blob(row, 10, std::as_bytes(std::span{part.commitments}));
    }
    row.exec();
}

Bytes name_seed(Statements& statements, bool may_make) {
    auto& row = statements.get("SELECT seed FROM log_seed WHERE id = 1");
    if (row.executeStep()) {
        const auto seed = blob_of(row.getColumn(0));
        Bytes known{seed.begin(), seed.end()};
        row.reset();
        return known;
    }
    row.reset();
    Bytes seed(std::tuple_size_v<records::LeafSalt>);
    if (may_make) {
        fill_random(seed);
        auto& put = statements.get("INSERT INTO log_seed VALUES (1, ?)");
        bind_blob(put, 1, seed);
        put.exec();
    }
    return seed;
}

// --- Records: by write(), for encode_body() reads back what it wrote, and these cannot be out of order ---

records::LeafSalt RecordMaker::salt_of(ByteView seed, records::LeafKind kind, std::uint64_t number) {
    return ledger::sha256(records::salt_message(seed, kind, number));
}

void RecordMaker::begin(const records::LeafSalt& salt) {
    message_.clear();
    records::begin_body_message(message_, salt);
}

RecordMaker::Made RecordMaker::made(records::LeafHead head, const records::LeafSalt& salt) {
    constexpr std::size_t kBefore = sizeof("fedtrail/body/1\n") - 1 + std::tuple_size_v<records::LeafSalt>;
    const ByteView message{message_.bytes()};
    const auto digest = ledger::sha256(message);
    return {head, salt, message.subspan(kBefore), digest, records::commitment_of(head, digest)};
}

Result<void> RecordMaker::visit(const SealedShare& share, const ShapeBook& shapes, const Visitor& visitor) {
    const auto seed = tables_.leaf_seed(share.subject);
    if (!seed) {
        return fail(seed);
    }
    records::ActivityLeaf leaf;
    leaf.subject = privacy::SubjectNumber{share.subject};
    leaf.number = share.first_activity;
    for (const auto& entry : *share.activities) {
        auto id = shapes.uri(entry.head.id);
        auto object = entry.head.refers ? Result<std::string>{} : shapes.uri(entry.head.object);
        if (!id || !object) {
            return !id ? Result<void>{fail(id)} : Result<void>{fail(object)};
        }
        leaf.type = types_.name(entry.head.type);
        leaf.categories = entry.head.categories;
        leaf.visibility = entry.head.visibility;
        leaf.id = Personal<std::string>{std::move(*id)};
        leaf.object = Personal<std::string>{std::move(*object)};
        leaf.refers = entry.head.refers;
        const auto salt = salt_of(*seed, records::LeafKind::Activity, leaf.number);
        begin(salt);
        records::encode_activity(message_, leaf, entry.attempts);
        if (auto seen = visitor(made({records::LeafKind::Activity, from_unix_seconds(entry.head.at)}, salt));
            !seen) {
            return seen;
        }
        ++leaf.number;
    }
    auto place = (std::uint64_t{share.late_chunk} << 24U) + share.first_late;
    for (const auto& attempt : *share.late) {
        const auto salt = salt_of(*seed, records::LeafKind::LateAttempt, place++);
        begin(salt);
        records::write(
            message_,
            records::LateAttemptLeaf{leaf.subject, attempt.activity, attempt.recipient, attempt.code});
        if (auto seen = visitor(made({records::LeafKind::LateAttempt, from_unix_seconds(attempt.at)}, salt));
            !seen) {
            return seen;
        }
    }
    return {};
}

Result<void> RecordMaker::visit_names(const WindowRow& window, ByteView seed, const Visitor& visitor) {
    records::RecipientNameLeaf leaf;
    for (std::uint32_t i = 0; i < window.names; ++i) {
        leaf.number = window.first_name + i;
        leaf.host.assign(recipients_.name(leaf.number));
        const auto salt = salt_of(seed, records::LeafKind::RecipientName, leaf.number);
        begin(salt);
        records::write(message_, leaf);
        if (auto seen = visitor(made({records::LeafKind::RecipientName, window.at}, salt)); !seen) {
            return seen;
        }
    }
    return {};
}

// --- Windows ---

Result<void> WindowSealer::begin() {
    const auto last = last_window(tables_.statements());
    if (!last) {
        return fail(last);
    }
    row_.number = *last ? (*last)->number + 1 : 1;
    row_.at = at_;
    row_.first_name = *last ? (*last)->first_name + (*last)->names : 1;
    row_.names = static_cast<std::uint32_t>(recipients_.size()) + 1 - row_.first_name;
    const auto seed = name_seed(tables_.statements(), true);
    return maker_.visit_names(row_, seed, [&](const RecordMaker::Made& made) -> Result<void> {
        tree_.append(records::leaf_hash_of(made.commitment));
        return {};
    });
}

void WindowSealer::widen(std::int64_t at) {
    first_at_ = any_ ? std::min(first_at_, at) : at;
    last_at_ = any_ ? std::max(last_at_, at) : at;
    any_ = true;
}

Result<void> WindowSealer::add(const SealedShare& share, const ShapeBook& shapes) {
    WindowPart part;
    part.window = row_.number;
    part.subject = share.subject;
    part.first_leaf = tree_.size();
    part.first_activity = share.first_activity;
    part.activities = static_cast<std::uint32_t>(share.activities->size());
    part.late_chunk = share.late_chunk;
    part.first_late = share.first_late;
    part.late = static_cast<std::uint32_t>(share.late->size());
    auto visited = maker_.visit(share, shapes, [&](const RecordMaker::Made& made) -> Result<void> {
        widen(to_unix_seconds(made.head.at));
        tree_.append(records::leaf_hash_of(made.commitment));
        return {};
    });
    if (!visited) {
        return visited;
    }
    put_part(tables_.statements(), part);
    return {};
}

Result<void> WindowSealer::finish() {
    row_.leaves = tree_.size();
    put_window(tables_.statements(), row_);
    return put_leaf(tables_.statements(),
                    {at_, records::WindowLeaf{row_.number, row_.leaves, tree_.root(), first_at_, last_at_}});
}

}  // namespace fedtrail::sqlite
