/// What the answer says when the time to give it is over.

#include <catch2/catch.hpp>

#include "erasure/answer_text.hpp"
#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace fedtrail::testing::answers;

namespace {

/// Opened on 1 September 2026: due on 1 October, or, extended, on 1 December.
records::RequestNumber opened_in_september(Office& office) {
    office.clock.at = *parse_rfc3339("2026-09-01T10:00:00Z");
    return office.opened();
}

/// What an answer on that day says.
erasure::Answer answer_on(Office& office, records::RequestNumber number, const std::string& day) {
    office.clock.at = *parse_rfc3339(day + "T10:00:00Z");
    const auto answer = office.desk.answer(number);
    REQUIRE(answer);
    return *answer;
}

}  // namespace

TEST_CASE("Nobody is promised an answer by a day that is over", "[erasure][answer][late]") {
    Office office;
    const auto number = opened_in_september(office);
    if (GENERATE(false, true)) {
        REQUIRE(office.desk.start(Office::act(number)));
    }
    const auto before = text_of(answer_on(office, number, "2026-10-01"));
    CHECK(mentions(before, "We will answer by 1 October 2026."));
    CHECK_FALSE(mentions(before, "sorry"));
    CHECK_FALSE(mentions(before, "What you can do"));

    const auto late = answer_on(office, number, "2026-10-02");
    const auto text = text_of(late);
    CHECK_FALSE(mentions(text, "We will answer by"));
    CHECK(mentions(text, "We should have answered by 1 October 2026 (Article 12(3) GDPR). We are sorry"));
    CHECK_FALSE(mentions(text, "The reason for the delay"));
    CHECK(mentions(text, "Article 77 GDPR"));
    CHECK(json_of(late).at("overdue") == true);
    CHECK(json_of(late).at("remedies").at("court") == true);
}

TEST_CASE("Why the time was extended is why the answer is late", "[erasure][answer][late]") {
    Office office;
    const auto number = opened_in_september(office);
    REQUIRE(office.desk.extend(Office::act(number, "many servers")));
    SECTION("told in time, and that time is over too") {
        REQUIRE(office.desk.answered(Office::act(number)));
        const auto before = text_of(answer_on(office, number, "2026-12-01"));
        CHECK(mentions(before, "We need more time than one month and will answer by 1 December 2026"));
        const auto text = text_of(answer_on(office, number, "2026-12-02"));
        CHECK_FALSE(mentions(text, "will answer by"));
        CHECK(mentions(text, "We should have answered by 1 December 2026"));
        CHECK(mentions(text, "The reason for the delay: many servers"));
    }
    SECTION("not told in time, and it does not count") {
        const auto text = text_of(answer_on(office, number, "2026-10-02"));
        CHECK_FALSE(mentions(text, "will answer by"));
        CHECK(mentions(text, "We should have answered by 1 October 2026"));
        CHECK(mentions(text, "The reason for the delay: many servers"));
    }
}

TEST_CASE("An answer that is given late is not said to be yet to come", "[erasure][answer][late]") {
    Office office;
    const auto number = opened_in_september(office);
    REQUIRE(office.desk.refuse(Office::act(number, "the tenth"), privacy::RefusalGround::Excessive));
    const auto late = answer_on(office, number, "2026-10-02");
    CHECK(json_of(late).at("overdue") == false);
    CHECK_FALSE(mentions(text_of(late), "We should have answered"));
}
