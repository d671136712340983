/// The part of the house that forgets: shreds on request, applies the retention policy once a day, and makes
/// good what a crash left half-done.

#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "fedtrail/ports/audit_trail.hpp"
#include "fedtrail/ports/clock.hpp"

#include "api/api.hpp"
#include "app/config.hpp"
#include "app/forgetters.hpp"
#include "app/policies.hpp"
#include "app/rejected_files.hpp"
#include "app/shredding_register.hpp"
#include "app/step_loop.hpp"
#include "backends/sqlite/case_access.hpp"
#include "backends/sqlite/case_books.hpp"
#include "backends/sqlite/case_expiry.hpp"
#include "backends/sqlite/case_forgetter.hpp"
#include "backends/sqlite/ledger_expiry.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/overwriter.hpp"
#include "backends/sqlite/vault.hpp"
#include "retention/retention_run.hpp"

namespace fedtrail::app {

/// What the wing stands on; all must outlive it.
struct ForgettingPorts {
    const Config& config;
    const Clock& clock;
    sqlite::SqliteVault& vault;
    const sqlite::SqliteLedgerReader& ledger;
    LedgerForgetter& recorder;
    sqlite::SqliteCases& cases;
    Forgetter& consents;
    TokenBook& tokens;
    AuditTrail& trail;
    std::function<void(privacy::SubjectNumber)> forget_in_memory;
    /// When the policy was last applied, or since when it is in force, as the log has it; absent: there is no
    /// log.
    std::function<Result<std::optional<Instant>>()> last_run{};
};

/// Whether the words of an operator may stay in the log for good. Errors: Invalid (they name the person).
[[nodiscard]] Result<void> check_words(const SubjectVault& vault,
                                       privacy::SubjectNumber subject,
                                       const std::string& words);

class ForgettingWing {
public:
    /// Errors: those of the policy and the stores.
    [[nodiscard]] static Result<std::unique_ptr<ForgettingWing>> open(ForgettingPorts ports,
                                                                      const PolicyFolders& folders);
    ForgettingWing(const ForgettingWing&) = delete;
    ForgettingWing& operator=(const ForgettingWing&) = delete;
    ForgettingWing(ForgettingWing&&) = delete;
    ForgettingWing& operator=(ForgettingWing&&) = delete;
    ~ForgettingWing();

    [[nodiscard]] sqlite::SqliteAccess& accesses() { return *access_; }
    /// Errors: also those of check_words().
    [[nodiscard]] Result<retention::Shredded> shred(const retention::ShredOrder& order);
    [[nodiscard]] Result<retention::RetentionSummary> run(retention::RunKind kind);
    /// What an earlier process left, and whom a backup brought back; before anything else happens, since
    /// their numbers must not be given to others. How many people it was; a file that somebody reads is no
    /// error, the loop tries again. Errors: those of the stores and of the register.
    [[nodiscard]] Result<std::size_t> finish();
    /// As LetterForgetter::set_aside().
    [[nodiscard]] Result<void> set_letters_aside(const std::string& suffix) {
        return letters_->set_aside(suffix);
    }
    [[nodiscard]] api::RetentionDoors doors();

    /// From now on others record: what takes minutes waits for the next start.
    void start();
    void stop() { loop_.stop(); }
    /// From now on by these. Errors: those of reading them; the old policy stays then.
    [[nodiscard]] Result<void> use(const PolicyFolders& folders);

private:
    [[nodiscard]] std::shared_ptr<const retention::RetentionPolicy> policy() const;
    [[nodiscard]] Result<retention::RunKind> kind_of_run() const;
    // Between attempts to overwrite files that somebody reads: at first, and at most.
    static constexpr std::chrono::seconds kSoon{5};
    static constexpr std::chrono::minutes kSeldom{5};
    /// A ledger up to this size is written anew beside the recorder: that takes some seconds.
    static constexpr std::uint64_t kRewrittenBeside = 256ULL << 20U;

    explicit ForgettingWing(ForgettingPorts ports);
    [[nodiscard]] Result<void> open_stores();
    void build();
    [[nodiscard]] Result<std::size_t> shred_again();
    void rewrite_once();
    /// Of processes that were killed while they replaced a file.
    void remove_half_files() const;
    [[nodiscard]] Result<void> finish_later();
    [[nodiscard]] Result<std::optional<Instant>> step();

    ForgettingPorts ports_;
    std::unique_ptr<sqlite::SqliteAccess> access_;
    std::unique_ptr<sqlite::SqliteCaseForgetter> case_forgetter_;
    std::unique_ptr<sqlite::SqliteCaseExpiry> case_expiry_;
    std::unique_ptr<sqlite::SqliteLedgerExpiry> tunnel_expiry_;
    std::unique_ptr<sqlite::SqliteLedgerExpiry> gap_expiry_;
    std::unique_ptr<sqlite::SqliteOverwriter> ledger_files_;
    std::unique_ptr<sqlite::SqliteOverwriter> case_files_;
    std::unique_ptr<TokenForgetter> tokens_;
    std::unique_ptr<NoteForgetter> notes_;
    std::unique_ptr<LetterForgetter> letters_;
    std::unique_ptr<RejectedFiles> rejected_;
    std::unique_ptr<PageForgetter> pages_;
    std::unique_ptr<FactForgetter> facts_;
    std::unique_ptr<MemoryForgetter> memory_;
    std::atomic<std::uint64_t> forgotten_{};  ///< How often somebody was.
    std::unique_ptr<SetAsideStores> set_aside_;
    std::unique_ptr<ShreddingRegister> register_;
    std::unique_ptr<retention::Shredder> shredder_;
    std::mutex running_;  ///< One run at a time.
    mutable std::mutex policy_guard_;
    std::shared_ptr<const retention::RetentionPolicy> policy_;
    // The loop's own.
    Instant due_{};                              ///< The next run.
    Instant again_{};                            ///< The next attempt at what a shredding left.
    std::chrono::milliseconds patience_{kSoon};  ///< Until the one after that.
    StepLoop loop_;
};

/// Of rules that keep letters longer than cases; start and doctor say it.
inline constexpr std::string_view kLettersOutlast =
    "letters may lie there longer than the cases that say whose they are; whoever is shredded after that "
    "leaves them behind";
inline constexpr std::string_view kLettersOutlastRemedy =
    "Let the rule \"letter\" of retention.json end before the rule \"case\" does.";

/// policies/retention.json, checked against its schema. Errors: NotFound, Invalid, with the file.
[[nodiscard]] Result<retention::RetentionPolicy> load_retention(const PolicyFolders& folders);

/// Where the register of shreddings lies: beside the guard of the log, which no backup takes either.
[[nodiscard]] std::filesystem::path shredding_register_file(const Config& config);

}  // namespace fedtrail::app
