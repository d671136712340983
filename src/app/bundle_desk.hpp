/// Where audit bundles are made, for the command and for the API.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/bundle_order.hpp"
#include "app/case_room.hpp"
#include "app/log_room.hpp"
#include "audit/export.hpp"

namespace fedtrail::app {

/// Works beside a running sidecar, and in one: its stores are its own. One thread.
class BundleDesk {
public:
    /// Has the ledger show the log what it has, of one person or of all; what fails is told by who calls.
    using Fold = std::function<void(std::optional<privacy::SubjectNumber>)>;

    /// It waits for another bundle that is made for `patience` at the longest. Errors: those of the parts.
    [[nodiscard]] static Result<std::unique_ptr<BundleDesk>> open(
        CaseRoom rooms, std::chrono::milliseconds patience = CheckpointGuard::kAwaited);

    /// So often it is worth to make a bundle that ended with Conflict.
    static constexpr int kTurns = 3;

    [[nodiscard]] const Config& config() const { return rooms_.config; }
    /// Also somebody who was shredded, by number. Errors: NotFound, Invalid, Conflict.
    [[nodiscard]] Result<privacy::SubjectNumber> subject(const std::string& name) const;
    /// What was recorded, of one person or of all, and is not in the log yet. Thread-safe.
    [[nodiscard]] Result<records::Unlogged> unlogged(std::optional<privacy::SubjectNumber> about) const;
    /// Writes it into `out`, a seekable file, after the looks at everybody in it were written down and what
    /// waits was published. Until note() returned nobody else's leaves get a place in the log: they wait, and
    /// are late, not lost. Nothing may be given out before. Errors: those of audit::export_bundle(), Conflict
    /// (something of the log's own came between), Unavailable (somebody else held the log all the time),
    /// NotFound (no such request), Denied (nothing is signed), those of the stores.
    [[nodiscard]] Result<audit::Exported> write(const api::BundleOrder& order,
                                                const Fold& fold,
                                                std::ostream& out,
                                                const audit::Progress& progress = {});
    /// That it was made is a leaf itself; durable when it returns. Errors: Conflict (somebody was shredded
    /// since write() began, and may be in it), those of the vault and the log.
    [[nodiscard]] Result<void> note(const api::BundleOrder& order,
                                    const audit::Exported& exported,
                                    const ledger::Hash& sha256);

private:
    BundleDesk(CaseRoom rooms, std::chrono::milliseconds patience)
        : rooms_(std::move(rooms)), patience_(patience) {}

    /// By number, ascending.
    [[nodiscard]] Result<std::vector<privacy::SubjectNumber>> shredded() const;
    /// Of everybody behind `up_to`, which moves on, or of the one person it is about; none at level minimal.
    [[nodiscard]] Result<void> note_looks(const api::BundleOrder& order, privacy::SubjectNumber& up_to);
    /// The same of those alone who came since.
    [[nodiscard]] Result<void> note_new_looks(const api::BundleOrder& order, privacy::SubjectNumber up_to);
    [[nodiscard]] Result<records::Unlogged> fold_for(const audit::Scope& scope, const Fold& fold);
    using Reader = Result<std::unique_ptr<sqlite::SqliteLogReader>>;
    [[nodiscard]] Reader read_log() const;
    /// To a log of `size` leaves. Errors: Conflict (it has more).
    [[nodiscard]] Result<void> add_leaf(audit::Publisher::Hold& hold,
                                        std::uint64_t size,
                                        const records::ExportLeaf& leaf);
    [[nodiscard]] Result<audit::ExportOrder> in_full(const api::BundleOrder& order);
    [[nodiscard]] std::optional<std::string> policy(const records::PolicyFile& file) const;
    [[nodiscard]] Result<std::optional<privacy::SubjectNumber>> person_of(const audit::Scope& scope) const;
    [[nodiscard]] Result<bool> may_name(const Host& host) const;

    SystemClock clock_;
    CaseRoom rooms_;
    std::chrono::milliseconds patience_;
    std::unique_ptr<LogRoom> log_;
    std::unique_ptr<audit::Publisher::Hold> hold_;  ///< Its lock lies in `log_`: it goes first.
    std::unique_ptr<ledger::NoteSigner> signer_;
    std::vector<privacy::SubjectNumber> gone_;  ///< Before anything was read for the bundle.
};

}  // namespace fedtrail::app
