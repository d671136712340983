// What letters say, in which languages, and where they lie until somebody sends them.

#include <algorithm>

#include <sys/stat.h>

#include "erasure/ladder.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

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
