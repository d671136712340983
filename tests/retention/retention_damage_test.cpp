// One record that is damaged keeps no other of its kind, and what went all the same is in the log.

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/leaf_table.hpp"
#include "retention/forgetting_house.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): the subject of this file
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace): a test
using privacy::RequestState;
using records::LeafCount;

namespace {

constexpr std::chrono::days kFourYears{4 * 366};

class DamagedHouse : public ForgettingHouse {
public:
    Result<retention::RetentionSummary> run(retention::RunKind kind) {
        const auto policy =
            must(retention::RetentionPolicy::parse(R"({"format": "fedtrail/retention/1", "rules": [
            {"kind": "case", "keep_months": 36, "why": "w", "source": ["s"]},
            {"kind": "access", "keep_months": 36, "why": "w", "source": ["s"]}]})"));
        auto shredding = shredder();
        retention::RetentionRun run{{*cases,
                                     *vault,
                                     *ledger,
                                     shredding,
                                     {{"case", cases_expiry.get()}, {"access", access.get()}},
                                     trail,
                                     clock,
                                     {case_files.get()}},
                                    policy};
        return run.run(kind);
    }
    void damage(const std::string& sql) const {
        SQLite::Database{(folder / "cases.db").string(), SQLite::OPEN_READWRITE}.exec(sql);
    }
    [[nodiscard]] std::vector<LeafCount> last_removed() const {
        return trail.all<records::RetentionRunLeaf>().back().removed;
    }

    std::unique_ptr<sqlite::SqliteCaseExpiry> cases_expiry =
        must(sqlite::SqliteCaseExpiry::open_file(folder / "cases.db", *vault));
};

std::string sql_of(records::RequestNumber number) {
    return std::to_string(number.get());
}

}  // namespace

TEST_CASE("An old case that is damaged keeps no other", "[retention][damage]") {
    DamagedHouse house;
    const auto alice = house.post("alice");
    const auto unreadable = house.request(alice, RequestState::Refused).number;
    const auto spoilt = house.request(alice, RequestState::Refused).number;
    const records::ErasedObject object{
        Personal<std::string>{"https://origin.example/users/alice/statuses/1"}, {}, false};
    must(house.cases->plan(spoilt, std::span{&object, 1}, {}));
    const auto whole = house.request(alice, RequestState::Refused).number;
    house.damage("UPDATE request SET facts = zeroblob(length(facts)) WHERE number = " + sql_of(unreadable));
    house.damage("UPDATE object_part SET sealed = zeroblob(length(sealed)) WHERE request = " +
                 sql_of(spoilt));
    house.clock.at += kFourYears;

    CHECK(house.run(retention::RunKind::Count).error().kind == ErrorKind::Corrupt);
    CHECK(house.cases->request(whole));
    CHECK(house.run(retention::RunKind::Quiet).error().kind == ErrorKind::Corrupt);  // it is told
    CHECK(house.cases->request(whole).error().kind == ErrorKind::NotFound);
    CHECK(house.cases->request(spoilt));
    CHECK(house.last_removed() == std::vector<LeafCount>{{"case", 1}});
}

TEST_CASE("An old look whose leaf is damaged keeps no other", "[retention][damage]") {
    DamagedHouse house;
    const auto alice = house.post("alice");
    for (int i = 0; i < 2; ++i) {
        must(house.access->record({alice, house.clock.now(), "report", "cli", "", false}));
    }
    house.damage("UPDATE leaf SET subject = subject + 1 WHERE sequence = 1");
    house.clock.at += kFourYears;
    CHECK(house.run(retention::RunKind::Quiet).error().kind == ErrorKind::Corrupt);  // it is told
    CHECK(house.access->accesses(alice, 10)->empty());
    CHECK(house.last_removed() == std::vector<LeafCount>{{"access", 2}});
    const auto leaves = must(sqlite::SqliteLeaves::open(LeafStore::Cases, house.folder / "cases.db"));
    CHECK_FALSE(must(leaves->leaves(1, 1)).front().opening);
}
