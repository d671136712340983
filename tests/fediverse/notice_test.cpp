#include "fedtrail/fediverse/notice.hpp"

#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace fedtrail::fediverse;
using State = NoticeState;
using Event = NoticeEventKind;

namespace {

std::vector<State> all_states() {
    std::vector<State> all;
    for (int i = 0; i <= static_cast<int>(State::Disproportionate); ++i) {
        all.push_back(static_cast<State>(i));
    }
    return all;
}

std::vector<Event> all_events() {
    std::vector<Event> all;
    for (int i = 0; i <= static_cast<int>(Event::NothingLeft); ++i) {
        all.push_back(static_cast<Event>(i));
    }
    return all;
}

State after(const std::vector<Event>& path) {
    auto state = State::Planned;
    for (const auto event : path) {
        state = *next(state, event);
    }
    return state;
}

}  // namespace

TEST_CASE("A notice goes the usual roads", "[fediverse][notice]") {
    CHECK(after({Event::Attempted}) == State::Sent);
    CHECK(after({Event::Attempted, Event::Accepted}) == State::Acknowledged);
    CHECK(after({Event::Attempted, Event::Accepted, Event::LookedGone}) == State::VerifiedGone);
    CHECK(after({Event::Attempted, Event::Declined}) == State::Refused);
    CHECK(after({Event::Attempted, Event::GaveUp}) == State::Unreachable);
    CHECK(after({Event::GaveUp}) == State::Unreachable);
    CHECK(after({Event::Attempted, Event::GaveUp, Event::Attempted, Event::Accepted}) == State::Acknowledged);
    CHECK(after({Event::Attempted, Event::Accepted, Event::LookedInVain}) == State::Unprobeable);
    CHECK(after({Event::Attempted, Event::Accepted, Event::LookedHidden}) == State::NotVisible);
    CHECK(after({Event::Attempted, Event::Accepted, Event::LookedPresent, Event::LetterSent}) ==
          State::Escalated);
    CHECK(after({Event::SentByOrigin}) == State::Acknowledged);
    CHECK(after({Event::Attempted, Event::NothingLeft}) == State::Planned);
    CHECK(after({Event::GivenUpInLaw}) == State::Disproportionate);
}

TEST_CASE("Only a look makes a notice verified gone", "[fediverse][notice]") {
    for (const auto state : all_states()) {
        CAPTURE(name_of(state));
        CHECK(next(state, Event::LookedGone) == State::VerifiedGone);
        for (const auto event : all_events()) {
            CAPTURE(name_of(event));
            const auto then = next(state, event);
            if (then && *then == State::VerifiedGone && state != State::VerifiedGone) {
                CHECK(event == Event::LookedGone);
            }
        }
    }
}

TEST_CASE("A copy that comes back is still present", "[fediverse][notice]") {
    CHECK(next(State::VerifiedGone, Event::LookedPresent) == State::StillPresent);
    CHECK(next(State::VerifiedGone, Event::FetchedAgain) == State::StillPresent);
    CHECK(next(State::StillPresent, Event::LookedGone) == State::VerifiedGone);
}

TEST_CASE("What was verified is not unsaid by less than a copy", "[fediverse][notice]") {
    for (const auto event : all_events()) {
        CAPTURE(name_of(event));
        const auto then = next(State::VerifiedGone, event);
        const bool copy = event == Event::LookedPresent || event == Event::FetchedAgain;
        if (then && !copy) {
            CHECK(*then == State::VerifiedGone);
        }
    }
    CHECK_FALSE(next(State::VerifiedGone, Event::LetterSent));
    CHECK_FALSE(next(State::VerifiedGone, Event::GivenUpInLaw));
}

TEST_CASE("Telling again does not make a copy look less present", "[fediverse][notice]") {
    for (const auto event : {Event::Attempted,
                             Event::Accepted,
                             Event::Declined,
                             Event::GaveUp,
                             Event::SentByOrigin,
                             Event::NothingLeft,
                             Event::LookedInVain}) {
        CAPTURE(name_of(event));
        CHECK(next(State::StillPresent, event) == State::StillPresent);
    }
    CHECK(next(State::StillPresent, Event::LookedHidden) == State::NotVisible);
}

TEST_CASE("Nobody answers what was not sent", "[fediverse][notice]") {
    for (const auto event : {Event::Accepted, Event::Declined, Event::LetterSent}) {
        const auto denied = next(State::Planned, event);
        REQUIRE_FALSE(denied);
        CHECK(denied.error().kind == fedtrail::ErrorKind::Denied);
        CHECK(denied.error().what.find(name_of(event)) != std::string::npos);
        CHECK(denied.error().what.find("planned") != std::string::npos);
    }
    CHECK(next(State::Planned, Event::LookedPresent) == State::Planned);
    CHECK(next(State::Planned, Event::FetchedAgain) == State::Planned);
}

TEST_CASE("The courier's events are answered in every state that it can meet", "[fediverse][notice]") {
    for (const auto state : all_states()) {
        CAPTURE(name_of(state));
        REQUIRE(next(state, Event::Attempted));
        const auto attempted = *next(state, Event::Attempted);
        CHECK(next(attempted, Event::Accepted));
        CHECK(next(attempted, Event::Declined));
        CHECK(next(attempted, Event::GaveUp));
        CHECK(next(attempted, Event::NothingLeft));
    }
}

TEST_CASE("A look says what it says in every state", "[fediverse][notice]") {
    for (const auto state : all_states()) {
        for (const auto event :
             {Event::LookedGone, Event::LookedPresent, Event::LookedHidden, Event::LookedInVain}) {
            CHECK(next(state, event));
        }
    }
}

TEST_CASE("A presence becomes the event of its kind", "[fediverse][notice]") {
    CHECK(event_of(Presence::Gone) == Event::LookedGone);
    CHECK(event_of(Presence::Missing) == Event::LookedHidden);
    CHECK(event_of(Presence::NotVisible) == Event::LookedHidden);
    CHECK(event_of(Presence::Present) == Event::LookedPresent);
    CHECK(event_of(Presence::Unprobeable) == Event::LookedInVain);
    CHECK_FALSE(event_of(Presence::Unknown));
}

TEST_CASE("Presences, states and events have the names that files and screens use", "[fediverse][notice]") {
    CHECK(name_of(Presence::Unknown) == "unknown");
    CHECK(name_of(Presence::NotVisible) == "not_visible");
    CHECK(name_of(Presence::Unprobeable) == "unprobeable");
    CHECK(name_of(State::Planned) == "planned");
    CHECK(name_of(State::VerifiedGone) == "verified_gone");
    CHECK(name_of(State::Unreachable) == "unreachable");
    CHECK(name_of(State::Disproportionate) == "disproportionate");
    CHECK(name_of(Event::GaveUp) == "gave_up");
    CHECK(name_of(Event::LookedInVain) == "looked_in_vain");
    CHECK(name_of(Event::FetchedAgain) == "fetched_again");
    CHECK(name_of(Event::SentByOrigin) == "sent_by_origin");
    CHECK(name_of(Event::NothingLeft) == "nothing_left");
    std::set<std::string_view> names;
    for (const auto state : all_states()) {
        CHECK(notice_state_named(name_of(state)) == state);
        CHECK(names.insert(name_of(state)).second);
    }
    CHECK_FALSE(notice_state_named("gone"));
}
