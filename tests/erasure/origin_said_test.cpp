// What is known of the origin's own copy: seen, said, or in doubt.

#include <algorithm>

#include "erasure/office.hpp"
#include "erasure/origin_word.hpp"
#include "erasure/verdict.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using erasure::OriginWord;
using fediverse::NoticeState;
using privacy::RequestState;

namespace {

constexpr const char* kHow = "shut down on 3 May, its domain is given up";

OriginWord word(const Office& office, records::RequestNumber number) {
    return erasure::origin_word(*office.requests.request(number), *office.requests.events(number));
}

/// A copy is seen after it was gone, by a look to which the origin said nothing.
Result<void> seen_again(Office& office, records::RequestNumber number) {
    auto notice = office.notice_to(number, "a.example");
    erasure::Verdict verdict{notice, NoticeState::VerifiedGone, {}};
    verdict.notice.state = NoticeState::StillPresent;
    verdict.unsure = true;
    erasure::VerdictPorts ports{
        office.requests, office.notices, office.notices, office.directory, office.clock};
    return erasure::write_verdicts(ports, {&verdict, 1});
}

}  // namespace

TEST_CASE("A server that is shut down for good is said to be gone, with how somebody knows",
          "[erasure][desk][origin]") {
    Office office;
    office.knows("a.example", "misskey");
    office.lies(1, {"a.example"});
    const auto number = office.started();
    CHECK(word(office, number) == OriginWord::NotSeenGone);
    CHECK(*office.requests.open_wave(number) == 1);
    CHECK(invalid(office.desk.say_origin_gone(Office::act(number))));
    CHECK(word(office, number) == OriginWord::NotSeenGone);

    const auto said = office.desk.say_origin_gone(Office::act(number, kHow));
    REQUIRE(said);
    CHECK(said->state == RequestState::InProgress);
    CHECK(said->origin_gone_at == office.clock.at);
    CHECK(*office.requests.open_wave(number) == 2);
    CHECK(word(office, number) == OriginWord::SaidGone);
    CHECK(office.desk.view(number)->events.back().reason == kHow);
    CHECK(denied(office.desk.say_origin_gone(Office::act(number, kHow))));

    const auto answer = office.desk.answer(number);
    REQUIRE(answer);
    CHECK(answer->own_copy == erasure::OwnCopy::SaidGone);
    CHECK_FALSE(answer->own_gone_at);
}

TEST_CASE("What is to stay with us is not said to be gone", "[erasure][desk][origin]") {
    Office office;
    office.lies(1, {"a.example"});
    records::ErasureScope scope;
    scope.recipients = {host("a.example")};
    const auto number = office.started(scope);
    CHECK(word(office, number) == OriginWord::Stays);
    CHECK(denied(office.desk.say_origin_gone(Office::act(number, kHow))));
    CHECK_FALSE(office.requests.request(number)->origin_gone_at);
}

TEST_CASE("No silence of a server that is shut down unsays that it is", "[erasure][desk][origin]") {
    const bool closed = GENERATE(false, true);
    const bool is_said = GENERATE(false, true);
    CAPTURE(closed, is_said);
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    const auto number = office.started();
    settle(office, number, "a.example", NoticeState::VerifiedGone);
    if (is_said) {
        REQUIRE(office.desk.say_origin_gone(Office::act(number, kHow)));
    } else {
        auto request = *office.requests.request(number);
        request.origin_gone_at = office.clock.at;
        REQUIRE(office.requests.record(request, {}));
    }
    if (closed) {
        REQUIRE(office.desk.close(Office::act(number)));
    }
    REQUIRE(seen_again(office, number));
    CHECK(office.requests.request(number)->state == RequestState::InProgress);
    CHECK(office.notice_to(number, "a.example").rounds == 1);
    CHECK(office.requests.request(number)->origin_gone_at.has_value() == is_said);
    const auto doubted = closed ? OriginWord::NotSeenGone : OriginWord::Unsure;
    CHECK(word(office, number) == (is_said ? OriginWord::SaidGone : doubted));
}

TEST_CASE("The letter does not say deleted of what is not acted on", "[erasure][desk][origin]") {
    Office office;
    office.knows("a.example", "misskey");
    office.lies(1, {"a.example"});
    const auto number = office.opened();
    REQUIRE(office.desk.say_origin_gone(Office::act(number, kHow)));
    CHECK(word(office, number) == OriginWord::SaidGone);
    const auto own_copy = [&] { return office.desk.answer(number)->own_copy; };
    CHECK(own_copy() == erasure::OwnCopy::Unsaid);
    SECTION("refused") {
        REQUIRE(
            office.desk.refuse(Office::act(number, "the tenth today"), privacy::RefusalGround::Excessive));
        CHECK(own_copy() == erasure::OwnCopy::Unsaid);
    }
    SECTION("withdrawn") {
        REQUIRE(office.desk.withdraw(Office::act(number)));
        CHECK(own_copy() == erasure::OwnCopy::Unsaid);
    }
    SECTION("started") {
        REQUIRE(office.desk.start(Office::act(number)));
        CHECK(own_copy() == erasure::OwnCopy::SaidGone);
    }
}

TEST_CASE("The letter does not say deleted of what is kept", "[erasure][desk][origin]") {
    Office office;
    office.knows("a.example", "misskey");
    office.lies(1, {"a.example"});
    office.lies(2, {"a.example"});
    const auto number = office.started();
    REQUIRE(office.desk.say_origin_gone(Office::act(number, kHow)));
    REQUIRE(office.hold(number, {note(1)}));
    CHECK(office.desk.answer(number)->objects_kept == 1);
    CHECK(office.desk.answer(number)->own_copy == erasure::OwnCopy::NotSeenGone);
    REQUIRE(office.desk.release_hold(Office::act(number), std::vector{personal(note(1))}));
    CHECK(office.desk.answer(number)->own_copy == erasure::OwnCopy::SaidGone);
}
