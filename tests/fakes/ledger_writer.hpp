/// A ledger in memory that can be told to fail, before or after the deed.

#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "fedtrail/ports/ledger_writer.hpp"

namespace fedtrail::testing {

class FakeLedgerWriter final : public LedgerWriter {
public:
    enum class Call { Recipient, Activity, Add, Commit, Fold, Forget };
    enum class Fault { Failed, FailedButHappened };

    /// An activity as it was given, with owned texts.
    struct Activity {
        privacy::SubjectNumber subject;
        std::string type;
        std::string id;
        std::string object;
        fediverse::CategorySet categories;
    };
    /// What is durable, or will be with the next commit.
    struct Contents {
        std::vector<std::string> recipients;
        std::vector<Activity> activities;  ///< Numbered over all subjects: good enough here.
        std::vector<PackedObservation> attempts;
        std::vector<records::TunnelObservation> tunnels;
        std::vector<records::GapObservation> gaps;
    };

    /// The next `times` calls of this kind fail.
    void fail_next(Call call,
                   Fault fault = Fault::Failed,
                   int times = 1,
                   ErrorKind kind = ErrorKind::Unavailable) {
        faults_[call] = Planned{fault, times, kind};
    }
    [[nodiscard]] const Contents& durable() const { return durable_; }
    [[nodiscard]] int commits() const { return commits_; }
    [[nodiscard]] int folds() const { return folds_; }
    /// Called in commit(), before anything is durable.
    std::function<void()> on_commit = [] {};
    /// Called in rest().
    std::function<void()> on_rest = [] {};
    [[nodiscard]] int rests() const { return rests_; }
    /// Called in fold() and fold_settled(), before anything is folded.
    std::function<void()> on_fold = [] {};
    bool wants{};  ///< A fold, before its time.
    /// Until it has folded so often there is more.
    int slices{};
    std::size_t settled_slices{3};

    Result<privacy::RecipientNumber> recipient(const Host& host) override {
        const auto act = [&] { return privacy::RecipientNumber{place_of(now_.recipients, host.text())}; };
        return perform<privacy::RecipientNumber>(Call::Recipient, act);
    }

    Result<ActivityNumber> activity(const ActivityFact& fact) override {
        return perform<ActivityNumber>(Call::Activity, [&] {
            auto& all = now_.activities;
            const auto known = std::find_if(all.begin(), all.end(), [&](const Activity& one) {
                return !fact.id.empty() && one.subject == fact.subject && one.id == fact.id;
            });
            if (known == all.end()) {
                all.push_back(Activity{fact.subject,
                                       std::string{fact.type},
                                       std::string{fact.id},
                                       std::string{fact.object},
                                       fact.categories});
                return ActivityNumber{static_cast<std::uint32_t>(all.size() - 1)};
            }
            return ActivityNumber{static_cast<std::uint32_t>(known - all.begin())};
        });
    }

    /// Whose rows are damaged: nothing can be added of theirs.
    std::optional<std::uint64_t> damaged;

    Result<bool> add(const PackedObservation& observation) override {
        if (damaged == observation.subject.get()) {
            return fedtrail::fail(ErrorKind::Corrupt, "the rows of this person are damaged");
        }
        return perform<bool>(Call::Add, [&] {
            if (observation.settles) {
                settle(observation);
                return true;
            }
            const auto same =
                std::find_if(now_.attempts.begin(), now_.attempts.end(), [&](const PackedObservation& one) {
                    return place(one) == place(observation) && one.outcome == observation.outcome &&
                           one.channel == observation.channel;
                });
            if (same != now_.attempts.end()) {
                return false;
            }
            now_.attempts.push_back(observation);
            return true;
        });
    }
    void add(const records::TunnelObservation& tunnel) override { now_.tunnels.push_back(tunnel); }
    void add(const records::GapObservation& gap) override { now_.gaps.push_back(gap); }

    Result<void> commit() override {
        claimed_ = false;
        on_commit();
        ++commits_;
        auto done = perform<bool>(Call::Commit, [&] {
            durable_ = now_;
            return true;
        });
        now_ = durable_;  // on failure the buffer is dropped
        if (!done) {
            return fail(done);
        }
        return {};
    }

    /// Whether nobody else is writing.
    std::atomic<bool> claimable{true};
    bool claim() override {
        claimed_ = claimable;
        return claimed_;
    }
    [[nodiscard]] bool claimed() const { return claimed_; }

    void rest() override {
        claimed_ = false;
        ++rests_;
        on_rest();
    }

    bool wants_fold() const override { return wants; }

    Result<FoldSummary> fold(Instant) override {
        ++folds_;
        wants = false;
        on_fold();
        return perform<FoldSummary>(Call::Fold, [this] { return FoldSummary{1, 2, 3, 4, folds_ < slices}; });
    }

    Result<FoldSummary> fold_settled(Instant, std::optional<privacy::SubjectNumber> subject) override {
        settled_.push_back(subject);
        on_fold();
        return perform<FoldSummary>(Call::Fold, [this] {
            return FoldSummary{1, 2, 3, 4, settled_.size() < settled_slices};
        });
    }
    /// Whom it was asked to fold at once.
    [[nodiscard]] const std::vector<std::optional<privacy::SubjectNumber>>& settled() const {
        return settled_;
    }

    /// The activities stay: their places are their numbers.
    Result<void> forget(privacy::SubjectNumber subject) override {
        auto done = perform<bool>(Call::Forget, [&] {
            auto& attempts = now_.attempts;
            attempts.erase(
                std::remove_if(attempts.begin(),
                               attempts.end(),
                               [&](const PackedObservation& one) { return one.subject == subject; }),
                attempts.end());
            durable_ = now_;
            return true;
        });
        return done ? Result<void>{} : fedtrail::fail(done);
    }

private:
    struct Planned {
        Fault fault{};
        int times{};
        ErrorKind kind{};
    };

    template <typename T, typename Act>
    Result<T> perform(Call call, const Act& act) {
        auto& planned = faults_[call];
        if (planned.times == 0) {
            return act();
        }
        --planned.times;
        if (planned.fault == Fault::FailedButHappened) {
            (void)act();
        }
        return fedtrail::fail(planned.kind, "the fake ledger was told to fail");
    }

    static std::tuple<privacy::SubjectNumber, ActivityNumber, privacy::RecipientNumber, std::int64_t> place(
        const PackedObservation& one) {
        return {one.subject, one.activity, one.recipient, one.at_seconds};
    }

    static std::uint32_t place_of(std::vector<std::string>& names, const std::string& name) {
        const auto known = std::find(names.begin(), names.end(), name);
        const auto index = static_cast<std::uint32_t>(known - names.begin());
        if (known == names.end()) {
            names.push_back(name);
        }
        return index;
    }

    void settle(const PackedObservation& outcome) {
        const auto intent =
            std::find_if(now_.attempts.begin(), now_.attempts.end(), [&](const PackedObservation& one) {
                return place(one) == place(outcome) && one.outcome.kind == privacy::OutcomeKind::Intended;
            });
        auto& row = intent == now_.attempts.end() ? now_.attempts.emplace_back() : *intent;
        row = outcome;
        row.settles = false;
    }

    Contents durable_;
    Contents now_;
    std::map<Call, Planned> faults_;
    int commits_{};
    int rests_{};
    bool claimed_{};
    int folds_{};
    std::vector<std::optional<privacy::SubjectNumber>> settled_;
};

}  // namespace fedtrail::testing
