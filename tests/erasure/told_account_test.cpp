// An account's erasure, of whose posts the origin itself deleted some before.

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "erasure/office.hpp"
#include "erasure/plan_shown.hpp"
#include "erasure/told_elsewhere.hpp"
#include "erasure/verdict.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;
using privacy::OutcomeKind;

namespace {

using Words = std::vector<std::string>;

class PostAttempts final : public LedgerEvidence {
public:
    std::map<std::string, std::vector<ObservedAttempt>, std::less<>> by_object;

    Result<std::vector<ObservedAttempt>> attempts_of(privacy::SubjectNumber,
                                                     const Uri& object) const override {
        const auto found = by_object.find(object.text());
        return found == by_object.end() ? std::vector<ObservedAttempt>{} : found->second;
    }
    void add(int number, const std::string& name, Instant at, OutcomeKind kind = OutcomeKind::Accepted) {
        privacy::Outcome outcome;
        outcome.kind = kind;
        by_object[note(number)].push_back({host(name), at, privacy::Channel::Push, outcome});
    }
};

/// Alice's posts 1 and 2 lie at `everybody`; the origin deleted post 1 and told them of it.
struct Expired {
    const Words everybody{"snac.example", "gts.example", "epi.example", "masto.example"};
    Office office;
    PostAttempts evidence;
    erasure::Planner planner{{office.ledger,
                              office.ledger,
                              office.vault,
                              office.directory,
                              office.notices,
                              office.requests,
                              office.clock,
                              &evidence},
                             office.dialects,
                             {}};
    records::RequestNumber seen;

    Expired() {
        office.knows("snac.example", "snac");
        office.knows("gts.example", "gotosocial");
        office.knows("epi.example", "epicyon");  // what it does with a Tombstone is not known
        office.knows("masto.example", "mastodon");
        for (const int number : {1, 2}) {
            office.lies(number, everybody);
            for (const auto& name : everybody) {
                evidence.add(number, name, office.clock.at - 48h);
            }
        }
        seen = deletes(1);
        office.clock.at += 1h;
    }
    records::RequestNumber deletes(int number) {
        auto order = office.order(chosen({number}));
        order.source = records::RequestSource::Observed;
        const auto opened = office.desk.open(order)->number;
        std::vector<records::Notice> notices;
        for (const auto& name : everybody) {
            auto& notice = notices.emplace_back();
            notice.request = opened;
            notice.subject = office.alice;
            notice.recipient = host(name);
            notice.state = NoticeState::Acknowledged;
            notice.seen_from_origin = true;
            notice.acknowledged_at = office.clock.at;
            evidence.add(number, name, office.clock.at);
        }
        REQUIRE(office.notices.plan(opened, {}, notices));
        REQUIRE(office.desk.start(Office::act(opened)));
        return opened;
    }
    /// What the account's erasure sends to each of them.
    std::map<std::string, Words> plan(records::RequestNumber number) {
        REQUIRE(planner.plan(*office.requests.request(number)));
        std::map<std::string, Words> words;
        for (const auto& name : everybody) {
            words[name] = office.words(office.notice_to(number, name));
        }
        return words;
    }
    Words snac() { return plan(office.opened())["snac.example"]; }
    Words left_out(records::RequestNumber number, const std::string& name) {
        const auto places = *erasure::left_out_places(office.requests,
                                                      office.notices,
                                                      &office.dialects,
                                                      *office.requests.request(number),
                                                      office.notice_to(number, name));
        const auto objects = *office.notices.objects(number, {});
        Words uris;
        for (const auto place : places) {
            uris.push_back(objects.at(place).uri.reveal());
        }
        return uris;
    }
};

}  // namespace

TEST_CASE("Of an account only those posts are sent that the origin did not tell of",
          "[erasure][planner][told]") {
    Expired e;
    const auto number = e.office.opened();
    const auto preview = *e.planner.preview(*e.office.requests.request(number));
    CHECK(shown(preview, "snac.example").messages == 1);
    CHECK(shown(preview, "snac.example").told_before == 1);
    CHECK_FALSE(shown(preview, "snac.example").told_by_origin);
    CHECK(shown(preview, "epi.example").told_before == 0);
    CHECK(shown(preview, "masto.example").told_before == 0);

    auto words = e.plan(number);
    CHECK(words["snac.example"] == Words{"delete 2"});
    CHECK(words["gts.example"] == Words{"delete 2", "actor"});
    CHECK(words["epi.example"] == Words{"delete 1", "delete 2"});
    CHECK(words["masto.example"] == Words{"actor"});
    CHECK(e.plan(number) == words);  // planned once more
    // Looks and letters go by these.
    CHECK(e.left_out(number, "snac.example") == Words{note(1)});
    CHECK(e.left_out(number, "epi.example").empty());
    CHECK(e.left_out(number, "masto.example").empty());
    CHECK(*e.planner.told_before(e.office.notice_to(number, "gts.example")) == 1);
}

TEST_CASE("Who was told of all posts by the origin is told of the account", "[erasure][planner][told]") {
    Expired e;
    e.deletes(2);
    e.office.clock.at += 1h;
    const auto number = e.office.opened();
    CHECK(e.plan(number)["snac.example"] == Words{"actor"});
    CHECK(e.left_out(number, "snac.example") == Words{note(1), note(2)});
}

TEST_CASE("What the origin told of before it deleted the account is not sent for that either",
          "[erasure][planner][told]") {
    Expired e;
    auto order = e.office.order();
    order.source = records::RequestSource::Observed;
    CHECK(e.plan(e.office.desk.open(order)->number)["snac.example"] == Words{"delete 2"});
}

TEST_CASE("Of an account a post that the origin told of is sent where a copy may be left",
          "[erasure][planner][told]") {
    Expired e;
    const auto told_at = e.office.clock.at - 1h;
    const Words both{"delete 1", "delete 2"};
    const auto change = [&](records::RequestNumber number, const auto& how) {
        auto notice = e.office.notice_to(number, "snac.example");
        how(notice);
        e.office.write(notice);
    };

    SECTION("the post itself came behind its Delete") {
        e.evidence.add(1, "snac.example", told_at + 5min);
        CHECK(e.snac() == both);
    }
    SECTION("the post came shortly before its Delete") {
        e.evidence.add(1, "snac.example", told_at - 5min);
        CHECK(e.snac() == both);
    }
    SECTION("it came shortly before at another server") {
        e.evidence.add(1, "gts.example", told_at - 5min);
        CHECK(e.snac() == Words{"delete 2"});
    }
    SECTION("the ledger does not know that the Delete was taken") {
        e.evidence.by_object[note(1)].clear();
        CHECK(e.snac() == both);
        e.evidence.add(1, "snac.example", told_at, OutcomeKind::Sent);
        CHECK(e.snac() == both);
    }
    SECTION("an edit of it went there since") {
        e.office.ledger.add(note(1) + "/edit",
                            note(1),
                            {fediverse::DataCategory::PostText},
                            {"snac.example"},
                            format_rfc3339(told_at + 1min));
        CHECK(e.snac() == both);
    }
    SECTION("the copy was seen since") {
        change(e.seen, [](auto& notice) { notice.state = NoticeState::StillPresent; });
        CHECK(e.snac() == both);
    }
    SECTION("a copy was seen in another request of the person") {
        const auto asked = e.office.started(chosen({2}));
        change(asked, [](auto& notice) { notice.state = NoticeState::StillPresent; });
        CHECK(e.snac() == both);
    }
    SECTION("the origin took it back") {
        auto request = *e.office.requests.request(e.seen);
        request.stopped = true;
        REQUIRE(e.office.requests.record(request, {}));
        CHECK(e.snac() == both);
    }
    SECTION("something there is kept, and the account with it") {
        const auto number = e.office.opened();
        REQUIRE(e.office.hold(number, {note(2)}));
        CHECK(e.plan(number)["snac.example"] == Words{"delete 1"});
    }
    SECTION("it passes on what it gets") {
        REQUIRE(e.office.directory.update(host("snac.example"), [](auto& entry) { entry.community = true; }));
        CHECK(e.snac() == both);
    }
}

TEST_CASE("A copy that comes back of an account is told of the posts of which the origin told it, too",
          "[erasure][planner][told]") {
    Expired e;
    e.deletes(2);
    e.office.clock.at += 1h;
    const auto number = e.office.opened();
    CHECK(e.plan(number)["gts.example"] == Words{"actor"});
    settle(e.office, number, "gts.example", NoticeState::VerifiedGone);
    erasure::VerdictPorts ports{e.office.requests,
                                e.office.notices,
                                e.office.notices,
                                e.office.directory,
                                e.office.clock,
                                10min,
                                &e.office.dialects};
    erasure::Verdict verdict;
    verdict.notice = e.office.notice_to(number, "gts.example");
    verdict.before = verdict.notice.state;
    verdict.notice.state = NoticeState::StillPresent;
    REQUIRE(erasure::write_verdicts(ports, std::vector{verdict}));
    CHECK(e.office.words(e.office.notice_to(number, "gts.example")) ==
          Words{"delete 1 wave 2", "delete 2 wave 2", "actor wave 2"});
}
