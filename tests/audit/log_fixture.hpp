/// A log with events to put into it, and keys to sign with.

#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "audit/publisher.hpp"
#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/log_store.hpp"
#include "fakes/stopped_clock.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

/// A guard that lies in memory, and may refuse to be written.
class MemoryGuard final : public CheckpointGuard {
public:
    class MemoryHold final : public Hold {
    public:
        explicit MemoryHold(MemoryGuard& guard) : guard_(guard) {}
        [[nodiscard]] Result<std::optional<std::string>> read() const override { return guard_.note; }
        [[nodiscard]] Result<void> write(const std::string& note) override {
            if (guard_.broken) {
                return fail(ErrorKind::Unavailable, "the guard cannot be written");
            }
            guard_.note = note;
            return {};
        }

    private:
        MemoryGuard& guard_;
    };

    [[nodiscard]] Result<std::unique_ptr<Hold>> hold(std::chrono::milliseconds /*most*/) override {
        return std::unique_ptr<Hold>{std::make_unique<MemoryHold>(*this)};
    }
    [[nodiscard]] std::string place() const override { return "guard"; }

    std::optional<std::string> note;
    bool broken{};
};

[[nodiscard]] inline ledger::NoteSigner signer_named(const std::string& name,
                                                     ledger::NoteKeyKind kind = ledger::NoteKeyKind::Log,
                                                     std::uint8_t seed = 7) {
    return *ledger::NoteSigner::make(name, kind, Bytes(32, static_cast<std::byte>(seed)));
}

/// A log whose leaves are events of its own.
class OneLog {
public:
    explicit OneLog(const std::filesystem::path& file, CheckpointGuard& guard, const Clock& clock)
        : log(std::move(*sqlite::SqliteLog::open(file, sqlite::OpenMode::ReadWrite))),
          leaves(std::move(*sqlite::SqliteLeaves::open(LeafStore::Log, file))),
          publisher({*log, {leaves.get()}, guard, clock}, signer_named("o.example")) {}

    void happen(std::size_t times = 1) {
        for (std::size_t i = 0; i < times; ++i) {
            const auto written = static_cast<AuditTrail&>(*log).append(
                {from_unix_seconds(static_cast<std::int64_t>(++happened)),
                 records::RetentionRunLeaf{{}, {{"look", happened}}}});
            if (!written) {
                throw std::runtime_error{written.error().what};
            }
        }
    }
    [[nodiscard]] SignedCheckpoint last() const { return *log->last_checkpoint().value(); }

    std::unique_ptr<sqlite::SqliteLog> log;
    std::unique_ptr<sqlite::SqliteLeaves> leaves;
    audit::Publisher publisher;
    std::uint64_t happened{};
};

}  // namespace fedtrail::testing
