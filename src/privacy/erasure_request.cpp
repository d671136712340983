#include "fedtrail/privacy/erasure_request.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace fedtrail::privacy {

namespace {

/// A set of states, one bit each.
using States = std::uint16_t;

template <typename... Of>
constexpr States in(Of... states) {
    return static_cast<States>(((1U << static_cast<unsigned>(states)) | ...));
}

struct Rule {
    RequestEventKind event;
    States from;
    std::optional<RequestState> to;  ///< Absent: the state stays.
};

constexpr States kOpen = in(RequestState::Received,
                            RequestState::IdentityPending,
                            RequestState::InProgress,
                            RequestState::PausedForInfo);
constexpr States kEvery = kOpen | in(RequestState::Fulfilled,
                                     RequestState::PartlyFulfilled,
                                     RequestState::Refused,
                                     RequestState::Withdrawn,
                                     RequestState::Duplicate);

using State = RequestState;
using Event = RequestEventKind;

/// The law's table. What is not here cannot happen.
constexpr std::array kRules{
    Rule{Event::Received, in(State::Received), {}},
    Rule{Event::IdentityAsked, in(State::Received), State::IdentityPending},
    Rule{Event::IdentityVerified, in(State::Received, State::InProgress, State::PausedForInfo), {}},
    Rule{Event::IdentityVerified, in(State::IdentityPending), State::Received},
    Rule{Event::InfoAsked, in(State::Received, State::InProgress), State::PausedForInfo},
    // What they answered may change the plan: it is made again before anything leaves.
    Rule{Event::InfoGiven, in(State::PausedForInfo), State::Received},
    Rule{Event::Started, in(State::Received, State::InProgress), State::InProgress},
    Rule{Event::Extended, kOpen, {}},
    Rule{Event::Refused, kOpen, State::Refused},
    Rule{Event::PartlyRefused, kOpen, {}},
    Rule{Event::HeldForLaw, kOpen, {}},
    // Of what is partly fulfilled it is ended by waking: what was kept must be erased then.
    Rule{Event::HoldReleased, kOpen | in(State::Refused, State::Withdrawn, State::Duplicate), {}},
    Rule{Event::Withdrawn, kOpen, State::Withdrawn},
    Rule{Event::MarkedDuplicate, kOpen, State::Duplicate},
    Rule{Event::Stopped, in(State::InProgress), {}},
    Rule{Event::Resumed, in(State::InProgress), {}},
    Rule{Event::OriginGone, kOpen | in(State::Fulfilled, State::PartlyFulfilled), {}},
    Rule{Event::OriginUnsure, kOpen, {}},
    Rule{Event::Answered, kEvery, {}},
    Rule{Event::ClosedFulfilled, in(State::InProgress), State::Fulfilled},
    Rule{Event::ClosedPartly, in(State::InProgress), State::PartlyFulfilled},
    Rule{Event::Woken, in(State::Fulfilled, State::PartlyFulfilled), State::InProgress},
    Rule{Event::Woken, in(State::Duplicate), State::Received},
};

constexpr std::array<std::string_view, 9> kStates{"received",
                                                  "identity_pending",
                                                  "in_progress",
                                                  "paused_for_info",
                                                  "fulfilled",
                                                  "partly_fulfilled",
                                                  "refused",
                                                  "withdrawn",
                                                  "duplicate"};
constexpr std::array<std::string_view, 21> kEvents{
    "received",      "identity_asked",   "identity_verified", "info_asked",     "info_given",
    "started",       "extended",         "refused",           "partly_refused", "held_for_law",
    "hold_released", "withdrawn",        "marked_duplicate",  "stopped",        "origin_gone",
    "answered",      "closed_fulfilled", "closed_partly",     "woken",          "resumed",
    "origin_unsure"};
constexpr std::array<std::string_view, 9> kGrounds{"17(3)(a)",
                                                   "17(3)(b)",
                                                   "17(3)(c)",
                                                   "17(3)(d)",
                                                   "17(3)(e)",
                                                   "12(5) unfounded",
                                                   "12(5) excessive",
                                                   "12(6) not identified",
                                                   "17(1) no ground"};

template <typename Value, std::size_t Count>
std::string_view word(const std::array<std::string_view, Count>& words, Value value) {
    const auto index = static_cast<std::size_t>(value);
    return index < Count ? words.at(index) : "unknown";
}

template <typename Value, std::size_t Count>
std::optional<Value> value_named(const std::array<std::string_view, Count>& words, std::string_view name) {
    const auto* const found = std::find(words.begin(), words.end(), name);
    if (found == words.end()) {
        return std::nullopt;
    }
    return static_cast<Value>(found - words.begin());
}

const Rule* rule_for(RequestState state, RequestEventKind event) {
    const auto* const rule = std::find_if(kRules.begin(), kRules.end(), [&](const Rule& one) {
        return one.event == event && (one.from & in(state)) != 0;
    });
    return rule == kRules.end() ? nullptr : rule;
}

tl::unexpected<Error> out_of_place(RequestState state, RequestEventKind event) {
    const bool wakes = event == Event::HoldReleased && rule_for(state, Event::Woken) != nullptr;
    return fail(
        ErrorKind::Denied,
        std::string{act_of(event)} + " cannot be done to a request that is " + std::string{name_of(state)},
        std::string{wakes ? "`fedtrail requests wake` opens it again; " : ""} +
            "docs/life-of-an-erasure.md says what can be done in which state.");
}

}  // namespace

Result<RequestState> next(RequestState state, RequestEventKind event) {
    const auto* const rule = rule_for(state, event);
    return rule == nullptr ? Result<RequestState>{out_of_place(state, event)} : rule->to.value_or(state);
}

bool is_closed(RequestState state) {
    return (kOpen & in(state)) == 0;
}

bool may_send(RequestState state) {
    return state == RequestState::InProgress;
}

std::string_view name_of(RequestState state) {
    return word(kStates, state);
}

std::string_view name_of(RequestEventKind kind) {
    return word(kEvents, kind);
}

std::string_view name_of(RefusalGround ground) {
    return word(kGrounds, ground);
}

std::optional<RequestState> request_state_named(std::string_view name) {
    return value_named<RequestState>(kStates, name);
}

std::optional<RefusalGround> refusal_ground_named(std::string_view name) {
    return value_named<RefusalGround>(kGrounds, name);
}

}  // namespace fedtrail::privacy
