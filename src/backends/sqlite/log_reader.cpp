#include "backends/sqlite/log_reader.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace fedtrail::sqlite {

namespace {

constexpr std::uint64_t kAtOnce = 1'024;

/// The leaves that `entries` are of, by store and sequence.
using Known = std::map<std::pair<LeafStore, std::uint64_t>, StoredLeaf>;

Result<void> gather(const SqliteLeaves& source, std::span<const LogEntry> entries, Known& known) {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    for (const auto& entry : entries) {
        if (entry.store == source.store()) {
            first = first == 0 ? entry.sequence : first;
            last = entry.sequence;
        }
    }
    if (first == 0) {
        return {};
    }
    auto leaves = source.leaves(first - 1, static_cast<std::size_t>(last - first + 1));
    if (!leaves) {
        return fail(leaves);
    }
    for (auto& leaf : *leaves) {
        const auto sequence = leaf.sequence;
        known.emplace(std::pair{source.store(), sequence}, std::move(leaf));
    }
    return {};
}

Result<LoggedRecord> record_of(const LogEntry& entry, Known& known) {
    LoggedRecord record;
    record.commitment = entry.commitment;
    const auto leaf = known.find({entry.store, entry.sequence});
    if (leaf == known.end()) {
        return record;  // its store is from an older backup: the commitment is all there is
    }
    if (records::commitment_of(leaf->second.head, leaf->second.digest) != entry.commitment) {
        return fail(ErrorKind::Corrupt,
                    "leaf " + std::to_string(entry.sequence) + " of store " +
                        std::to_string(static_cast<unsigned>(entry.store)) +
                        " is not the one that the log has",
                    "run `fedtrail doctor`");
    }
    record.closed = LoggedRecord::Closed{leaf->second.head, leaf->second.digest};
    if (auto& opening = leaf->second.opening) {
        record.opened = LoggedRecord::Opened{opening->salt, std::move(opening->body)};
    }
    return record;
}

}  // namespace

Result<std::vector<std::unique_ptr<SqliteLeaves>>> open_leaves(const LogPlaces& places) {
    std::vector<std::unique_ptr<SqliteLeaves>> sources;
    for (const auto& [store, file] : {std::pair{LeafStore::Ledger, places.ledger},
                                      std::pair{LeafStore::Cases, places.cases},
                                      std::pair{LeafStore::Vault, places.vault},
                                      std::pair{LeafStore::Log, places.log}}) {
        auto source = SqliteLeaves::open(store, file);
        if (!source && source.error().kind == ErrorKind::NotFound) {
            continue;
        }
        if (!source) {
            return fail(source);
        }
        sources.push_back(std::move(*source));
    }
    return sources;
}

Result<std::unique_ptr<SqliteLogReader>> SqliteLogReader::open(const LogPlaces& places,
                                                               const SubjectSealer& sealer) {
    std::unique_ptr<SqliteLogReader> reader{new SqliteLogReader};
    auto log = SqliteLog::open(places.log, OpenMode::ReadOnly);
    if (!log) {
        return fail(log);
    }
    reader->log_ = std::move(*log);
    auto published = reader->log_->last_checkpoint();
    if (!published) {
        return fail(published);
    }
    if (!*published) {
        return fail(ErrorKind::NotFound,
                    "the log has no checkpoint yet",
                    "start `fedtrail serve`, or run `fedtrail audit checkpoint --now`");
    }
    reader->published_ = std::move(**published);
    auto windows = SqliteWindows::open(places.ledger, sealer);
    auto leaves = open_leaves(places);
    if (!windows || !leaves) {
        return !windows ? Result<std::unique_ptr<SqliteLogReader>>{fail(windows)}
                        : Result<std::unique_ptr<SqliteLogReader>>{fail(leaves)};
    }
    reader->windows_ = std::move(*windows);
    reader->leaves_ = std::move(*leaves);
    reader->subtrees_ =
        ledger::subtrees_of(reader->published_.checkpoint.size,
                            [log = reader->log_.get()](const ledger::Tile& tile) { return log->tile(tile); });
    return reader;
}

Result<std::vector<std::string>> SqliteLogReader::checkpoints(std::uint64_t from, std::size_t limit) const {
    const auto all = log_->checkpoints();
    if (!all) {
        return fail(all);
    }
    std::vector<std::string> notes;
    for (const auto& one : *all) {
        if (one.checkpoint.size >= from && one.checkpoint.size <= published_.checkpoint.size &&
            notes.size() < limit) {
            notes.push_back(one.note);
        }
    }
    return notes;
}

Result<ledger::Hash> SqliteLogReader::subtree(unsigned level, std::uint64_t index) const {
    return subtrees_(level, index);
}

Result<void> SqliteLogReader::each_of(std::span<const LogEntry> entries, const Visitor& visit) const {
    Known known;
    for (const auto& source : leaves_) {
        if (auto gathered = gather(*source, entries, known); !gathered) {
            return gathered;
        }
    }
    for (const auto& entry : entries) {
        const auto record = record_of(entry, known);
        if (!record) {
            return fail(record);
        }
        if (auto seen = visit(*record); !seen) {
            return seen;
        }
    }
    return {};
}

Result<void> SqliteLogReader::each_leaf(std::uint64_t first, std::uint64_t end, const Visitor& visit) const {
    end = std::min(end, published_.checkpoint.size);
    while (first < end) {
        const auto entries = log_->range(first, std::min(kAtOnce, end - first));
        if (!entries) {
            return fail(entries);
        }
        if (entries->empty()) {
            return fail(ErrorKind::Corrupt, "the log lacks entry " + std::to_string(first));
        }
        if (auto seen = each_of(*entries, visit); !seen) {
            return seen;
        }
        first += entries->size();
    }
    return {};
}

Result<void> SqliteLogReader::each_in_window(std::uint64_t window, const Visitor& visit) const {
    return windows_->visit(window, visit);
}

Result<std::vector<std::uint64_t>> SqliteLogReader::windows_of(privacy::SubjectNumber subject) const {
    return windows_->windows_of(subject);
}

Result<std::uint64_t> SqliteLogReader::window_naming(std::uint32_t recipient) const {
    return windows_->window_naming(recipient);
}

}  // namespace fedtrail::sqlite
