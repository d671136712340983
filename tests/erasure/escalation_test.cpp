// Who is written to, when, and how often; and when it is left to a person to decide.

#include "erasure/ladder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using erasure::EscalationPolicy;
using erasure::GiveUpGround;
using fediverse::NoticeState;

TEST_CASE("an operator whose server keeps a copy is written to after three days", "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::StillPresent);
    l.pass(71h);
    CHECK(l.mailer.sent.empty());
    std::vector<records::NoticeLetter> before;
    l.mailer.before_send = [&] { before = l.letters("a.example"); };
    l.pass(1h);
    REQUIRE(l.mailer.sent.size() == 1);
    REQUIRE(before.size() == 1);  // the intent was there before the letter left
    CHECK(!before[0].handed_over);
    const auto& letter = l.mailer.sent[0];
    CHECK(letter.to.reveal() == "admin@a.example");
    CHECK(letter.subject == "Erasure of personal data at a.example (our reference 1-1)");
    CHECK(letter.message_id == "<fedtrail.1-1.letter-still-present@origin.example>");
    CHECK(has(letter.text, kAlice));
    CHECK(has(letter.text, std::string{kAlice} + "/statuses/1"));
    CHECK(has(letter.text, "On 22 November 2026 a public request"));
    CHECK(has(letter.text, "It accepted our Delete on 21 November 2026."));
    CHECK(has(letter.text, "Origin Foundation"));
    CHECK(has(letter.text, "Article 17(2)"));
    CHECK(!has(letter.text, "{{"));
    CHECK(!has(letter.text, "alice@"));
    CHECK(!has(letter.text, "refused our Delete"));
    CHECK(l.notice("a.example").state == NoticeState::Escalated);
    CHECK(l.notice("a.example").next_look_at == l.clock.at + 24h * 7);
    const auto after = l.letters("a.example");
    REQUIRE(after.size() == 2);
    CHECK(after[1].handed_over);
    CHECK(after[1].channel == "smtp");
    CHECK(after[1].rung == "letter-still-present");
    CHECK(after[1].language == "en");
}

TEST_CASE("a second letter follows after a month, then a decision is asked for", "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    const auto number = l.add("a.example", NoticeState::StillPresent);
    l.pass(24h * 34);
    REQUIRE(l.mailer.sent.size() == 2);
    CHECK(has(l.mailer.sent[1].subject, "Reminder"));
    CHECK(has(l.mailer.sent[1].text, "On 25 November 2026 we wrote to you"));
    CHECK(l.mailer.sent[1].message_id != l.mailer.sent[0].message_id);
    CHECK(l.escalation->decisions(l.request)->empty());
    l.pass(24h * 30);
    const auto due = *l.escalation->decisions(l.request);
    REQUIRE(due.size() == 1);
    CHECK(due[0].notice == number);
    CHECK(has(due[0].advice, "supervisory authority"));
    CHECK(l.mailer.sent.size() == 2);
    CHECK(l.notice("a.example").state == NoticeState::Escalated);  // nobody decided yet

    CHECK(!l.escalation->give_up(number, GiveUpGround::Disproportionate, ""));
    const auto given =
        l.escalation->give_up(number, GiveUpGround::Disproportionate, "Two letters had no effect.");
    REQUIRE(given);
    CHECK(l.notice("a.example").state == NoticeState::Disproportionate);
    CHECK(l.notice("a.example").reason == "disproportionate: Two letters had no effect.");
    CHECK(!l.notice("a.example").next_look_at);
    CHECK(l.escalation->decisions(l.request)->empty());
}

TEST_CASE("a notice that is damaged does not keep the others from being written to", "[escalation]") {
    Ladder l;
    for (const auto* host : {"a.example", "b.example"}) {
        l.contact(host, std::string{"admin@"} + host);
    }
    l.notices.damaged = {l.add("a.example", NoticeState::StillPresent)};
    SECTION("of the same request") {}
    SECTION("of another") {
        auto other = *l.requests.request(l.request);
        l.request = l.requests.open(other, {})->number;
    }
    l.add("b.example", NoticeState::StillPresent);
    l.clock.at += 72h;
    const auto stepped = l.escalation->step();
    REQUIRE_FALSE(stepped);
    CHECK(stepped.error().kind == ErrorKind::Corrupt);
    REQUIRE(l.mailer.sent.size() == 1);
    CHECK(l.mailer.sent[0].to.reveal() == "admin@b.example");
    const auto next = l.escalation->step();  // said once a round
    REQUIRE(next);
    CHECK(*next > l.clock.at);
}

TEST_CASE("a letter that somebody else sent since it was found due does not leave again", "[escalation]") {
    Ladder l;
    for (const auto* host : {"a.example", "b.example"}) {
        l.contact(host, std::string{"admin@"} + host);
        l.add(host, NoticeState::StillPresent);
    }
    l.pass(24h * 10);
    REQUIRE(l.mailer.sent.size() == 2);
    bool once = false;
    l.mailer.before_send = [&] {
        if (std::exchange(once, true)) {
            return;
        }
        auto sent = l.letters("b.example").back();
        sent.rung = "second-letter";
        sent.at = l.clock.at;
        REQUIRE(erasure::record_letter(l.notices, sent, 24h * 7));
    };
    l.pass(24h * 24);
    REQUIRE(l.mailer.sent.size() == 3);
    CHECK(l.mailer.sent[2].to.reveal() == "admin@a.example");
}

TEST_CASE("a copy that goes after the first letter ends it", "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::StillPresent);
    l.pass(24h * 4);
    auto notice = l.notice("a.example");
    notice.state = NoticeState::VerifiedGone;
    NoticeChange change;
    change.notices.push_back(notice);
    REQUIRE(l.notices.apply(change));
    l.pass(24h * 90);
    CHECK(l.mailer.sent.size() == 1);
    const auto given = l.escalation->give_up(notice.number, GiveUpGround::Impossible, "why");
    REQUIRE(!given);
    CHECK(given.error().what == "give-up cannot be done to a notice that is verified_gone");
}

TEST_CASE("nobody is written to at a server that is gone and has no contact", "[escalation]") {
    Ladder l;
    const auto number = l.add("dead.example", NoticeState::Unreachable);
    l.pass(24h * 29);
    CHECK(l.letters("dead.example").empty());
    CHECK(l.escalation->decisions(l.request)->empty());
    l.pass(24h * 2);
    CHECK(l.letters("dead.example").empty());
    REQUIRE(l.escalation->decisions(l.request)->size() == 1);
    REQUIRE(l.escalation->give_up(number, GiveUpGround::Impossible, "The domain has expired."));
    CHECK(l.notice("dead.example").reason == "impossible: The domain has expired.");
    l.contact("alive.example", "admin@alive.example");
    l.add("alive.example", NoticeState::Unreachable);
    l.pass(24h * 15);
    REQUIRE(l.mailer.sent.size() == 1);
    CHECK(has(l.mailer.sent[0].text, "could not be reached"));
}

TEST_CASE("an operator to whose server nothing can or may be sent is written to all the same",
          "[escalation]") {
    Ladder l;
    auto request = *l.requests.request(l.request);
    request.received_at = l.clock.at - 24h * 10;
    REQUIRE(l.requests.record(request, {}));
    l.contact("barred.example", "admin@barred.example");
    l.add("barred.example", NoticeState::Unreachable, false);
    l.pass(24h * 3);
    CHECK(l.mailer.sent.empty());
    l.pass(24h * 2);
    REQUIRE(l.mailer.sent.size() == 1);
    CHECK(has(l.mailer.sent[0].text, "We have sent it no message"));
    CHECK_FALSE(has(l.mailer.sent[0].text, "could not be reached"));
}

TEST_CASE("a mail server that is away is asked again with the same letter, then it becomes a file",
          "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::StillPresent);
    l.mailer.failure = ErrorKind::Unavailable;
    l.pass(75h);
    REQUIRE(l.mailer.sent.size() >= 2);
    CHECK(l.mailer.sent[0].message_id == l.mailer.sent[1].message_id);
    CHECK(l.notice("a.example").state == NoticeState::StillPresent);
    l.pass(24h);
    CHECK(l.mailer.sent.size() == 5);
    CHECK(l.letters("a.example").back().channel == "file");
    CHECK(has(l.letters("a.example").back().note, "did not confirm it in 5 tries; of the last: "));
    CHECK(has(l.letters("a.example").back().note, "answered 450"));
    CHECK(l.notice("a.example").state == NoticeState::StillPresent);
    Ladder m;
    m.contact("a.example", "not an address");
    m.add("a.example", NoticeState::StillPresent);
    m.mailer.failure = ErrorKind::Invalid;
    m.pass(73h);
    CHECK(m.mailer.sent.size() == 1);
    CHECK(m.letters("a.example").back().channel == "file");
    CHECK(has(m.letters("a.example").back().note, "answered 450"));
}

TEST_CASE("a letter whose sending was not recorded leaves again with the same id", "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::StillPresent);
    l.clock.at += 72h;
    l.mailer.before_send = [&] {
        l.notices.before_write = []() -> Result<void> { return fail(ErrorKind::Unavailable, "power cut"); };
    };
    CHECK(!l.escalation->step());
    l.notices.before_write = []() -> Result<void> { return {}; };
    l.mailer.before_send = [] {};
    l.make(&l.mailer);
    l.pass(1h);
    REQUIRE(l.mailer.sent.size() == 2);
    CHECK(l.mailer.sent[0].message_id == l.mailer.sent[1].message_id);
    CHECK(l.notice("a.example").state == NoticeState::Escalated);
}

TEST_CASE("a book that is away lets no letter leave", "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::StillPresent);
    l.clock.at += 72h;
    l.notices.before_write = []() -> Result<void> { return fail(ErrorKind::Unavailable, "away"); };
    CHECK(!l.escalation->step());
    CHECK(l.mailer.sent.empty());
}

TEST_CASE("requests that are stopped or closed write no letters", "[escalation]") {
    for (const bool stopped : {true, false}) {
        Ladder l;
        l.contact("a.example", "admin@a.example");
        l.add("a.example", NoticeState::StillPresent);
        auto request = *l.requests.request(l.request);
        request.stopped = stopped;
        request.state = stopped ? request.state : privacy::RequestState::Fulfilled;
        REQUIRE(l.requests.record(request, {}));
        l.pass(24h * 10);
        CHECK(l.mailer.sent.empty());
    }
}

TEST_CASE("nothing more is written once a request is stopped or ends, however many letters wait",
          "[escalation]") {
    using privacy::RequestState;
    for (const auto state : {RequestState::InProgress,
                             RequestState::PausedForInfo,
                             RequestState::Withdrawn,
                             RequestState::Refused,
                             RequestState::Fulfilled}) {
        CAPTURE(privacy::name_of(state));
        Ladder l;
        for (const auto* host : {"a.example", "b.example", "c.example"}) {
            l.contact(host, std::string{"admin@"} + host);
            l.add(host, NoticeState::StillPresent);
        }
        l.clock.at += 73h;
        // While the mail server takes the first of three.
        l.mailer.before_send = [&] {
            auto request = *l.requests.request(l.request);
            request.stopped = state == RequestState::InProgress;
            request.state = state;
            REQUIRE(l.requests.record(request, {}));
        };
        l.pass(24h * 3);
        CHECK(l.mailer.sent.size() == 1);
        CHECK(l.letters("b.example").empty());
        CHECK(l.letters("c.example").empty());
    }
}

TEST_CASE("the ladder goes on where a request was closed in part, for a time, unless it was stopped",
          "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::StillPresent);
    l.pass(24h * 4);
    REQUIRE(l.mailer.sent.size() == 1);
    auto request = *l.requests.request(l.request);
    request.state = privacy::RequestState::PartlyFulfilled;
    request.closed_at = l.clock.at;
    SECTION("the second letter") {
        REQUIRE(l.requests.record(request, {}));
        l.pass(24h * 31);
        REQUIRE(l.mailer.sent.size() == 2);
        CHECK(has(l.mailer.sent[1].subject, "Reminder"));
        CHECK(l.escalation->decisions(l.request)->empty());
        l.pass(24h * 31);
        CHECK(l.mailer.sent.size() == 2);
        CHECK(l.escalation->decisions(l.request)->size() == 1);
    }
    SECTION("not when it was stopped before") {
        request.stopped = true;
        REQUIRE(l.requests.record(request, {}));
        l.pass(24h * 40);
        CHECK(l.mailer.sent.size() == 1);
    }
    SECTION("not for ever") {
        request.closed_at = l.clock.at - 24h * 89;
        REQUIRE(l.requests.record(request, {}));
        l.pass(24h * 40);
        CHECK(l.mailer.sent.size() == 1);
    }
}

TEST_CASE("an operator gets one letter in a round, however many requests there are", "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::StillPresent);
    records::ErasureRequest other = *l.requests.request(l.request);
    const auto first = l.request;
    l.request = l.requests.open(other, {})->number;
    l.add("a.example", NoticeState::StillPresent);
    l.clock.at += 72h;
    REQUIRE(l.escalation->step());
    CHECK(l.mailer.sent.size() == 1);
    l.pass(2h);
    CHECK(l.mailer.sent.size() == 2);
    CHECK(first != l.request);
}

TEST_CASE("a letter about somebody who was shredded is not written", "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::StillPresent);
    l.vault.shred(l.alice);
    l.pass(24h * 5);
    CHECK(l.mailer.sent.empty());
}

TEST_CASE("a ladder that contradicts itself is refused", "[escalation]") {
    const auto parsed = [](const std::string& rungs) {
        return EscalationPolicy::parse(R"({"format": "fedtrail/escalation/1", "rungs": [)" + rungs + "]}")
            .has_value();
    };
    CHECK(parsed(R"({"name": "a", "states": ["refused"], "after_days": 1, "act": "letter", "text": "t"})"));
    CHECK(!parsed(R"({"name": "a", "states": ["refused"], "after_days": 1, "act": "letter"})"));
    CHECK(!parsed(R"({"name": "a", "states": ["angry"], "after_days": 1, "act": "letter", "text": "t"})"));
    CHECK(!parsed(R"({"name": "a", "states": ["refused"], "after_days": 1, "act": "shout", "text": "t"})"));
    CHECK(!parsed(
        R"({"name": "a", "states": ["refused"], "after": ["b"], "after_days": 1, "act": "letter", "text": "t"})"));
    CHECK(!EscalationPolicy::parse("{}"));
    const auto policy = real_policy();
    const auto texts = real_texts();
    for (const auto& rung : policy.rungs()) {
        CHECK((rung.act == erasure::RungAct::Decide || texts.has(rung.text, "en")));
    }
}

TEST_CASE("one operator gets at most one letter an hour, also after a restart", "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::Refused);
    l.request = l.requests.open(*l.requests.request(l.request), {})->number;  // somebody else's
    l.add("a.example", NoticeState::Refused);
    l.clock.at += 24h * 8;
    REQUIRE(l.escalation->step());
    REQUIRE(l.mailer.sent.size() == 1);
    l.clock.at += 1min;
    l.make(&l.mailer);
    REQUIRE(l.escalation->step());
    CHECK(l.mailer.sent.size() == 1);
    l.clock.at += 1h;
    REQUIRE(l.escalation->step());
    CHECK(l.mailer.sent.size() == 2);
}
