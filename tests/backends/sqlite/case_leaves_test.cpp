/// What the log is told of cases.

#include <map>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/case_access.hpp"
#include "backends/sqlite/case_shelf.hpp"
#include "backends/sqlite/case_story.hpp"
#include "backends/sqlite/leaf_table.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using sqlite::OpenMode;
using sqlite::SqliteCases;
using sqlite::SqliteLeaves;

namespace {

std::map<records::LeafKind, std::vector<records::LeafBody>> leaves_in(const std::filesystem::path& file) {
    std::map<records::LeafKind, std::vector<records::LeafBody>> found;
    const auto leaves = (*SqliteLeaves::open(LeafStore::Cases, file))->leaves(0, 10'000);
    REQUIRE(leaves);
    std::uint64_t expected = 1;
    for (const auto& leaf : *leaves) {
        REQUIRE(leaf.sequence == expected++);
        REQUIRE(leaf.opening);
        REQUIRE(leaf.digest == records::digest_of(leaf.opening->salt, leaf.opening->body));
        const auto body = records::decode_body(leaf.head.kind, leaf.opening->body);
        REQUIRE(body);
        found[leaf.head.kind].push_back(*body);
    }
    return found;
}

}  // namespace

TEST_CASE("Every event of a case has its leaf", "[cases][log]") {
    const TempDir folder;
    const NumberedKeys keys;
    const auto file = folder / "cases.db";
    const auto cases = SqliteCases::open_file(file, keys, OpenMode::ReadWrite);
    REQUIRE(cases);
    for (std::size_t number = 0; number < 12; ++number) {
        REQUIRE(act(**cases, number));
    }
    auto leaves = leaves_in(file);
    std::size_t events = 0;
    const auto requests = (*cases)->requests({});
    for (const auto& request : *requests) {
        const auto history = (*cases)->events(request.number);
        for (std::size_t place = 0; place < history->size(); ++place) {
            const auto& leaf =
                std::get<records::RequestEventLeaf>(leaves[records::LeafKind::RequestEvent].at(events++));
            CHECK(leaf.request == request.number);
            CHECK(leaf.place == place);
            CHECK(leaf.subject == request.subject);
            CHECK(leaf.kind == (*history)[place].kind);
            CHECK(leaf.state == (*history)[place].state);
            CHECK(leaf.words.has_value() == !(*history)[place].reason.empty());
        }
    }
    CHECK(leaves[records::LeafKind::RequestEvent].size() == events);
    std::size_t attempts = 0;
    const auto notices = (*cases)->notices({});
    for (const auto& notice : *notices) {
        const auto history = (*cases)->history(notice.number);
        for (const auto& attempt : history->attempts) {
            attempts += attempt.result == records::AttemptResult::Begun ? 0 : 1;
        }
    }
    CHECK(attempts == 24);
    CHECK(leaves[records::LeafKind::NoticeAttempt].size() == attempts);
    CHECK(leaves[records::LeafKind::NoticeState].size() == notices->size());  // all were sent, once
    REQUIRE(leaves[records::LeafKind::Objection].size() == 2);
    const auto objection = (*cases)->objections()->front();
    REQUIRE((*cases)->object(objection));  // known already: nothing happened
    REQUIRE((*cases)->lift(objection.subject, objection.recipient));
    REQUIRE((*cases)->lift(objection.subject, objection.recipient));
    leaves = leaves_in(file);
    REQUIRE(leaves[records::LeafKind::Objection].size() == 3);
    CHECK(std::get<records::ObjectionLeaf>(leaves[records::LeafKind::Objection].back()).lifted);
}

TEST_CASE("What a person was told is kept with the salt of its digest, and goes with them", "[cases][log]") {
    const TempDir folder;
    ShreddableKeys keys;
    const auto file = folder / "cases.db";
    const auto cases = SqliteCases::open_file(file, keys, OpenMode::ReadWrite);
    REQUIRE(cases);
    records::ErasureRequest wanted;
    wanted.subject = privacy::SubjectNumber{101};
    wanted.received_at = at(60);
    wanted.state = privacy::RequestState::InProgress;
    using privacy::RequestEventKind;
    const auto event = [&](RequestEventKind kind, const std::string& reason) {
        return records::RequestEvent{at(60), kind, wanted.state, "fedtrail", std::nullopt, reason};
    };
    auto request = (*cases)->open(wanted, event(RequestEventKind::Received, "they asked"));
    REQUIRE(request);
    const auto paper = std::string{records::kToldMark} + std::string(records::kMaxTold, 'x');
    for (const auto& words : {std::string{}, std::string{"on the phone"}, paper}) {
        request = (*cases)->record(*request, event(RequestEventKind::Answered, words));
        REQUIRE(request);
    }
    CHECK((*cases)->record(*request, event(RequestEventKind::Answered, paper + "x")).error().kind ==
          ErrorKind::Invalid);
    CHECK((*cases)->record(*request, event(RequestEventKind::Extended, paper)).error().kind ==
          ErrorKind::Invalid);
    const auto told = (*cases)->told(request->number);
    REQUIRE(told);
    REQUIRE(told->size() == 2);
    CHECK((*told)[0].place == 2);
    CHECK((*told)[0].words == "on the phone");
    CHECK((*told)[1].place == 3);
    CHECK((*told)[1].words == paper);
    const auto leaves = leaves_in(file)[records::LeafKind::RequestEvent];
    for (const auto& each : *told) {
        CHECK(std::get<records::RequestEventLeaf>(leaves.at(each.place)).words ==
              ledger::sha256(records::words_message(each.salt, *each.words)));
    }
    const auto last = (*cases)->events(request->number)->back();
    CHECK(records::shown_reason(last) ==
          "the paper itself, " + std::to_string(records::kMaxTold) + " octets");
    keys.shred(wanted.subject);
    const auto forgotten = (*cases)->told(request->number);
    REQUIRE(forgotten);
    REQUIRE(forgotten->size() == 2);
    CHECK_FALSE((*forgotten)[1].words.has_value());
    CHECK((*forgotten)[1].salt.empty());
}

TEST_CASE("A look at somebody's data and its leaf are written together, or neither is", "[cases][log]") {
    const TempDir folder;
    const NumberedKeys keys;
    const auto file = folder / "cases.db";
    const auto book = sqlite::SqliteAccess::open_file(file, keys, OpenMode::ReadWrite);
    REQUIRE(book);
    std::vector<records::Access> looks;
    for (std::uint64_t subject = 1; subject <= 3; ++subject) {
        looks.push_back(
            {privacy::SubjectNumber{subject}, at(60), "export", "cli", "a complaint", subject != 2});
    }
    REQUIRE((*book)->record(looks));
    const auto leaves = leaves_in(file)[records::LeafKind::Access];
    REQUIRE(leaves.size() == looks.size());
    for (std::size_t i = 0; i < looks.size(); ++i) {
        CHECK(std::get<records::AccessLeaf>(leaves[i]) ==
              records::AccessLeaf{looks[i].subject, "export", "cli", {}, looks[i].revealed});
    }
    SQLite::Database{file.string(), SQLite::OPEN_READWRITE}.exec(
        "CREATE TRIGGER full BEFORE INSERT ON leaf WHEN NEW.subject = 2 "
        "BEGIN SELECT RAISE(ABORT, 'no room'); END");
    REQUIRE_FALSE((*book)->record(looks));
    for (const auto& look : looks) {
        CHECK(*(*book)->count(look.subject) == 1);
    }
    CHECK(leaves_in(file)[records::LeafKind::Access].size() == looks.size());
}

TEST_CASE("A look that is over its time takes what its leaf said with it, whoever was shredded",
          "[cases][log]") {
    const TempDir folder;
    const NumberedKeys keys;
    const auto file = folder / "cases.db";
    const auto book = sqlite::SqliteAccess::open_file(file, keys, OpenMode::ReadWrite);
    const auto cases = SqliteCases::open_file(file, keys, OpenMode::ReadWrite);
    REQUIRE(book);
    REQUIRE(cases);
    const privacy::SubjectNumber alice{101};
    const privacy::SubjectNumber ben{102};
    REQUIRE(act(**cases, 0));  // leaves of other kinds stand before it
    const auto first = (*SqliteLeaves::open(LeafStore::Cases, file))->leaves(0, 10'000)->size();
    REQUIRE((*book)->record({ben, at(600), "report", "cli:anna", "", true}));  // a clock that went back
    REQUIRE((*book)->record({alice, at(60), "report", "cli:anna", "a complaint", true}));
    REQUIRE((*book)->record({ben, at(99), "report", "cli:anna", "", true}));
    REQUIRE((*book)->record({ben, at(100), "report", "cli:anna", "", true}));
    REQUIRE((*book)->forget(alice));
    const auto source = SqliteLeaves::open(LeafStore::Cases, file);
    const auto before = *(*source)->leaves(first, 10);
    const auto others = *(*source)->leaves(0, first);
    REQUIRE(before.size() == 4);
    const auto counted = (*book)->drop_before(at(100), true);
    REQUIRE(counted);
    CHECK(counted->dropped == 2);
    CHECK(*(*book)->count(ben) == 3);
    CHECK((*(*source)->leaves(first, 10))[1].opening);
    const auto dropped = (*book)->drop_before(at(100), false);
    REQUIRE(dropped);
    CHECK(dropped->dropped == 2);
    CHECK(*(*book)->count(ben) == 2);
    const auto after = *(*source)->leaves(first, 10);
    REQUIRE(after.size() == before.size());
    for (std::size_t i = 0; i < after.size(); ++i) {
        CHECK(after[i].opening.has_value() == (i == 0 || i == 3));
        CHECK(after[i].head == before[i].head);  // the commitment is what it was
        CHECK(after[i].digest == before[i].digest);
    }
    CHECK((*source)->about(alice)->empty());
    CHECK((*source)->about(ben)->size() == 2);
    const auto others_after = *(*source)->leaves(0, first);
    REQUIRE(others_after.size() == others.size());
    for (std::size_t i = 0; i < others.size(); ++i) {
        CHECK(others_after[i].opening.has_value() == others[i].opening.has_value());
    }
    CHECK((*book)->drop_before(at(100), false)->dropped == 0);
    CHECK((*cases)->check()->faults.empty());
    SQLite::Database database{file.string(), SQLite::OPEN_READONLY};
    SQLite::Statement plan{database,
                           "EXPLAIN QUERY PLAN SELECT sequence, substr(content, 4, 10) FROM leaf "
                           "WHERE substr(content, 1, 3) = x'01010e'"};
    REQUIRE(plan.executeStep());
    CHECK_THAT(plan.getColumn(3).getString(), Catch::Contains("leaf_look"));
}

TEST_CASE("The leaves of a request, and of a subject, can be asked for", "[cases][log]") {
    const TempDir folder;
    const NumberedKeys keys;
    const auto file = folder / "cases.db";
    const auto cases = SqliteCases::open_file(file, keys, OpenMode::ReadWrite);
    for (std::size_t number = 0; number < 12; ++number) {
        REQUIRE(act(**cases, number));
    }
    const auto source = SqliteLeaves::open(LeafStore::Cases, file);
    const auto all = (*source)->leaves(0, 10'000)->size();
    const auto one = (*source)->of(records::RequestNumber{1})->size();
    const auto two = (*source)->of(records::RequestNumber{2})->size();
    CHECK(one + two == all);
    CHECK(one == two);
    const auto subject = (*cases)->request(records::RequestNumber{1})->subject;
    CHECK((*source)->about(subject)->size() > 2);
}
