// A person is forgotten everywhere, whatever fails on the way.

#include <map>

#include <SQLiteCpp/SQLiteCpp.h>

#include "backends/sqlite/leaf_table.hpp"
#include "retention/forgetting_house.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using privacy::RequestState;
using privacy::SubjectNumber;
using records::ShredReason;

namespace {

retention::ShredOrder order_for(SubjectNumber subject) {
    return {subject, ShredReason::Operator, records::RequestNumber{0}, "asked for by letter", "cli"};
}

/// Every blob of the person that lies in one of the files.
std::vector<std::string> blobs_of(const std::filesystem::path& folder, SubjectNumber subject) {
    const std::vector<std::pair<std::string, std::string>> places{
        {"vault.db", "SELECT wrapped_key FROM subject WHERE number = ?"},
        {"vault.db", "SELECT identity FROM subject WHERE number = ?"},
        {"vault.db", "SELECT hash FROM actor_lookup WHERE number = ?"},
        {"ledger.db", "SELECT text FROM shape WHERE subject = ?"},
        {"cases.db", "SELECT sealed FROM access WHERE subject = ? AND sealed IS NOT NULL"},
        {"cases.db",
         "SELECT o.sealed FROM object_part o JOIN request ON number = o.request WHERE subject = ?"},
        {"cases.db",
         "SELECT s.sealed FROM request_scope s JOIN request ON number = s.request WHERE subject = ?"},
        {"cases.db",
         "SELECT e.sealed FROM request_event e JOIN request ON number = e.request WHERE subject = ? AND "
         "e.sealed IS NOT NULL"},
        {"cases.db",
         "SELECT n.sealed FROM notice n JOIN request r ON r.number = n.request WHERE r.subject = ? AND "
         "n.sealed IS NOT NULL"}};
    std::vector<std::string> blobs;
    for (const auto& [file, sql] : places) {
        const SQLite::Database database{(folder / file).string(), SQLite::OPEN_READONLY};
        SQLite::Statement row{database, sql};
        row.bind(1, static_cast<std::int64_t>(subject.get()));
        while (row.executeStep()) {
            blobs.push_back(row.getColumn(0).getString());
        }
    }
    return blobs;
}

std::size_t found_in(const std::vector<std::string>& blobs, const std::string& octets) {
    return static_cast<std::size_t>(std::count_if(blobs.begin(), blobs.end(), [&](const auto& blob) {
        return octets.find(blob.substr(blob.size() / 2, 16)) != std::string::npos;
    }));
}

/// What the log is to take of shreddings.
std::vector<records::ShreddingLeaf> leaves_of(const ForgettingHouse& house) {
    const auto source = must(sqlite::SqliteLeaves::open(LeafStore::Vault, house.folder / "vault.db"));
    std::vector<records::ShreddingLeaf> found;
    for (const auto& leaf : must(source->leaves(0, 100))) {
        const auto body = must(records::decode_body(leaf.head.kind, leaf.opening->body));
        found.push_back(std::get<records::ShreddingLeaf>(body));
    }
    return found;
}

/// A closed case of theirs, of which everything that can be sealed is.
records::RequestNumber case_of(ForgettingHouse& house, SubjectNumber subject) {
    const Personal<std::string> uri{"https://origin.example/notes/" + std::to_string(subject.get())};
    auto request = house.request(subject, RequestState::InProgress);
    request.scope.kind = records::ScopeKind::Objects;
    request.scope.objects.assign(3, uri);
    request.state = RequestState::Fulfilled;
    request.closed_at = house.clock.now();
    request = must(house.cases->record(request,
                                       {house.clock.now(),
                                        privacy::RequestEventKind::ClosedFulfilled,
                                        RequestState::Fulfilled,
                                        "cli",
                                        std::nullopt,
                                        "all is gone"}));
    const std::vector<records::ErasedObject> objects(200, {uri, {}, false});
    records::Notice notice;
    notice.request = request.number;
    notice.recipient = *Host::parse("a.example");
    notice.inbox = "https://a.example/inbox/" + std::to_string(subject.get());
    notice.reason = "they keep a copy";
    notice.steps = {{fediverse::StepKind::DeleteActor, {}, 1, 0}};
    must(house.cases->plan(request.number, objects, std::span{&notice, 1}));
    return request.number;
}

void check_forgotten(ForgettingHouse& house, SubjectNumber subject) {
    CHECK(house.vault->identity(subject).error().kind == ErrorKind::NotFound);
    CHECK(house.ledger->recipients_of(subject, {})->empty());
    for (const auto* host : {"a.example", "b.example"}) {
        const auto there = *house.ledger->subjects_at(*Host::parse(host));
        CHECK(std::find(there.begin(), there.end(), subject) == there.end());
    }
    const auto objections = *house.cases->objections();
    CHECK(std::none_of(objections.begin(), objections.end(), [&](const auto& objection) {
        return objection.subject == subject;
    }));
    CHECK(house.access->accesses(subject, 10)->empty());
    CHECK(house.vault->shreddings()->back().complete);
    CHECK(house.vault->check()->faults.empty());
    CHECK(house.cases->check()->faults.empty());
    const auto ledger = sqlite::check_ledger(house.folder / "ledger.db", *house.vault);
    REQUIRE(ledger);
    INFO((ledger->faults.empty() ? std::string{} : ledger->faults.front()));
    CHECK(ledger->faults.empty());
}

}  // namespace

TEST_CASE("Who is shredded is in no file any more, and their case still is", "[retention]") {
    ForgettingHouse house;
    const auto alice = house.post("alice");
    const auto bob = house.post("bob");
    const auto request = house.request(alice, RequestState::Fulfilled);
    must(house.cases->object({alice, *Host::parse("a.example"), house.clock.now(), request.number}));
    must(house.cases->object({bob, *Host::parse("a.example"), house.clock.now(), {}}));
    must(house.access->record(
        {alice, house.clock.now(), "report", "cli", "a complaint was looked into", true}));
    const auto theirs = blobs_of(house.folder.path(), alice);
    const auto others = blobs_of(house.folder.path(), bob);
    REQUIRE(theirs.size() >= 5);
    REQUIRE(found_in(theirs, house.octets()) == theirs.size());

    CHECK_FALSE(must(house.shredder().shred(order_for(alice))).left);
    check_forgotten(house, alice);
    CHECK(found_in(theirs, house.octets()) == 0);
    CHECK(found_in(others, house.octets()) == others.size());
    CHECK(house.octets().find("alice") == std::string::npos);
    CHECK(house.other.forgotten == std::vector{alice});

    const auto kept = must(house.cases->request(request.number));
    CHECK(kept.subject == alice);
    CHECK(kept.state == RequestState::Fulfilled);
    CHECK(must(house.cases->events(request.number)).front().reason.empty());
    CHECK(house.ledger->recipients_of(bob, {})->size() == 2);
    CHECK(house.cases->objections()->size() == 1);

    const auto leaves = leaves_of(house);
    REQUIRE(leaves.size() == 1);
    CHECK(leaves.front() ==
          records::ShreddingLeaf{alice, "asked for by letter", "cli", {{"objection", 1}, {"person", 1}}});
}

TEST_CASE("Nobody is shredded whose request is open, or of whom something is held for law", "[retention]") {
    ForgettingHouse house;
    auto shredder = house.shredder();
    const auto alice = house.post("alice");
    const auto open = house.request(alice, RequestState::InProgress);
    CHECK(shredder.shred(order_for(alice)).error().kind == ErrorKind::Denied);
    const auto bob = house.post("bob");
    const auto closed = house.request(bob, RequestState::PartlyFulfilled);
    records::ErasedObject held{
        Personal<std::string>{"https://origin.example/users/bob/statuses/1"}, {}, true};
    must(house.cases->plan(closed.number, std::span{&held, 1}, {}));
    const auto refused = shredder.shred(order_for(bob));
    CHECK(refused.error().kind == ErrorKind::Denied);
    CHECK(refused.error().remedy.find("requests wake 2`: `fedtrail requests release 2 --object") !=
          std::string::npos);

    CHECK(house.vault->shreddings()->empty());
    CHECK(house.vault->identity(alice)->handle.reveal() == "alice@origin.example");
    CHECK(house.ledger->recipients_of(bob, {})->size() == 2);
    CHECK(shredder.shred(order_for(SubjectNumber{99})).error().kind == ErrorKind::NotFound);
}

TEST_CASE("What is open of somebody whom a backup brought back ends with them", "[retention]") {
    ForgettingHouse house;
    const auto alice = house.post("alice");
    const auto bob = house.post("bob");
    const auto waits = house.request(alice, RequestState::Received);
    const auto runs = house.request(alice, RequestState::InProgress);
    const auto asked = house.request(alice, RequestState::PausedForInfo);
    const auto closed = house.request(alice, RequestState::Withdrawn);
    const auto bobs = house.request(bob, RequestState::InProgress);
    auto order = order_for(alice);
    order.reason = records::ShredReason::Restored;
    REQUIRE(house.shredder().shred(order));
    CHECK(must(house.cases->request(waits.number)).state == RequestState::Refused);
    CHECK(must(house.cases->request(asked.number)).state == RequestState::Refused);
    CHECK(must(house.cases->request(closed.number)).version == closed.version);
    CHECK(must(house.cases->request(bobs.number)).state == RequestState::InProgress);
    const auto ended = must(house.cases->request(runs.number));
    CHECK(ended.state == RequestState::PartlyFulfilled);
    CHECK(ended.closed_at == house.clock.now());
    const auto events = must(house.cases->events(waits.number));
    REQUIRE(events.size() == 2);
    CHECK(events.back().by == "fedtrail");
    CHECK(events.back().ground == privacy::RefusalGround::NotIdentified);
    CHECK(house.cases->check()->faults.empty());
}

TEST_CASE("Of the cases of somebody who was shredded the account stays, and nothing that names them",
          "[retention]") {
    ForgettingHouse house;
    const auto alice = house.post("alice");
    const auto bob = house.post("bob");
    std::map<SubjectNumber, records::RequestNumber> of;
    for (const auto subject : {alice, bob}) {
        of[subject] = case_of(house, subject);
    }
    const auto theirs = blobs_of(house.folder.path(), alice);
    const auto others = blobs_of(house.folder.path(), bob);
    REQUIRE(theirs.size() >= 10);
    REQUIRE(found_in(theirs, house.octets()) == theirs.size());

    CHECK_FALSE(must(house.shredder().shred(order_for(alice))).left);
    check_forgotten(house, alice);
    CHECK(found_in(theirs, house.octets()) == 0);
    CHECK(found_in(others, house.octets()) == others.size());
    const auto kept = must(house.cases->request(of[alice]));
    CHECK(kept.state == RequestState::Fulfilled);
    CHECK(kept.scope.objects == std::vector<Personal<std::string>>(3));
    CHECK(must(house.cases->objects(kept.number, {})) == std::vector<records::ErasedObject>(200));
    const auto events = must(house.cases->events(kept.number));
    CHECK(events.size() == 2);
    CHECK(events.back().reason.empty());
    NoticeFilter filter;
    filter.request = kept.number;
    const auto notices = must(house.cases->notices(filter));
    REQUIRE(notices.size() == 1);
    CHECK(notices.front().recipient.text() == "a.example");
    CHECK(notices.front().inbox.empty());
    CHECK(notices.front().steps.size() == 1);
    CHECK(must(house.cases->objects(of[bob], {})).front().uri.reveal() == "https://origin.example/notes/2");
    CHECK(must(house.cases->events(of[bob])).back().reason == "all is gone");

    SQLite::Database{(house.folder / "cases.db").string(), SQLite::OPEN_READWRITE}.exec(
        "UPDATE notice SET sealed = x''");  // of bob, too, whose key is there
    CHECK(house.cases->check()->faults.size() == 1);
}

TEST_CASE("As long as a file is read a shredding is not complete, and it is tried again", "[retention]") {
    const auto* const file = GENERATE("vault.db", "ledger.db", "cases.db");
    CAPTURE(file);
    ForgettingHouse house;
    auto shredder = house.shredder();
    const auto alice = house.post("alice");
    must(house.access->record({alice, house.clock.now(), "report", "cli", "a complaint", true}));
    const auto theirs = blobs_of(house.folder.path(), alice);
    SQLite::Database other{(house.folder / file).string(), SQLite::OPEN_READONLY};
    SQLite::Transaction reads{other};
    (void)other.execAndGet("SELECT count(*) FROM sqlite_master");

    const auto shredded = must(shredder.shred(order_for(alice)));
    REQUIRE(shredded.left);
    CHECK(shredded.left->what.find(file) != std::string::npos);
    CHECK(shredder.unfinished());
    CHECK(house.vault->identity(alice).error().kind == ErrorKind::NotFound);
    CHECK_FALSE(house.vault->shreddings()->front().complete);
    CHECK(house.vault->check()->incomplete == 1);
    CHECK(leaves_of(house).empty());
    CHECK(house.ledger->recipients_of(alice, {})->empty());
    const auto still = must(shredder.finish());
    CHECK(still.waiting == 1);
    CHECK(still.left);
    CHECK(house.other.forgotten.size() == 1);  // the stores are not asked again
    CHECK(found_in(theirs, house.octets()) > 0);
    CHECK_FALSE(house.vault->shreddings()->front().complete);

    reads.commit();
    const auto finished = must(shredder.finish());
    CHECK(finished.completed == 1);
    CHECK_FALSE(finished.left);
    CHECK_FALSE(shredder.unfinished());
    check_forgotten(house, alice);
    CHECK(found_in(theirs, house.octets()) == 0);
    const auto leaves = leaves_of(house);
    REQUIRE(leaves.size() == 1);
    CHECK(leaves.front() == records::ShreddingLeaf{alice, "asked for by letter", "cli", {{"person", 1}}});
}

TEST_CASE("What a store could not do is done later, and the key is gone all the same", "[retention]") {
    ForgettingHouse house;
    auto shredder = house.shredder();
    const auto alice = house.post("alice");
    house.other.failures = 1;
    const auto failed = shredder.shred(order_for(alice));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::Unavailable);
    CHECK_THAT(failed.error().what, Catch::Contains("the key of subject 1 is destroyed already"));
    CHECK(house.vault->identity(alice).error().kind == ErrorKind::NotFound);
    CHECK_FALSE(house.vault->shreddings()->front().complete);
    CHECK(leaves_of(house).empty());

    CHECK(must(house.shredder().finish()).completed == 1);
    check_forgotten(house, alice);
    CHECK(leaves_of(house).size() == 1);
    CHECK(must(house.shredder().finish()).completed == 0);
    CHECK(leaves_of(house).size() == 1);
}

TEST_CASE("After a crash between the key and the ledger the rest is done at the next start", "[retention]") {
    ForgettingHouse house;
    const auto alice = house.post("alice");
    house.post("bob");
    // As far as it got: the key, and nothing else.
    must(house.vault->shred({alice, house.clock.now(), ShredReason::Operator, {}, false}));
    CHECK(must(house.shredder().finish()).completed == 1);
    check_forgotten(house, alice);
    CHECK(leaves_of(house) ==
          std::vector{records::ShreddingLeaf{alice, "operator", "fedtrail", {{"person", 1}}}});
}

TEST_CASE("Whoever completes a shredding, the log has why it was and who said so", "[retention]") {
    ForgettingHouse house;
    const auto alice = house.post("alice");
    for (const auto* host : {"a.example", "b.example"}) {
        must(house.cases->object({alice, *Host::parse(host), house.clock.now(), {}}));
    }
    const auto began = house.clock.now();
    house.other.failures = 1;
    REQUIRE_FALSE(house.shredder().shred(order_for(alice)));
    CHECK(must(house.cases->objections()).empty());  // these are gone by then
    house.clock.at += std::chrono::hours{1};
    must(house.shredder().finish());
    check_forgotten(house, alice);
    CHECK(leaves_of(house) == std::vector{records::ShreddingLeaf{
                                  alice, "asked for by letter", "cli", {{"objection", 2}, {"person", 1}}}});
    CHECK(house.vault->shreddings()->front().at == began);
}

TEST_CASE("Who is shredded a second time before the first is complete was so by the first", "[retention]") {
    ForgettingHouse house;
    const auto alice = house.post("alice");
    house.other.failures = 1;
    REQUIRE_FALSE(house.shredder().shred(order_for(alice)));
    auto second = order_for(alice);
    second.why = "asked for again";
    second.by = "cli:anna";
    must(house.shredder().shred(second));
    CHECK(leaves_of(house) ==
          std::vector{records::ShreddingLeaf{alice, "asked for by letter", "cli", {{"person", 1}}}});
}

TEST_CASE("If the ledger cannot be reached the key stays, and nothing is forgotten", "[retention]") {
    ForgettingHouse house;
    const auto alice = house.post("alice");
    house.stop();
    const auto failed = house.shredder().shred(order_for(alice));
    REQUIRE_FALSE(failed);
    CHECK(failed.error().kind == ErrorKind::Unavailable);
    CHECK_THAT(failed.error().what, !Catch::Contains("destroyed"));
    CHECK(house.vault->identity(alice));
    CHECK(house.vault->shreddings()->empty());
    CHECK(house.other.forgotten.empty());
}

TEST_CASE("Whose key is damaged can be shredded all the same, and keeps nobody else", "[retention]") {
    ForgettingHouse house;
    const auto alice = house.post("alice");
    const auto bob = house.post("bob");
    const auto carol = house.post("carol");
    const auto open = case_of(house, alice);
    const auto waits = house.request(alice, RequestState::InProgress);
    house.clock.at += std::chrono::hours{1};
    must(house.recorder->fold_settled(std::nullopt));
    SQLite::Database{(house.folder / "vault.db").string(), SQLite::OPEN_READWRITE}.exec(
        "UPDATE subject SET wrapped_key = randomblob(80) WHERE number = " + std::to_string(alice.get()));
    // She has recipients in common with both; the vault forgets what it had in memory.
    must(house.shredder().shred(order_for(carol)));
    REQUIRE(must(house.vault->key_is_damaged(alice)));
    CHECK_FALSE(must(house.vault->key_is_damaged(bob)));
    CHECK_FALSE(must(house.vault->key_is_damaged(carol)));
    REQUIRE(house.cases->request(open).error().kind == ErrorKind::Corrupt);

    must(house.shredder().shred(order_for(bob)));
    CHECK_FALSE(must(house.shredder().shred(order_for(alice))).left);
    check_forgotten(house, bob);
    check_forgotten(house, alice);
    CHECK(must(house.cases->request(waits.number)).state == RequestState::PartlyFulfilled);
    CHECK(leaves_of(house).size() == 3);
}

TEST_CASE("What is found by the name alone is forgotten while there is one, or the key stays",
          "[retention]") {
    /// Whether the vault knew the person when it was asked.
    class ByName final : public Forgetter {
    public:
        explicit ByName(const SubjectVault& vault) : vault_(vault) {}
        Result<void> forget(SubjectNumber subject) override {
            named.push_back(vault_.identity(subject).has_value());
            return failure ? Result<void>{fail(*failure, "the fake store was told to fail")} : Result<void>{};
        }
        std::optional<ErrorKind> failure = ErrorKind::Denied;
        std::vector<bool> named;

    private:
        const SubjectVault& vault_;
    };
    ForgettingHouse house;
    const auto alice = house.post("alice");
    ByName by_name{*house.vault};
    auto ports = house.shredder_ports();
    ports.by_name = {&by_name};
    retention::Shredder shredder{std::move(ports)};
    CHECK(shredder.shred(order_for(alice)).error().kind == ErrorKind::Denied);
    CHECK(house.vault->identity(alice));
    CHECK(house.vault->shreddings()->empty());
    by_name.failure = std::nullopt;
    must(shredder.shred(order_for(alice)));
    CHECK(by_name.named == std::vector{true, true});
    check_forgotten(house, alice);
}
