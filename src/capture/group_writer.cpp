#include "capture/group_writer.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "fedtrail/fediverse/whose.hpp"

namespace fedtrail::capture {

namespace {

/// Their object is something that stands there already, mostly another's.
constexpr std::array<std::string_view, 6> kDoneToAnObject{
    "Announce", "Dislike", "EmojiReact", "EmojiReaction", "Flag", "Like"};

/// What shows that a share's person made the object, and did not only do something to it.
constexpr fediverse::CategorySet kOfAnObject{fediverse::DataCategory::PostText,
                                             fediverse::DataCategory::Media,
                                             fediverse::DataCategory::DirectMessage,
                                             fediverse::DataCategory::Profile};

/// Whether the object is known to be somebody else's: its address lies below theirs, or nothing of it is this
/// person's. An address of another's has no place among one's items (Art. 15(4)).
bool is_anothers_object(const fediverse::ActivityDigest& digest, const fediverse::DataShare& share) {
    const auto& object = digest.object.reveal();
    if (fediverse::lies_below(object, share.actor.reveal())) {
        return false;
    }
    const bool below_another =
        std::any_of(digest.shares.begin(), digest.shares.end(), [&](const fediverse::DataShare& other) {
            return fediverse::lies_below(object, other.actor.reveal());
        });
    const auto& types = kDoneToAnObject;
    const bool done_to_it = std::find(types.begin(), types.end(), digest.type) != types.end();
    return below_another || (done_to_it && (share.categories.bits() & kOfAnObject.bits()) == 0);
}

}  // namespace

bool GroupWriter::concerns_us(const records::Observation& observation) const {
    const auto recipient = hosts_.origin_of(observation.recipient);
    const auto& shares = observation.activity.shares;
    return std::any_of(shares.begin(), shares.end(), [&](const fediverse::DataShare& share) {
        const auto origin = hosts_.origin_of_person(share.actor.reveal());
        return origin && origin != recipient;
    });
}

bool GroupWriter::is_unread(const records::Observation& observation) const {
    const auto& shares = observation.activity.shares;
    // What a server signs for itself may be anybody's where it is not read.
    const bool nobodys =
        shares.empty() || std::any_of(shares.begin(), shares.end(), [](const fediverse::DataShare& share) {
            return share.categories.has(fediverse::DataCategory::Unread);
        });
    return nobodys && observation.outcome.kind != privacy::OutcomeKind::Prevented &&
           !hosts_.origin_of(observation.recipient);
}

void GroupWriter::refuse(const Group& group, GroupOutcome& outcome) const {
    outcome.committed = tl::unexpected{*broken_};
    outcome.unsettled = group.settlements;
    for (const auto& intent : group.intents) {
        outcome.intents.emplace_back(IntentId{0});
        if (concerns_us(intent.observation) || is_unread(intent.observation)) {
            outcome.intents.back() = tl::unexpected{*broken_};
        }
    }
    outcome.slices.assign(group.slices.size(), tl::unexpected{*broken_});
}

void GroupWriter::note_damage(const Error& error, GroupOutcome& outcome) {
    if (error.kind == ErrorKind::Corrupt && !outcome.damage) {
        outcome.damage = error;
    }
}

bool GroupWriter::leaves_origin(const fediverse::DataShare& share,
                                std::optional<OriginIndex> recipient) const {
    const auto origin = hosts_.origin_of_person(share.actor.reveal());
    return origin && origin != recipient;
}

void GroupWriter::expect_people(const records::Observation& observation) {
    const auto recipient = hosts_.origin_of(observation.recipient);
    for (const auto& share : observation.activity.shares) {
        if (leaves_origin(share, recipient)) {
            people_.expect(share);
        }
    }
}

bool GroupWriter::knows_all_in(const records::Observation& observation) const {
    const auto recipient = hosts_.origin_of(observation.recipient);
    const auto& shares = observation.activity.shares;
    return std::all_of(shares.begin(), shares.end(), [&](const fediverse::DataShare& share) {
        return !leaves_origin(share, recipient) || people_.knows(share);
    });
}

bool GroupWriter::claim() {
    claimed_ = !broken_ && ledger_.claim();
    return claimed_;
}

Result<ActivityNumber> GroupWriter::activity_of(const records::Observation& observation,
                                                const fediverse::DataShare& share,
                                                privacy::SubjectNumber subject) {
    const auto& digest = observation.activity;
    const auto origin = hosts_.origin_of_uri(share.actor.reveal());
    const bool own =
        hosts_.origin_of_uri(digest.object.reveal()) == origin && !is_anothers_object(digest, share);
    const auto kind = observation.outcome.kind;
    const bool passes = kind == privacy::OutcomeKind::Intended || kind == privacy::OutcomeKind::Prevented;
    return ledger_.activity(ActivityFact{subject,
                                         observation.at,
                                         digest.type,
                                         digest.id.reveal(),
                                         own ? digest.object.reveal() : digest.id.reveal(),
                                         share.categories,
                                         digest.visibility,
                                         !passes});
}

Result<std::span<const GroupWriter::Person>> GroupWriter::people_in(const records::Observation& observation) {
    const auto recipient = hosts_.origin_of(observation.recipient);
    const auto& digest = observation.activity;
    if (resolved_.digest != nullptr && resolved_.recipient == recipient && *resolved_.digest == digest) {
        return std::span<const Person>{resolved_.people};
    }
    resolved_.digest = nullptr;
    resolved_.people.clear();
    for (const auto& share : digest.shares) {
        if (!leaves_origin(share, recipient)) {
            continue;
        }
        const auto subject = people_.number_of(share);
        if (!subject) {
            return fail(subject);
        }
        const auto activity = activity_of(observation, share, *subject);
        if (!activity) {
            return fail(activity);
        }
        resolved_.people.push_back(Person{*subject, *activity});
    }
    if (!digest.id.reveal().empty()) {  // without an id each delivery is an activity of its own
        resolved_.digest = &digest;
        resolved_.recipient = recipient;
    }
    return std::span<const Person>{resolved_.people};
}

Result<Attempts> GroupWriter::add(const records::Observation& observation, bool& fresh) {
    const auto people = people_in(observation);
    if (!people) {
        return fail(people);
    }
    if (people->empty()) {
        return Attempts{};
    }
    const auto recipient = ledger_.recipient(observation.recipient);
    if (!recipient) {
        return fail(recipient);
    }
    Attempts attempts;
    written_.clear();
    attempts.reserve(people->size());
    for (const auto& person : *people) {
        const PackedObservation attempt{person.subject,
                                        to_unix_seconds(observation.at),
                                        *recipient,
                                        person.activity,
                                        observation.outcome,
                                        observation.channel,
                                        false};
        const auto added = ledger_.add(attempt);
        if (!added) {
            take_back();
            return fail(added);
        }
        if (*added) {
            ++added_;
            fresh = true;
            written_.push_back(attempt);
        }
        attempts.push_back(attempt);
    }
    return attempts;
}

/// An intent that failed at one person must not stand for those before it: the delivery does not leave. What
/// is told afterwards has left, and stays.
void GroupWriter::take_back() {
    for (auto attempt : written_) {
        if (!refused_stays_ || attempt.outcome.kind != privacy::OutcomeKind::Intended) {
            return;
        }
        attempt.outcome = privacy::Outcome{privacy::OutcomeKind::Unreachable, 0};
        attempt.settles = true;
        const auto added = ledger_.add(attempt);  // else it stays `intended`: rather too much
        added_ += added && *added ? 1 : 0;
    }
}

Result<void> GroupWriter::add_settlement(const Settlement& settlement, GroupOutcome& outcome) {
    const auto outcomes = open_.close(settlement.intent, settlement.outcome);
    for (const auto& attempt : outcomes) {
        const auto added = ledger_.add(attempt);
        if (!added) {
            open_.reopen(settlement.intent);
            return fail(added);
        }
        added_ += *added ? 1 : 0;
    }
    outcome.settled += outcomes.empty() ? 0 : 1;
    return {};
}

void GroupWriter::add_settlements(const Group& group, GroupOutcome& outcome) {
    for (const auto& settlement : group.settlements) {
        const auto added = add_settlement(settlement, outcome);
        if (!added && added.error().kind == ErrorKind::Unavailable) {
            outcome.unsettled.push_back(settlement);
        } else if (!added) {
            ++outcome.settles_lost;
            note_damage(added.error(), outcome);
        }
    }
}

void GroupWriter::add_intents(const Group& group, GroupOutcome& outcome) {
    for (const auto& intent : group.intents) {
        bool fresh = false;
        auto attempts = add(intent.observation, fresh);
        if (!attempts) {
            outcome.intents_damaged += attempts.error().kind == ErrorKind::Corrupt ? 1 : 0;
            note_damage(attempts.error(), outcome);
            outcome.intents.emplace_back(fail(attempts));
            attempts_.emplace_back();
            continue;
        }
        const bool concerns = !attempts->empty();
        if (!concerns) {
            note_stranger(intent.observation, outcome);
            note_unread(intent.observation, outcome);
        }
        outcome.intents.emplace_back(concerns ? intent.id : IntentId{0});
        attempts_.push_back(std::move(*attempts));
    }
}

/// Whose origin is none of ours: the host, not the person. True if it is of a person of ours: then the
/// observation went to a host of their origin.
bool GroupWriter::note_stranger(const records::Observation& observation, GroupOutcome& outcome) const {
    ++outcome.without_subject;
    const auto& shares = observation.activity.shares;
    const bool ours = std::any_of(shares.begin(), shares.end(), [&](const fediverse::DataShare& share) {
        return hosts_.origin_of_uri(share.actor.reveal()).has_value();
    });
    if (ours || shares.empty()) {  // a server itself is no person
        return std::any_of(shares.begin(), shares.end(), [&](const fediverse::DataShare& share) {
            return hosts_.origin_of_person(share.actor.reveal()).has_value();
        });
    }
    if (const auto actor = Uri::parse(shares.front().actor.reveal())) {
        ++outcome.senders[actor->host().text()];
    }
    return false;
}

/// A delivery that names nobody is kept as what is known of it: where it went, and when.
void GroupWriter::note_unread(const records::Observation& observation, GroupOutcome& outcome) {
    if (!is_unread(observation)) {
        return;
    }
    ledger_.add(records::TunnelObservation{observation.at, observation.recipient, 0, 0});
    ++outcome.unread;
    ++added_;
}

Result<Observed> GroupWriter::add_slice(std::span<const records::Observation> slice, GroupOutcome& outcome) {
    Observed sum;
    for (const auto& observation : slice) {
        bool fresh = false;
        const auto attempts = add(observation, fresh);
        if (!attempts) {
            note_damage(attempts.error(), outcome);
            return fail(attempts);
        }
        if (attempts->empty()) {
            sum.to_own_origin += note_stranger(observation, outcome) ? 1 : 0;
            ++sum.without_subject;
        }
        sum.fresh += fresh ? 1 : 0;
    }
    return sum;
}

void GroupWriter::add_slices(const Group& group, GroupOutcome& outcome) {
    for (const auto slice : group.slices) {
        outcome.slices.push_back(add_slice(slice, outcome));
    }
}

void GroupWriter::add_watched(const Group& group) {
    for (const auto& opening : group.openings) {
        ledger_.add(opening.tunnel);
    }
    for (const auto& tunnel : group.tunnels) {
        ledger_.add(tunnel);
    }
    for (const auto& gap : group.gaps) {
        ledger_.add(gap);
    }
}

void GroupWriter::commit(const Group& group, GroupOutcome& outcome) {
    const bool claimed = std::exchange(claimed_, false);
    if (added_ == 0 && group.openings.empty() && group.tunnels.empty() && group.gaps.empty()) {
        if (claimed) {
            ledger_.rest();
        }
        return;
    }
    outcome.wrote = true;
    const auto start = std::chrono::steady_clock::now();
    outcome.committed = ledger_.commit_of_many();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    outcome.commit_ms = took.count();
    if (!outcome.committed && outcome.committed.error().kind == ErrorKind::Corrupt) {
        broken_ = outcome.committed.error();
    }
}

void GroupWriter::open_intents(const Group& group, const GroupOutcome& outcome) {
    for (std::size_t i = 0; i < outcome.intents.size(); ++i) {
        const bool leaves = group.intents[i].observation.outcome.kind != privacy::OutcomeKind::Prevented;
        if (outcome.intents[i] && !attempts_[i].empty() && leaves) {
            open_.open(group.intents[i].id, std::move(attempts_[i]));
        }
    }
}

void GroupWriter::undo(const Group& group, GroupOutcome& outcome) {
    for (const auto& settlement : group.settlements) {
        open_.reopen(settlement.intent);
    }
    outcome.unsettled = group.settlements;
    outcome.settled = 0;
    outcome.settles_lost = 0;
    outcome.unread = 0;
    for (std::size_t i = 0; i < outcome.intents.size(); ++i) {
        auto& intent = outcome.intents[i];
        if (intent && (*intent != IntentId{0} || is_unread(group.intents[i].observation))) {
            intent = fail(outcome.committed);
        }
    }
    for (auto& slice : outcome.slices) {
        slice = fail(outcome.committed);
    }
}

GroupOutcome GroupWriter::write(const Group& group) {
    GroupOutcome outcome;
    if (broken_) {
        refuse(group, outcome);
        return outcome;
    }
    added_ = 0;
    attempts_.clear();
    resolved_ = {};
    for (const auto& intent : group.intents) {
        expect_people(intent.observation);
    }
    for (const auto slice : group.slices) {
        for (const auto& observation : slice) {
            expect_people(observation);
        }
    }
    people_.enrol_expected();
    add_settlements(group, outcome);  // first: an intent of the same second then finds the place free
    add_intents(group, outcome);
    add_slices(group, outcome);
    add_watched(group);
    commit(group, outcome);
    if (outcome.committed) {
        open_intents(group, outcome);
    } else {
        undo(group, outcome);
    }
    open_.forget_closed();
    return outcome;
}

Result<void> GroupWriter::forget(privacy::SubjectNumber subject,
                                 const std::function<Result<void>()>& destroy_key) {
    if (broken_) {
        return tl::unexpected{*broken_};
    }
    if (auto kept = ledger_.keep_commitments(subject); !kept) {
        return kept;
    }
    if (auto destroyed = destroy_key(); !destroyed) {
        return destroyed;
    }
    people_.forget();
    open_.forget(subject);
    auto forgotten = ledger_.forget(subject);
    if (!forgotten && forgotten.error().kind == ErrorKind::Corrupt) {
        broken_ = forgotten.error();
    }
    return forgotten;
}

}  // namespace fedtrail::capture
