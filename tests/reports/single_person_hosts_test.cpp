/// Which hosts of a server that serves one person another person's report names (GDPR Art. 15(4)).

#include <sstream>
#include <string>

#include <catch2/catch.hpp>

#include "reports/example_reports.hpp"
#include "reports/rendered.hpp"
#include "reports/renderers.hpp"
#include "reports/transfer_report.hpp"

namespace fedtrail::reports::test {

namespace {

/// a.example, one person's, is at three hosts; something went to it and to social.private.example:8443.
TransferReport report_on_three_hosts(bool single_person) {
    Surroundings around;
    small_surroundings(around);
    auto& card = around.known.known.at(host("a.example"));
    card.marks.single_person = single_person;
    card.aliases = {{host("social.private.example"), "webfinger"},
                    {host("diary.private.example"), "nodeinfo"}};
    auto other = card;
    other.host = host("social.private.example:8443");
    other.aliases = {{host("diary.private.example"), "nodeinfo"}, {host("a.example"), "main"}};
    around.known.known[other.host] = other;
    around.ledger.pairs.push_back(around.ledger.pairs.back());
    around.ledger.pairs.back().recipient = other.host;
    return full_report_of(around);
}

std::string json_of_report(const TransferReport& report) {
    std::ostringstream out;
    render_json(report, english(), out);
    return std::move(out).str();
}

}  // namespace

TEST_CASE("Hosts of one person's server that nothing went to are not named", "[reports][gdpr-15-4]") {
    const auto report = report_on_three_hosts(true);
    const auto json = json_of_report(report);
    CHECK_FALSE(contains(json, "diary.private.example"));
    CHECK(contains(json, "social.private.example:8443"));
    CHECK(contains(json, "\"aliases\": [\"social.private.example\"]"));
    CHECK(contains(json, "\"joined_to\": \"a.example\""));
    CHECK(report.totals.hosts == report.totals.recipients + 1);
}

TEST_CASE("Of a server of several people all hosts are named", "[reports][gdpr-15-4]") {
    CHECK(contains(json_of_report(report_on_three_hosts(false)), "diary.private.example"));
}

}  // namespace fedtrail::reports::test
