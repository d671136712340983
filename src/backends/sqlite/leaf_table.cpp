#include "backends/sqlite/leaf_table.hpp"

#include <cstdlib>

#include <sys/random.h>

#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/case_stamp.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/log_kind.hpp"
#include "backends/sqlite/vault_kind.hpp"

namespace fedtrail::sqlite {

namespace {

enum class Form : std::uint8_t { Closed = 0, Open = 1 };

/// Those whose content begins with the stamp's form, Form::Open and LeafKind::Access; then the time. Spelled
/// as in the index that finds them (schemas/sqlite/cases/0008_open_looks.sql).
constexpr const char* kOpenLooks =
    "SELECT sequence, substr(content, 4, 10) FROM leaf WHERE substr(content, 1, 3) = x'01010e'";
static_assert(static_cast<int>(Form::Open) == 1 && static_cast<int>(records::LeafKind::Access) == 0x0e);

template <typename Number>
std::optional<std::int64_t> integer(const std::optional<Number>& number) {
    // Numbers begin at 1, and in the row's place 0 stands for none.
    return number && number->get() != 0 ? std::optional{static_cast<std::int64_t>(number->get())}
                                        : std::nullopt;
}

std::optional<records::RequestNumber> request_of(const records::LeafBody& body) {
    return std::visit(
        [](const auto& leaf) -> std::optional<records::RequestNumber> {
            if constexpr (requires { leaf.request; }) {
                return leaf.request.get() == 0 ? std::nullopt : std::optional{leaf.request};
            } else {
                return std::nullopt;
            }
        },
        body);
}

std::string leaf_place(std::int64_t sequence,
                       std::optional<std::int64_t> subject,
                       std::optional<std::int64_t> request) {
    return place_of("leaf", {sequence, subject.value_or(0), request.value_or(0)});
}

void put_head(ledger::ByteWriter& out, Form form, const records::LeafHead& head) {
    out.byte(static_cast<std::uint8_t>(form));
    out.raw(records::encode_head(head));
}

template <typename Octets>
void take_into(ledger::ByteReader& in, Octets& octets) {
    const auto bytes = in.raw(octets.size());
    std::copy(bytes.begin(), bytes.end(), octets.begin());
}

Result<StoredLeaf> leaf_in(ByteView content, std::string_view place) {
    ledger::ByteReader in{content};
    StoredLeaf leaf;
    const auto form = take_enum(in, Form::Open);
    leaf.head.kind = take_enum(in, records::kLastLeafKind);
    leaf.head.at = take_at(in);
    if (form == Form::Closed) {
        take_into(in, leaf.digest);
        return in.done() ? Result<StoredLeaf>{std::move(leaf)} : Result<StoredLeaf>{damaged(place)};
    }
    StoredLeaf::Opening opening;
    take_into(in, opening.salt);
    const auto body = in.raw(in.left());
    opening.body.assign(body.begin(), body.end());
    leaf.digest = records::digest_of(opening.salt, opening.body);
    leaf.opening = std::move(opening);
    return in.done() ? Result<StoredLeaf>{std::move(leaf)} : Result<StoredLeaf>{damaged(place)};
}

/// From a row of sequence, subject, request, content.
Result<StoredLeaf> leaf_in(SQLite::Statement& row) {
    const auto number = [&](int column) {
        return row.getColumn(column).isNull() ? std::nullopt
                                              : std::optional{row.getColumn(column).getInt64()};
    };
    const auto place = leaf_place(row.getColumn(0).getInt64(), number(1), number(2));
    const auto content = unstamped(place, blob_of(row.getColumn(3)));
    auto leaf = content ? leaf_in(*content, place) : Result<StoredLeaf>{fail(content)};
    if (leaf) {
        leaf->sequence = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    }
    return leaf;
}

Result<std::vector<StoredLeaf>> leaves_in(SQLite::Statement& row) {
    std::vector<StoredLeaf> leaves;
    while (row.executeStep()) {
        auto leaf = leaf_in(row);
        if (!leaf) {
            return fail(leaf);
        }
        leaves.push_back(std::move(*leaf));
    }
    row.reset();
    return leaves;
}

void bind_number(SQLite::Statement& row, int index, std::optional<std::int64_t> number) {
    if (number) {
        row.bind(index, *number);
    } else {
        row.bind(index);
    }
}

std::int64_t next_sequence(Statements& statements) {
    auto& last = statements.get("SELECT coalesce(max(sequence), 0) + 1 FROM leaf");
    last.executeStep();
    const auto next = last.getColumn(0).getInt64();
    last.reset();
    return next;
}

DatabaseKind kind_of(LeafStore store) {
    switch (store) {
        case LeafStore::Ledger:
            return ledger_kind();
        case LeafStore::Cases:
            return cases_kind();
        case LeafStore::Vault:
            return vault_kind();
        case LeafStore::Log:
            return log_kind();
    }
    std::abort();
}

}  // namespace

void fill_random(std::span<std::byte> out) {
    while (!out.empty()) {
        const auto got = ::getrandom(out.data(), out.size(), 0);
        if (got < 0) {
            std::abort();  // only a signal or a kernel without it could be the reason; salts must not be
                           // guessed
        }
        out = out.subspan(static_cast<std::size_t>(got));
    }
}

Result<void> put_leaf(Statements& statements, const records::LeafRecord& record) {
    const auto body = records::encode_body(record.body);
    if (!body) {
        return fail(body);
    }
    records::LeafSalt salt{};
    fill_random(salt);
    ledger::ByteWriter content;
    put_head(content, Form::Open, records::head_of(record));
    content.raw(salt);
    content.raw(*body);
    const auto sequence = next_sequence(statements);
    const auto subject = integer(records::subject_of(record.body));
    const auto request = integer(request_of(record.body));
    auto& row = statements.get("INSERT INTO leaf VALUES (?, ?, ?, ?)");
    row.bind(1, sequence);
    bind_number(row, 2, subject);
    bind_number(row, 3, request);
    bind_blob(row, 4, stamped(leaf_place(sequence, subject, request), content.bytes()));
    row.exec();
    return {};
}

Result<std::vector<StoredLeaf>> read_leaves(Statements& statements, std::uint64_t after, std::size_t limit) {
    auto& row = statements.get(
        "SELECT sequence, subject, request, content FROM leaf WHERE sequence > ? ORDER BY sequence LIMIT ?");
    row.bind(1, static_cast<std::int64_t>(after));
    row.bind(2, static_cast<std::int64_t>(limit));
    return leaves_in(row);
}

Result<std::vector<StoredLeaf>> leaves_about(Statements& statements, privacy::SubjectNumber subject) {
    auto& row = statements.get(
        "SELECT sequence, subject, request, content FROM leaf WHERE subject = ? ORDER BY sequence");
    row.bind(1, static_cast<std::int64_t>(subject.get()));
    return leaves_in(row);
}

Result<std::vector<StoredLeaf>> leaves_of(Statements& statements, records::RequestNumber request) {
    auto& row = statements.get(
        "SELECT sequence, subject, request, content FROM leaf WHERE request = ? ORDER BY sequence");
    row.bind(1, static_cast<std::int64_t>(request.get()));
    return leaves_in(row);
}

Result<std::optional<StoredLeaf>> last_leaf(Statements& statements, records::LeafKind kind) {
    auto& row = statements.get("SELECT sequence, subject, request, content FROM leaf ORDER BY sequence DESC");
    std::optional<StoredLeaf> found;
    while (!found && row.executeStep()) {
        auto leaf = leaf_in(row);
        if (!leaf) {
            return fail(leaf);
        }
        if (leaf->head.kind == kind) {
            found = std::move(*leaf);
        }
    }
    row.reset();
    return found;
}

namespace {

void close_leaf(Statements& statements, const StoredLeaf& leaf) {
    ledger::ByteWriter content;
    put_head(content, Form::Closed, leaf.head);
    content.raw(leaf.digest);
    const auto sequence = static_cast<std::int64_t>(leaf.sequence);
    auto& row =
        statements.get("UPDATE leaf SET subject = NULL, request = NULL, content = ? WHERE sequence = ?");
    bind_blob(row, 1, stamped(leaf_place(sequence, std::nullopt, std::nullopt), content.bytes()));
    row.bind(2, sequence);
    row.exec();
}

/// Sequences of the open ones from before `horizon`. Millions may stand behind it: nothing but their time is
/// read.
std::vector<std::uint64_t> looks_before(Statements& statements, Instant horizon) {
    auto& row = statements.get(kOpenLooks);
    std::vector<std::uint64_t> sequences;
    while (row.executeStep()) {
        const auto head = blob_of(row.getColumn(1));
        ledger::ByteReader in{head};
        if (take_at(in) < horizon) {
            sequences.push_back(static_cast<std::uint64_t>(row.getColumn(0).getInt64()));
        }
    }
    row.reset();
    return sequences;
}

}  // namespace

Result<std::uint64_t> close_leaves(Statements& statements, records::RequestNumber request) {
    const auto leaves = leaves_of(statements, request);
    if (!leaves) {
        return fail(leaves);
    }
    std::uint64_t closed = 0;
    for (const auto& leaf : *leaves) {
        if (leaf.opening) {
            close_leaf(statements, leaf);
            ++closed;
        }
    }
    return closed;
}

Result<std::uint64_t> close_looks(Statements& statements,
                                  Instant horizon,
                                  bool only_count,
                                  std::optional<Error>& damage) {
    std::uint64_t closed = 0;
    for (const auto sequence : looks_before(statements, horizon)) {
        const auto leaf = read_leaves(statements, sequence - 1, 1);
        if (!leaf && leaf.error().kind != ErrorKind::Corrupt) {
            return fail(leaf);
        }
        if (!leaf) {
            damage = damage ? damage : leaf.error();
            continue;
        }
        if (!only_count) {
            close_leaf(statements, leaf->front());
        }
        ++closed;
    }
    return closed;
}

std::uint64_t damaged_leaves(Statements& statements, std::uint64_t& rows) {
    std::uint64_t damaged = 0;
    std::uint64_t expected = 1;
    auto& row = statements.get("SELECT sequence, subject, request, content FROM leaf ORDER BY sequence");
    while (row.executeStep()) {
        const auto leaf = leaf_in(row);
        const bool readable =
            leaf && (!leaf->opening || records::decode_body(leaf->head.kind, leaf->opening->body));
        damaged += readable && leaf->sequence == expected ? 0 : 1;
        expected = static_cast<std::uint64_t>(row.getColumn(0).getInt64()) + 1;
        ++rows;
    }
    row.reset();
    return damaged;
}

Result<std::unique_ptr<SqliteLeaves>> SqliteLeaves::open(LeafStore store, const std::filesystem::path& file) {
    auto database = open_database(file, kind_of(store), OpenMode::ReadOnly);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteLeaves>{new SqliteLeaves{store, std::move(*database)}};
}

Result<std::vector<StoredLeaf>> SqliteLeaves::leaves(std::uint64_t after, std::size_t limit) const {
    return connection_.read("reading the leaves of a store",
                            [&](Statements& statements) { return read_leaves(statements, after, limit); });
}

Result<std::vector<StoredLeaf>> SqliteLeaves::about(privacy::SubjectNumber subject) const {
    return connection_.read("reading the leaves about a subject",
                            [&](Statements& statements) { return leaves_about(statements, subject); });
}

Result<std::vector<StoredLeaf>> SqliteLeaves::of(records::RequestNumber request) const {
    return connection_.read("reading the leaves of a request",
                            [&](Statements& statements) { return leaves_of(statements, request); });
}

}  // namespace fedtrail::sqlite
