#include "ledger/roster.hpp"

#include <algorithm>
#include <iterator>

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

bool is_below(const Roster::Difference::Exception& exception, std::size_t rank) {
    return exception.rank < rank;
}

}  // namespace

void Roster::reset(const std::vector<HolderFact>& holders) {
    members_.clear();
    outside_.clear();
    marked_.clear();
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

void Roster::learn(const Difference& difference) {
    // Who was marked and is not named now was reached as usual.
    auto rank = members_.begin();
    for (const auto recipient : marked_) {
        rank = std::lower_bound(rank, members_.end(), recipient, [](const Member& member, std::uint32_t id) {
            return member.recipient < id;
        });
        const auto place = static_cast<std::size_t>(rank - members_.begin());
        if (!std::binary_search(difference.absent.begin(), difference.absent.end(), place)) {
            rank->missed = false;
            const auto named =
                std::lower_bound(difference.exceptions.begin(), difference.exceptions.end(), place, is_below);
            rank->deviated = rank->deviated && named != difference.exceptions.end() && named->rank == place;
        }
    }
    std::vector<std::uint32_t> marked;
    std::vector<std::size_t> leaving;
    for (const auto place : difference.absent) {
        if (members_[place].missed) {
            leaving.push_back(place);
        } else {
            members_[place].missed = true;
            marked.push_back(members_[place].recipient);
        }
    }
    const auto absent = static_cast<std::ptrdiff_t>(marked.size());
    for (const auto& exception : difference.exceptions) {
        auto& member = members_[exception.rank];
        member = after(member, exception.code);
        if (member.deviated) {
            marked.push_back(member.recipient);
        }
    }
    std::inplace_merge(marked.begin(), marked.begin() + absent, marked.end());
    std::vector<Member> joining;
    next_outside_.clear();
    for (const auto& extra : difference.extras) {
        if (std::binary_search(outside_.begin(), outside_.end(), extra.recipient)) {
            joining.push_back(Member{extra.recipient, extra.code, 0, false, false});
        } else {
            next_outside_.push_back(extra.recipient);
        }
    }
    marked_ = std::move(marked);
    outside_.swap(next_outside_);
    put_in(leaving, std::move(joining));
}

/// `leaving` are ranks, ascending; `joining` ascend by recipient.
void Roster::put_in(const std::vector<std::size_t>& leaving, std::vector<Member> joining) {
    if (leaving.empty() && joining.empty()) {
        return;
    }
    next_.clear();
    auto gone = leaving.begin();
    auto joins = joining.begin();
    for (std::size_t rank = 0; rank < members_.size(); ++rank) {
        for (; joins != joining.end() && joins->recipient < members_[rank].recipient; ++joins) {
            next_.push_back(*joins);
        }
        if (gone != leaving.end() && *gone == rank) {
            ++gone;
        } else {
            next_.push_back(members_[rank]);
        }
    }
    next_.insert(next_.end(), joins, joining.end());
    members_.swap(next_);
}

}  // namespace fedtrail::ledger
