/// One run of the retention policy: whoever was erased long enough ago is shredded, and what is over its time
/// goes.

#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fedtrail/ports/audit_trail.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/expiry.hpp"
#include "fedtrail/ports/posting.hpp"
#include "fedtrail/ports/subject_vault.hpp"

#include "retention/retention_policy.hpp"
#include "retention/shredder.hpp"

namespace fedtrail::retention {

/// All must outlive the run.
struct RetentionPorts {
    const RequestBook& requests;
    const SubjectVault& vault;
    const Posting& posting;
    Shredder& shredder;
    std::map<std::string, Expiry*, std::less<>> kinds;  ///< By RetentionRule::kind; "person" is not one.
    AuditTrail& trail;
    const Clock& clock;
    std::vector<Overwriter*> files{};  ///< In which octets of what went may be left.
};

struct RetentionSummary {
    std::vector<records::LeafCount> removed;  ///< By kind; only what was more than nothing.
    std::vector<records::LeafCount> held;     ///< Over its time too, and held for law; by kind.
    std::vector<privacy::SubjectNumber> shredded;
    std::uint64_t incomplete{};  ///< Of these: octets of theirs are still in a file (Shredded::left).
    std::uint64_t
        kept_back{};  ///< People whose time is over and who may not be shredded yet (Shredder::may).
    /// People whose time is over and who still post: whatever their request says, they were not erased.
    std::uint64_t still_post{};
};

enum class RunKind : std::uint8_t {
    Count,    ///< Nothing is changed.
    Quiet,    ///< Leaves a leaf if anything was removed.
    Audited,  ///< Leaves a leaf in any case: that the policy was applied can be shown.
};

/// How often the policy is applied.
inline constexpr std::chrono::hours kRunEvery{24};

/// Whether something that is put off by `at_most` each time, last until `due`, is due. What is further off
/// was put off by a clock that has been set back since.
[[nodiscard]] inline bool is_due(Instant due, Instant now, std::chrono::milliseconds at_most) {
    return due <= now || due - now > at_most;
}

/// What a process's first run is, after one at `last`: Quiet within a day of it, or a process that is started
/// often would leave a leaf each time. Absent: there was none.
[[nodiscard]] inline RunKind first_run(std::optional<Instant> last, Instant now) {
    return last && !is_due(*last + kRunEvery, now, kRunEvery) ? RunKind::Quiet : RunKind::Audited;
}

/// Not thread-safe.
class RetentionRun {
public:
    RetentionRun(RetentionPorts ports, const RetentionPolicy& policy)
        : ports_(std::move(ports)), policy_(policy) {}

    /// Applies the policy. Errors: those of the stores; what could be removed is removed, and has its leaf.
    [[nodiscard]] Result<RetentionSummary> run(RunKind kind);

private:
    [[nodiscard]] Result<void> people(const RetentionRule& rule, bool only_count, RetentionSummary& summary);
    [[nodiscard]] Result<void> person(const records::ErasureRequest& request,
                                      const RetentionRule& rule,
                                      bool only_count,
                                      RetentionSummary& summary);
    /// Whether their time is over; they may still post.
    [[nodiscard]] Result<bool> is_over(const records::ErasureRequest& request,
                                       const RetentionRule& rule) const;
    /// Whether another request erased the account, and the time after that is not over.
    [[nodiscard]] Result<bool> erased_again(privacy::SubjectNumber subject, const RetentionRule& rule) const;
    [[nodiscard]] Result<void> shred(const records::ErasureRequest& request,
                                     bool only_count,
                                     RetentionSummary& summary);
    [[nodiscard]] Result<void> others(bool only_count, RetentionSummary& summary);
    [[nodiscard]] Result<void> overwrite();

    RetentionPorts ports_;
    std::set<privacy::SubjectNumber> posting_;  ///< Of this run: whose time would be over.
    const RetentionPolicy& policy_;
};

}  // namespace fedtrail::retention
