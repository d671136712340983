#include <array>
#include <string>

#include <catch2/catch.hpp>

#include "recipients/policy_file.hpp"
#include "recipients/policy_rules.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::policy_file;
using records::PolicyTopic;

namespace {

records::PolicyStatement statement_found(PolicyTopic topic, const std::string& text) {
    static const auto kRules = *parse_policy_rules(policy_file("policy-rules.json"));
    const auto summary = summary_of(kRules, std::array{SummedText{records::PolicyKind::Privacy, 1, text}});
    for (const auto& one : summary.statements) {
        if (one.topic == topic) {
            return one;
        }
    }
    return {};
}

std::string answer_on(PolicyTopic topic, const std::string& text) {
    const auto found = statement_found(topic, text);
    return found.sentence ? found.sentence->reveal() : "";
}

struct NoThenYes {
    PolicyTopic topic;
    std::string no;
    std::string yes;
    std::string rest;  ///< By which the language is known.
};

}  // namespace

TEST_CASE("A promise not to hides no sentence that says yes", "[policies]") {
    const std::string en = "This is the policy of our server, and you are welcome to read all of it with us.";
    const std::string de = "Das ist die Erklärung für die Nutzer, und wir freuen uns, dass Sie sie lesen.";
    const std::string pl = "To jest polityka serwera, o której piszemy dla osób i do osób, które są z nami.";
    for (const auto& one : {
             NoThenYes{PolicyTopic::Sharing,
                       "We do not sell your data to third parties.",
                       "We share your data with partners.",
                       en},
             NoThenYes{PolicyTopic::Advertising,
                       "We don’t show ads to members.",
                       "Guests see ads of our sponsors.",
                       en},
             NoThenYes{PolicyTopic::Training,
                       "We never train AI with private posts.",
                       "Public posts are used to train AI.",
                       en},
             NoThenYes{PolicyTopic::Sharing,
                       "Wir verkaufen Ihre Daten nicht an Dritte.",
                       "Wir übermitteln Ihre Daten an Partner.",
                       de},
             NoThenYes{PolicyTopic::Sharing,
                       "Nie sprzedajemy danych osobom trzecim.",
                       "Przekazujemy dane partnerom.",
                       pl},
         }) {
        CAPTURE(one.no);
        CHECK(answer_on(one.topic, one.no + " " + one.yes + " " + one.rest) == one.yes);
        CHECK(answer_on(one.topic, one.yes + " " + one.no + " " + one.rest) == one.yes);
        CHECK(answer_on(one.topic, one.no + " " + one.rest) == one.no);
        CHECK_FALSE(statement_found(one.topic, one.no + " " + one.yes + " " + one.rest).denied);
        CHECK(statement_found(one.topic, one.no + " " + one.rest).denied);
    }
}

TEST_CASE("How long something is kept is no denial", "[policies]") {
    const std::string first = "We retain addresses for no more than 30 days.";
    CHECK(answer_on(PolicyTopic::Retention,
                    first + " We keep the posts of this server and the names of all of you for ten years.") ==
          first);
    CHECK_FALSE(statement_found(PolicyTopic::Retention,
                                first + " We keep the posts of this server and the names of all of you for "
                                        "ten years.")
                    .denied);
}

TEST_CASE("A no with an exception beside it is no denial", "[policies]") {
    const std::string en =
        " This is the policy of our server, and you are welcome to read all of it with us.";
    const std::string de = " Das ist die Erklärung für die Nutzer, und wir freuen uns, dass Sie sie lesen.";
    const std::string fr = " Le texte est pour vous et pour les membres, que nous aimons dans la paix.";
    for (const auto& sentence : {"We do not share your data with third parties without your consent." + en,
                                 "We never sell your data to third parties, except to our partners." + en,
                                 "Wir geben Ihre Daten nicht ohne Ihre Einwilligung an Dritte weiter." + de,
                                 "Nous ne vendons vos données à des tiers que si vous le voulez." + fr}) {
        CAPTURE(sentence);
        CHECK_FALSE(answer_on(PolicyTopic::Sharing, sentence).empty());
        CHECK_FALSE(statement_found(PolicyTopic::Sharing, sentence).denied);
    }
}

TEST_CASE("A promise not to hides no yes that another rule or language finds", "[policies]") {
    const auto policy = *parse_policy_rules(R"({"format": "fedtrail/policy-rules/1", "languages": {
        "en": {"words": ["we", "you", "the", "of", "our"], "denials": ["not"], "rules": [
            {"name": "en-sell", "topic": "sharing", "all": [["sell"]]},
            {"name": "en-give", "topic": "sharing", "all": [["give"]]}]},
        "de": {"words": ["wir", "sie", "das", "von", "die"], "denials": ["nicht"], "rules": [
            {"name": "de-give", "topic": "sharing", "all": [["geben"]]}]}}})");
    const std::string no =
        "We do not sell the data of you or of our guests, and so we thank you, all of you, for the trust.";
    const std::string yes = "We give the partners of our server all of it.";
    const std::string ja =
        "Wir geben die Daten von Ihnen, die Sie senden, an die Partner, und das, damit wir sie von den "
        "Kosten "
        "der Server, die wir von denen mieten, ganz frei halten.";
    const auto rule_for = [&](const std::string& first, const std::string& second) {
        const auto summary = summary_of(policy,
                                        std::array{SummedText{records::PolicyKind::Privacy, 1, first},
                                                   SummedText{records::PolicyKind::Terms, 1, second}});
        return summary.statements.at(static_cast<std::size_t>(PolicyTopic::Sharing)).rule;
    };
    CHECK(rule_for(no, no) == "en-sell");
    CHECK(rule_for(no + " " + yes, no) == "en-give");
    CHECK(rule_for(no, ja) == "de-give");
}
