#include "capture/known_people.hpp"

#include <utility>

namespace fedtrail::capture {

bool KnownPeople::is_current(People::const_iterator known, const fediverse::DataShare& person) const {
    const auto& username = person.username.reveal();
    return known != people_.end() && (username.empty() || known->second.username == username);
}

bool KnownPeople::knows(const fediverse::DataShare& person) const {
    return is_current(people_.find(person.actor.reveal()), person);
}

void KnownPeople::expect(const fediverse::DataShare& person) {
    const auto known = people_.find(person.actor.reveal());
    if (known != people_.end()) {
        known->second.round = round_;
    }
    if (is_current(known, person)) {
        return;
    }
    const auto& username = person.username.reveal();
    if (!noted_.insert(person.actor.reveal() + " " + username).second) {
        return;  // another delivery of the same fan-out
    }
    auto actor = Uri::parse(person.actor.reveal());
    if (!actor) {
        return;  // number_of() says so
    }
    expected_.push_back(Enrolment{std::move(*actor), person.username});
}

/// Whoever is asked for next must stay: they are in none of the lists that are enrolled.
void KnownPeople::make_room(std::uint64_t round) {
    if (people_.size() + expected_.size() > capacity_) {
        std::erase_if(people_, [round](const auto& one) { return one.second.round != round; });
    }
}

void KnownPeople::enrol_expected() {
    failure_.reset();
    noted_.clear();
    const auto round = round_++;
    if (expected_.empty()) {
        return;
    }
    make_room(round);
    const auto numbers = vault_.enrol_all(expected_);
    if (!numbers) {
        failure_ = numbers.error();
    }
    for (std::size_t i = 0; numbers && i < expected_.size(); ++i) {
        auto& known = people_[expected_[i].actor.text()];
        known.number = (*numbers)[i];
        known.round = round;
        if (!expected_[i].username.reveal().empty()) {
            known.username = expected_[i].username.reveal();
        }
    }
    expected_.clear();
}

Result<privacy::SubjectNumber> KnownPeople::number_of(const fediverse::DataShare& person) const {
    const auto known = people_.find(person.actor.reveal());
    if (known != people_.end()) {
        return known->second.number;
    }
    if (failure_) {
        return tl::unexpected{*failure_};
    }
    return fail(
        ErrorKind::Invalid, "an observation names an actor that is not a URI", "give the actor's full URI");
}

}  // namespace fedtrail::capture
