/// The network's view of one notice: what was sent to one recipient, and what a look at the copy said. Pure;
/// docs/life-of-an-erasure.md shows the table.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "fedtrail/core/result.hpp"

namespace fedtrail::fediverse {

/// What a look at a remote copy says. Only `Gone` says that nothing is left. The numbers are written to disk:
/// append only.
enum class Presence : std::uint8_t {
    Unknown = 0,      ///< Timeout, 401, 403, 429, 5xx: says nothing.
    Gone = 1,         ///< 410, a Tombstone, or a 404 of software whose 404 means that the row is gone.
    Missing = 2,      ///< 404 elsewhere: hidden or gone.
    Present = 3,      ///< The copy was seen.
    NotVisible = 4,   ///< The software hides it from visitors, or deletes softly.
    Unprobeable = 5,  ///< This software cannot be asked from outside.
};

/// The numbers are written to disk: append only.
enum class NoticeState : std::uint8_t {
    Planned = 0,            ///< Nothing has left so far, however often it was tried.
    Sent = 1,               ///< Some of it left; an answer is missing, or more is to come.
    Acknowledged = 2,       ///< Everything was answered 2xx: received, not obeyed.
    Refused = 3,            ///< The recipient will not take it (4xx that another attempt does not change).
    VerifiedGone = 4,       ///< A look said Gone.
    StillPresent = 5,       ///< A look said Present.
    NotVisible = 6,         ///< A look said NotVisible or Missing.
    Unprobeable = 7,        ///< Received, and nobody can look.
    Unreachable = 8,        ///< Never received; the host is parked or gone.
    Escalated = 9,          ///< A letter went to its operator.
    Disproportionate = 10,  ///< Impossible or disproportionate (Art. 19), with its reason.
};

/// The numbers are written to disk: append only.
enum class NoticeEventKind : std::uint8_t {
    Attempted = 0,  ///< A step is about to leave (intent before effect).
    Accepted = 1,   ///< The last step was answered 2xx.
    Declined = 2,   ///< The last possible step was answered 4xx for good.
    GaveUp = 3,     ///< No attempt got through and none is left.
    LookedGone = 4,
    LookedPresent = 5,
    LookedHidden = 6,  ///< Missing or NotVisible.
    LookedInVain = 7,  ///< Unprobeable.
    LetterSent = 8,
    GivenUpInLaw = 9,   ///< Recorded as impossible or disproportionate.
    FetchedAgain = 10,  ///< The recipient asked for an erased object with its signature: it holds a trace.
    SentByOrigin = 11,  ///< The origin's own Delete was seen to be accepted.
    NothingLeft = 12,   ///< Of the first message not an octet: called back, or no connection came about.
};

/// The state after `event`. Errors: Denied (that cannot happen in this state).
[[nodiscard]] Result<NoticeState> next(NoticeState state, NoticeEventKind event);

/// What a look means for a notice; nothing for Unknown.
[[nodiscard]] std::optional<NoticeEventKind> event_of(Presence presence);

[[nodiscard]] std::string_view name_of(Presence presence);     ///< "gone", "not_visible", …
[[nodiscard]] std::string_view name_of(NoticeState state);     ///< "verified_gone", …
[[nodiscard]] std::string_view name_of(NoticeEventKind kind);  ///< "attempted", …
[[nodiscard]] std::optional<NoticeState> notice_state_named(std::string_view name);

}  // namespace fedtrail::fediverse
