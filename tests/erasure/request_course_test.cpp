/// What is due of a request, and until when: one day wherever it is asked.

#include "erasure/office.hpp"

using namespace fedtrail;
using fedtrail::testing::Office;
using privacy::RefusalGround;
using privacy::RequestState;

namespace {

std::string due_of_request(Office& office, records::RequestNumber number) {
    const auto view = office.desk.view(number);
    REQUIRE(view);
    CHECK(office.desk.answer(number)->due == view->due);  // what the person is promised
    return privacy::format_day(view->due);
}

void set_clock(Office& office, const std::string& moment) {
    office.clock.at = *parse_rfc3339(moment);
}

std::vector<std::uint64_t> pending_numbers(Office& office) {
    std::vector<std::uint64_t> numbers;
    const auto pending = office.desk.pending({});
    REQUIRE(pending);
    for (const auto& view : pending->views) {
        numbers.push_back(view.request.number.get());
    }
    return numbers;
}

/// Of somebody nothing ever went anywhere of: it can be closed at once.
records::RequestNumber started_on(Office& office, const std::string& moment) {
    set_clock(office, moment);
    return office.started();
}

records::RequestNumber closed_on(Office& office, const std::string& moment) {
    const auto number = started_on(office, moment);
    REQUIRE(office.desk.close(Office::act(number, "deleted by hand")));
    return number;
}

}  // namespace

TEST_CASE("A pause moves the one day that is due", "[erasure][course]") {
    Office office;
    const auto number = started_on(office, "2026-09-01T10:00:00Z");
    set_clock(office, "2026-09-03T10:00:00Z");
    REQUIRE(office.desk.pause(Office::act(number, "which posts?")));
    SECTION("once the person has answered") {
        set_clock(office, "2026-09-13T10:00:00Z");
        REQUIRE(office.desk.resume(Office::act(number)));
        CHECK(due_of_request(office, number) == "2026-10-12");
        set_clock(office, "2026-10-12T10:00:00Z");
        CHECK_FALSE(office.desk.view(number)->overdue);
        set_clock(office, "2026-10-13T10:00:00Z");
        CHECK(office.desk.view(number)->overdue);
        CHECK(office.desk.pending({})->views.front().overdue);
    }
    SECTION("and a second question takes nothing of the first one back") {
        set_clock(office, "2026-09-13T10:00:00Z");
        REQUIRE(office.desk.resume(Office::act(number)));
        const bool extended = GENERATE(false, true);
        if (extended) {
            REQUIRE(office.desk.extend(Office::act(number, "many servers")));
            REQUIRE(office.desk.answered(Office::act(number)));
        }
        const auto before = due_of_request(office, number);
        CHECK((extended ? before > "2026-12-01" : before == "2026-10-12"));
        set_clock(office, "2026-09-20T10:00:00Z");
        REQUIRE(office.desk.pause(Office::act(number, "and which pictures?")));
        CHECK(due_of_request(office, number) == before);
        set_clock(office, "2026-09-25T10:00:00Z");
        CHECK(due_of_request(office, number) == before);
        REQUIRE(office.desk.resume(Office::act(number)));
        CHECK(due_of_request(office, number) > before);
    }
    SECTION("and nothing is overdue while the clock stands still") {
        set_clock(office, "2026-11-20T10:00:00Z");
        CHECK_FALSE(office.desk.view(number)->overdue);
        SECTION("which it does no more once the request is refused") {
            REQUIRE(office.desk.refuse(Office::act(number, "nobody answered"), RefusalGround::NoGround));
            CHECK(office.desk.view(number)->clock.running);
            CHECK_FALSE(office.desk.view(number)->overdue);
        }
    }
}

TEST_CASE("A question that is asked when the time is over brings nothing back", "[erasure][course]") {
    Office office;
    const auto number = started_on(office, "2026-09-01T10:00:00Z");
    const bool on_the_last_day = GENERATE(true, false);
    set_clock(office, on_the_last_day ? "2026-10-01T10:00:00Z" : "2026-10-02T10:00:00Z");
    REQUIRE(office.desk.pause(Office::act(number, "which posts?")));
    set_clock(office, "2026-10-20T10:00:00Z");
    const auto view = *office.desk.view(number);
    CHECK_FALSE(view.clock.running);
    CHECK(view.overdue != on_the_last_day);
    CHECK(office.desk.answer(number)->overdue != on_the_last_day);
    const auto extended = office.desk.extend(Office::act(number, "many servers"));
    CHECK(testing::denied(extended) != on_the_last_day);
    CHECK(due_of_request(office, number) == (on_the_last_day ? "2026-12-01" : "2026-10-01"));
    REQUIRE(office.desk.resume(Office::act(number)));
    CHECK(office.desk.view(number)->overdue != on_the_last_day);
}

TEST_CASE("Whether all holidays are known is said of the day that is due", "[erasure][course]") {
    Office office;
    office.calendar = *erasure::legal_calendar(testing::policy_text("holidays/DE.json"), "BE", 2020, 2040);
    const auto number = started_on(office, "2028-11-15T10:00:00Z");  // the file knows 2024 to 2028
    CHECK(office.desk.view(number)->holidays_known);
    REQUIRE(office.desk.extend(Office::act(number, "many servers")));
    CHECK(due_of_request(office, number) == "2029-02-15");
    CHECK_FALSE(office.desk.view(number)->holidays_known);
}

TEST_CASE("A closed request stays due until the person was told how it ended", "[erasure][course]") {
    Office office;
    records::RequestNumber number;
    SECTION("fulfilled") {
        number = closed_on(office, "2026-09-01T10:00:00Z");
    }
    SECTION("refused") {
        number = started_on(office, "2026-09-01T10:00:00Z");
        REQUIRE(office.desk.refuse(Office::act(number, "the tenth today"), RefusalGround::Excessive));
    }
    CHECK(office.desk.view(number)->unanswered);
    CHECK(pending_numbers(office) == std::vector<std::uint64_t>{number.get()});
    set_clock(office, "2026-11-01T10:00:00Z");
    CHECK(office.desk.view(number)->overdue);
    REQUIRE(office.desk.answered(Office::act(number)));
    CHECK_FALSE(office.desk.view(number)->unanswered);
    CHECK_FALSE(office.desk.view(number)->overdue);
    CHECK(pending_numbers(office).empty());
}

TEST_CASE("Of a request that is over, and whose person was told, no history is read", "[erasure][course]") {
    Office office;
    const auto number = closed_on(office, "2026-09-01T10:00:00Z");
    REQUIRE(office.desk.answered(Office::act(number)));
    const auto before = office.requests.histories();
    CHECK(pending_numbers(office).empty());
    CHECK(office.requests.histories() == before);
    SECTION("but where something happened to it afterwards") {
        REQUIRE(office.requests.record(*office.requests.request(number),
                                       {office.clock.at,
                                        privacy::RequestEventKind::OriginGone,
                                        RequestState::Fulfilled,
                                        "sidecar",
                                        std::nullopt,
                                        ""}));
        CHECK(pending_numbers(office).empty());
        CHECK(office.requests.histories() > before);
    }
}

TEST_CASE("Word while a request is open does not say how it ended", "[erasure][course]") {
    Office office;
    const auto number = started_on(office, "2026-09-01T10:00:00Z");
    REQUIRE(office.desk.answered(Office::act(number)));
    REQUIRE(office.desk.close(Office::act(number, "deleted by hand")));
    CHECK(office.desk.view(number)->unanswered);
}

TEST_CASE("Nobody is told of an end that nobody waits for", "[erasure][course]") {
    Office office;
    SECTION("who withdrew knows it") {
        REQUIRE(office.desk.withdraw(Office::act(started_on(office, "2026-09-01T10:00:00Z"))));
    }
    SECTION("of what the origin deleted nobody asked anything") {
        auto order = office.order();
        order.source = records::RequestSource::Observed;
        const auto number = office.desk.open(order)->number;
        REQUIRE(office.desk.start(Office::act(number)));
        REQUIRE(office.desk.close(Office::act(number, "deleted by hand")));
    }
    CHECK(pending_numbers(office).empty());
}

TEST_CASE("A month counts anew for a request that wakes after its answer", "[erasure][course]") {
    Office office;
    const auto number = started_on(office, "2026-09-01T10:00:00Z");
    REQUIRE(office.desk.extend(Office::act(number, "many servers")));
    REQUIRE(office.desk.answered(Office::act(number)));
    REQUIRE(office.desk.close(Office::act(number, "deleted by hand")));
    SECTION("told") {
        REQUIRE(office.desk.answered(Office::act(number)));
        set_clock(office, "2027-02-10T10:00:00Z");
        REQUIRE(office.desk.wake(Office::act(number, "it is there again")));
        const auto view = *office.desk.view(number);
        CHECK(privacy::format_day(view.counts_from) == "2027-02-10");
        CHECK_FALSE(view.overdue);
        CHECK_FALSE(view.extended);
        CHECK(due_of_request(office, number) == "2027-03-10");
    }
    SECTION("not told: the old one is over") {
        set_clock(office, "2027-02-10T10:00:00Z");
        REQUIRE(office.desk.wake(Office::act(number, "it is there again")));
        CHECK(office.desk.view(number)->overdue);
        CHECK(due_of_request(office, number) == "2026-12-01");
    }
}

TEST_CASE("An extension told in time counts while another pause is open", "[erasure][course]") {
    Office office;
    const auto number = started_on(office, "2026-09-01T10:00:00Z");
    set_clock(office, "2026-09-03T10:00:00Z");
    REQUIRE(office.desk.pause(Office::act(number, "which posts?")));
    set_clock(office, "2026-09-23T10:00:00Z");
    REQUIRE(office.desk.resume(Office::act(number)));
    set_clock(office, "2026-10-10T10:00:00Z");  // past the month, within it with the pause
    REQUIRE(office.desk.extend(Office::act(number, "five thousand servers")));
    REQUIRE(office.desk.answered(Office::act(number)));
    REQUIRE(office.desk.pause(Office::act(number, "and which pictures?")));
    CHECK(office.desk.view(number)->extended);
}

TEST_CASE("A request that woke after its answer may be extended again", "[erasure][course]") {
    Office office;
    const auto number = started_on(office, "2026-09-01T10:00:00Z");
    REQUIRE(office.desk.extend(Office::act(number, "five thousand servers")));
    REQUIRE(office.desk.answered(Office::act(number)));
    REQUIRE(office.desk.close(Office::act(number, "deleted by hand")));
    REQUIRE(office.desk.answered(Office::act(number)));
    REQUIRE(office.desk.wake(Office::act(number, "a copy is back")));
    REQUIRE(office.desk.extend(Office::act(number, "still five thousand")));
    CHECK_FALSE(office.desk.extend(Office::act(number, "once more")));
}

TEST_CASE("An extension counts only if it is told within the month", "[erasure][course]") {
    Office office;
    const auto number = started_on(office, "2026-09-01T10:00:00Z");
    REQUIRE(office.desk.extend(Office::act(number, "many servers")));
    CHECK(due_of_request(office, number) == "2026-12-01");
    CHECK(privacy::format_day(office.desk.view(number)->tell_by) == "2026-10-01");
    CHECK_FALSE(office.desk.view(number)->extension_told);
    SECTION("in time") {
        set_clock(office, "2026-10-01T10:00:00Z");
        REQUIRE(office.desk.answered(Office::act(number)));
        set_clock(office, "2026-10-02T10:00:00Z");
        const auto view = *office.desk.view(number);
        CHECK(privacy::format_day(*view.extension_told) == "2026-10-01");
        CHECK(view.tell_by == view.due);
        CHECK_FALSE(view.overdue);
    }
    SECTION("not at all") {
        set_clock(office, "2026-10-02T10:00:00Z");
        CHECK(office.desk.view(number)->overdue);
    }
    SECTION("too late") {
        set_clock(office, "2026-10-02T10:00:00Z");
        REQUIRE(office.desk.answered(Office::act(number)));
        CHECK(due_of_request(office, number) == "2026-10-01");
        CHECK_FALSE(office.desk.answer(number)->extended);
        CHECK(office.desk.view(number)->overdue);
    }
}

TEST_CASE("A clock that was put back leaves every request to be read", "[erasure][course]") {
    Office office;
    set_clock(office, "2026-09-03T00:05:00Z");
    auto order = office.order();
    order.identity_verified = false;
    const auto number = office.desk.open(order)->number;
    set_clock(office, "2026-09-01T23:55:00Z");
    REQUIRE(office.desk.ask_identity(Office::act(number)));
    CHECK(office.desk.view(number)->clock.running == false);
    CHECK(office.desk.list({})->views.size() == 1);
    set_clock(office, "2026-09-05T10:00:00Z");
    REQUIRE(office.desk.verify_identity(Office::act(number)));
    CHECK(due_of_request(office, number) == "2026-10-05");  // from the day of receipt to the fifth
    REQUIRE(office.desk.start(Office::act(number)));
    REQUIRE(office.desk.pause(Office::act(number, "which posts?")));
    set_clock(office, "2026-09-04T10:00:00Z");
    REQUIRE(office.desk.resume(Office::act(number)));
    REQUIRE(office.desk.pause(Office::act(number, "and of which year?")));
    CHECK(pending_numbers(office) == std::vector{number.get()});
    CHECK(due_of_request(office, number) == "2026-10-05");
}
