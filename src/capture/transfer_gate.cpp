#include "erasure/objection_gate.hpp"

#include <unordered_set>
#include <utility>

namespace fedtrail::erasure {

namespace {

using fediverse::DataCategory;

/// What only the one who made it shares; somebody who is named or mentioned does not.
constexpr fediverse::CategorySet kAuthored{DataCategory::Profile,
                                           DataCategory::PostText,
                                           DataCategory::Media,
                                           DataCategory::Location,
                                           DataCategory::Reaction,
                                           DataCategory::Boost,
                                           DataCategory::PollVote,
                                           DataCategory::DirectMessage,
                                           DataCategory::Move};

bool is_author(const fediverse::DataShare& share) {
    return (share.categories.bits() & kAuthored.bits()) != 0;
}

bool takes_back(const fediverse::ActivityDigest& activity) {
    return activity.type == "Delete" || activity.type == "Undo";
}

}  // namespace

struct ObjectionGate::Index {
    std::uint64_t generation{};
    /// Actor URIs by recipient.
    std::unordered_map<std::string, std::unordered_set<std::string>> actors;
};

ObjectionGate::ObjectionGate(DeliverySink& next,
                             const ObjectionBook& book,
                             const SubjectVault& vault,
                             const Clock& clock,
                             ObjectionGateOptions options,
                             std::function<void()> wake)
    : next_(next), book_(book), vault_(vault), clock_(clock), options_(options), wake_(std::move(wake)) {}

ObjectionGate::~ObjectionGate() = default;

bool ObjectionGate::objects(const Index& index, const records::Observation& observation) {
    const auto at = index.actors.find(observation.recipient.text());
    if (at == index.actors.end() || takes_back(observation.activity)) {
        return false;
    }
    const auto& shares = observation.activity.shares;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if ((i == 0 || is_author(shares[i])) && at->second.count(shares[i].actor.reveal()) != 0) {
            return true;
        }
    }
    return false;
}

Result<ObjectionGate::Indexed> ObjectionGate::current() {
    const auto generation = book_.generation();
    const std::scoped_lock held{index_lock_};
    if (index_ && index_->generation == generation) {
        return index_;
    }
    return rebuilt(generation);
}

Result<std::optional<std::string>> ObjectionGate::actor_of(privacy::SubjectNumber subject) {
    const auto known = actors_.find(subject.get());
    if (known != actors_.end()) {
        return std::optional{known->second};
    }
    const auto identity = vault_.identity(subject);
    if (identity) {
        return std::optional{actors_.emplace(subject.get(), identity->actor.reveal()).first->second};
    }
    if (identity.error().kind == ErrorKind::NotFound) {
        return std::optional<std::string>{};
    }
    return fail(identity);
}

Result<ObjectionGate::Indexed> ObjectionGate::rebuilt(std::uint64_t generation) {
    const auto objections = book_.objections();
    if (!objections) {
        return fail(objections);
    }
    auto index = std::make_shared<Index>();
    index->generation = generation;  // read before the list: what came between makes it old at once
    for (const auto& objection : *objections) {
        auto actor = actor_of(objection.subject);
        if (!actor) {
            return fail(actor);
        }
        if (*actor) {
            index->actors[objection.recipient.text()].insert(std::move(**actor));
        }
    }
    index_ = std::move(index);
    return index_;
}

void ObjectionGate::keep(records::Observation observation) {
    observation.outcome = privacy::Outcome{privacy::OutcomeKind::Prevented, 0};
    {
        const std::scoped_lock held{waiting_lock_};
        ++figures_.prevented;
        if (waiting_.size() >= options_.max_waiting) {
            ++figures_.unrecorded;
            return;
        }
        waiting_.push_back(std::move(observation));
    }
    if (wake_) {
        wake_();
    }
}

void ObjectionGate::intend(records::Observation observation, IntentDone done) {
    const auto index = current();
    if (!index) {
        done(fail(ErrorKind::Unavailable,
                  "the list of objections cannot be read: " + index.error().what,
                  index.error().remedy));
        return;
    }
    if (!objects(**index, observation)) {
        next_.intend(std::move(observation), std::move(done));
        return;
    }
    const auto recipient = observation.recipient.text();
    keep(std::move(observation));
    done(fail(ErrorKind::Denied,
              "an objection of the data subject (Art. 21) keeps their data from " + recipient,
              "fedtrail requests shows the request that the objection belongs to"));
}

Result<std::optional<Instant>> ObjectionGate::step() {
    std::vector<records::Observation> batch;
    {
        const std::scoped_lock held{waiting_lock_};
        batch.swap(waiting_);
    }
    if (batch.empty()) {
        return std::optional<Instant>{};
    }
    const auto written = next_.observe(batch);
    if (written || written.error().kind == ErrorKind::Invalid) {
        return std::optional<Instant>{};
    }
    const std::scoped_lock held{waiting_lock_};
    for (auto& one : batch) {  // the same observation twice is one: giving all of it again is safe
        if (waiting_.size() < options_.max_waiting) {
            waiting_.push_back(std::move(one));
        } else {
            ++figures_.unrecorded;
        }
    }
    return std::optional{clock_.now() + options_.retry};
}

ObjectionGate::Figures ObjectionGate::figures() const {
    const std::scoped_lock held{waiting_lock_};
    return figures_;
}

}  // namespace fedtrail::erasure
