#include "capture/people_index.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fedtrail::capture {

bool PeopleIndex::Snapshot::objects(const std::string& actor, const Host& recipient) const {
    const auto* const actors = objectors_of(recipient);
    return actors != nullptr && actors->count(actor) != 0;
}

void PeopleIndex::join(std::shared_ptr<const privacy::JoinedHosts> hosts) {
    const std::scoped_lock held{lock_};
    if (!(*hosts == *joined_)) {
        snapshot_.reset();
    }
    joined_ = std::move(hosts);
}

bool PeopleIndex::Snapshot::consents(const std::string& actor,
                                     const Host& recipient,
                                     const privacy::Country& country,
                                     const privacy::Day& day) const {
    const auto of = consents_.find(actor);
    return of != consents_.end() &&
           std::any_of(of->second.begin(), of->second.end(), [&](const records::Consent& consent) {
               return records::carries(consent, recipient, country, day);
           });
}

Result<std::shared_ptr<const PeopleIndex::Snapshot>> PeopleIndex::now() {
    // Read before the lists: what comes between makes the snapshot old at once.
    const auto objections = objections_.generation();
    const auto facts = facts_.generation();
    const std::scoped_lock held{lock_};
    if (snapshot_ && snapshot_->objections_generation_ == objections &&
        snapshot_->facts_generation_ == facts) {
        return snapshot_;
    }
    return rebuilt(objections, facts);
}

Result<std::optional<std::string>> PeopleIndex::actor_of(privacy::SubjectNumber subject) {
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

Result<std::shared_ptr<const PeopleIndex::Snapshot>> PeopleIndex::rebuilt(std::uint64_t objections,
                                                                          std::uint64_t facts) {
    const auto list = objections_.objections();
    const auto minors = facts_.minors();
    if (!list || !minors) {
        return !list ? fail(list) : fail(minors);
    }
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->objections_generation_ = objections;
    snapshot->facts_generation_ = facts;
    for (const auto& objection : *list) {
        auto actor = actor_of(objection.subject);
        if (!actor) {
            return fail(actor);
        }
        if (!*actor) {
            continue;
        }
        for (const auto& name : joined_->names_of(objection.recipient)) {
            snapshot->objectors_[name].insert(**actor);
        }
    }
    for (const auto minor : *minors) {
        auto actor = actor_of(minor);
        if (!actor) {
            return fail(actor);
        }
        if (*actor) {
            snapshot->minors_.insert(std::move(**actor));
        }
    }
    if (auto added = add_consents(*snapshot); !added) {
        return fail(added);
    }
    snapshot_ = std::move(snapshot);
    return snapshot_;
}

Result<void> PeopleIndex::add_consents(Snapshot& snapshot) {
    const auto list = consents_ != nullptr ? consents_->consents() : Result<std::vector<records::Consent>>{};
    if (!list) {
        return fail(list);
    }
    for (const auto& consent : *list) {
        const auto actor = actor_of(consent.subject);
        if (!actor) {
            return fail(actor);
        }
        if (*actor) {
            auto all = records::for_all_hosts(consent, *joined_);
            auto& theirs = snapshot.consents_[**actor];
            std::move(all.begin(), all.end(), std::back_inserter(theirs));
        }
    }
    return {};
}

}  // namespace fedtrail::capture
