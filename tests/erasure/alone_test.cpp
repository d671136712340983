// What is to go from one server alone, or is kept from it, reaches nobody else.

#include <string>
#include <vector>

#include "fedtrail/privacy/erasure_request.hpp"

#include "erasure/courier_house.hpp"
#include "erasure/office.hpp"
#include "erasure/verdict.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::NoticeState;
using Messages = std::vector<std::string>;

namespace {

records::ErasureScope from_these(const std::vector<std::string>& hosts, records::ErasureScope scope = {}) {
    for (const auto& name : hosts) {
        scope.recipients.push_back(host(name));
    }
    return scope;
}

/// A Mastodon, a community host, a relay and a bridge, each with a note.
struct Spreading : Office {
    std::vector<std::string> all{"bridge.example", "lemmy.example", "masto.example", "relay.example"};

    Spreading() {
        knows("lemmy.example", "lemmy");
        knows("masto.example", "mastodon");
        knows("relay.example", "activityrelay");
        knows("bridge.example", "");
        REQUIRE(directory.update(host("bridge.example"), [](RecipientEntry& one) { one.bridge = true; }));
        lies(1, all);
    }
};

void check_kept_from(const records::Notice& notice) {
    CHECK(notice.state == NoticeState::Unreachable);
    CHECK_FALSE(notice.next_at);
    CHECK(notice.reason.find("passes on what it gets") != std::string::npos);
}

}  // namespace

TEST_CASE("Who is removed from one server stays on those that it passes things on to", "[erasure][planner]") {
    Spreading office;
    const auto number = office.started(from_these(office.all));
    check_kept_from(office.notice_to(number, "relay.example"));
    check_kept_from(office.notice_to(number, "bridge.example"));
    // Of the account's own Delete a community host tells nobody.
    CHECK(office.words(office.notice_to(number, "lemmy.example")) == Messages{"actor"});
    CHECK(office.notice_to(number, "lemmy.example").next_at);
    CHECK(office.words(office.notice_to(number, "masto.example")) == Messages{"actor"});

    const auto preview = office.planner.preview(*office.requests.request(number));
    REQUIRE(preview);
    CHECK(preview->totals.unreachable == 2);
}

TEST_CASE("Posts that are to go from a community host alone are left to a letter", "[erasure][planner]") {
    Spreading office;
    const auto number = office.started(from_these({"lemmy.example", "masto.example"}, chosen({1})));
    check_kept_from(office.notice_to(number, "lemmy.example"));
    CHECK(office.words(office.notice_to(number, "masto.example")) == Messages{"delete 1"});
    REQUIRE(office.planner.plan(*office.requests.request(number)));
    check_kept_from(office.notice_to(number, "lemmy.example"));
}

TEST_CASE("Whoever goes everywhere is passed on as before", "[erasure][planner]") {
    Spreading office;
    const auto number = office.started();
    for (const auto& name : office.all) {
        CHECK(office.notice_to(number, name).next_at);
    }
    CHECK(office.words(office.notice_to(number, "lemmy.example")) == Messages{"delete 1", "actor"});
}

TEST_CASE("What is to go from one server alone is not signed so that others believe it",
          "[erasure][courier]") {
    CourierHouse house;
    house.http.server = [](const RemoteRequest&) { return answered(202); };
    const bool alone = GENERATE(true, false);
    CAPTURE(alone);
    const auto number = house.tell({"masto.example"}, "mastodon");
    auto request = *house.requests.request(number);
    request.scope = alone ? from_these({"masto.example"}) : records::ErasureScope{};
    REQUIRE(house.requests.record(request, {}));
    house.work();
    REQUIRE(house.bodies().size() == 1);
    CHECK((house.bodies()[0].find("RsaSignature2017") == std::string::npos) == alone);
}

TEST_CASE("A copy that is seen where a rule lets nothing go is not told anew", "[erasure][verdict]") {
    erasure::Planner::Options options;
    std::string rule = "no-contact";
    options.barred = [&rule](privacy::SubjectNumber, std::span<const Host> hosts) {
        return Result<std::vector<std::string>>{std::vector<std::string>(hosts.size(), rule)};
    };
    Office office{options};
    office.knows("bad.example", "mastodon");
    office.lies(1, {"bad.example"});
    const auto number = office.started();
    auto request = *office.requests.request(number);
    request.state = privacy::RequestState::PartlyFulfilled;
    request.closed_at = office.clock.at;
    REQUIRE(office.requests.record(request, {}));

    auto seen = office.notice_to(number, "bad.example");
    const auto before = std::exchange(seen.state, NoticeState::StillPresent);
    erasure::VerdictPorts ports{
        office.requests, office.notices, office.notices, office.directory, office.clock};
    REQUIRE(erasure::write_verdicts(ports, std::vector{erasure::Verdict{seen, before, {}}}));
    CHECK(office.notice_to(number, "bad.example").state == NoticeState::StillPresent);
    CHECK_FALSE(office.notice_to(number, "bad.example").next_at);

    rule.clear();  // the rule is lifted
    REQUIRE(office.planner.plan(*office.requests.request(number)));
    CHECK(office.notice_to(number, "bad.example").next_at);
    CHECK(office.notice_to(number, "bad.example").state == NoticeState::StillPresent);
}
