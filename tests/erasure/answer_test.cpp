#include "erasure/answer.hpp"

#include <nlohmann/json.hpp>

#include "erasure/office.hpp"
#include "erasure/schema.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::NoticeState;

namespace {

erasure::AnswerController controller() {
    return {"Example Cooperative", "privacy@origin.example", "", "Autoriteit Persoonsgegevens"};
}

std::string text_of(const erasure::Answer& answer, const std::string& language = "en") {
    const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", language);
    REQUIRE(words);
    const auto text = erasure::render_answer_text(answer, controller(), *words);
    REQUIRE(text);
    return *text;
}

nlohmann::json json_of(const erasure::Answer& answer) {
    const auto text = erasure::render_answer_json(answer, controller());
    CHECK(schema_faults("erasure-answer.schema.json", text).empty());
    return nlohmann::json::parse(text);
}

bool mentions(const std::string& text, const std::string& words) {
    return text.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("The answer keeps apart whom we told and who had it from others", "[erasure][answer]") {
    Office office;
    office.knows("ours.example", "mastodon");
    office.lies(1, {"ours.example"});
    office.lies(2, {"theirs.example", "ours.example"});
    office.ledger.rows.back().at = {host("theirs.example")};
    office.ledger.rows.back().channel = privacy::Channel::Forward;
    const auto number = office.started();
    office.deliver(office.notice_to(number, "ours.example"), 1);

    const auto answer = *office.desk.answer(number);
    REQUIRE(answer.recipients.size() == 1);
    CHECK(answer.recipients[0].host == host("ours.example"));
    CHECK(answer.recipients[0].state == NoticeState::Acknowledged);
    REQUIRE(answer.others.size() == 1);
    CHECK(answer.others[0].host == host("theirs.example"));
    CHECK(answer.states.at(NoticeState::Planned) == 1);

    const auto text = text_of(answer);
    CHECK(mentions(text, "alice@origin.example"));
    CHECK(
        mentions(text, "ours.example: told, confirmed receipt on 22 November 2026; that alone does not say"));
    CHECK(mentions(text, "theirs.example: will be told"));
    CHECK(text.find("Article 19") < text.find("theirs.example"));
    CHECK_FALSE(mentions(text, "{{"));
    const auto json = json_of(answer);
    CHECK(json.at("recipients").at(0).at("host") == "ours.example");
    CHECK(json.at("others").at(0).at("state") == "planned");
}

TEST_CASE("Who gets it through a relay, a bridge or a fetch has it from us", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    office.ledger.rows.back().channel = GENERATE(privacy::Channel::Relay,
                                                 privacy::Channel::Bridge,
                                                 privacy::Channel::SignedPull,
                                                 privacy::Channel::AnonymousPull);
    const auto answer = *office.desk.answer(office.started());
    CHECK(answer.recipients.size() == 1);
    CHECK(answer.others.empty());
}

TEST_CASE("Where the ledger has forgotten how data came somewhere nobody claims to know",
          "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    office.deliver(office.notice_to(number, "a.example"), 1);
    office.vault.shred(office.alice);
    office.ledger.rows.clear();
    const auto answer = *office.desk.answer(number);
    CHECK(answer.recipients.empty());
    CHECK(answer.others.empty());
    REQUIRE(answer.way_unknown.size() == 1);
    const auto text = text_of(answer);
    CHECK(mentions(text, "no longer say whether they had it from us"));
    CHECK(mentions(text, "a.example: told"));
    CHECK_FALSE(mentions(text, "others passed it on"));
    CHECK(json_of(answer).at("way_unknown").at(0).at("host") == "a.example");
}

TEST_CASE("Nobody unverified learns whom the account wrote to", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    auto order = office.order();
    order.identity_verified = false;
    const auto number = office.desk.open(order)->number;
    REQUIRE(office.desk.ask_identity(Office::act(number)));
    const auto answer = *office.desk.answer(number);
    const auto text = text_of(answer);
    CHECK(answer.recipients.empty());
    CHECK_FALSE(mentions(text, "alice"));
    CHECK_FALSE(mentions(text, "a.example"));
    CHECK(mentions(text, "Article 12(6)"));
}

TEST_CASE("Who was refused as not identified learns nothing of the account", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.opened();
    const auto refused = office.desk.refuse(Office::act(number, "They never answered."),
                                            privacy::RefusalGround::NotIdentified);
    REQUIRE(refused);
    CHECK_FALSE(refused->identity_verified);
    const auto answer = *office.desk.answer(number);
    CHECK(answer.handle.reveal().empty());
    const auto text = text_of(answer);
    CHECK(mentions(text, "They never answered."));
    CHECK_FALSE(mentions(text, "alice"));
    CHECK_FALSE(mentions(text, "a.example"));
    CHECK_FALSE(mentions(json_of(answer).dump(), "a.example"));
}

TEST_CASE("A refusal says why, and names the authority and the court", "[erasure][answer]") {
    Office office;
    const auto number = office.opened();
    REQUIRE(
        office.desk.refuse(Office::act(number, "A trial is going on."), privacy::RefusalGround::LegalClaims));
    const auto answer = *office.desk.answer(number);
    const auto text = text_of(answer);
    CHECK(mentions(text, "Article 17(3)(e)"));
    CHECK(mentions(text, "A trial is going on."));
    CHECK(mentions(text, "Autoriteit Persoonsgegevens"));
    CHECK(mentions(text, "Article 79"));
    const auto json = json_of(answer);
    CHECK(json.at("refusals").at(0).at("ground") == "17(3)(e)");
    CHECK(json.at("refusals").at(0).at("whole") == true);
    CHECK(json.at("remedies").at("court") == true);
}

TEST_CASE("What nobody has set leaves no empty words in the answer", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    const auto render = [&] {
        const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", "en");
        return *erasure::render_answer_text(*office.desk.answer(number), {}, *words);
    };
    for (const auto& text : {render(), text_of(*office.desk.answer(number))}) {
        CHECK(mentions(text, "a.example: will be told\n"));
        CHECK_FALSE(mentions(text, "()"));
        CHECK_FALSE(mentions(text, "data protection officer"));
        CHECK_FALSE(mentions(text, "\n\n\n"));
    }
    CHECK_FALSE(mentions(render(), "Who answers"));
}

TEST_CASE("What is asked of some servers, or for some things, is not said to be all", "[erasure][answer]") {
    erasure::Answer answer;
    answer.state = privacy::RequestState::Fulfilled;
    CHECK(mentions(text_of(answer), "so none had to be told"));
    CHECK_FALSE(mentions(text_of(answer), "every server"));
    answer.recipients.resize(1);
    CHECK(mentions(text_of(answer), "every server that is known to hold a copy"));
    CHECK_FALSE(mentions(text_of(answer), "your account stays"));
    answer.scope.kind = records::ScopeKind::Matching;
    CHECK(mentions(text_of(answer), "your account stays"));
    answer.scope.recipients = {host("a.example")};
    CHECK(mentions(text_of(answer), "It concerns single servers only"));
    CHECK_FALSE(mentions(text_of(answer), "every server"));
}

TEST_CASE("A server that was named is answered for, also where nothing went", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    records::ErasureScope scope;
    scope.recipients = {host("a.example"), host("nowhere.example")};
    const auto number = office.started(scope);
    const auto answer = *office.desk.answer(number);
    CHECK(answer.recipients.size() == 1);
    CHECK(answer.untouched == std::vector{host("nowhere.example")});
    CHECK(answer.objected == std::vector{host("a.example"), host("nowhere.example")});
    const auto text = text_of(answer);
    CHECK(mentions(text, "anything of yours\n\nNothing of yours is known to have gone there"));
    CHECK(
        mentions(text, "(Article 21 GDPR): from now on nothing of yours goes there from us.\n\n- a.example"));
    CHECK(json_of(answer).at("objected").size() == 2);
    REQUIRE(office.desk.withdraw(Office::act(number)));
    CHECK(office.desk.answer(number)->objected.empty());
}

TEST_CASE("Those who have it from others are said to be told only once one of them was",
          "[erasure][answer]") {
    erasure::Answer answer;
    answer.state = privacy::RequestState::Received;
    answer.identity_verified = true;
    answer.others.resize(1);
    CHECK(mentions(text_of(answer), "others passed it on (Article 17(2) GDPR).\n\n"));
    CHECK_FALSE(mentions(text_of(answer), "we told them too"));
    answer.others[0].told = true;
    CHECK(mentions(text_of(answer), "As far as we could, we told them too."));
    answer.others.clear();
    answer.state = privacy::RequestState::InProgress;
    CHECK_FALSE(mentions(text_of(answer), "servers below"));
}

TEST_CASE("Why something is held is said with the article, until it is released", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    const std::vector kept{Personal<std::string>{note(1)}};
    REQUIRE(office.desk.hold(
        Office::act(number, "police order 17"), kept, privacy::RefusalGround::LegalObligation));
    for (const auto* language : {"en", "de", "fr", "nl", "es", "it", "pl"}) {
        CAPTURE(language);
        CHECK(mentions(text_of(*office.desk.answer(number), language), "police order 17"));
    }
    const auto answer = *office.desk.answer(number);
    CHECK(mentions(text_of(answer), "(Article 17(3)(b) GDPR). police order 17\n"));
    CHECK(json_of(answer).at("refusals").at(0).at("ground") == "17(3)(b)");
    CHECK(json_of(answer).at("refusals").at(0).at("whole") == false);
    REQUIRE(office.desk.release_hold(Office::act(number), kept));
    CHECK_FALSE(mentions(text_of(*office.desk.answer(number)), "police order 17"));
}

TEST_CASE("Who withdrew is not told what would have been kept, and why", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    REQUIRE(office.hold(number, {note(1)}));
    CHECK(office.desk.answer(number)->recipients.at(0).profile_stays);
    REQUIRE(office.desk.withdraw(Office::act(number)));
    const auto answer = *office.desk.answer(number);
    CHECK(answer.refusals.empty());
    CHECK(answer.objects_kept == 0);
    CHECK_FALSE(answer.names_remedies);
    CHECK_FALSE(answer.recipients.at(0).profile_stays);
    CHECK_FALSE(mentions(text_of(answer), "What we do not erase"));
}

TEST_CASE("A ground that is over is not told again with a later one", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    office.lies(2, {"a.example"});
    const auto number = office.started();
    const std::vector<Personal<std::string>> kept{personal(note(1))};
    const std::vector<Personal<std::string>> more{personal(note(2))};
    REQUIRE(office.hold(number, {note(1)}));
    REQUIRE(office.desk.release_hold(Office::act(number), kept));
    REQUIRE(office.desk.refuse_partly(
        Office::act(number, "invoices"), {kept, {}}, privacy::RefusalGround::LegalObligation));
    CHECK_FALSE(mentions(text_of(*office.desk.answer(number)), "a court asked"));
    CHECK(mentions(text_of(*office.desk.answer(number)), "invoices"));
    CHECK(office.desk.answer(number)->refusals.size() == 1);

    REQUIRE(office.hold(number, {note(2)}));
    REQUIRE(office.desk.release_hold(Office::act(number), more));
    CHECK(mentions(text_of(*office.desk.answer(number)), "invoices"));  // what it keeps is kept still
}

TEST_CASE("Where all that lies is kept nobody is said to be told", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    REQUIRE(office.hold(number, {note(1)}));
    const auto answer = *office.desk.answer(number);
    REQUIRE(answer.recipients.size() == 1);
    CHECK_FALSE(answer.recipients[0].state);
    CHECK(mentions(text_of(answer), "a.example: not told"));
}

TEST_CASE("Nobody is said to be told later where nothing leaves any more", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example", "b.example"});
    const auto number = office.started();
    CHECK(mentions(text_of(*office.desk.answer(number)), "a.example: will be told"));
    REQUIRE(office.desk.stop(Office::act(number)));
    CHECK(mentions(text_of(*office.desk.answer(number)), "a.example: not told\n"));
    auto sent = office.notice_to(number, "b.example");
    sent.state = NoticeState::Sent;
    sent.left = true;
    office.write(sent);
    REQUIRE(office.desk.close(Office::act(number)));
    const auto answer = *office.desk.answer(number);
    CHECK(mentions(text_of(answer), "a.example: not told\n"));
    CHECK(mentions(text_of(answer), "b.example: told, has not answered everything yet\n"));
    const auto json = json_of(answer);
    CHECK(json.at("recipients").at(0).at("state").is_null());
    CHECK(json.at("recipients").at(0).at("told") == false);
    CHECK(json.at("recipients").at(1).at("told") == true);
}

TEST_CASE("Whom no message reached is not said to be told, in any language", "[erasure][answer]") {
    erasure::Answer answer;
    answer.state = privacy::RequestState::PartlyFulfilled;
    answer.identity_verified = true;
    erasure::AnsweredRecipient one;
    one.host = host("a.example");
    std::set<std::string> texts;
    for (const auto* language : {"en", "de", "fr", "nl", "es", "it", "pl"}) {
        const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", language);
        REQUIRE(words);
        for (const auto state : {NoticeState::VerifiedGone,
                                 NoticeState::StillPresent,
                                 NoticeState::NotVisible,
                                 NoticeState::Escalated}) {
            CAPTURE(language, fediverse::name_of(state));
            one.state = state;
            one.told = false;
            answer.recipients = {one};
            answer.others = {one};
            const auto untold = *erasure::render_answer_text(answer, {}, *words);
            answer.recipients.front().told = answer.others.front().told = true;
            CHECK(texts.insert(untold).second);
            CHECK(texts.insert(*erasure::render_answer_text(answer, {}, *words)).second);
            if (std::string{language} == "en") {
                CHECK(mentions(untold, "a.example: no message reached it; "));
            }
        }
    }
}

TEST_CASE("Whom we told before we gave it up is said to be told, and to keep a copy if we saw it",
          "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example", "b.example", "c.example"});
    const auto number = office.started();
    for (const auto* name : {"a.example", "b.example", "c.example"}) {
        auto notice = office.notice_to(number, name);
        notice.state = NoticeState::Disproportionate;
        notice.reason = "disproportionate: a small server";
        if (name[0] != 'c') {
            notice.left = true;
            notice.acknowledged_at = office.clock.at;
        }
        notice.presence = name[0] == 'a' ? fediverse::Presence::Present : fediverse::Presence::Unknown;
        office.write(notice);
    }
    const auto answer = *office.desk.answer(number);
    const auto text = text_of(answer);
    CHECK(mentions(
        text,
        "a.example: told, confirmed receipt on 22 November 2026, keeps a copy; we do no more, because that "
        "is out of proportion (a small server)\n"));
    CHECK(mentions(
        text,
        "b.example: told, confirmed receipt on 22 November 2026; we do no more, because that is out of "
        "proportion (a small server)\n"));
    CHECK(mentions(text, "c.example: not told, because that is out of proportion (a small server)\n"));
    std::set<std::string> texts;
    for (const auto* language : {"en", "de", "fr", "nl", "es", "it", "pl"}) {
        CAPTURE(language);
        const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", language);
        REQUIRE(words);
        auto one = answer;
        for (std::size_t i = 0; i < answer.recipients.size(); ++i) {
            one.recipients = {answer.recipients[i]};
            one.recipients.front().host = host("a.example");
            CHECK(texts.insert(*erasure::render_answer_text(one, {}, *words)).second);
        }
    }
}

TEST_CASE("Every ground and every state of a notice has its words", "[erasure][answer]") {
    erasure::Answer answer;
    answer.state = privacy::RequestState::PartlyFulfilled;
    answer.identity_verified = true;
    std::set<std::string> lines;
    for (int i = 0; i <= static_cast<int>(NoticeState::Disproportionate); ++i) {
        erasure::AnsweredRecipient told;
        told.host = host("a.example");
        told.state = static_cast<NoticeState>(i);
        answer.recipients = {told};
        const auto text = text_of(answer);
        const auto start = text.find("a.example: ");
        const auto line = text.substr(start, text.find('\n', start) - start);
        CAPTURE(fediverse::name_of(*told.state));
        CHECK(line.size() > std::string{"a.example: "}.size());
        CHECK(lines.insert(line).second);
        // Nothing but a look makes it gone.
        CHECK(mentions(line, "is gone: we looked") == (told.state == NoticeState::VerifiedGone));
    }
    answer.recipients.clear();
    for (int i = 0; i <= static_cast<int>(privacy::RefusalGround::NoGround); ++i) {
        answer.refusals = {{static_cast<privacy::RefusalGround>(i), "because", false}};
        const auto text = text_of(answer);
        CHECK(lines.insert(text).second);
        CHECK(mentions(text, "GDPR"));
    }
}

TEST_CASE("That single posts cannot be looked for is said, and is not the server's refusal",
          "[erasure][answer]") {
    erasure::Answer answer;
    answer.state = privacy::RequestState::Fulfilled;
    answer.identity_verified = true;
    erasure::AnsweredRecipient told;
    told.host = host("a.example");
    told.state = NoticeState::Unprobeable;
    told.told = true;
    std::set<std::string> lines;
    for (const auto* language : {"en", "de", "fr", "nl", "es", "it", "pl"}) {
        CAPTURE(language);
        const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", language);
        REQUIRE(words);
        for (const auto* reason : {"", "no_post_probe"}) {
            told.reason = reason;
            answer.recipients = {told};
            const auto text = *erasure::render_answer_text(answer, {}, *words);
            CHECK_FALSE(mentions(text, "no_post_probe"));
            CHECK(lines.insert(text).second);
            if (std::string{language} == "en") {
                CHECK(mentions(text, "does not let us look") == told.reason.empty());
                CHECK(mentions(text, "no way to look for single posts") == !told.reason.empty());
            }
        }
    }
    const auto json = erasure::render_answer_json(answer, {});
    CHECK(mentions(json, R"("ground": "no_post_probe")"));
}

TEST_CASE("Why a recipient was given up is said in the language of the answer", "[erasure][answer]") {
    erasure::Answer answer;
    answer.state = privacy::RequestState::PartlyFulfilled;
    answer.identity_verified = true;
    erasure::AnsweredRecipient told;
    told.host = host("a.example");
    told.state = NoticeState::Disproportionate;
    std::set<std::string> lines;
    for (const auto* language : {"en", "de", "fr", "nl", "es", "it", "pl"}) {
        CAPTURE(language);
        const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", language);
        REQUIRE(words);
        for (const auto* reason : {"impossible: XYZ", "disproportionate: XYZ", "would_import"}) {
            told.reason = reason;
            answer.recipients = {told};
            answer.others = {told};
            const auto text = *erasure::render_answer_text(answer, {}, *words);
            CHECK(mentions(text, "XYZ") == (told.reason != "would_import"));
            CHECK_FALSE(mentions(text, "would_import"));
            CHECK(mentions(text, "is impossible (XYZ)") ==
                  (std::string{language} == "en" && told.reason[0] == 'i'));
            CHECK_FALSE(mentions(text, "impossible: "));
            CHECK_FALSE(mentions(text, "disproportionate: "));
            CHECK(lines.insert(text).second);
        }
    }
    told.reason = "impossible: the domain has expired";
    answer.recipients = {told};
    const auto json = erasure::render_answer_json(answer, {});
    CHECK(mentions(json, R"("ground": "impossible")"));
    CHECK(mentions(json, R"("reason": "the domain has expired")"));
}

TEST_CASE("What the program notes for operators is told to people as facts, in their language",
          "[erasure][answer]") {
    erasure::Answer answer;
    answer.identity_verified = true;
    erasure::AnsweredRecipient told;
    told.host = host("a.example");
    told.told = true;
    told.messages = 7;
    told.not_taken = 3;
    told.last_status = 503;
    for (const auto state : {NoticeState::Acknowledged,
                             NoticeState::Refused,
                             NoticeState::StillPresent,
                             NoticeState::NotVisible,
                             NoticeState::Unprobeable,
                             NoticeState::Unreachable,
                             NoticeState::Escalated}) {
        told.state = state;
        for (const auto* language : {"en", "de", "fr", "nl", "es", "it", "pl"}) {
            CAPTURE(fediverse::name_of(state), language);
            const auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", language);
            REQUIRE(words);
            told.reason = "Given up XYZ";
            answer.recipients = {told};
            const auto text = *erasure::render_answer_text(answer, {}, *words);
            CHECK_FALSE(mentions(text, "XYZ"));
            CHECK(mentions(text, "3 "));
            CHECK(mentions(text, "HTTP"));
            CHECK(mentions(text, "503"));
        }
    }
    told.state = NoticeState::VerifiedGone;  // whatever it said of single messages
    answer.recipients = {told};
    CHECK_FALSE(mentions(text_of(answer), "503"));
    const auto json = erasure::render_answer_json(answer, {});
    CHECK(mentions(json, R"("ground": null)"));
    CHECK(mentions(json, R"("reason": null)"));
    CHECK(mentions(json, R"("not_taken": 3)"));
    CHECK(mentions(json, R"("last_status": 503)"));

    told = {};
    told.host = host("a.example");
    told.state = NoticeState::Unreachable;
    told.reason = "not_sent: no inbox is known";
    answer.recipients = {told};
    CHECK(mentions(text_of(answer), "a.example: not told: no message was sent to it\n"));
    CHECK(mentions(erasure::render_answer_json(answer, {}), R"("ground": "not_sent")"));
}

TEST_CASE("Who is doubted learns nothing of what is kept", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.opened();
    const std::vector kept{Personal<std::string>{note(1)}};
    REQUIRE(
        office.desk.hold(Office::act(number, "COURT-ORDER"), kept, privacy::RefusalGround::LegalObligation));
    CHECK(mentions(text_of(*office.desk.answer(number)), "COURT-ORDER"));
    REQUIRE(office.desk.ask_identity(Office::act(number, "another address than the account's")));
    const auto answer = *office.desk.answer(number);
    CHECK(answer.objects_kept == 0);
    CHECK_FALSE(mentions(text_of(answer), "COURT-ORDER"));
}

TEST_CASE("What is known of our own copy has its words in every language", "[erasure][answer]") {
    erasure::Answer answer;
    answer.number = records::RequestNumber{1};
    answer.state = privacy::RequestState::PartlyFulfilled;
    answer.identity_verified = true;
    answer.own_gone_at = *parse_rfc3339("2026-11-22T10:00:00Z");
    std::set<std::string> texts;
    for (const auto* language : {"en", "de", "fr", "nl", "es", "it", "pl"}) {
        CAPTURE(language);
        for (const auto copy : {erasure::OwnCopy::Unsaid,
                                erasure::OwnCopy::NotSeenGone,
                                erasure::OwnCopy::SaidGone,
                                erasure::OwnCopy::Gone}) {
            answer.own_copy = copy;
            const auto text = text_of(answer, language);
            CHECK(texts.insert(text).second);
            CHECK(mentions(text, "2026") == (copy == erasure::OwnCopy::Gone));
        }
    }
    CHECK(json_of(answer).at("own_copy") == "gone");
}

TEST_CASE("Every state of a request has its words", "[erasure][answer]") {
    std::set<std::string> texts;
    for (int i = 0; i <= static_cast<int>(privacy::RequestState::Duplicate); ++i) {
        erasure::Answer answer;
        answer.state = static_cast<privacy::RequestState>(i);
        answer.received = *privacy::parse_day("2026-11-22");
        answer.due = *privacy::parse_day("2026-12-22");
        answer.duplicate_of = records::RequestNumber{4};
        CHECK(texts.insert(text_of(answer)).second);
    }
}

TEST_CASE("An extension says why and until when", "[erasure][answer]") {
    Office office;
    const auto number = office.opened();
    REQUIRE(office.desk.extend(Office::act(number, "five thousand servers must be told")));
    const auto answer = *office.desk.answer(number);
    const auto text = text_of(answer);
    CHECK(json_of(answer).at("due") == "2027-02-22");
    CHECK(mentions(text, "five thousand servers"));
    CHECK(mentions(text, "22 February 2027"));
}

TEST_CASE("A person whose key is destroyed is answered without a name", "[erasure][answer]") {
    Office office;
    office.lies(1, {"a.example"});
    const auto number = office.started();
    office.vault.shred(office.alice);
    const auto answer = office.desk.answer(number);
    REQUIRE(answer);
    CHECK(answer->handle.reveal().empty());
    CHECK(answer->recipients.size() == 1);
}

TEST_CASE("A text that is no Mustache is refused", "[erasure][answer]") {
    auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", "en");
    REQUIRE(words);
    words->text = "{{#open}}";
    CHECK(erasure::render_answer_text({}, controller(), *words).error().kind == ErrorKind::Invalid);
    words->text = "{{>server}}";
    words->parts["server"] = "{{#open}}";
    CHECK(erasure::render_answer_text({}, controller(), *words).error().kind == ErrorKind::Invalid);
}
