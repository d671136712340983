// What is kept though its erasure was asked for: by a hold, or by a refusal in part.

#include <array>

#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::NoticeState;
using privacy::RefusalGround;
using privacy::RequestState;

TEST_CASE("What never went anywhere can be neither held nor erased by its address", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.lies(1, {"a.example"});
    const std::array page{personal("https://origin.example/@alice/1")};
    const std::array both{personal(note(1)), page[0]};
    const auto number = office.opened();
    const auto held =
        office.desk.hold(Office::act(number, "a court"), both, privacy::RefusalGround::LegalClaims);
    REQUIRE_FALSE(held);
    CHECK(held.error().kind == ErrorKind::NotFound);
    CHECK(held.error().what == "1 of 2 objects is nothing of this person that went to any server");
    CHECK(office.desk.view(number)->held.empty());
    CHECK_FALSE(office.desk.refuse_partly(
        Office::act(number, "a law"), {{page[0]}, {}}, privacy::RefusalGround::LegalObligation));
    records::ErasureScope scope;
    scope.kind = records::ScopeKind::Objects;
    scope.objects = {page[0]};
    CHECK(office.desk.open(office.order(scope)).error().kind == ErrorKind::NotFound);
    CHECK(office.desk.preview(office.order(scope)).error().kind == ErrorKind::NotFound);
    scope.recipients = {host("a.example")};  // whom somebody names is told all the same
    CHECK(office.desk.open(office.order(scope)));
}

TEST_CASE("A hold that comes late keeps what was not sent", "[erasure][desk]") {
    Office office;
    office.knows("gts.example", "gotosocial");
    office.lies(1, {"gts.example"});
    office.lies(2, {"gts.example"});
    office.lies(3, {"gts.example"});
    const auto number = office.started();
    office.deliver(office.notice_to(number, "gts.example"), 1);
    const std::vector held{personal(note(1)), personal(note(3))};
    const auto changed =
        office.desk.hold(Office::act(number, "a court asked"), held, privacy::RefusalGround::LegalClaims);
    REQUIRE(changed);
    CHECK(changed->stopped);
    CHECK(office.words(office.notice_to(number, "gts.example")) ==
          std::vector<std::string>{"delete 1", "delete 2"});
    CHECK(office.desk.view(number)->held.size() == 2);
    REQUIRE(office.desk.resume_sending(Office::act(number)));

    SECTION("and goes on with it when it is released") {
        const std::vector one{personal(note(3))};
        CHECK(office.desk.release_hold(Office::act(number), std::vector{personal(note(2))}).error().kind ==
              ErrorKind::NotFound);
        REQUIRE(office.desk.release_hold(Office::act(number), one));
        CHECK(office.words(office.notice_to(number, "gts.example")) ==
              std::vector<std::string>{"delete 1", "delete 2", "delete 3"});
        REQUIRE(office.desk.release_hold(Office::act(number), std::vector{personal(note(1))}));
        CHECK(office.words(office.notice_to(number, "gts.example")) ==
              std::vector<std::string>{"delete 1", "delete 2", "delete 3", "actor"});
        CHECK(office.desk.view(number)->held.empty());
        CHECK(office.requests.request(number)->stopped);
    }
    SECTION("and with that the request is done in part") {
        settle(office, number, "gts.example", NoticeState::VerifiedGone);
        CHECK(office.desk.close(Office::act(number))->state == RequestState::PartlyFulfilled);
    }
}

TEST_CASE("What is kept by a request that came to nothing can be released", "[erasure][desk]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    const std::vector kept{personal(note(1))};
    REQUIRE(office.hold(number, {note(1)}));
    SECTION("withdrawn") {
        REQUIRE(office.desk.withdraw(Office::act(number)));
        CHECK(office.desk.release_hold(Office::act(number), kept)->state == RequestState::Withdrawn);
        CHECK(office.desk.view(number)->held.empty());
        CHECK(office.desk.answer(number)->refusals.empty());
    }
    SECTION("closed in part, only after it was woken: it is erased then") {
        REQUIRE(office.desk.close(Office::act(number))->state == RequestState::PartlyFulfilled);
        CHECK(denied(office.desk.release_hold(Office::act(number), kept)));
        CHECK(office.desk.view(number)->held.size() == 1);
        REQUIRE(office.desk.wake(Office::act(number)));
        REQUIRE(office.desk.release_hold(Office::act(number), kept));
        CHECK(office.desk.view(number)->tally.to_leave == 1);
    }
}

TEST_CASE("Nothing goes on past a hold while a message is under way", "[erasure][desk]") {
    Office office;
    office.knows("gts.example", "gotosocial");
    office.lies(1, {"gts.example"});
    office.lies(2, {"gts.example"});
    const auto number = office.started();
    auto flying = office.notice_to(number, "gts.example");
    flying.in_flight = true;
    flying.next_at = office.clock.at + std::chrono::minutes{10};
    office.write(flying);
    REQUIRE(office.hold(number, {note(2)}));
    CHECK(office.desk.resume_sending(Office::act(number)).error().kind == ErrorKind::Unavailable);
    flying.version = office.notice_to(number, "gts.example").version;
    office.write(flying);  // its outcome, written with the steps of before
    CHECK(office.requests.request(number)->stopped);
    office.clock.at += std::chrono::minutes{10};
    REQUIRE(office.desk.resume_sending(Office::act(number)));
    CHECK(office.words(office.notice_to(number, "gts.example")) == std::vector<std::string>{"delete 1"});
}

TEST_CASE("A partial refusal keeps kinds of things, each with its ground", "[erasure][desk]") {
    Office office;
    office.knows("masto.example", "mastodon");
    office.lies(1, {"masto.example"});
    office.ledger.add(note(2) + "/a", note(2), {fediverse::DataCategory::Media}, {"masto.example"});
    const auto number = office.opened();
    erasure::KeepChoice keep;
    keep.categories = {fediverse::DataCategory::Media};
    CHECK(invalid(office.desk.refuse_partly(Office::act(number), keep, RefusalGround::LegalClaims)));
    CHECK(invalid(office.desk.refuse_partly(
        Office::act(number, "a claim"), erasure::KeepChoice{}, RefusalGround::LegalClaims)));
    REQUIRE(office.desk.refuse_partly(Office::act(number, "a claim"), keep, RefusalGround::LegalClaims));
    REQUIRE(office.desk.start(Office::act(number)));
    CHECK(office.words(office.notice_to(number, "masto.example")) == std::vector<std::string>{"delete 1"});
    const auto answer = *office.desk.answer(number);
    REQUIRE(answer.refusals.size() == 1);
    CHECK(answer.refusals[0].ground == RefusalGround::LegalClaims);
    CHECK_FALSE(answer.refusals[0].whole);
    CHECK(answer.names_remedies);
    REQUIRE(answer.recipients.size() == 1);
    CHECK(answer.recipients[0].profile_stays);

    REQUIRE(office.desk.release_hold(Office::act(number), std::vector{personal(note(2))}));
    REQUIRE(office.desk.resume_sending(Office::act(number)));
    const auto released = *office.desk.answer(number);
    CHECK(released.refusals.empty());
    CHECK_FALSE(released.names_remedies);
    CHECK_FALSE(released.recipients[0].profile_stays);
    settle(office, number, "masto.example", NoticeState::VerifiedGone);
    CHECK(office.desk.close(Office::act(number, "deleted by hand"))->state == RequestState::Fulfilled);
}

TEST_CASE("Where nothing kept lies the profile goes", "[erasure][desk]") {
    Office office;
    office.knows("a.example", "mastodon");
    office.knows("b.example", "mastodon");
    office.lies(1, {"a.example"});
    office.lies(2, {"b.example"});
    const auto number = office.started();
    office.deliver(office.notice_to(number, "b.example"), office.notice_to(number, "b.example").steps.size());
    REQUIRE(office.hold(number, {note(1), note(2)}));
    const auto answer = *office.desk.answer(number);
    REQUIRE(answer.recipients.size() == 2);
    CHECK(answer.recipients[0].profile_stays);
    CHECK_FALSE(answer.recipients[1].profile_stays);  // told before the hold
}
