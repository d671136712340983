#include "erasure/escalation.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "erasure/alice.hpp"
#include "erasure/letter_folder.hpp"
#include "erasure/verdict.hpp"
#include "fakes/case_books.hpp"
#include "fakes/held_ledger.hpp"
#include "fakes/stopped_clock.hpp"
#include "fakes/subject_vault.hpp"
#include "temp_dir.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using erasure::Escalation;
using erasure::EscalationPolicy;
using erasure::GiveUpGround;
using fediverse::NoticeState;
using fediverse::Presence;

namespace {

std::string file(const std::filesystem::path& path) {
    const std::ifstream in{path};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

EscalationPolicy real_policy() {
    auto policy = EscalationPolicy::parse(file(FEDTRAIL_SOURCE_DIR "/policies/escalation.json"));
    REQUIRE(policy);
    return std::move(*policy);
}

erasure::LetterTexts real_texts() {
    auto texts = erasure::LetterTexts::load(FEDTRAIL_SOURCE_DIR "/policies");
    REQUIRE(texts);
    return std::move(*texts);
}

class FakeMailer final : public Mailer {
public:
    std::vector<Letter> sent;
    std::optional<ErrorKind> failure;
    std::function<void()> before_send = [] {};

    Result<void> send(const Letter& letter) override {
        before_send();
        sent.push_back(letter);
        if (failure) {
            return fail(*failure, "the mail server mail.example answered 450");
        }
        return {};
    }
};

struct Ladder {
    TempDir folder;
    FakeRequestBook requests;
    FakeNoticeBook notices{requests};
    FakeRecipientDirectory directory;
    FakeSubjectVault vault;
    HeldLedger ledger;
    FakeMailer mailer;
    erasure::LetterFolder by_hand{folder / "letters"};
    StoppedClock clock;
    EscalationPolicy policy = real_policy();
    erasure::LetterTexts texts = real_texts();
    privacy::SubjectNumber alice = *vault.enrol(*Uri::parse(kAlice), "alice");
    records::RequestNumber request;
    std::optional<Escalation> escalation;

    Ladder() {
        records::ErasureRequest one;
        one.subject = alice;
        one.state = privacy::RequestState::InProgress;
        request = requests.open(one, {})->number;
        make(&mailer);
    }
    void make(Mailer* by_mail) {
        erasure::EscalationOptions options;
        options.controller = {"Origin Foundation", "privacy@origin.example", ""};
        options.language = "en";
        options.mail_domain = "origin.example";
        escalation.emplace(
            erasure::EscalationPorts{requests, notices, directory, vault, ledger, by_mail, by_hand, clock},
            policy,
            texts,
            options);
    }
    void contact(const std::string& host, const std::string& address, const std::string& language = "en") {
        REQUIRE(directory.update(*Host::parse(host), [&](RecipientEntry& one) {
            one.contact = Personal<std::string>{address};
            one.language = language;
        }));
    }
    /// A notice that got into this state just now.
    records::NoticeNumber add(const std::string& host, NoticeState state) {
        records::Notice notice;
        notice.request = request;
        notice.subject = alice;
        notice.recipient = *Host::parse(host);
        notice.state = state;
        if (state != NoticeState::Unreachable) {
            notice.last_status = 403;
            notice.acknowledged_at = clock.at - 24h;
        }
        notice.looks = 1;
        notice.steps = {{fediverse::StepKind::DeleteObject, {}, 1, 0}, {}};
        const std::vector<records::ErasedObject> objects{
            {Personal<std::string>{std::string{kAlice} + "/statuses/1"}, {}, false}};
        const std::vector<records::Notice> planned{notice};
        REQUIRE(notices.plan(request, objects, planned));
        const auto number = this->notice(host).number;
        NoticeChange change;
        change.attempts.push_back({number, 0, clock.at, records::AttemptResult::Answered, 403, "cavage", ""});
        if (state == NoticeState::StillPresent) {
            change.looks.push_back({number, clock.at, "x", Presence::Present, 200});
        }
        REQUIRE(notices.apply(change));
        return number;
    }
    [[nodiscard]] records::Notice notice(const std::string& host) const {
        return **erasure::notice_to(notices, request, *Host::parse(host));
    }
    [[nodiscard]] std::vector<records::NoticeLetter> letters(const std::string& host) const {
        return notices.history(notice(host).number)->letters;
    }
    void pass(std::chrono::hours span) {
        const auto end = clock.at + span;
        for (;;) {
            const auto again = escalation->step();
            REQUIRE(again);
            if (**again > end) {
                break;
            }
            clock.at = **again;
        }
        clock.at = end;
    }
};

}  // namespace

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

TEST_CASE("without a contact or a mail server the letter is a file for the operator alone", "[escalation]") {
    Ladder l;
    l.add("a.example", NoticeState::Refused);
    l.pass(24h * 8);
    CHECK(l.mailer.sent.empty());
    const auto path = l.folder / "letters" / "fedtrail-1-1-letter-refused.txt";
    const auto text = file(path);
    CHECK(has(text, "Subject: Erasure of personal data at a.example"));
    CHECK(has(text, "It refused our Delete with the HTTP status 403."));
    struct stat facts {};
    REQUIRE(::stat(path.c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777U) == 0600U);
    REQUIRE(::stat((l.folder / "letters").c_str(), &facts) == 0);
    CHECK((facts.st_mode & 07777U) == 0700U);
    const auto letters = l.letters("a.example");
    CHECK(letters.back().channel == "file");
    CHECK_FALSE(letters.back().handed_over);
    CHECK(has(letters.back().note, "no contact"));
    CHECK(l.notice("a.example").state == NoticeState::Refused);

    l.make(nullptr);
    l.contact("b.example", "admin@b.example");
    l.add("b.example", NoticeState::Refused);
    l.pass(24h * 8);
    CHECK(has(file(l.folder / "letters" / "fedtrail-1-2-letter-refused.txt"), "To: admin@b.example"));
    CHECK(has(l.letters("b.example").back().note, "no mail server"));
}

TEST_CASE("a letter in a file waits until somebody says that it was sent", "[escalation]") {
    Ladder l;
    const auto number = l.add("a.example", NoticeState::Refused);
    l.pass(24h * 60);
    // Written once, and nothing follows from it: neither a reminder nor a decision.
    REQUIRE(l.letters("a.example").size() == 1);
    CHECK(l.notice("a.example").state == NoticeState::Refused);
    CHECK(l.escalation->decisions(l.request)->empty());
    CHECK(erasure::waiting_letter(*l.notices.history(number)) != nullptr);

    const auto sent_at = l.clock.at;
    const auto sent = erasure::letter_sent_by_hand(l.notices, number, sent_at);
    REQUIRE(sent);
    CHECK(sent->state == NoticeState::Escalated);
    CHECK(sent->next_look_at == sent_at + 24h * 7);
    CHECK(l.letters("a.example").back().handed_over);
    CHECK(has(l.letters("a.example").back().note, "sent by hand"));
    CHECK(erasure::waiting_letter(*l.notices.history(number)) == nullptr);
    CHECK(erasure::letter_sent_by_hand(l.notices, number, sent_at).error().kind == ErrorKind::NotFound);
    CHECK(erasure::letter_sent_by_hand(l.notices, records::NoticeNumber{9}, sent_at).error().kind ==
          ErrorKind::NotFound);

    l.pass(24h * 29);
    CHECK(l.letters("a.example").size() == 2);
    l.pass(24h * 2);
    REQUIRE(l.letters("a.example").size() == 3);
    const auto reminder = file(l.folder / "letters" / "fedtrail-1-1-second-letter.txt");
    CHECK(has(reminder, "On 21 January 2027 we wrote to you"));
    l.pass(24h * 40);
    CHECK(l.escalation->decisions(l.request)->empty());
    REQUIRE(erasure::letter_sent_by_hand(l.notices, number, l.clock.at));
    l.pass(24h * 31);
    CHECK(l.escalation->decisions(l.request)->size() == 1);
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

TEST_CASE("a letter cites Article 19 to those alone who have the data from us", "[escalation]") {
    Ladder l;
    const auto channel =
        GENERATE(privacy::Channel::Push, privacy::Channel::AnonymousPull, privacy::Channel::Forward);
    l.ledger.add("https://origin.example/a/1", kAlice, {}, {"a.example"});
    l.ledger.rows.back().channel = channel;
    l.ledger.add("https://origin.example/a/2", kAlice, {}, {"b.example"});  // says nothing of the other
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::StillPresent);
    l.pass(24h * 34);
    REQUIRE(l.mailer.sent.size() == 2);
    const bool from_us = channel != privacy::Channel::Forward;
    for (const auto& letter : l.mailer.sent) {
        CHECK(has(letter.text, "from ours") == from_us);
        CHECK(has(letter.text, from_us ? "19 of" : "17(2) of"));
        CHECK_FALSE(has(letter.text, from_us ? "17(2) of" : "19 of"));
    }
}

TEST_CASE("a letter says of our messages what became of them", "[escalation]") {
    Ladder l;
    l.contact("a.example", "admin@a.example");
    l.add("a.example", NoticeState::Unreachable);
    auto notice = l.notice("a.example");
    SECTION("nothing was tried") {
        notice.reason = "not_sent: no inbox is known";
    }
    SECTION("it answered every one with an error of its own") {
        notice.left = true;
        notice.last_status = 500;
    }
    NoticeChange change;
    change.notices.push_back(notice);
    REQUIRE(l.notices.apply(change));
    l.pass(24h * 15);
    REQUIRE(l.mailer.sent.size() == 1);
    const auto& text = l.mailer.sent[0].text;
    CHECK_FALSE(has(text, "could not be reached"));
    CHECK_FALSE(has(text, "refused"));
    CHECK(has(text, "sent it no message") != notice.left);
    CHECK(has(text, "its last answer was the HTTP status 500") == notice.left);
    CHECK(has(text, "did not act on the Delete") == notice.left);
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

namespace {

/// What the one letter says that is due after a week, "" if none is.
std::string only_letter(Ladder& l) {
    l.contact("a.example", "admin@a.example");
    l.pass(24h * 8);
    return l.mailer.sent.empty() ? std::string{}
                                 : l.mailer.sent.at(0).subject + "\n" + l.mailer.sent.at(0).text;
}

bool lists(const std::string& letter, const std::string& uri) {
    return has(letter, "\n  " + uri + "\n");
}

void keep(Ladder& l, const std::vector<std::uint32_t>& held, std::size_t objects) {
    std::vector<records::ErasedObject> all;
    for (std::uint32_t i = 0; i < objects; ++i) {
        all.push_back({Personal<std::string>{std::string{kAlice} + "/statuses/" + std::to_string(i + 1)},
                       {},
                       std::count(held.begin(), held.end(), i) != 0});
    }
    REQUIRE(l.notices.plan(l.request, all, {}));
    records::RequestEvent event;
    event.at = l.clock.at;
    event.kind = privacy::RequestEventKind::HeldForLaw;
    REQUIRE(l.requests.record(*l.requests.request(l.request), event));
}

}  // namespace

TEST_CASE("an account is named as erased only where its Delete went", "[escalation]") {
    Ladder l;
    l.add("a.example", NoticeState::Refused);
    SECTION("it went") {
        const auto letter = only_letter(l);
        CHECK(has(letter, "The account below was erased here."));
        CHECK(lists(letter, kAlice));
    }
    SECTION("objects alone went") {
        auto notice = l.notice("a.example");
        notice.steps.pop_back();
        NoticeChange change;
        change.notices = {notice};
        REQUIRE(l.notices.apply(change));
        const auto letter = only_letter(l);
        CHECK(has(letter, "What is listed below was erased here."));
        CHECK(lists(letter, std::string{kAlice} + "/statuses/1"));
        CHECK_FALSE(lists(letter, kAlice));
    }
    SECTION("the origin's own went") {
        auto notice = l.notice("a.example");
        notice.steps.clear();
        notice.seen_from_origin = true;
        NoticeChange change;
        change.notices = {notice};
        REQUIRE(l.notices.apply(change));
        CHECK(lists(only_letter(l), kAlice));
    }
}

TEST_CASE("a letter asks for nothing that is held", "[escalation]") {
    Ladder l;
    const auto number = l.add("a.example", NoticeState::Refused);
    auto notice = l.notice("a.example");
    notice.steps.insert(notice.steps.begin(), {fediverse::StepKind::DeleteObject, {}, 1, 1});
    notice.position = 3;
    NoticeChange change;
    change.attempts.push_back({number, 2, l.clock.at, records::AttemptResult::Answered, 403, "cavage", ""});
    SECTION("an account that was deleted before the hold is not named") {
        keep(l, {1}, 2);
        change.notices = {notice};
        REQUIRE(l.notices.apply(change));
        const auto letter = only_letter(l);
        CHECK(has(letter, "What is listed below was erased here."));
        CHECK(lists(letter, std::string{kAlice} + "/statuses/1"));
        CHECK_FALSE(lists(letter, kAlice));
        CHECK_FALSE(has(letter, "/statuses/2"));
    }
    SECTION("one that was deleted after it is: what is held does not lie there") {
        keep(l, {1}, 2);
        change.attempts.back().at = l.clock.at + 1h;
        change.notices = {notice};
        REQUIRE(l.notices.apply(change));
        const auto letter = only_letter(l);
        CHECK(lists(letter, kAlice));
        CHECK_FALSE(has(letter, "/statuses/2"));
    }
    SECTION("where all is held there is no letter") {
        keep(l, {0, 1}, 2);
        change.notices = {notice};
        REQUIRE(l.notices.apply(change));
        CHECK(only_letter(l).empty());
    }
}

TEST_CASE("a removal from one server says that nothing was erased here", "[escalation]") {
    Ladder l;
    auto request = *l.requests.request(l.request);
    request.scope.recipients = {*Host::parse("a.example")};
    REQUIRE(l.requests.record(request, {}));
    l.add("a.example", NoticeState::Refused);
    const auto letter = only_letter(l);
    CHECK(has(letter, "Removal of personal data at a.example"));
    CHECK(has(letter, "be removed from your server"));
    CHECK(has(letter, "What this is about:\n\n  " + std::string{kAlice} + "\n"));
    CHECK_FALSE(has(letter, "What was erased"));
    CHECK_FALSE(has(letter, "below was erased here"));
    l.pass(24h * 31);
    REQUIRE(l.mailer.sent.size() == 2);
    CHECK(has(l.mailer.sent[1].subject, "Reminder: removal of personal data"));
    CHECK_FALSE(has(l.mailer.sent[1].text, "were erased at"));
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

TEST_CASE("a letter is in the recipient's language and ours, and what is missing is said", "[letters]") {
    const TempDir folder;
    const auto put = [&](const std::string& language, const std::string& text) {
        const auto path = folder / "texts" / language / "letters";
        std::filesystem::create_directories(path);
        std::ofstream{path / "erasure.mustache"} << text;
        const auto forms =
            std::filesystem::path{FEDTRAIL_SOURCE_DIR "/policies/texts"} / language / "forms.json";
        std::filesystem::copy_file(forms,
                                   folder / "texts" / language / "forms.json",
                                   std::filesystem::copy_options::overwrite_existing);
    };
    put("en",
        "{{! why }}\nSubject: About {{recipient}}\n\nErased: "
        "{{#things}}<{{uri}}>{{/things}}{{#dpo}}!{{/dpo}}\n");
    put("de", "Subject: Zu {{recipient}}\n\nGelöscht.\n");
    const auto texts = erasure::LetterTexts::load(folder.path().string());
    REQUIRE(texts);
    erasure::LetterFacts facts;
    facts.recipient = *Host::parse("a.example");
    facts.things = {Personal<std::string>{"https://origin.example/?a=1&b={{dpo}}"}};
    const auto both = texts->write("erasure", "de-AT", "en", facts);
    REQUIRE(both);
    CHECK(both->language == "de");
    CHECK(both->subject == "Zu a.example");
    CHECK(both->text == "Gelöscht.\n\n\n* * *\n\nErased: <https://origin.example/?a=1&b={{dpo}}>\n");
    CHECK(both->note.empty());
    const auto missing = texts->write("erasure", "fr", "en", facts);
    CHECK(missing->language == "en");
    CHECK(missing->note == "there is no text in the recipient's language (fr)");
    CHECK(texts->write("erasure", "", "en", facts)->note == "the recipient's language is not known");
    const auto neither = texts->write("erasure", "fr", "it", facts);
    CHECK(neither->language == "en");
    CHECK(has(neither->note, "our language (it)"));
    CHECK(texts->write("erasure", "en", "en", facts)->text.find("* * *") == std::string::npos);
    CHECK(!texts->write("other", "en", "en", facts));
    CHECK(has(texts->write("erasure", "../../etc", "en", facts)->note, "there is no text in it"));
    put("nl", "No subject\n");
    CHECK(!erasure::LetterTexts::load(folder.path().string()));
    put("nl", "Subject: {{#open}}\n\n{{/closed}}\n");
    CHECK(!erasure::LetterTexts::load(folder.path().string()));
    const TempDir empty;
    CHECK(erasure::LetterTexts::load(empty.path().string()).error().kind == ErrorKind::NotFound);
}

TEST_CASE("the letters in English read as they should", "[letters]") {
    erasure::LetterFacts facts;
    facts.controller = {"Origin Foundation", "privacy@origin.example", "dpo@origin.example"};
    facts.origin = *Host::parse("origin.example");
    facts.recipient = *Host::parse("a.example");
    facts.reference = "7-12";
    facts.at = *parse_rfc3339("2026-11-22T10:00:00Z");
    facts.things = {Personal<std::string>{kAlice}};
    facts.more = 3;
    facts.unreachable = true;
    const auto letter = real_texts().write("erasure", "en", "en", facts);
    REQUIRE(letter);
    CHECK(has(letter->text, "What was erased:\n\n  https://origin.example/users/alice\n  and 3 more"));
    CHECK(has(letter->text, "What we know of your server:\n\n  - It could not be reached"));
    CHECK(has(letter->text, "Data protection officer: dpo@origin.example\n22 November 2026\n"));
    CHECK(!has(letter->text, "accepted our Delete"));
    CHECK(!has(letter->text, "&#"));
    CHECK(has(real_texts().write("erasure-reminder", "en", "en", facts)->text, "We have seen no sign"));
}

TEST_CASE("a folder that cannot be written is an error that can be tried again", "[letters]") {
    const TempDir folder;
    std::ofstream{folder / "taken"} << "a file";
    erasure::LetterFolder letters{folder / "taken"};
    const auto failed = letters.send({Personal<std::string>{}, "s", "t", "<a@b>", "en"});
    REQUIRE(!failed);
    CHECK(failed.error().kind == ErrorKind::Unavailable);
    erasure::LetterFolder good{folder / "letters"};
    CHECK(!good.send({Personal<std::string>{}, "s", "t", "<@b>", "en"}));
    REQUIRE(good.send({Personal<std::string>{}, "s", "one", "<../x@b>", "en"}));
    REQUIRE(good.send({Personal<std::string>{}, "s", "two", "<../x@b>", "en"}));
    CHECK(has(file(folder / "letters" / "x.txt"), "two"));
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
