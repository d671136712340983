// Time passes, and what is over its time goes.

#include "retention/retention_run.hpp"

#include <array>

#include <SQLiteCpp/SQLiteCpp.h>

#include "backends/sqlite/leaf_table.hpp"
#include "retention/forgetting_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using privacy::RequestState;
using privacy::SubjectNumber;
using records::LeafCount;
using retention::RetentionPolicy;
using retention::RetentionRun;
using retention::RetentionSummary;
using retention::RunKind;

namespace {

constexpr std::chrono::days kDay{1};

const RetentionPolicy& policy() {
    static const auto parsed = must(RetentionPolicy::parse(R"({"format": "fedtrail/retention/1", "rules": [
        {"kind": "person", "keep_days": 90, "why": "w", "source": ["s"]},
        {"kind": "case", "keep_months": 36, "to_year_end": true, "why": "w", "source": ["s"]},
        {"kind": "unread_connection", "keep_days": 365, "why": "w", "source": ["s"]},
        {"kind": "gap", "keep_days": 365, "why": "w", "source": ["s"]},
        {"kind": "access", "keep_months": 36, "why": "w", "source": ["s"]}]})"));
    return parsed;
}

class RetentionHouse : public ForgettingHouse {
public:
    RetentionSummary run(RunKind kind = RunKind::Quiet) { return must(try_run(kind)); }
    Result<RetentionSummary> try_run(RunKind kind = RunKind::Quiet) {
        auto shredding = shredder();
        RetentionRun run{{*cases,
                          *vault,
                          *ledger,
                          shredding,
                          {{"case", cases_expiry.get()},
                           {"access", access.get()},
                           {"unread_connection", tunnels.get()},
                           {"gap", gaps.get()}},
                          trail,
                          clock,
                          {ledger_files.get(), case_files.get()}},
                         policy()};
        return run.run(kind);
    }

    [[nodiscard]] std::vector<StoredLeaf> leaves() const { return must(source()->leaves(0, 100)); }
    [[nodiscard]] std::vector<StoredLeaf> leaves_of(records::RequestNumber request) const {
        return must(source()->of(request));
    }
    [[nodiscard]] std::unique_ptr<sqlite::SqliteLeaves> source() const {
        return must(sqlite::SqliteLeaves::open(LeafStore::Cases, folder / "cases.db"));
    }

    using What = sqlite::SqliteLedgerExpiry::What;
    std::unique_ptr<sqlite::SqliteCaseExpiry> cases_expiry =
        must(sqlite::SqliteCaseExpiry::open_file(folder / "cases.db", *vault));
    std::unique_ptr<sqlite::SqliteLedgerExpiry> tunnels =
        must(sqlite::SqliteLedgerExpiry::open_file(folder / "ledger.db", What::UnreadConnections));
    std::unique_ptr<sqlite::SqliteLedgerExpiry> gaps =
        must(sqlite::SqliteLedgerExpiry::open_file(folder / "ledger.db", What::Gaps));
};

}  // namespace

TEST_CASE("A process that starts often applies the policy without a leaf each time", "[retention]") {
    const auto now = from_unix_seconds(1'767'225'600);
    CHECK(retention::first_run(std::nullopt, now) == retention::RunKind::Audited);
    CHECK(retention::first_run(now - std::chrono::hours{23}, now) == retention::RunKind::Quiet);
    CHECK(retention::first_run(now - std::chrono::hours{24}, now) == retention::RunKind::Audited);
    CHECK(retention::first_run(now - std::chrono::hours{72}, now) == retention::RunKind::Audited);
    CHECK(retention::first_run(now + std::chrono::hours{1}, now) == retention::RunKind::Audited);
}

TEST_CASE("What a clock that ran ahead put off is due when the clock is set back", "[retention]") {
    const auto now = *parse_rfc3339("2026-11-28T03:00:00Z");
    CHECK(retention::is_due(Instant{}, now, kDay));
    CHECK(retention::is_due(now, now, kDay));
    CHECK_FALSE(retention::is_due(now + 1ms, now, kDay));
    CHECK_FALSE(retention::is_due(now + kDay, now, kDay));
    CHECK(retention::is_due(now + kDay + 1ms, now, kDay));
    CHECK(retention::is_due(now + 3650 * kDay, now, kDay));
}

TEST_CASE("Whose account was erased is shredded when the time is over, not a day before", "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    house.clock.at += 1h;
    const auto request = house.request(alice, RequestState::Fulfilled);
    house.clock.at += 89 * kDay;
    CHECK(house.run().shredded.empty());
    CHECK(house.run(RunKind::Count).shredded.empty());
    CHECK(house.trail.all<records::RetentionRunLeaf>().empty());
    CHECK(house.run(RunKind::Audited).shredded.empty());
    REQUIRE(house.trail.all<records::RetentionRunLeaf>().size() == 1);  // that there was nothing
    CHECK(house.trail.all<records::RetentionRunLeaf>().front().removed.empty());
    CHECK(house.trail.all<records::RetentionRunLeaf>().front().policy == policy().digest());
    house.clock.at += kDay;
    CHECK(house.run(RunKind::Count).shredded == std::vector{alice});
    REQUIRE(house.vault->identity(alice));  // it was only counted
    CHECK(house.run().shredded == std::vector{alice});
    CHECK(house.vault->identity(alice).error().kind == ErrorKind::NotFound);
    const auto shreddings = *house.vault->shreddings();
    REQUIRE(shreddings.size() == 1);
    CHECK(shreddings.front().reason == records::ShredReason::Retention);
    CHECK(shreddings.front().request == request.number);
    CHECK(house.trail.all<records::RetentionRunLeaf>().back().removed ==
          std::vector<LeafCount>{{"person", 1}});
    CHECK(house.run().shredded.empty());
}

TEST_CASE("Nobody is shredded who still posts, was erased in part, or was refused", "[retention]") {
    RetentionHouse house;
    const auto back = house.post("back");
    const auto some = house.post("some");
    const auto refused = house.post("refused");
    const auto there = house.post("there");
    house.clock.at += 1h;
    (void)house.request(back, RequestState::Fulfilled);
    (void)house.request(refused, RequestState::Refused);
    records::ErasureRequest part;
    part.subject = some;
    part.scope.kind = records::ScopeKind::Matching;
    part.state = RequestState::Fulfilled;
    part.closed_at = house.clock.now();
    (void)must(house.cases->open(part,
                                 {house.clock.now(),
                                  privacy::RequestEventKind::Received,
                                  RequestState::Fulfilled,
                                  "cli",
                                  std::nullopt,
                                  ""}));
    house.clock.at += 30 * kDay;
    (void)house.post("back", 2);
    house.clock.at += 200 * kDay;
    const auto summary = house.run();
    CHECK(summary.shredded.empty());
    CHECK(summary.kept_back == 0);
    CHECK(summary.still_post == 1);
    for (const auto person : {back, some, refused, there}) {
        CHECK(house.vault->identity(person));
    }
}

TEST_CASE("What comes late, is fetched, or takes something back is no post", "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    const std::string actor = "https://origin.example/users/alice";
    const auto seen = [&](const std::string& type, const std::string& object, privacy::Channel channel) {
        records::Observation one;
        one.at = house.clock.now();
        one.recipient = *Host::parse("a.example");
        one.channel = channel;
        one.outcome = {channel == privacy::Channel::Push ? privacy::OutcomeKind::Accepted
                                                         : privacy::OutcomeKind::Fetched,
                       200};
        one.activity.type = type;
        one.activity.object = Personal<std::string>{object};
        if (channel == privacy::Channel::Push) {
            one.activity.id = Personal<std::string>{object + (type == "Create" ? "/activity" : "#" + type)};
        }
        one.activity.visibility = fediverse::Visibility::Public;
        const bool deletes = type == "Delete";
        one.activity.shares = {
            {Personal<std::string>{actor},
             Personal<std::string>{"alice"},
             {deletes ? fediverse::DataCategory::Deletion : fediverse::DataCategory::PostText}}};
        REQUIRE(house.recorder->observe(std::span{&one, 1}));
    };
    house.clock.at += 1h;
    (void)house.request(alice, RequestState::Fulfilled);
    house.clock.at += 2h;
    seen("Delete", actor, privacy::Channel::Push);
    seen("Undo", actor + "/statuses/1", privacy::Channel::Push);
    seen("Create", actor + "/statuses/1", privacy::Channel::Push);  // again: it was known before
    seen("Fetch", actor, privacy::Channel::AnonymousPull);
    seen("Fetch", actor + "/statuses/9", privacy::Channel::SignedPull);
    house.clock.at += 100 * kDay;
    const auto before = house.run(RunKind::Count);
    CHECK(before.shredded == std::vector{alice});
    CHECK(before.still_post == 0);
    house.clock.at -= 50 * kDay;
    seen("Create", actor + "/statuses/2", privacy::Channel::Push);
    house.clock.at += 50 * kDay;
    const auto after = house.run();
    CHECK(after.shredded.empty());
    CHECK(after.still_post == 1);
    CHECK(after.kept_back == 0);
    CHECK(house.vault->identity(alice));
}

TEST_CASE("Whose identity does not open any more is shredded like anybody else", "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    const auto bob = house.post("bob");
    house.clock.at += 1h;
    (void)house.request(alice, RequestState::Fulfilled);
    (void)house.request(bob, RequestState::Fulfilled);
    SQLite::Database{(house.folder / "vault.db").string(), SQLite::OPEN_READWRITE}.exec(
        "UPDATE subject SET identity = zeroblob(length(identity)) WHERE number = " +
        std::to_string(alice.get()));
    REQUIRE(house.vault->identity(alice).error().kind == ErrorKind::Corrupt);
    CHECK(must(house.vault->find(std::to_string(alice.get()))) == alice);
    house.clock.at += 100 * kDay;
    CHECK(house.run().shredded.size() == 2);
    for (const auto person : {alice, bob}) {
        CHECK(house.vault->identity(person).error().kind == ErrorKind::NotFound);
    }
    CHECK(house.vault->check()->faults.empty());
}

TEST_CASE("Of what went by its time no octet is left in a store's log", "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    must(house.access->record({alice, house.clock.now(), "report", "cli", "a complaint", true}));
    const auto sealed = [&] {
        SQLite::Database cases{(house.folder / "cases.db").string(), SQLite::OPEN_READONLY};
        return cases.execAndGet("SELECT sealed FROM access").getString().substr(8, 16);
    }();
    house.clock.at += 1100 * kDay;
    REQUIRE(house.octets().find(sealed) != std::string::npos);
    SQLite::Database other{(house.folder / "cases.db").string(), SQLite::OPEN_READONLY};
    {
        SQLite::Transaction reads{other};
        (void)other.execAndGet("SELECT count(*) FROM access");
        CHECK(house.run().removed == std::vector<LeafCount>{{"access", 1}});  // who reads hinders no run
    }
    (void)house.run();
    CHECK(house.octets().find(sealed) == std::string::npos);
}

TEST_CASE("Somebody who cannot be shredded keeps no other", "[retention]") {
    RetentionHouse house;
    const std::array people{house.post("alice"), house.post("bob"), house.post("carol")};
    house.clock.at += 1h;
    for (const auto person : people) {
        (void)house.request(person, RequestState::Fulfilled);
    }
    house.clock.at += 100 * kDay;
    house.other.failures = 1;
    CHECK(house.try_run().error().kind == ErrorKind::Unavailable);
    for (const auto person : people) {
        CHECK(house.vault->identity(person).error().kind == ErrorKind::NotFound);
    }
    CHECK(house.trail.all<records::RetentionRunLeaf>().back().removed ==
          std::vector<LeafCount>{{"person", 2}});
}

TEST_CASE("A request that is damaged keeps nobody else's data longer", "[retention][damage]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    const auto bob = house.post("bob");
    house.clock.at += 1h;
    const auto hers = house.request(alice, RequestState::Fulfilled);
    (void)house.request(bob, RequestState::Fulfilled);
    SQLite::Database{(house.folder / "cases.db").string(), SQLite::OPEN_READWRITE}.exec(
        "UPDATE request SET facts = zeroblob(length(facts)) WHERE number = " +
        std::to_string(hers.number.get()));
    house.clock.at += 100 * kDay;
    CHECK(house.try_run().error().kind == ErrorKind::Corrupt);  // it is told
    CHECK(house.vault->identity(alice));
    CHECK(house.vault->identity(bob).error().kind == ErrorKind::NotFound);
}

TEST_CASE("Retention says whose key is damaged, and what can be done", "[retention][damage]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    const auto bob = house.post("bob");
    house.clock.at += 1h;
    (void)house.request(alice, RequestState::Fulfilled);
    (void)house.request(bob, RequestState::Fulfilled);
    records::ErasureRequest chosen;  // what was chosen is sealed under her key
    chosen.subject = alice;
    chosen.received_at = house.clock.now();
    chosen.state = RequestState::Fulfilled;
    chosen.closed_at = house.clock.now();
    chosen.scope.kind = records::ScopeKind::Objects;
    chosen.scope.objects = {Personal<std::string>{"https://origin.example/users/alice/statuses/1"}};
    must(house.cases->open(chosen,
                           {house.clock.now(),
                            privacy::RequestEventKind::Received,
                            RequestState::Fulfilled,
                            "cli",
                            std::nullopt,
                            "she asked"}));
    const auto number = std::to_string(alice.get());
    SQLite::Database{(house.folder / "vault.db").string(), SQLite::OPEN_READWRITE}.exec(
        "UPDATE subject SET wrapped_key = randomblob(80) WHERE number = " + number);
    house.clock.at += 100 * kDay;
    must(house.shredder().shred({bob, records::ShredReason::Operator, {}, "she left", "cli"}));
    const auto run = house.try_run();
    REQUIRE_FALSE(run);
    const auto& told = run.error();
    CHECK(told.kind == ErrorKind::Corrupt);
    CHECK(told.what.find("subject " + number + " ") != std::string::npos);
    CHECK(told.remedy.find("fedtrail subjects shred " + number + " ") != std::string::npos);
}

TEST_CASE("Somebody whose time is over waits while another request of theirs is open", "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    house.clock.at += 1h;
    (void)house.request(alice, RequestState::Fulfilled);
    house.clock.at += 100 * kDay;
    auto open = house.request(alice, RequestState::InProgress);
    CHECK(house.run().kept_back == 1);
    CHECK(house.vault->identity(alice));
    open.state = RequestState::Withdrawn;
    open.closed_at = house.clock.now();
    (void)must(house.cases->record(open,
                                   {house.clock.now(),
                                    privacy::RequestEventKind::Withdrawn,
                                    RequestState::Withdrawn,
                                    "cli",
                                    std::nullopt,
                                    ""}));
    CHECK(house.run().shredded == std::vector{alice});
}

TEST_CASE("Whose account was erased twice is shredded when the time after the last is over", "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    house.clock.at += 1h;
    (void)house.request(alice, RequestState::Fulfilled);
    house.clock.at += 60 * kDay;
    (void)house.request(alice, RequestState::PartlyFulfilled);
    house.clock.at += 89 * kDay;
    CHECK(house.run().shredded.empty());
    CHECK(house.vault->identity(alice));
    house.clock.at += kDay;
    CHECK(house.run().shredded == std::vector{alice});
}

TEST_CASE("An old case stays as long as something in it is held for law", "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    const auto request = house.request(alice, RequestState::PartlyFulfilled);
    const std::array objects{
        records::ErasedObject{
            Personal<std::string>{"https://origin.example/users/alice/statuses/1"}, {}, false},
        records::ErasedObject{
            Personal<std::string>{"https://origin.example/users/alice/statuses/2"}, {}, true}};
    must(house.cases->plan(request.number, objects, {}));
    house.clock.at += 5 * 366 * kDay;
    for (const auto kind : {RunKind::Count, RunKind::Quiet}) {
        const auto summary = house.run(kind);
        CHECK(summary.removed.empty());
        CHECK(summary.held == std::vector<LeafCount>{{"case", 1}});
        CHECK(summary.kept_back == 1);
    }
    CHECK(house.cases->request(request.number));
    CHECK(house.vault->identity(alice));
}

TEST_CASE("Old cases go with all that hangs on them, and their numbers are not given again", "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    const auto old = house.request(alice, RequestState::Refused);
    records::Notice notice;
    notice.request = old.number;
    notice.subject = alice;
    notice.recipient = *Host::parse("a.example");
    records::ErasedObject object{
        Personal<std::string>{"https://origin.example/users/alice/statuses/1"}, {}, false};
    must(house.cases->plan(old.number, std::span{&object, 1}, std::span{&notice, 1}));
    house.clock.at += 365 * kDay;
    const auto young = house.request(alice, RequestState::Refused);
    const auto open = house.request(alice, RequestState::InProgress);
    house.clock.at = *parse_rfc3339("2029-12-31T23:59:59Z");
    CHECK(house.run().removed.empty());
    house.clock.at = *parse_rfc3339("2030-01-01T00:00:00Z");
    CHECK(house.run(RunKind::Count).removed == std::vector<LeafCount>{{"case", 1}});
    const auto leaves = house.leaves();
    CHECK(house.run().removed == std::vector<LeafCount>{{"case", 1}});
    const auto after = house.leaves();
    REQUIRE(after.size() == leaves.size());
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        CHECK(after[i].digest == leaves[i].digest);  // the log still adds up
        CHECK(after[i].head == leaves[i].head);
        CHECK(after[i].opening.has_value() == (i > 0));  // the first is the old case's
    }
    CHECK(house.leaves_of(old.number).empty());
    CHECK(house.cases->request(old.number).error().kind == ErrorKind::NotFound);
    CHECK(house.cases->notices({})->empty());
    CHECK(house.cases->request(young.number));
    CHECK(house.cases->request(open.number));
    CHECK(house.cases->check()->faults.empty());
    CHECK(house.request(alice, RequestState::Received).number > open.number);
}

TEST_CASE("Old connections, gaps and looks go, young ones stay", "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    const auto note = [&] {
        house.recorder->tunnel({house.clock.now(), *Host::parse("t.example"), 10, 20});
        house.recorder->gap({house.clock.now(), house.clock.now(), 3});
        must(house.access->record({alice, house.clock.now(), "report", "cli", "", false}));
        (void)house.post("alice");  // the others ride along with its commit
    };
    note();
    house.clock.at += 300 * kDay;
    note();
    house.clock.at += 66 * kDay;
    CHECK(house.run().removed == std::vector<LeafCount>{{"gap", 1}, {"unread_connection", 1}});
    CHECK(house.ledger->totals()->gap_deliveries == 3);
    CHECK(house.ledger->totals()->unread_tunnels == 1);
    CHECK(house.access->accesses(alice, 10)->size() == 2);
    house.clock.at += 731 * kDay;
    CHECK(house.run().removed == std::vector<LeafCount>{{"access", 1}, {"gap", 1}, {"unread_connection", 1}});
    CHECK(house.access->accesses(alice, 10)->size() == 1);
    CHECK(house.vault->check()->faults.empty());
    CHECK(house.cases->check()->faults.empty());
}

TEST_CASE("Of looks at somebody who was shredded the leaf stays open until their time is over",
          "[retention]") {
    RetentionHouse house;
    const auto alice = house.post("alice");
    must(house.access->record({alice, house.clock.now(), "report", "cli:anna", "", true}));
    (void)must(house.shredder().shred({alice, records::ShredReason::Operator, {}, "asked", "cli:anna"}));
    CHECK(house.access->accesses(alice, 10)->empty());
    const auto open = [&house] {
        const auto leaves = house.leaves();
        REQUIRE(leaves.size() == 1);
        return leaves.front().opening.has_value();
    };
    house.clock.at += 1000 * kDay;
    CHECK(house.run().removed.empty());
    CHECK(open());
    house.clock.at += 100 * kDay;
    CHECK(house.run(RunKind::Count).removed == std::vector<LeafCount>{{"access", 1}});
    CHECK(open());
    CHECK(house.run().removed == std::vector<LeafCount>{{"access", 1}});
    CHECK_FALSE(open());
    CHECK(house.run().removed.empty());
}
