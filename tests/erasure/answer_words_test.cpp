// That all an answer can say has its words, in every language.

#include <set>

#include "erasure/answer_text.hpp"
#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace fedtrail::testing::answers;
using fediverse::NoticeState;

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

TEST_CASE("A text that is no Mustache is refused", "[erasure][answer]") {
    auto words = erasure::load_answer_words(FEDTRAIL_SOURCE_DIR "/policies", "en");
    REQUIRE(words);
    words->text = "{{#open}}";
    CHECK(erasure::render_answer_text({}, controller(), *words).error().kind == ErrorKind::Invalid);
    words->text = "{{>server}}";
    words->parts["server"] = "{{#open}}";
    CHECK(erasure::render_answer_text({}, controller(), *words).error().kind == ErrorKind::Invalid);
}
