#include "bench/ledger/memory_ledger.hpp"

#include <algorithm>
#include <set>

namespace fedtrail::bench {

Result<privacy::RecipientNumber> MemoryLedger::recipient(const Host& host) {
    const auto next = static_cast<std::uint32_t>(hosts_.size());
    const auto [found, is_new] = host_numbers_.try_emplace(host.text(), next);
    if (is_new) {
        hosts_.push_back(host);
    }
    return privacy::RecipientNumber{found->second};
}

Result<ActivityNumber> MemoryLedger::activity(const ActivityFact& fact) {
    auto& history = activities_[fact.subject.get()];
    const auto next = static_cast<std::uint32_t>(history.size());
    const auto [found, is_new] =
        activity_numbers_.try_emplace(std::pair{fact.subject.get(), std::string{fact.id}}, next);
    if (is_new) {
        history.push_back(Kept{std::string{fact.object}, fact.categories});
    }
    return ActivityNumber{found->second};
}

Result<bool> MemoryLedger::add(const PackedObservation& observation) {
    seen_.push_back(observation);
    return true;
}

void MemoryLedger::add(const records::TunnelObservation& /*tunnel*/) {
    ++tunnels_;
}

void MemoryLedger::add(const records::GapObservation& gap) {
    gaps_ += gap.deliveries;
}

Result<void> MemoryLedger::commit() {
    return {};
}

Result<FoldSummary> MemoryLedger::fold(Instant /*now*/) {
    return FoldSummary{};
}

Result<FoldSummary> MemoryLedger::fold_settled(Instant /*now*/,
                                               std::optional<privacy::SubjectNumber> /*subject*/) {
    return FoldSummary{};
}

Result<void> MemoryLedger::forget(privacy::SubjectNumber subject) {
    seen_.erase(
        std::remove_if(seen_.begin(), seen_.end(), [&](const auto& seen) { return seen.subject == subject; }),
        seen_.end());
    return {};
}

const MemoryLedger::Kept& MemoryLedger::kept(const PackedObservation& observation) const {
    return activities_.at(observation.subject.get()).at(observation.activity.get());
}

Result<std::vector<PairAggregate>> MemoryLedger::recipients_of(privacy::SubjectNumber subject,
                                                               const Window& window) const {
    std::map<Host, PairAggregate> sums;
    std::map<Host, std::set<std::string>> objects;
    for (const auto& seen : seen_) {
        const auto evidence = privacy::evidence_of(seen.outcome);
        const Instant at = from_unix_seconds(seen.at_seconds);
        if (seen.subject != subject || !evidence || (window.since && at < *window.since) ||
            (window.until && at >= *window.until)) {
            continue;
        }
        const Host& host = hosts_.at(seen.recipient.get());
        PairAggregate& sum =
            sums.try_emplace(host, PairAggregate{host, at, at, 0, 0, {}, {}, *evidence}).first->second;
        sum.first = std::min(sum.first, at);
        sum.last = std::max(sum.last, at);
        ++sum.disclosures;
        objects[host].insert(kept(seen).object);
        sum.objects = objects[host].size();
        sum.channels.add(seen.channel);
        sum.categories.add(kept(seen).categories);
        sum.strongest = std::max(sum.strongest, *evidence);
    }
    std::vector<PairAggregate> all;
    all.reserve(sums.size());
    for (auto& [host, sum] : sums) {
        all.push_back(sum);
    }
    return all;
}

Result<std::vector<privacy::SubjectNumber>> MemoryLedger::subjects_at(const Host& recipient) const {
    std::set<privacy::SubjectNumber> subjects;
    for (const auto& seen : seen_) {
        if (hosts_.at(seen.recipient.get()) == recipient && privacy::evidence_of(seen.outcome)) {
            subjects.insert(seen.subject);
        }
    }
    return std::vector<privacy::SubjectNumber>{subjects.begin(), subjects.end()};
}

Result<std::vector<Holder>> MemoryLedger::holders_of(privacy::SubjectNumber subject,
                                                     const Uri& object) const {
    std::map<Host, Holder> holders;
    for (const auto& seen : seen_) {
        const auto evidence = privacy::evidence_of(seen.outcome);
        if (seen.subject != subject || !evidence || kept(seen).object != object.text()) {
            continue;
        }
        const Host& host = hosts_.at(seen.recipient.get());
        Holder& holder = holders.try_emplace(host, Holder{host, *evidence}).first->second;
        holder.strongest = std::max(holder.strongest, *evidence);
    }
    std::vector<Holder> all;
    all.reserve(holders.size());
    for (auto& [host, holder] : holders) {
        all.push_back(holder);
    }
    return all;
}

Result<std::vector<RecipientTotals>> MemoryLedger::recipients(std::string_view after,
                                                              std::size_t limit) const {
    std::vector<RecipientTotals> all;
    for (const auto& [text, number] : host_numbers_) {
        if (text > after && all.size() < limit) {
            all.emplace_back().recipient = hosts_[number];
        }
    }
    return all;
}

Result<LedgerTotals> MemoryLedger::totals() const {
    LedgerTotals totals;
    totals.recipients = hosts_.size();
    totals.subjects = activities_.size();
    totals.unread_tunnels = tunnels_;
    totals.gap_deliveries = gaps_;
    return totals;
}

Result<std::vector<ObservedAttempt>> MemoryLedger::attempts_of(privacy::SubjectNumber subject,
                                                               const Uri& object) const {
    std::vector<ObservedAttempt> attempts;
    for (const auto& seen : seen_) {
        if (seen.subject == subject && kept(seen).object == object.text()) {
            attempts.push_back(ObservedAttempt{hosts_.at(seen.recipient.get()),
                                               from_unix_seconds(seen.at_seconds),
                                               seen.channel,
                                               seen.outcome});
        }
    }
    return attempts;
}

}  // namespace fedtrail::bench
