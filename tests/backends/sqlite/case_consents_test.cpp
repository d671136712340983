/// Consents to transfers, as they lie in the cases' file.

#include "backends/sqlite/case_consents.hpp"

#include <fstream>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"
#include "backends/sqlite/leaf_table.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;
using privacy::Day;
using records::Consent;
using sqlite::OpenMode;
using sqlite::SqliteConsents;

namespace {

const privacy::SubjectNumber kPerson{7};
const privacy::SubjectNumber kOther{8};
const Instant kNow = *parse_rfc3339("2026-11-22T10:15:00Z");

Day day(unsigned number) {
    return Day{std::chrono::year{2026} / 11 / static_cast<int>(number)};
}
privacy::Country country(std::string_view code) {
    return *privacy::Country::parse(code);
}
Consent consent(std::string_view code, const std::string& recipient = "", unsigned given = 1) {
    return {
        kPerson, 0, country(code), recipient.empty() ? Host{} : host(recipient), day(given), {}, "form 17"};
}

struct Book {
    TempDir folder;
    ShreddableKeys keys;
    std::unique_ptr<SqliteConsents> book;

    Book() { reopen(); }
    void reopen() {
        book.reset();
        book = std::move(*SqliteConsents::open_file(file(), keys, OpenMode::ReadWrite));
    }
    [[nodiscard]] std::filesystem::path file() const { return folder / "cases.db"; }
    [[nodiscard]] std::vector<records::ConsentLeaf> leaves() const {
        std::vector<records::ConsentLeaf> found;
        const auto all = (*sqlite::SqliteLeaves::open(LeafStore::Cases, file()))->leaves(0, 100);
        for (const auto& leaf : *all) {
            found.push_back(
                std::get<records::ConsentLeaf>(*records::decode_body(leaf.head.kind, leaf.opening->body)));
        }
        return found;
    }
    [[nodiscard]] std::uint64_t generation() const {
        return (*sqlite::SqliteCases::open_file(file(), keys, OpenMode::ReadOnly))->generation();
    }
    [[nodiscard]] sqlite::CasesCheck check() const {
        return *(*sqlite::SqliteCases::open_file(file(), keys, OpenMode::ReadOnly))->check();
    }
};

}  // namespace

TEST_CASE("A consent is read as it was given, and stays when it is withdrawn", "[cases][consent]") {
    Book b;
    const auto before = b.generation();
    REQUIRE(b.book->give(consent("US"), kNow)->number == 1);
    REQUIRE(b.book->give(consent("US", "a.example", 2), kNow)->number == 2);
    REQUIRE(b.book->give(consent("CA"), kNow)->number == 3);
    CHECK(b.generation() > before);
    const auto withdrawn = b.book->withdraw(kPerson, country("US"), {}, day(20), kNow);
    REQUIRE(withdrawn);
    CHECK(withdrawn->number == 1);
    b.reopen();
    const auto list = b.book->consents(kPerson);
    REQUIRE(list);
    REQUIRE(list->size() == 3);
    CHECK(list->at(0).withdrawn == day(20));
    CHECK(list->at(0).evidence == "form 17");
    CHECK(list->at(1).recipient == host("a.example"));
    CHECK_FALSE(list->at(1).withdrawn);
    CHECK(b.book->consents(kOther)->empty());
    CHECK(b.book->consents()->size() == 3);
    CHECK(b.book->consents()->front().evidence.empty());
    CHECK(b.check().faults.empty());
}

TEST_CASE("A consent carries a transfer from the day it was given until it is withdrawn", "[consent]") {
    auto given = consent("US", "a.example", 5);
    const auto carries = [&](const std::string& to, std::string_view where, unsigned on) {
        return records::carries(given, host(to), country(where), day(on));
    };
    CHECK_FALSE(carries("a.example", "US", 4));
    CHECK(carries("a.example", "US", 5));
    CHECK_FALSE(carries("b.example", "US", 5));
    CHECK_FALSE(carries("a.example", "CA", 5));
    given.withdrawn = day(9);
    CHECK(carries("a.example", "US", 8));
    CHECK_FALSE(carries("a.example", "US", 9));
    given.recipient = Host{};
    CHECK(carries("b.example", "US", 8));
}

TEST_CASE("Every change of a consent has its leaf, without the evidence", "[cases][consent][log]") {
    Book b;
    REQUIRE(b.book->give(consent("US", "a.example"), kNow));
    REQUIRE(b.book->withdraw(kPerson, country("US"), host("a.example"), day(20), kNow));
    REQUIRE(b.book->give(consent("US", "a.example", 21), kNow)->number == 2);
    const auto leaves = b.leaves();
    REQUIRE(leaves.size() == 3);
    const auto first = static_cast<std::uint64_t>(std::chrono::sys_days{day(1)}.time_since_epoch().count());
    CHECK(leaves[0] == records::ConsentLeaf{kPerson, 1, "US", "a.example", first, {}});
    CHECK(leaves[1] == records::ConsentLeaf{kPerson, 1, "US", "a.example", first, first + 19});
    CHECK(leaves[2].number == 2);
    CHECK_FALSE(leaves[2].withdrawn);
}

TEST_CASE("What cannot be a consent is refused, and nothing of it is written", "[cases][consent]") {
    Book b;
    const auto refused = [&](const Consent& wrong) {
        const auto given = b.book->give(wrong, kNow);
        return given ? std::optional<ErrorKind>{} : std::optional{given.error().kind};
    };
    auto silent = consent("US");
    silent.evidence.clear();
    CHECK(refused(silent) == ErrorKind::Invalid);
    silent.evidence = std::string(records::kMaxEvidence + 1, 'x');
    CHECK(refused(silent) == ErrorKind::Invalid);
    CHECK(refused(consent("US", "", 23)) == ErrorKind::Invalid);  // has not come yet
    CHECK(b.book->consents()->empty());
    REQUIRE(b.book->give(consent("US"), kNow));
    CHECK(refused(consent("US")) == ErrorKind::Conflict);
    const auto withdraw = [&](std::string_view code, unsigned on) {
        return b.book->withdraw(kPerson, country(code), {}, day(on), kNow).error();
    };
    REQUIRE(b.book->give(consent("CA", "", 10), kNow));
    CHECK(withdraw("CA", 9).kind == ErrorKind::Invalid);
    CHECK_THAT(withdraw("CA", 9).what, Catch::Contains("before"));
    CHECK(withdraw("CA", 23).kind == ErrorKind::Invalid);
    CHECK_THAT(withdraw("CA", 23).what, Catch::Contains("is still to come"));
    CHECK(withdraw("BR", 20).kind == ErrorKind::NotFound);
    CHECK(b.leaves().size() == 2);
}

TEST_CASE("Shredding removes a person's consents, and nobody else's", "[cases][consent]") {
    Book b;
    auto secret = consent("US");
    secret.evidence = "letter in the green binder";
    REQUIRE(b.book->give(secret, kNow));
    auto other = consent("US");
    other.subject = kOther;
    REQUIRE(b.book->give(other, kNow));
    b.keys.shred(kPerson);
    CHECK(b.book->consents(kPerson)->front().evidence.empty());
    CHECK(b.book->give(consent("CA"), kNow).error().kind == ErrorKind::NotFound);
    REQUIRE(b.book->forget(kPerson));
    CHECK(b.book->consents(kPerson)->empty());
    CHECK(b.book->consents(kOther)->size() == 1);
    CHECK(b.check().faults.empty());
}

TEST_CASE("A consent that is not as it was written is found", "[cases][consent]") {
    Book b;
    REQUIRE(b.book->give(consent("US"), kNow));
    {
        SQLite::Database file{b.file().string(), SQLite::OPEN_READWRITE};
        REQUIRE(file.exec("UPDATE consent SET subject = 8") == 1);
    }
    CHECK(b.book->consents(kOther).error().kind == ErrorKind::Corrupt);
    CHECK(b.check().faults.size() == 1);
}
