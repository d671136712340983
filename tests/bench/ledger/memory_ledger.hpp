/// A ledger that keeps every observation in memory and answers by looking at all of them: it shows that the
/// bench asks the port the right way and that its checks find what is wrong.

#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/ledger_writer.hpp"

namespace fedtrail::bench {

class MemoryLedger : public LedgerWriter, public LedgerReader, public LedgerEvidence {
public:
    [[nodiscard]] Result<privacy::RecipientNumber> recipient(const Host& host) override;
    [[nodiscard]] Result<ActivityNumber> activity(const ActivityFact& fact) override;
    [[nodiscard]] Result<bool> add(const PackedObservation& observation) override;
    void add(const records::TunnelObservation& tunnel) override;
    void add(const records::GapObservation& gap) override;
    [[nodiscard]] Result<void> commit() override;
    [[nodiscard]] Result<FoldSummary> fold(Instant now) override;
    [[nodiscard]] Result<FoldSummary> fold_settled(Instant now,
                                                   std::optional<privacy::SubjectNumber> subject) override;
    [[nodiscard]] Result<void> forget(privacy::SubjectNumber subject) override;

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

    /// What a test plants: the `index`th observation is `seconds` later.
    void delay(std::size_t index, std::int64_t seconds) { seen_[index].at_seconds += seconds; }

private:
    struct Kept {
        std::string object;
        fediverse::CategorySet categories;
    };
    [[nodiscard]] const Kept& kept(const PackedObservation& observation) const;

    std::vector<Host> hosts_;
    std::map<std::string, std::uint32_t> host_numbers_;
    std::map<std::pair<std::uint64_t, std::string>, std::uint32_t> activity_numbers_;
    std::map<std::uint64_t, std::vector<Kept>> activities_;
    std::vector<PackedObservation> seen_;
    std::uint64_t tunnels_{};
    std::uint64_t gaps_{};
};

}  // namespace fedtrail::bench
