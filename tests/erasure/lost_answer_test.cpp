// The origin's own Delete of an account, whose answer a crash lost: what is known of it, and what a later
// refusal means then.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "erasure/courier_house.hpp"
#include "erasure/escalation_policy.hpp"
#include "erasure/office.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fediverse::NoticeState;
using privacy::OutcomeKind;
using records::AttemptResult;

namespace {

constexpr const char* kGts = "gts.example";

class KnownAttempts final : public LedgerEvidence {
public:
    std::vector<ObservedAttempt> attempts;

    Result<std::vector<ObservedAttempt>> attempts_of(privacy::SubjectNumber, const Uri&) const override {
        return attempts;
    }
};

/// A post of Alice's lies there, and the Delete of her account went there, too.
struct Leaver {
    Office office;
    KnownAttempts evidence;
    std::string rule;  ///< That keeps messages from everybody.
    erasure::Planner planner{{office.ledger,
                              office.ledger,
                              office.vault,
                              office.directory,
                              office.notices,
                              office.requests,
                              office.clock,
                              &evidence},
                             office.dialects,
                             options()};
    records::RequestNumber number;

    explicit Leaver(const std::string& software = "gotosocial") {
        office.knows(kGts, software);
        office.ledger.strongest = privacy::Evidence::Accepted;
        office.lies(1, {kGts});
        office.ledger.add(
            kActor + "#delete", kActor, {fediverse::DataCategory::Deletion}, {kGts}, "2026-11-20T10:00:00Z");
        number = office.opened();
    }
    erasure::Planner::Options options() {
        erasure::Planner::Options options;
        options.barred = [this](privacy::SubjectNumber, std::span<const Host> hosts) {
            return Result<std::vector<std::string>>{std::vector<std::string>(hosts.size(), rule)};
        };
        return options;
    }
    void tried(OutcomeKind kind, std::uint16_t status, const std::string& at = "2026-11-20T10:00:00Z") {
        evidence.attempts.push_back({host(kGts), *parse_rfc3339(at), privacy::Channel::Push, {kind, status}});
    }
    std::vector<records::NoticeAttempt> planned() {
        REQUIRE(planner.plan(*office.requests.request(number)));
        return office.notices.history(office.notice_to(number, kGts).number)->attempts;
    }
};

/// One who refuses the account's Delete, and answers `objects` to that of a post, after the origin's own
/// Delete left for it.
struct Refuser : CourierHouse {
    explicit Refuser(int objects_get) {
        http.server = [objects_get](const RemoteRequest& sent) {
            return answered(contains(sent.body, "statuses/") ? objects_get : 403);
        };
        const auto request = open_request();
        const std::vector<Step> steps{{kObject, kPlain, 1, 0}, {kActor, kPlain, 1, 0}};
        REQUIRE(notices.plan(request, objects(1), std::vector{notice(request, kGts, steps, "gotosocial")}));
        NoticeChange change;
        change.attempts.push_back(
            {only(kGts).number, 0, clock.at, AttemptResult::Sent, 0, std::string{"origin"}, {}});
        REQUIRE(notices.apply(change));
        work_on();
    }
};

}  // namespace

TEST_CASE("A Delete of the origin whose answer was lost is written down, once", "[erasure][planner]") {
    Leaver l;
    l.office.ledger.strongest = GENERATE(privacy::Evidence::Accepted, privacy::Evidence::Fetched);
    l.tried(OutcomeKind::Intended, 0);
    l.tried(OutcomeKind::Rejected, 403, "2026-11-20T10:05:00Z");  // the same again, after the crash
    const auto attempts = l.planned();
    REQUIRE(attempts.size() == 1);
    CHECK(attempts[0].scheme == "origin");
    CHECK(attempts[0].result == AttemptResult::Sent);
    CHECK(attempts[0].at == *parse_rfc3339("2026-11-20T10:00:00Z"));
    const auto notice = l.office.notice_to(l.number, kGts);
    CHECK_FALSE(notice.seen_from_origin);  // it is told all the same
    CHECK(notice.steps.size() == 2);
    CHECK(l.planned().size() == 1);
}

TEST_CASE("A Delete of the origin of which it is known what came is no lost one", "[erasure][planner]") {
    SECTION("it was refused, as by who blocks the origin") {
        Leaver l;
        l.tried(OutcomeKind::Rejected, 403);
        CHECK(l.planned().empty());
    }
    SECTION("it was taken in the end") {
        Leaver l;
        l.tried(OutcomeKind::Intended, 0);
        l.tried(OutcomeKind::Accepted, 202, "2026-11-20T10:05:00Z");
        CHECK(l.planned().empty());
    }
    SECTION("what was lost was something before it") {
        Leaver l;
        l.tried(OutcomeKind::Intended, 0, "2026-11-19T10:00:00Z");
        l.tried(OutcomeKind::Rejected, 403);
        CHECK(l.planned().empty());
    }
    SECTION("the server never took anything") {
        Leaver l;
        l.office.ledger.strongest = privacy::Evidence::Sent;
        l.tried(OutcomeKind::Intended, 0);
        CHECK(l.planned().empty());
    }
    SECTION("it took something afterwards") {
        Leaver l;
        l.tried(OutcomeKind::Intended, 0);
        l.office.ledger.add(note(2) + "/activity",
                            note(2),
                            {fediverse::DataCategory::PostText},
                            {kGts},
                            "2026-11-20T10:00:01Z");
        CHECK(l.planned().empty());
    }
    SECTION("its software answers the same as before") {
        Leaver l{"snac"};
        l.tried(OutcomeKind::Intended, 0);
        CHECK(l.planned().empty());
    }
}

TEST_CASE("A message of ours that is under way hides no lost answer of the origin", "[erasure][planner]") {
    Leaver l;
    REQUIRE(l.planned().empty());
    const auto add = [&](AttemptResult result, std::uint16_t status) {
        NoticeChange change;
        change.attempts.push_back(
            {l.office.notice_to(l.number, kGts).number, 0, l.office.clock.at, result, status, "cavage", {}});
        REQUIRE(l.office.notices.apply(change));
    };
    add(AttemptResult::Begun, 0);
    l.tried(OutcomeKind::Intended, 0);
    SECTION("it is written down beside that") {
        const auto attempts = l.planned();
        REQUIRE(attempts.size() == 2);
        CHECK(attempts[1].scheme == "origin");
        CHECK(attempts[1].result == AttemptResult::Sent);
        CHECK(l.planned().size() == 2);
    }
    SECTION("but says nothing of what was answered before it") {
        add(AttemptResult::Answered, 202);
        CHECK(l.planned().size() == 2);
    }
}

TEST_CASE("Where a rule lets nothing go a lost answer is written down once it is lifted",
          "[erasure][planner]") {
    Leaver l;
    l.rule = "no-contact";
    l.tried(OutcomeKind::Intended, 0);
    CHECK(l.planned().empty());
    REQUIRE(l.office.notice_to(l.number, kGts).state == NoticeState::Unreachable);
    l.rule.clear();
    CHECK(l.planned().size() == 1);
}

TEST_CASE("A lost answer makes no letter due", "[erasure][escalation]") {
    const auto policy = erasure::EscalationPolicy::parse(policy_text("escalation.json")).value();
    records::Notice notice;
    notice.state = NoticeState::Unreachable;
    NoticeHistory history;
    const auto now = *parse_rfc3339("2026-12-20T10:00:00Z");
    const auto add = [&](const std::string& at, AttemptResult result, const std::string& scheme) {
        history.attempts.push_back({{}, 0, *parse_rfc3339(at), result, 0, scheme, {}});
    };
    SECTION("where a rule came before anything was tried") {
        add("2026-11-20T10:00:00Z", AttemptResult::Sent, "origin");
    }
    SECTION("sooner than what was tried does") {
        add("2026-12-19T10:00:00Z", AttemptResult::Unreachable, "cavage");
        add("2026-11-20T10:00:00Z", AttemptResult::Sent, "origin");
    }
    const auto received = *parse_rfc3339("2026-12-10T10:00:00Z");
    CHECK(policy.due(notice, history, true, received, now) == nullptr);
}

TEST_CASE("403 after a Delete of the origin whose answer was lost says that it arrived", "[erasure]") {
    const Refuser house{403};
    CHECK(house.only(kGts).state == NoticeState::Acknowledged);
    CHECK(house.only(kGts).declined == 0);
    CHECK(house.only(kGts).reason.empty());
}

TEST_CASE("who took a post after it had not got that Delete", "[erasure]") {
    const Refuser house{202};
    CHECK(house.only(kGts).declined == 1);
}
