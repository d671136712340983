#include "capture/open_intents.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fedtrail::capture {

OpenIntents::Place OpenIntents::place_of(const PackedObservation& attempt) {
    return {attempt.subject.get(), attempt.activity.get(), attempt.recipient.get(), attempt.at_seconds};
}

void OpenIntents::count_in(const Attempts& attempts) {
    for (const auto& attempt : attempts) {
        ++shared_[place_of(attempt)];
    }
}

void OpenIntents::count_out(const Attempts& attempts) {
    for (const auto& attempt : attempts) {
        const auto found = shared_.find(place_of(attempt));
        if (found != shared_.end() && --found->second == 0) {
            shared_.erase(found);
        }
    }
}

void OpenIntents::open(IntentId id, Attempts attempts) {
    while (!open_.empty() && open_.size() >= capacity_) {
        count_out(open_.begin()->second);
        open_.erase(open_.begin());
    }
    count_in(attempts);
    open_.emplace(id, std::move(attempts));
}

Attempts OpenIntents::close(IntentId id, const privacy::Outcome& outcome) {
    const auto found = open_.find(id);
    if (found == open_.end()) {
        return {};
    }
    auto outcomes = found->second;
    count_out(outcomes);
    closed_.insert(open_.extract(found));
    const bool disclosed = privacy::evidence_of(outcome).has_value();
    for (auto& attempt : outcomes) {
        attempt.outcome = outcome;
        attempt.settles = disclosed || shared_.find(place_of(attempt)) == shared_.end();
    }
    return outcomes;
}

void OpenIntents::reopen(IntentId id) {
    const auto found = closed_.find(id);
    if (found != closed_.end()) {
        count_in(found->second);
        open_.insert(closed_.extract(found));
    }
}

void OpenIntents::forget(privacy::SubjectNumber subject) {
    forget_closed();
    for (auto entry = open_.begin(); entry != open_.end();) {
        auto& attempts = entry->second;
        count_out(attempts);
        attempts.erase(std::remove_if(attempts.begin(),
                                      attempts.end(),
                                      [&](const auto& attempt) { return attempt.subject == subject; }),
                       attempts.end());
        count_in(attempts);
        entry = attempts.empty() ? open_.erase(entry) : std::next(entry);
    }
}

}  // namespace fedtrail::capture
