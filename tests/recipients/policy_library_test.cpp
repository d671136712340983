#include "recipients/policy_library.hpp"

#include <catch2/catch.hpp>

#include "fakes/policy_archive.hpp"
#include "recipients/here_and_now.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace fedtrail::recipients;
using records::DifferencePiece;
using records::PolicyKind;
using records::PolicyTopic;

namespace {

void keep(FakePolicyArchive& archive, PolicyKind kind, const std::string& words, std::int64_t day) {
    ReadPolicy read;
    read.host = kHost;
    read.kind = kind;
    read.text = Personal<std::string>{words};
    read.sha256[0] = static_cast<std::byte>(day);
    read.at = from_unix_seconds(day * 86'400);
    REQUIRE(archive.keep(std::vector{read}));
}

}  // namespace

TEST_CASE("A recipient's promises, how they changed and what they say", "[policies]") {
    FakePolicyArchive archive;
    const PolicyLibrary library{archive, *parse_policy_rules(policy_file("policy-rules.json"))};
    CHECK(library.history(kHost)->versions.empty());
    CHECK(library.history(kHost)->summary.statements.size() == 7);
    const std::string same =
        "This is the policy of our server, and it is for all of you that have an account with us. ";
    keep(archive, PolicyKind::Privacy, same + "We retain the logs for 30 days.", 1);
    keep(archive, PolicyKind::Terms, "The service is run by the people of Example Foundation.", 2);
    keep(archive, PolicyKind::Privacy, same + "We retain the logs for 3 years.", 3);
    const auto history = *library.history(kHost);
    REQUIRE(history.versions.size() == 3);
    REQUIRE(history.changes.size() == 1);
    CHECK(history.changes[0].from.number == 1);
    CHECK(history.changes[0].to.first_seen == from_unix_seconds(3 * 86'400));
    const auto& pieces = history.changes[0].pieces;
    REQUIRE(pieces.size() == 3);
    CHECK(pieces[0].side == DifferencePiece::Side::Both);
    CHECK(pieces[1] == DifferencePiece{DifferencePiece::Side::Old,
                                       Personal<std::string>{"We retain the logs for 30 days."}});
    CHECK(pieces[2] == DifferencePiece{DifferencePiece::Side::New,
                                       Personal<std::string>{"We retain the logs for 3 years."}});
    CHECK(history.summary.languages == std::vector<std::string>{"en"});
    const auto& retention = history.summary.statements[2];
    CHECK(retention.topic == PolicyTopic::Retention);
    CHECK(retention.sentence->reveal() == "We retain the logs for 3 years.");
    CHECK(retention.version == 2);
    CHECK(history.summary.statements[1].kind == PolicyKind::Terms);
    CHECK_FALSE(history.summary.statements[5].sentence);
}
