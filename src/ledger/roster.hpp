/// The recipients that a subject's broadcasts usually go to, learned alike by encoder and decoder.

#pragma once

#include <cstdint>
#include <vector>

#include "fedtrail/ledger/chunk.hpp"

namespace fedtrail::ledger {

class Roster {
public:
    struct Member {
        std::uint32_t recipient{};
        OutcomeCode usual{};
        OutcomeCode unusual{};  ///< The outcome of the last broadcast if it was not the usual one.
        bool deviated{};
        bool missed{};  ///< Absent from the last broadcast.
    };

    [[nodiscard]] const std::vector<Member>& members() const noexcept { return members_; }

    /// Forgets everybody and takes these holders for the usual ones.
    void reset(const std::vector<HolderFact>& holders);

    /// Learns from a broadcast: who was outside twice running joins, who was missing twice running leaves, an
    /// outcome that came twice running is the usual one.
    void learn(const std::vector<HolderFact>& holders);

    /// What a broadcast was beside the roster: as far as nobody is named here it was the usual one.
    struct Difference {
        struct Exception {
            std::size_t rank{};
            OutcomeCode code{};
        };
        std::vector<std::size_t> absent;    ///< Ranks, ascending.
        std::vector<Exception> exceptions;  ///< By rank, ascending, none of them absent.
        std::vector<HolderFact> extras;     ///< Ascending, none of them a member.
    };

    /// The same as learn() of that broadcast's holders, in a time that does not depend on the roster's size
    /// unless somebody joins or leaves. A roster is led by this or by learn(), not by both in turn.
    void learn(const Difference& difference);

    /// Walks roster and holders side by side, both ascending by recipient.
    template <typename OnMember, typename OnAbsent, typename OnExtra>
    static void walk(const std::vector<Member>& members,
                     const std::vector<HolderFact>& holders,
                     OnMember&& on_member,
                     OnAbsent&& on_absent,
                     OnExtra&& on_extra) {
        std::size_t rank = 0;
        for (const auto& holder : holders) {
            for (; rank < members.size() && members[rank].recipient < holder.recipient; ++rank) {
                on_absent(rank);
            }
            if (rank < members.size() && members[rank].recipient == holder.recipient) {
                on_member(rank++, holder);
            } else {
                on_extra(holder);
            }
        }
        for (; rank < members.size(); ++rank) {
            on_absent(rank);
        }
    }

private:
    std::vector<Member> members_;
    std::vector<Member> next_;
    void put_in(const std::vector<std::size_t>& leaving, std::vector<Member> joining);

    std::vector<std::uint32_t>
        marked_;  ///< Recipients of the members who missed or deviated; for differences.
    std::vector<std::uint32_t> outside_;  ///< Extras of the last broadcast.
    std::vector<std::uint32_t> next_outside_;
};

}  // namespace fedtrail::ledger
