#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "erasure/alice.hpp"
#include "erasure/escalation.hpp"
#include "erasure/letter_folder.hpp"
#include "erasure/office.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;

namespace {

/// A house that starts after years of erasures at one server.
struct OldHouse {
    TempDir folder;
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeRecipientDirectory directory;
    FakeSubjectVault vault;
    HeldLedger ledger;
    erasure::LetterFolder by_hand{folder / "letters"};
    StoppedClock clock;
    erasure::EscalationPolicy policy =
        erasure::EscalationPolicy::parse(policy_text("escalation.json")).value();
    erasure::LetterTexts texts = erasure::LetterTexts::load(FEDTRAIL_SOURCE_DIR "/policies").value();
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");

    /// Of a request of its own, refused eight days ago.
    records::NoticeNumber refused(privacy::RequestState state) {
        records::ErasureRequest request;
        request.subject = alice;
        request.state = state;
        const auto number = requests.open(request, {})->number;
        records::Notice notice;
        notice.request = number;
        notice.subject = alice;
        notice.recipient = host("a.example");
        notice.state = fediverse::NoticeState::Refused;
        notice.last_status = 403;
        notice.looks = 1;
        notice.steps = {records::NoticeStep{}};
        REQUIRE(notices.plan(number, {}, std::vector{notice}));
        NoticeFilter filter;
        filter.request = number;
        const auto planned = notices.notices(filter)->front().number;
        NoticeChange change;
        change.attempts.push_back(
            {planned, 0, clock.at - 24h * 8, records::AttemptResult::Answered, 403, "cavage", ""});
        REQUIRE(notices.apply(change));
        return planned;
    }
    void start() {
        erasure::EscalationOptions options;
        options.controller = {"Origin Foundation", "privacy@origin.example", ""};
        options.language = "en";
        options.mail_domain = "origin.example";
        erasure::Escalation escalation{
            {requests, notices, directory, vault, ledger, nullptr, by_hand, clock}, policy, texts, options};
        REQUIRE(escalation.step());
    }
    [[nodiscard]] std::size_t letters() const {
        return notices.letters({std::nullopt, host("a.example")})->size();
    }
};

}  // namespace

TEST_CASE("a start reads no histories of what is over at a server that is due", "[escalation]") {
    OldHouse house;
    for (int i = 0; i < 50; ++i) {
        house.refused(privacy::RequestState::Fulfilled);
    }
    const auto due = house.refused(privacy::RequestState::InProgress);
    house.start();
    CHECK(house.letters() == 1);
    CHECK(house.notices.histories() < 10);

    // Once it was sent, a start within the hour writes to that operator for nobody else.
    REQUIRE(erasure::letter_sent_by_hand(house.notices, due, house.clock.at, 24h * 7));
    house.refused(privacy::RequestState::InProgress);
    house.clock.at += 1min;
    house.start();
    CHECK(house.letters() == 2);
    house.clock.at += 1h;
    house.start();
    CHECK(house.letters() == 3);
}
