#include "bench/ledger/feed.hpp"

#include <utility>

namespace fedtrail::bench {

PackedFeed::PackedFeed(const Workload& workload,
                       LedgerWriter& ledger,
                       std::vector<privacy::SubjectNumber> subjects)
    : workload_(workload),
      ledger_(ledger),
      subjects_(std::move(subjects)),
      recipients_(kServers),
      recipient_known_(kServers) {
    for (const auto& person : workload.persons()) {
        activities_.emplace_back(person.activities.size());
        activity_known_.emplace_back(person.activities.size());
    }
}

void PackedFeed::prepare(const ObservationBatch& batch) {
    new_servers_.clear();
    new_hosts_.clear();
    new_activities_.clear();
    prepared_.clear();
    for (const auto& attempt : batch.attempts) {
        if (!recipient_known_[attempt.server]) {
            recipient_known_[attempt.server] = true;
            new_servers_.push_back(attempt.server);
            new_hosts_.push_back(Host::parse(Servers::host_of(attempt.server)).value());
        }
        if (!activity_known_[attempt.user][attempt.activity]) {
            activity_known_[attempt.user][attempt.activity] = true;
            new_activities_.push_back(NewActivity{attempt.user,
                                                  attempt.activity,
                                                  workload_.activity(attempt.user, attempt.activity),
                                                  workload_.text(attempt.user, attempt.activity)});
        }
        PackedObservation observation;
        observation.subject = subjects_[attempt.user];
        observation.at_seconds = attempt.at_seconds;
        observation.outcome = attempt.outcome;
        observation.channel = attempt.channel;
        prepared_.push_back(Prepared{observation, attempt.user, attempt.activity, attempt.server});
    }
}

Result<void> PackedFeed::resolve() {
    for (std::size_t i = 0; i < new_servers_.size(); ++i) {
        const auto number = ledger_.recipient(new_hosts_[i]);
        if (!number) {
            return fail(number);
        }
        recipients_[new_servers_[i]] = *number;
    }
    for (const auto& made : new_activities_) {
        ActivityFact fact;
        fact.subject = subjects_[made.user];
        fact.at = Instant{std::chrono::milliseconds{made.activity.at}};
        fact.type = type_of(made.activity.kind);
        fact.id = made.text.id;
        fact.object = made.text.object;
        fact.categories = made.activity.categories;
        fact.visibility = made.activity.visibility;
        const auto number = ledger_.activity(fact);
        if (!number) {
            return fail(number);
        }
        activities_[made.user][made.index] = *number;
    }
    return {};
}

Result<void> PackedFeed::write() {
    if (auto resolved = resolve(); !resolved) {
        return resolved;
    }
    for (auto& prepared : prepared_) {
        prepared.observation.recipient = recipients_[prepared.server];
        prepared.observation.activity = activities_[prepared.user][prepared.activity];
        const auto is_new = ledger_.add(prepared.observation);
        if (!is_new) {
            return fail(is_new);
        }
        ++(*is_new ? added_ : known_);
    }
    return ledger_.commit();
}

}  // namespace fedtrail::bench
