/// The letters to operators of other servers, as they read them, in every language.

#include <catch2/catch.hpp>

#include "erasure/letters.hpp"
#include "golden.hpp"
#include "translation.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

erasure::LetterFacts to(const std::string& recipient) {
    erasure::LetterFacts facts;
    facts.controller = {"Origin Foundation", "privacy@origin.example", "dpo@origin.example"};
    facts.origin = *Host::parse("origin.example");
    facts.from_us = true;
    facts.recipient = *Host::parse(recipient);
    facts.reference = "7-12";
    facts.at = *parse_rfc3339("2026-11-22T10:00:00Z");
    return facts;
}

/// It took the Delete of an account, and a look found the copy.
erasure::LetterFacts keeper() {
    auto facts = to("keeps.example");
    facts.account = true;
    facts.things = {Personal<std::string>{"https://origin.example/users/alice"}};
    facts.told = true;
    facts.acknowledged_at = *parse_rfc3339("2026-10-01T10:00:00Z");
    facts.seen_at = *parse_rfc3339("2026-11-02T10:00:00Z");
    facts.first_letter_at = *parse_rfc3339("2026-10-20T10:00:00Z");
    return facts;
}

/// It will not take the Deletes of posts.
erasure::LetterFacts refuser() {
    auto facts = to("refuses.example");
    facts.things = {Personal<std::string>{"https://origin.example/users/alice/statuses/1"},
                    Personal<std::string>{"https://origin.example/users/alice/statuses/2"}};
    facts.more = 1'203;
    facts.told = true;
    facts.refused = true;
    facts.status = 403;
    facts.first_letter_at = *parse_rfc3339("2026-10-20T10:00:00Z");
    return facts;
}

/// No message arrived; nobody is named as data protection officer.
erasure::LetterFacts absentee() {
    auto facts = to("down.example");
    facts.controller.dpo.clear();
    facts.things = {Personal<std::string>{"https://origin.example/users/alice/statuses/1"}};
    facts.more = 1;
    facts.unreachable = true;
    facts.first_letter_at = *parse_rfc3339("2026-10-20T10:00:00Z");
    return facts;
}

/// It had an answer of its own failure for every message.
erasure::LetterFacts failing() {
    auto facts = absentee();
    facts.recipient = *Host::parse("fails.example");
    facts.unreachable = false;
    facts.told = true;
    facts.failing = true;
    facts.status = 500;
    return facts;
}

/// No inbox is known there.
erasure::LetterFacts doorless() {
    auto facts = absentee();
    facts.recipient = *Host::parse("doorless.example");
    facts.unreachable = false;
    facts.not_sent = true;
    return facts;
}

/// Others passed it on to it.
erasure::LetterFacts third_party() {
    auto facts = keeper();
    facts.recipient = *Host::parse("third.example");
    facts.from_us = false;
    return facts;
}

}  // namespace

TEST_CASE("The letters in each language are the approved ones", "[letters][translations][approval]") {
    const auto texts = erasure::LetterTexts::load(FEDTRAIL_SOURCE_DIR "/policies");
    REQUIRE(texts);
    for (const auto language : kLanguages) {
        CAPTURE(language);
        for (const std::string name : {"erasure", "erasure-reminder", "removal", "removal-reminder"}) {
            CAPTURE(name);
            std::string all;
            for (const auto& facts :
                 {keeper(), refuser(), absentee(), failing(), doorless(), third_party()}) {
                const auto letter = texts->write(name, language, language, facts);
                REQUIRE(letter);
                all += "Subject: " + letter->subject + "\n\n" + letter->text + "\n* * *\n\n";
            }
            const auto path = "erasure/golden/letter-" + name + "." + std::string{language} + ".txt";
            CHECK(all == approved(path, all));
        }
    }
}

TEST_CASE("A letter in two languages is the approved one", "[letters][translations][approval]") {
    const auto texts = erasure::LetterTexts::load(FEDTRAIL_SOURCE_DIR "/policies");
    REQUIRE(texts);
    const auto letter = texts->write("erasure", "de", "en", keeper());
    REQUIRE(letter);
    const auto all = "Subject: " + letter->subject + "\n\n" + letter->text;
    CHECK(all == approved("erasure/golden/letter-erasure.de-en.txt", all));
}
