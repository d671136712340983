#include "backends/sqlite/log_store.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "fedtrail/core/count.hpp"

#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/log_kind.hpp"
#include "backends/sqlite/log_policies.hpp"
#include "backends/sqlite/log_tables.hpp"

namespace fedtrail::sqlite {

struct SqliteLog::State {
    State(std::unique_ptr<SQLite::Database> for_writing, std::unique_ptr<SQLite::Database> for_reading)
        : writer(std::move(for_writing)), reader(std::move(for_reading)) {}

    Connection writer;
    Connection reader;  ///< Nobody who reads waits for a write's flush.
};

SqliteLog::SqliteLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteLog::~SqliteLog() = default;

Result<std::unique_ptr<SqliteLog>> SqliteLog::open(const std::filesystem::path& file, OpenMode mode) {
    auto writer = open_database(file, log_kind(), mode);
    if (!writer) {
        return fail(writer);
    }
    auto reader = open_database(file, log_kind(), mode == OpenMode::ReadWrite ? OpenMode::ReadOnly : mode);
    if (!reader) {
        return fail(reader);
    }
    return std::unique_ptr<SqliteLog>{
        new SqliteLog{std::make_unique<State>(std::move(*writer), std::move(*reader))}};
}

Result<std::optional<SignedCheckpoint>> SqliteLog::last_checkpoint() const {
    return state_->reader.read("reading the log's checkpoint",
                               [](Statements& statements) -> Result<std::optional<SignedCheckpoint>> {
                                   auto list = read_checkpoints(statements, true);
                                   if (!list) {
                                       return fail(list);
                                   }
                                   return list->empty() ? std::nullopt
                                                        : std::optional{std::move(list->back())};
                               });
}

Result<std::vector<SignedCheckpoint>> SqliteLog::checkpoints() const {
    return state_->reader.read("reading the log's checkpoints",
                               [](Statements& statements) { return read_checkpoints(statements, false); });
}

Result<Bytes> SqliteLog::tile(const ledger::Tile& tile) const {
    return state_->reader.read("reading a tile of the log",
                               [&](Statements& statements) { return read_tile(statements, tile); });
}

Result<Bytes> SqliteLog::entries(const ledger::Tile& tile) const {
    return state_->reader.read("reading entries of the log",
                               [&](Statements& statements) { return read_entries(statements, tile); });
}

Result<std::uint64_t> SqliteLog::index_of(LeafStore store, std::uint64_t sequence) const {
    return state_->reader.read("finding a leaf in the log", [&](Statements& statements) {
        return place_of_leaf(statements, store, sequence);
    });
}

Result<std::uint64_t> SqliteLog::size() const {
    return state_->reader.read("reading the log's size", [](Statements& statements) -> Result<std::uint64_t> {
        return log_size(statements);
    });
}

Result<std::uint64_t> SqliteLog::taken(LeafStore store) const {
    return state_->reader.read("reading the log's end", [&](Statements& statements) -> Result<std::uint64_t> {
        return last_taken(statements, store);
    });
}

Result<void> SqliteLog::append(std::span<const LogEntry> entries) {
    return state_->writer.write("appending to the log",
                                [&](Statements& statements) { return append_entries(statements, entries); });
}

Result<ledger::Hash> SqliteLog::root_at(std::uint64_t size) const {
    return state_->reader.read("reading the log's root",
                               [&](Statements& statements) { return root_of_log(statements, size); });
}

Result<void> SqliteLog::keep(const SignedCheckpoint& checkpoint) {
    return state_->writer.write("keeping a checkpoint", [&](Statements& statements) -> Result<void> {
        put_checkpoint(statements, checkpoint);
        return {};
    });
}

Result<void> SqliteLog::add_cosignature(std::uint64_t size,
                                        const std::string& witness,
                                        std::uint64_t unix_seconds,
                                        const std::string& line) {
    return state_->writer.write("keeping a cosignature", [&](Statements& statements) -> Result<void> {
        put_cosignature(statements, size, witness, unix_seconds, line);
        return {};
    });
}

Result<std::vector<LogEntry>> SqliteLog::range(std::uint64_t first, std::uint64_t count) const {
    return state_->reader.read("reading entries of the log", [&](Statements& statements) {
        return entries_from(statements, first, count);
    });
}

Result<void> SqliteLog::append(const records::LeafRecord& record) {
    return state_->writer.write("writing an event for the log",
                                [&](Statements& statements) { return put_leaf(statements, record); });
}

Result<void> SqliteLog::append(const records::LeafRecord& change, std::span<const std::string> texts) {
    return state_->writer.write("writing a change of policies", [&](Statements& statements) -> Result<void> {
        const auto* policies = std::get_if<records::PolicyChangeLeaf>(&change.body);
        if (policies == nullptr) {
            return fail(ErrorKind::Invalid, "that is no change of policies");
        }
        put_policy_texts(statements, texts, policies->files);
        return put_leaf(statements, change);
    });
}

Result<std::optional<std::string>> SqliteLog::policy_text(const records::LeafDigest& digest) const {
    return state_->reader.read("reading a policy that was in force",
                               [&](Statements& statements) -> Result<std::optional<std::string>> {
                                   return read_policy_text(statements, digest);
                               });
}

Result<std::optional<StoredLeaf>> SqliteLog::last_event(records::LeafKind kind) const {
    return state_->reader.read("reading an event of the log",
                               [&](Statements& statements) { return last_leaf(statements, kind); });
}

namespace {

/// Reads everything, and makes the tree anew.
class LogAudit {
public:
    explicit LogAudit(Statements& statements) : statements_(statements) {}

    Result<LogCheck> run() {
        check_pages();
        const auto checkpoints = read_checkpoints(statements_, false);
        if (checkpoints) {
            checkpoints_ = *checkpoints;
        } else {
            fault(checkpoints.error().what);
        }
        check_entries();
        const auto damaged = damaged_leaves(statements_, check_.rows);
        if (damaged > 0) {
            fault(counted(damaged, "leaf of the log's own events is", "leaves of the log's own events are") +
                  " damaged or missing");
        }
        if (const auto texts = damaged_policy_texts(statements_, check_.rows); texts > 0) {
            fault(counted(texts, "kept policy is", "kept policies are") + " not what the digest says");
        }
        return std::move(check_);
    }

private:
    void fault(std::string sentence) {
        if (check_.faults.size() < kMaxFaults) {
            check_.faults.push_back(std::move(sentence));
        }
    }

    void check_pages() {
        for (auto& sentence : layout_faults(statements_.database(), log_kind())) {
            fault(std::move(sentence));
        }
        auto& row = statements_.get("PRAGMA integrity_check(10)");
        while (row.executeStep()) {
            if (const auto said = row.getColumn(0).getString(); said != "ok") {
                fault("the log's pages: " + said);
            }
        }
        row.reset();
    }

    void check_root(const ledger::Frontier& tree) {
        for (; next_ < checkpoints_.size() && checkpoints_[next_].checkpoint.size <= tree.size(); ++next_) {
            const auto& checkpoint = checkpoints_[next_].checkpoint;
            if (checkpoint.size == tree.size() && checkpoint.root != tree.root()) {
                fault("the log's entries do not make the root of the checkpoint of " +
                      counted(checkpoint.size, "leaf", "leaves"));
            }
        }
    }

    /// Whether level 0 has `hash` at `number`; the levels above are compared when their tile is complete.
    void check_tile(std::uint64_t first, const std::vector<ledger::Hash>& hashes) {
        const ledger::Tile tile{0, first / ledger::kTileWidth, hashes.size()};
        const auto stored = read_tile(statements_, tile);
        const auto expected = std::as_bytes(std::span{hashes});
        if (!stored || !std::equal(stored->begin(), stored->end(), expected.begin(), expected.end())) {
            fault("the log's " + ledger::path_of(tile) + " is not what its entries make");
        }
        ++check_.rows;
    }

    void check_above(std::vector<ledger::Hash> below) {
        for (unsigned level = 1; !below.empty(); ++level) {
            below = check_level(level, below);
        }
    }

    /// The roots of its whole tiles.
    std::vector<ledger::Hash> check_level(unsigned level, std::span<const ledger::Hash> below) {
        std::vector<ledger::Hash> above;
        for (std::size_t first = 0; first < below.size(); first += ledger::kTileWidth) {
            const auto count = std::min<std::size_t>(ledger::kTileWidth, below.size() - first);
            const auto hashes = below.subspan(first, count);
            const ledger::Tile tile{level, first / ledger::kTileWidth, count};
            const auto stored = read_tile(statements_, tile);
            const auto expected = std::as_bytes(hashes);
            if (!stored || !std::equal(stored->begin(), stored->end(), expected.begin(), expected.end())) {
                fault("the log's " + ledger::path_of(tile) + " is not what the tiles below make");
            }
            ++check_.rows;
            if (count == ledger::kTileWidth) {
                above.push_back(ledger::root_of(hashes));
            }
        }
        return above;
    }

    void check_entries() {
        ledger::Frontier tree;
        std::vector<ledger::Hash> tile;
        std::vector<ledger::Hash> above;
        check_root(tree);
        auto& row = statements_.get("SELECT number, commitment FROM entry ORDER BY number");
        while (row.executeStep()) {
            records::LeafDigest commitment{};
            const auto blob = blob_of(row.getColumn(1));
            std::copy_n(blob.begin(), std::min(blob.size(), commitment.size()), commitment.begin());
            if (row.getColumn(0).getInt64() != static_cast<std::int64_t>(tree.size())) {
                fault("the log lacks entry " + std::to_string(tree.size()));
                break;
            }
            const auto hash = records::leaf_hash_of(commitment);
            tree.append(hash);
            tile.push_back(hash);
            if (tile.size() == ledger::kTileWidth) {
                check_tile(tree.size() - tile.size(), tile);
                above.push_back(ledger::root_of(tile));
                tile.clear();
            }
            check_root(tree);
        }
        row.reset();
        if (!tile.empty()) {
            check_tile(tree.size() - tile.size(), tile);
        }
        check_above(std::move(above));
        check_.leaves = tree.size();
        check_.rows += tree.size() + checkpoints_.size();
        if (next_ < checkpoints_.size()) {
            fault("the log has a checkpoint of " +
                  counted(checkpoints_[next_].checkpoint.size, "leaf", "leaves") + ", and only " +
                  grouped(tree.size()));
        }
    }

    Statements& statements_;
    LogCheck check_;
    std::vector<SignedCheckpoint> checkpoints_;
    std::size_t next_{};
};

}  // namespace

Result<LogCheck> SqliteLog::check() const {
    return state_->reader.read("checking the log",
                               [](Statements& statements) { return LogAudit{statements}.run(); });
}

}  // namespace fedtrail::sqlite
