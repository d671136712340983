/// The law's view of an erasure request (GDPR Art. 12, 17, 19): its states and what moves it from one to
/// another. Pure; docs/life-of-an-erasure.md shows the table.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fedtrail/core/result.hpp"

namespace fedtrail::privacy {

/// The numbers are written to disk: append only. That a request was extended (Art. 12(3)) is a fact on it,
/// not a state.
enum class RequestState : std::uint8_t {
    Received = 0,
    IdentityPending = 1,  ///< Reasonable doubt who asks; further information was requested (Art. 12(6)).
    InProgress = 2,
    PausedForInfo = 3,  ///< The scope was asked about; the clock stands still.
    Fulfilled = 4,
    PartlyFulfilled = 5,  ///< Some of it was refused, or could not be reached.
    Refused = 6,
    Withdrawn = 7,
    Duplicate = 8,  ///< The same person asked the same before, and that request is open.
};

/// What can happen to a request. The numbers are written to disk: append only.
enum class RequestEventKind : std::uint8_t {
    Received = 0,
    IdentityAsked = 1,
    IdentityVerified = 2,
    InfoAsked = 3,
    InfoGiven = 4,
    Started = 5,        ///< A plan was made and its notices may leave.
    Extended = 6,       ///< The person was told why it takes up to two months more.
    Refused = 7,        ///< Wholly, with its ground.
    PartlyRefused = 8,  ///< Some objects are kept, with the ground; the rest goes on.
    HeldForLaw = 9,     ///< A legal hold was put on objects.
    HoldReleased = 10,
    Withdrawn = 11,
    MarkedDuplicate = 12,
    Stopped = 13,  ///< No further notice leaves; what was sent stays sent.
    OriginGone =
        14,         ///< The origin was seen to answer 404 or 410, or people said it: the second wave may go.
    Answered = 15,  ///< The person was told what was done (Art. 12(3)) and who was told (Art. 19).
    ClosedFulfilled = 16,
    ClosedPartly = 17,
    Woken = 18,    ///< A copy came back after the request was closed.
    Resumed = 19,  ///< After Stopped.
    /// A copy came back and the origin did not answer: that it is gone there is to be seen anew.
    OriginUnsure = 20,
};

/// Why a request is refused, wholly or in part. The numbers are written to disk: append only.
enum class RefusalGround : std::uint8_t {
    Expression = 0,           ///< Art. 17(3)(a): freedom of expression and information.
    LegalObligation = 1,      ///< Art. 17(3)(b).
    PublicHealth = 2,         ///< Art. 17(3)(c).
    Archiving = 3,            ///< Art. 17(3)(d).
    LegalClaims = 4,          ///< Art. 17(3)(e).
    ManifestlyUnfounded = 5,  ///< Art. 12(5).
    Excessive = 6,            ///< Art. 12(5).
    NotIdentified = 7,        ///< Art. 11(2), 12(2), 12(6).
    NoGround = 8,             ///< None of Art. 17(1)(a) to (f) applies.
};

/// What people do to make it happen, as the command line and the API name it; of the program's own events
/// their name. Of InfoGiven and Resumed, of a whole and a partial refusal and of both ways to close the same.
[[nodiscard]] constexpr std::string_view act_of(RequestEventKind kind) {
    constexpr std::array<std::string_view, 21> kNames{
        "received",  "ask-identity", "verify-identity", "pause",    "resume",  "start",
        "extend",    "refuse",       "refuse",          "hold",     "release", "withdraw",
        "duplicate", "stop",         "origin-gone",     "answered", "close",   "close",
        "wake",      "resume",       "origin_unsure"};
    const auto index = static_cast<std::size_t>(kind);
    return index < kNames.size() ? kNames[index] : "unknown";
}

/// The state after `event`. Errors: Denied (that cannot happen in this state; the error names the act
/// and the state).
[[nodiscard]] Result<RequestState> next(RequestState state, RequestEventKind event);

/// Whether nothing more is done unless the request is woken.
[[nodiscard]] bool is_closed(RequestState state);
/// Whether notices may leave.
[[nodiscard]] bool may_send(RequestState state);

[[nodiscard]] std::string_view name_of(RequestState state);     ///< "in_progress"
[[nodiscard]] std::string_view name_of(RequestEventKind kind);  ///< "identity_verified"
[[nodiscard]] std::string_view name_of(RefusalGround ground);   ///< "17(3)(a)", "12(5) unfounded", …
[[nodiscard]] std::optional<RequestState> request_state_named(std::string_view name);
[[nodiscard]] std::optional<RefusalGround> refusal_ground_named(std::string_view name);

}  // namespace fedtrail::privacy
