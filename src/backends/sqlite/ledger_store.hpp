/// The SQLite ledger: one writer, and readers of the same file in any process.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_holdings.hpp"
#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/ledger_replay.hpp"
#include "fedtrail/ports/ledger_writer.hpp"
#include "fedtrail/ports/posting.hpp"
#include "fedtrail/ports/subject_vault.hpp"
#include "fedtrail/records/unlogged.hpp"

#include "backends/sqlite/vault_note.hpp"

namespace fedtrail::sqlite {

struct LedgerOptions {
    /// An activity stays in the journal for this long: what a server retries must not need an amendment.
    std::chrono::seconds retry_horizon{std::chrono::hours{72}};
    /// A subject's aged activities wait for company at most this long beyond the horizon.
    std::chrono::seconds fold_patience{std::chrono::hours{168}};
    /// Keep what is in chunks in the journal as well, so that rebuild() can start from nothing.
    bool keep_journal{false};
    /// What is folded becomes a window of the transparency log. Without it nothing can be proved; it is there
    /// to be measured.
    bool seal{true};
};

class SqliteLedgerWriter : public LedgerWriter {
public:
    /// Makes the file if there is none. `sealer` must outlive it. Errors: as open_database(), Corrupt.
    [[nodiscard]] static Result<std::unique_ptr<SqliteLedgerWriter>> open(const std::filesystem::path& path,
                                                                          const SubjectSealer& sealer,
                                                                          const LedgerOptions& options);
    SqliteLedgerWriter(const SqliteLedgerWriter&) = delete;
    SqliteLedgerWriter& operator=(const SqliteLedgerWriter&) = delete;
    SqliteLedgerWriter(SqliteLedgerWriter&&) = delete;
    SqliteLedgerWriter& operator=(SqliteLedgerWriter&&) = delete;
    ~SqliteLedgerWriter() override;

    [[nodiscard]] Result<privacy::RecipientNumber> recipient(const Host& host) override;
    [[nodiscard]] Result<ActivityNumber> activity(const ActivityFact& fact) override;
    [[nodiscard]] Result<bool> add(const PackedObservation& observation) override;
    void add(const records::TunnelObservation& tunnel) override;
    void add(const records::GapObservation& gap) override;
    [[nodiscard]] Result<void> commit() override;
    /// Between such commits a read of the file stays open: nobody can empty its log before rest(), or before
    /// they have its lock for writing.
    [[nodiscard]] Result<void> commit_of_many() override;
    [[nodiscard]] bool claim() override;
    void rest() override;
    [[nodiscard]] bool wants_fold() const override;
    [[nodiscard]] Result<FoldSummary> fold(Instant now) override;
    [[nodiscard]] Result<FoldSummary> fold_settled(Instant now,
                                                   std::optional<privacy::SubjectNumber> subject) override;
    /// Needs no key of this subject, only those of the others at the same recipients. What is removed is
    /// overwritten, and the log is emptied if nobody reads at that moment; else SqliteOverwriter does it.
    [[nodiscard]] Result<void> keep_commitments(privacy::SubjectNumber subject) override;
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;

    /// From now on this is the vault whose numbers the ledger uses; whether it can be, the caller has asked.
    [[nodiscard]] Result<void> note_vault(const VaultId& vault);

    /// Throws away all that is derived and makes it again from the journal, which must have been kept whole.
    /// Errors: Conflict if the journal does not start at its first batch.
    [[nodiscard]] Result<void> rebuild();

    /// The database file without its log: folds nothing, moves the WAL into the file and returns free pages.
    /// Errors: also Unavailable (another connection reads).
    [[nodiscard]] Result<void> compact();

private:
    class Store;
    explicit SqliteLedgerWriter(std::unique_ptr<Store> store);
    std::unique_ptr<Store> store_;
};

class SqliteLedgerReader : public LedgerReader,
                           public LedgerEvidence,
                           public LedgerHoldings,
                           public LedgerReplay,
                           public Posting {
public:
    /// Errors: NotFound if there is no file; as open_database().
    [[nodiscard]] static Result<std::unique_ptr<SqliteLedgerReader>> open(const std::filesystem::path& path,
                                                                          const SubjectSealer& sealer);
    SqliteLedgerReader(const SqliteLedgerReader&) = delete;
    SqliteLedgerReader& operator=(const SqliteLedgerReader&) = delete;
    SqliteLedgerReader(SqliteLedgerReader&&) = delete;
    SqliteLedgerReader& operator=(SqliteLedgerReader&&) = delete;
    ~SqliteLedgerReader() override;

    [[nodiscard]] Result<std::vector<PairAggregate>> recipients_of(privacy::SubjectNumber subject,
                                                                   const Window& window) const override;
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> subjects_at(
        const Host& recipient) const override;
    [[nodiscard]] Result<std::vector<Holder>> holders_of(privacy::SubjectNumber subject,
                                                         const Uri& object) const override;
    [[nodiscard]] Result<std::vector<RecipientTotals>> recipients(std::string_view after,
                                                                  std::size_t limit) const override;
    [[nodiscard]] Result<LedgerTotals> totals() const override;
    [[nodiscard]] Result<std::vector<ObservedAttempt>> attempts_of(privacy::SubjectNumber subject,
                                                                   const Uri& object) const override;
    [[nodiscard]] Result<void> visit_held(privacy::SubjectNumber subject,
                                          std::span<const Host> wanted,
                                          const LedgerHoldings::Visitor& visitor) const override;
    [[nodiscard]] Result<void> visit_disclosed(privacy::SubjectNumber subject,
                                               std::span<const Host> hosts,
                                               const LedgerReplay::Visitor& visitor) const override;
    [[nodiscard]] Result<std::uint64_t> prevented(privacy::SubjectNumber subject) const override;

    [[nodiscard]] Result<bool> posts_after(privacy::SubjectNumber subject, Instant moment) const override;

    /// What tells whether this is the ledger of a vault, and of a log. Reads two rows.
    [[nodiscard]] Result<VaultNote> vault_note() const;
    /// Of one subject, or of all.
    [[nodiscard]] Result<records::Unlogged> unlogged(std::optional<privacy::SubjectNumber> subject) const;
    /// Sequence of the last leaf for the transparency log; 0: none.
    [[nodiscard]] Result<std::uint64_t> last_leaf() const;

private:
    class Store;
    explicit SqliteLedgerReader(std::unique_ptr<Store> store);
    std::unique_ptr<Store> store_;
};

/// What a check of the whole ledger found.
struct LedgerCheck {
    std::uint64_t rows{};
    std::vector<std::string> faults;  ///< Sentences; at most 100. Each ends with "(rebuild)" or "(backup)".
    std::uint64_t lost{};  ///< Faults, those beyond the 100 too, that rebuild_ledger() cannot mend.
};

/// Reads every row and the schema's text: checksums, seals, keys, formats, and that what is derived says the
/// same as what it is derived from. Errors: NotFound if there is no file; as open_database().
[[nodiscard]] Result<LedgerCheck> check_ledger(const std::filesystem::path& path,
                                               const SubjectSealer& sealer);

/// Told how far it is: people done, of how many (0: not known yet).
using OnRebuild = std::function<void(std::string_view what, std::uint64_t done, std::uint64_t whole)>;

/// Where there are faults: makes again what is derived from chunks (people's rows, sets of recipients and
/// subjects, totals, look-ups), all in one transaction, and keeps it only if the whole ledger then checks
/// sound. Nothing else may write meanwhile. False if there was nothing to do. Errors: as check_ledger(), and
/// Corrupt where what it would be derived from is damaged; then nothing was changed.
[[nodiscard]] Result<bool> rebuild_ledger(const std::filesystem::path& path,
                                          const SubjectSealer& sealer,
                                          const OnRebuild& on_step = {});

}  // namespace fedtrail::sqlite
