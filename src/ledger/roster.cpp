#include "ledger/roster.hpp"

namespace fedtrail::ledger {

namespace {

/// A member after a broadcast that reached it with `code`.
Roster::Member after(Roster::Member member, OutcomeCode code) {
    member.missed = false;
    if (code == member.usual) {
        member.deviated = false;
        return member;
    }
    if (member.deviated && member.unusual == code) {
        member.usual = code;
        member.deviated = false;
        return member;
    }
    member.unusual = code;
    member.deviated = true;
    return member;
}

}  // namespace

void Roster::reset(const std::vector<HolderFact>& holders) {
    members_.clear();
    outside_.clear();
    for (const auto& holder : holders) {
        members_.push_back(Member{holder.recipient, holder.code, 0, false, false});
    }
}

void Roster::learn(const std::vector<HolderFact>& holders) {
    next_.clear();
    next_outside_.clear();
    std::size_t before = 0;
    walk(
        members_,
        holders,
        [&](std::size_t rank, const HolderFact& holder) {
            next_.push_back(after(members_[rank], holder.code));
        },
        [&](std::size_t rank) {
            if (!members_[rank].missed) {
                next_.push_back(members_[rank]);
                next_.back().missed = true;
            }
        },
        [&](const HolderFact& holder) {
            while (before < outside_.size() && outside_[before] < holder.recipient) {
                ++before;
            }
            if (before < outside_.size() && outside_[before] == holder.recipient) {
                next_.push_back(Member{holder.recipient, holder.code, 0, false, false});
            } else {
                next_outside_.push_back(holder.recipient);
            }
        });
    members_.swap(next_);
    outside_.swap(next_outside_);
}

}  // namespace fedtrail::ledger
