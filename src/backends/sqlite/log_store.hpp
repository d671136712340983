/// The transparency log in a SQLite file of its own (docs/formats/log.md), with the events that no other
/// store has.

#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fedtrail/ports/audit_trail.hpp"
#include "fedtrail/ports/transparency_log.hpp"

#include "backends/sqlite/database.hpp"

namespace fedtrail::sqlite {

struct LogCheck {
    std::uint64_t leaves{};
    std::uint64_t rows{};
    std::vector<std::string> faults;  ///< Sentences; at most 100.
};

class SqliteLog final : public TransparencyLog, public AuditTrail {
public:
    /// ReadWrite makes the file if there is none. Errors: as open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteLog>> open(const std::filesystem::path& file,
                                                                 OpenMode mode);
    SqliteLog(const SqliteLog&) = delete;
    SqliteLog& operator=(const SqliteLog&) = delete;
    SqliteLog(SqliteLog&&) = delete;
    SqliteLog& operator=(SqliteLog&&) = delete;
    ~SqliteLog() override;

    [[nodiscard]] Result<std::optional<SignedCheckpoint>> last_checkpoint() const override;
    [[nodiscard]] Result<std::vector<SignedCheckpoint>> checkpoints() const override;
    [[nodiscard]] Result<Bytes> tile(const ledger::Tile& tile) const override;
    [[nodiscard]] Result<Bytes> entries(const ledger::Tile& tile) const override;
    [[nodiscard]] Result<std::uint64_t> index_of(LeafStore store, std::uint64_t sequence) const override;
    [[nodiscard]] Result<std::uint64_t> size() const override;

    [[nodiscard]] Result<std::uint64_t> taken(LeafStore store) const override;
    [[nodiscard]] Result<void> append(std::span<const LogEntry> entries) override;
    [[nodiscard]] Result<ledger::Hash> root_at(std::uint64_t size) const override;
    [[nodiscard]] Result<void> keep(const SignedCheckpoint& checkpoint) override;
    [[nodiscard]] Result<void> add_cosignature(std::uint64_t size,
                                               const std::string& witness,
                                               std::uint64_t unix_seconds,
                                               const std::string& line) override;

    /// Entries from the place `first` on, at most `count`.
    [[nodiscard]] Result<std::vector<LogEntry>> range(std::uint64_t first, std::uint64_t count) const;

    /// AuditTrail: an event that no other store has.
    [[nodiscard]] Result<void> append(const records::LeafRecord& record) override;

    /// A change of policies, with the texts of what came into force with it: both, or neither.
    [[nodiscard]] Result<void> append(const records::LeafRecord& change, std::span<const std::string> texts);
    /// A policy's text; nothing if it is not kept (any more).
    [[nodiscard]] Result<std::optional<std::string>> policy_text(const records::LeafDigest& digest) const;

    /// The newest of them of a kind.
    [[nodiscard]] Result<std::optional<StoredLeaf>> last_event(records::LeafKind kind) const;

    /// Makes the whole tree anew from the entries and compares it with every tile and every checkpoint.
    [[nodiscard]] Result<LogCheck> check() const;

private:
    struct State;
    explicit SqliteLog(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace fedtrail::sqlite
