/// One making of a plan, with what it needs to remember while it lasts.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "erasure/heard_check.hpp"
#include "erasure/plan_steps.hpp"
#include "erasure/plan_targets.hpp"
#include "erasure/planner.hpp"

namespace fedtrail::erasure {

class PlanRun {
public:
    /// `book` is where notices are written; none for a dry run. What it is given must outlive it.
    PlanRun(const PlannerPorts& ports,
            const fediverse::Dialects& dialects,
            const Planner::Options& options,
            NoticeBook* book)
        : ports_(ports), dialects_(dialects), options_(options), book_(book) {}

    [[nodiscard]] Result<PlanPreview> make(const records::ErasureRequest& request);

private:
    /// A target and what was found out about it so far.
    struct Draft {
        Target* target{};
        StepNeeds needs;
        std::vector<std::uint32_t> deletes;
        std::vector<std::uint32_t> undos;
        std::vector<std::uint32_t> kept;
        std::vector<std::uint32_t> heard{};   ///< To be deleted; the origin told it of them.
        std::optional<Instant> heard_at{};    ///< When last.
        std::optional<Instant> deleted_at{};  ///< When the origin's own Delete of the account went there.
        Instant last{};                       ///< When the newest of all else did.
        bool unanswered{};                    ///< What came of that is not known.
    };
    /// What is written together.
    struct Batch {
        std::vector<records::Notice> added;
        NoticeChange changed;
        std::vector<std::pair<Host, Instant>>
            unanswered;  ///< To whom the origin's own Delete left, and when.
    };

    [[nodiscard]] bool matches(const HeldActivity& held) const;
    [[nodiscard]] bool is_kept(const HeldActivity& held) const;
    [[nodiscard]] std::uint32_t index_of(const std::string& uri, fediverse::CategorySet categories);
    [[nodiscard]] Result<void> mark_barred();
    [[nodiscard]] Result<void> mark_kept();
    [[nodiscard]] Result<bool> told_too_early(const Target& target) const;
    [[nodiscard]] Result<std::vector<Draft>> drafts_of();
    [[nodiscard]] std::size_t batch_size(std::span<const Draft> rest) const;
    [[nodiscard]] Result<void> look_up(std::span<Draft> drafts);
    [[nodiscard]] bool may_be_deaf(const Draft& draft) const;
    [[nodiscard]] Result<void> mark_unanswered(std::span<Draft> drafts) const;
    void note(const HeldActivity& held, std::span<const std::uint32_t> at, std::span<Draft> drafts);
    [[nodiscard]] Result<void> confirm_heard(std::span<Draft> drafts);
    void name_planned(Draft& draft) const;
    [[nodiscard]] Result<std::set<std::uint32_t>> sent_by_origin(const Target& target) const;
    [[nodiscard]] Result<void> name_heard_of(Draft& draft);
    void part_heard(Draft& draft) const;
    [[nodiscard]] Result<std::vector<records::NoticeStep>> steps_of(Draft& draft);
    [[nodiscard]] Result<void> finish(Draft& draft, Batch& batch);
    [[nodiscard]] Result<void> finish_all(std::span<Draft> drafts, Batch& batch);
    void add_notice(const Draft& draft,
                    const ChosenInbox& inbox,
                    std::vector<records::NoticeStep> steps,
                    Batch& batch) const;
    [[nodiscard]] std::optional<records::Notice> fitted(const records::Notice& before,
                                                        const records::Notice& wanted) const;
    void show(const Draft& draft, const ChosenInbox& inbox, const std::vector<records::NoticeStep>& steps);
    [[nodiscard]] Result<void> write(const Batch& batch);
    [[nodiscard]] Result<void> add_unanswered(const Host& host, Instant at, NoticeChange& change) const;
    [[nodiscard]] Result<void> write_unanswered(const Batch& batch);
    [[nodiscard]] Result<void> change(const NoticeChange& wanted);
    [[nodiscard]] Result<void> change_one(const records::Notice& wanted);

    const PlannerPorts& ports_;
    const fediverse::Dialects& dialects_;
    const Planner::Options& options_;
    NoticeBook* book_;

    Instant now_{};
    PlanCase case_;
    std::vector<Target> targets_;
    HeardCheck heard_check_{ports_, case_, targets_};
    std::unordered_map<std::string, std::uint32_t> index_;  ///< Of case_.objects, by URI.
    std::size_t written_{};                                 ///< Objects that the book has.
    PlanPreview preview_;
};

}  // namespace fedtrail::erasure
