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
