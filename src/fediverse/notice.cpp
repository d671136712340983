#include "fedtrail/fediverse/notice.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace fedtrail::fediverse {

namespace {

/// A set of states, one bit each.
using States = std::uint16_t;

template <typename... Of>
constexpr States in(Of... states) {
    return static_cast<States>(((1U << static_cast<unsigned>(states)) | ...));
}

struct Rule {
    NoticeEventKind event;
    States from;
    std::optional<NoticeState> to;  ///< Absent: the state stays.
};

using State = NoticeState;
using Event = NoticeEventKind;

constexpr States kEvery = (1U << 11U) - 1U;
/// What a look or a letter found out about the copy: sending again does not unsay it, another look does.
constexpr States kSeen = in(State::VerifiedGone, State::StillPresent, State::NotVisible, State::Unprobeable);
/// On its way, or answered.
constexpr States kTold = in(State::Sent, State::Acknowledged);
/// Did not get through.
constexpr States kFailed = in(State::Refused, State::Unreachable);
/// With people, no longer with machines.
constexpr States kByHand = in(State::Escalated, State::Disproportionate);

/// The network's table. What is not here cannot happen.
constexpr std::array kRules{
    Rule{Event::Attempted, in(State::Planned) | kTold | kFailed, State::Sent},
    Rule{Event::Attempted, kSeen | kByHand, {}},

    Rule{Event::Accepted, kTold | kFailed, State::Acknowledged},
    Rule{Event::Accepted, kSeen | kByHand, {}},

    Rule{Event::Declined, kTold | kFailed, State::Refused},
    Rule{Event::Declined, kSeen | kByHand, {}},

    Rule{Event::GaveUp, in(State::Planned, State::Sent, State::Unreachable), State::Unreachable},
    Rule{Event::GaveUp, in(State::Acknowledged, State::Refused) | kSeen | kByHand, {}},

    // The one way to `verified_gone`.
    Rule{Event::LookedGone, kEvery, State::VerifiedGone},

    Rule{Event::LookedPresent, kTold | kFailed | kSeen, State::StillPresent},
    Rule{Event::LookedPresent, in(State::Planned) | kByHand, {}},

    Rule{Event::LookedHidden,
         kTold | kFailed | in(State::StillPresent, State::NotVisible, State::Unprobeable, State::Escalated),
         State::NotVisible},
    // A copy that is gone is not to be seen either.
    Rule{Event::LookedHidden, in(State::Planned, State::VerifiedGone, State::Disproportionate), {}},

    Rule{Event::LookedInVain, in(State::Acknowledged), State::Unprobeable},
    Rule{Event::LookedInVain, in(State::Planned, State::Sent) | kFailed | kSeen | kByHand, {}},

    Rule{Event::LetterSent,
         kTold | kFailed | in(State::StillPresent, State::NotVisible, State::Unprobeable, State::Escalated),
         State::Escalated},

    Rule{Event::GivenUpInLaw,
         in(State::Planned) | kTold | kFailed | kByHand |
             in(State::StillPresent, State::NotVisible, State::Unprobeable),
         State::Disproportionate},

    Rule{Event::FetchedAgain, in(State::Acknowledged, State::Unreachable) | kSeen, State::StillPresent},
    // Not told yet, or known to hold it anyway.
    Rule{Event::FetchedAgain, in(State::Planned, State::Sent, State::Refused) | kByHand, {}},

    Rule{Event::SentByOrigin, in(State::Planned, State::Acknowledged) | kFailed, State::Acknowledged},
    Rule{Event::SentByOrigin, in(State::Sent) | kSeen | kByHand, {}},

    Rule{Event::NothingLeft, in(State::Sent), State::Planned},
    Rule{Event::NothingLeft, in(State::Acknowledged) | kFailed | kSeen | kByHand, {}},
};

constexpr std::array<std::string_view, 6> kPresences{
    "unknown", "gone", "missing", "present", "not_visible", "unprobeable"};
constexpr std::array<std::string_view, 11> kStates{"planned",
                                                   "sent",
                                                   "acknowledged",
                                                   "refused",
                                                   "verified_gone",
                                                   "still_present",
                                                   "not_visible",
                                                   "unprobeable",
                                                   "unreachable",
                                                   "escalated",
                                                   "disproportionate"};
constexpr std::array<std::string_view, 13> kEvents{"attempted",
                                                   "accepted",
                                                   "declined",
                                                   "gave_up",
                                                   "looked_gone",
                                                   "looked_present",
                                                   "looked_hidden",
                                                   "looked_in_vain",
                                                   "letter_sent",
                                                   "given_up_in_law",
                                                   "fetched_again",
                                                   "sent_by_origin",
                                                   "nothing_left"};

template <typename Value, std::size_t Count>
std::string_view word(const std::array<std::string_view, Count>& words, Value value) {
    const auto index = static_cast<std::size_t>(value);
    return index < Count ? words.at(index) : "unknown";
}

}  // namespace

Result<NoticeState> next(NoticeState state, NoticeEventKind event) {
    const auto* const rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& one) {
        return one.event == event && (one.from & in(state)) != 0;
    });
    if (rule == kRules.end()) {
        return fail(ErrorKind::Denied,
                    "the event " + std::string{name_of(event)} + " cannot happen to a notice that is " +
                        std::string{name_of(state)});
    }
    return rule->to.value_or(state);
}

std::optional<NoticeEventKind> event_of(Presence presence) {
    switch (presence) {
        case Presence::Gone:
            return NoticeEventKind::LookedGone;
        case Presence::Present:
            return NoticeEventKind::LookedPresent;
        case Presence::Missing:
        case Presence::NotVisible:
            return NoticeEventKind::LookedHidden;
        case Presence::Unprobeable:
            return NoticeEventKind::LookedInVain;
        case Presence::Unknown:
            break;
    }
    return std::nullopt;
}

std::string_view name_of(Presence presence) {
    return word(kPresences, presence);
}

std::string_view name_of(NoticeState state) {
    return word(kStates, state);
}

std::string_view name_of(NoticeEventKind kind) {
    return word(kEvents, kind);
}

std::optional<NoticeState> notice_state_named(std::string_view name) {
    const auto* const found = std::find(kStates.begin(), kStates.end(), name);
    if (found == kStates.end()) {
        return std::nullopt;
    }
    return static_cast<NoticeState>(found - kStates.begin());
}

}  // namespace fedtrail::fediverse
