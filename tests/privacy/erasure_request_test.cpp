#include "fedtrail/privacy/erasure_request.hpp"

#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace fedtrail::privacy;
using State = RequestState;
using Event = RequestEventKind;

namespace {

std::vector<State> all_states() {
    std::vector<State> all;
    for (int i = 0; i <= static_cast<int>(State::Duplicate); ++i) {
        all.push_back(static_cast<State>(i));
    }
    return all;
}

std::vector<Event> all_events() {
    std::vector<Event> all;
    for (int i = 0; i <= static_cast<int>(Event::OriginUnsure); ++i) {
        all.push_back(static_cast<Event>(i));
    }
    return all;
}

/// Where `path` leads from Received; what it meets on the way must be allowed.
State after(const std::vector<Event>& path) {
    auto state = State::Received;
    for (const auto event : path) {
        state = *next(state, event);
    }
    return state;
}

std::set<Event> allowed_in(State state) {
    std::set<Event> allowed;
    for (const auto event : all_events()) {
        if (next(state, event)) {
            allowed.insert(event);
        }
    }
    return allowed;
}

}  // namespace

TEST_CASE("A request goes the usual road", "[privacy][request]") {
    CHECK(after({Event::IdentityAsked}) == State::IdentityPending);
    CHECK(after({Event::IdentityAsked, Event::IdentityVerified}) == State::Received);
    CHECK(after({Event::Started}) == State::InProgress);
    CHECK(after({Event::Started, Event::OriginGone, Event::Answered, Event::ClosedFulfilled}) ==
          State::Fulfilled);
    CHECK(after({Event::Started, Event::ClosedPartly}) == State::PartlyFulfilled);
    CHECK(after({Event::Started, Event::ClosedFulfilled, Event::Woken}) == State::InProgress);
}

TEST_CASE("After an answer about the scope nothing leaves until it is started again", "[privacy][request]") {
    CHECK(after({Event::Started, Event::InfoAsked}) == State::PausedForInfo);
    const auto answered = after({Event::Started, Event::InfoAsked, Event::InfoGiven});
    CHECK(answered == State::Received);
    CHECK_FALSE(may_send(answered));
    CHECK(next(answered, Event::Started) == State::InProgress);
}

TEST_CASE("Notices leave only while a request is in progress", "[privacy][request]") {
    for (const auto state : all_states()) {
        CAPTURE(name_of(state));
        CHECK(may_send(state) == (state == State::InProgress));
    }
}

TEST_CASE("What is closed stays closed unless it is woken", "[privacy][request]") {
    const std::set<Event> ended{Event::OriginGone, Event::Answered, Event::Woken};
    CHECK(allowed_in(State::Fulfilled) == ended);
    CHECK(allowed_in(State::PartlyFulfilled) == ended);
    CHECK(allowed_in(State::Refused) == std::set<Event>{Event::Answered, Event::HoldReleased});
    CHECK(allowed_in(State::Withdrawn) == std::set<Event>{Event::Answered, Event::HoldReleased});
    for (const auto state : all_states()) {
        const bool open = state == State::Received || state == State::IdentityPending ||
                          state == State::InProgress || state == State::PausedForInfo;
        CHECK(is_closed(state) == !open);
    }
}

TEST_CASE("A duplicate can come to life again", "[privacy][request]") {
    CHECK(after({Event::MarkedDuplicate, Event::Woken}) == State::Received);
    // Two that were started before anybody saw that they are the same.
    CHECK(*next(State::InProgress, Event::MarkedDuplicate) == State::Duplicate);
    CHECK_FALSE(next(State::Fulfilled, Event::MarkedDuplicate));
}

TEST_CASE("Whoever has doubts about the person lets nothing leave", "[privacy][request]") {
    CHECK_FALSE(next(State::IdentityPending, Event::Started));
    CHECK_FALSE(next(State::IdentityPending, Event::ClosedFulfilled));
}

TEST_CASE("Every open request can be withdrawn, refused, extended and answered", "[privacy][request]") {
    for (const auto state : all_states()) {
        CAPTURE(name_of(state));
        if (is_closed(state)) {
            CHECK_FALSE(next(state, Event::Extended));
            CHECK_FALSE(next(state, Event::Withdrawn));
            continue;
        }
        CHECK(next(state, Event::Withdrawn) == State::Withdrawn);
        CHECK(next(state, Event::Refused) == State::Refused);
        for (const auto fact : {Event::Extended,
                                Event::PartlyRefused,
                                Event::HeldForLaw,
                                Event::HoldReleased,
                                Event::OriginGone,
                                Event::OriginUnsure,
                                Event::Answered}) {
            CHECK(next(state, fact) == state);
        }
    }
}

TEST_CASE("A request is closed by nothing but what closes one", "[privacy][request]") {
    const std::set<Event> closing{Event::Refused,
                                  Event::Withdrawn,
                                  Event::MarkedDuplicate,
                                  Event::ClosedFulfilled,
                                  Event::ClosedPartly};
    for (const auto state : all_states()) {
        for (const auto event : all_events()) {
            const auto then = next(state, event);
            if (then && is_closed(*then) && !is_closed(state)) {
                CHECK(closing.count(event) == 1);
            }
        }
    }
}

TEST_CASE("What is out of place is denied by the names that people use", "[privacy][request]") {
    const auto denied = next(State::Withdrawn, Event::InfoAsked);
    REQUIRE_FALSE(denied);
    CHECK(denied.error().kind == fedtrail::ErrorKind::Denied);
    CHECK(denied.error().what == "pause cannot be done to a request that is withdrawn");
    CHECK(denied.error().remedy.find("wake") == std::string::npos);
    CHECK(denied.error().remedy.ends_with("which state."));
    CHECK(next(State::PartlyFulfilled, Event::HoldReleased).error().remedy.find("requests wake") !=
          std::string::npos);
    CHECK(next(State::Refused, Event::ClosedPartly).error().what ==
          "close cannot be done to a request that is refused");
}

TEST_CASE("What people do has one name, and what happens by itself has its own", "[privacy][request]") {
    for (const auto event : all_events()) {
        CAPTURE(name_of(event));
        CHECK(act_of(event) != "unknown");
    }
    CHECK(act_of(Event::IdentityVerified) == "verify-identity");
    CHECK(act_of(Event::InfoGiven) == act_of(Event::Resumed));
    CHECK(act_of(Event::PartlyRefused) == act_of(Event::Refused));
    CHECK(act_of(Event::ClosedPartly) == act_of(Event::ClosedFulfilled));
    CHECK(act_of(Event::OriginGone) == "origin-gone");
    CHECK(act_of(Event::OriginUnsure) == name_of(Event::OriginUnsure));
}

TEST_CASE("States, events and grounds have the names that files and screens use", "[privacy][request]") {
    CHECK(name_of(State::IdentityPending) == "identity_pending");
    CHECK(name_of(State::PausedForInfo) == "paused_for_info");
    CHECK(name_of(State::Duplicate) == "duplicate");
    CHECK(name_of(Event::Received) == "received");
    CHECK(name_of(Event::PartlyRefused) == "partly_refused");
    CHECK(name_of(Event::HoldReleased) == "hold_released");
    CHECK(name_of(Event::MarkedDuplicate) == "marked_duplicate");
    CHECK(name_of(Event::Answered) == "answered");
    CHECK(name_of(Event::Woken) == "woken");
    CHECK(name_of(Event::Resumed) == "resumed");
    CHECK(name_of(Event::OriginUnsure) == "origin_unsure");
    CHECK(name_of(RefusalGround::Expression) == "17(3)(a)");
    CHECK(name_of(RefusalGround::LegalClaims) == "17(3)(e)");
    CHECK(name_of(RefusalGround::ManifestlyUnfounded) == "12(5) unfounded");
    CHECK(name_of(RefusalGround::NoGround) == "17(1) no ground");
    for (const auto state : all_states()) {
        CHECK(request_state_named(name_of(state)) == state);
    }
    for (int i = 0; i <= static_cast<int>(RefusalGround::NoGround); ++i) {
        const auto ground = static_cast<RefusalGround>(i);
        CHECK(refusal_ground_named(name_of(ground)) == ground);
    }
    CHECK_FALSE(request_state_named("open"));
    CHECK_FALSE(refusal_ground_named("17(3)"));
}
