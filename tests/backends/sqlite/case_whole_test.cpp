/// Reading past what is damaged, with real damage in the files of a vault and of its cases.

#include <memory>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"
#include "backends/sqlite/vault_shelf.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;

namespace {

/// Alice and Bob, whose data a real vault seals.
struct SealedBooks {
    TempDir folder;
    std::unique_ptr<sqlite::SqliteVault> vault;
    std::unique_ptr<sqlite::SqliteCases> cases;

    SealedBooks() {
        open();
        REQUIRE(*vault->enrol(actor("alice"), "alice") == kAlice);
        REQUIRE(*vault->enrol(actor("bob"), "bob") == kBob);
    }

    void open() {
        vault = vault_at(folder / "vault.db");
        cases = std::move(
            *sqlite::SqliteCases::open_file(folder / "cases.db", *vault, sqlite::OpenMode::ReadWrite));
    }
    /// While nothing has the file open, as nothing keeps a key in memory then.
    void damage(const char* file, const std::string& sql) {
        cases.reset();
        vault.reset();
        SQLite::Database database{(folder / file).string(), SQLite::OPEN_READWRITE};
        database.exec("PRAGMA ignore_check_constraints = ON");
        REQUIRE(database.exec(sql) > 0);
        open();
    }
    void damage_key_of(privacy::SubjectNumber who) {
        damage("vault.db",
               "UPDATE subject SET wrapped_key = zeroblob(80) WHERE number = " + std::to_string(who.get()));
    }

    records::ErasureRequest ask(privacy::SubjectNumber who, bool chosen) {
        auto request = request_of(who.get());
        if (chosen) {
            request.scope.kind = records::ScopeKind::Objects;
            request.scope.objects = {Personal<std::string>{"https://origin.example/chosen"}};
        }
        return *cases->open(request,
                            event(privacy::RequestEventKind::Received, privacy::RequestState::Received));
    }
    /// One notice to each of `names`, due a second after one another from `seconds` on.
    records::RequestNumber tell(privacy::SubjectNumber who, const Names& names, std::int64_t seconds) {
        const auto request = started(*cases, who.get());
        std::vector<records::Notice> notices;
        for (const auto& name : names) {
            auto& notice = notices.emplace_back(notice_to(request, name, seconds));
            notice.next_look_at = at(seconds++);
        }
        notices.back().inbox.clear();  // nothing of it is sealed
        REQUIRE(cases->plan(request.number, {}, notices));
        return request.number;
    }
};

NoticeFilter due_first(std::size_t limit) {
    NoticeFilter filter;
    filter.due_at = at(1'000);
    filter.limit = limit;
    return filter;
}

}  // namespace

TEST_CASE("Notices are read past those of one whose key is damaged", "[cases][whole]") {
    SealedBooks books;
    const auto hers = books.tell(kAlice, {"a.example", "b.example", "c.example", "d.example"}, 0);
    const auto his = books.tell(kBob, {"a.example", "b.example", "e.example"}, 100);
    books.damage_key_of(kAlice);

    auto filter = due_first(2);
    SECTION("by the time of their next message") {}
    SECTION("by the time of their next look") {
        filter.look_at = filter.due_at;
        filter.due_at.reset();
    }
    SECTION("by number") {
        filter.due_at.reset();
    }
    const auto page = books.cases->whole_notices(filter);
    REQUIRE(page);
    CHECK(recipients_of(page->rows) == Names{"a.example", "b.example"});
    CHECK(page->rows.front().request == his);
    CHECK(page->passed_over == 4);
    REQUIRE(page->damaged.size() == 4);
    CHECK(page->damaged.front().number == records::NoticeNumber{1});
    CHECK(page->damaged.front().subject == kAlice);
    CHECK(page->damaged.front().error.kind == ErrorKind::Corrupt);
    CHECK(page->whole().error().kind == ErrorKind::Corrupt);

    CHECK(books.cases->notices(filter).error().kind == ErrorKind::Corrupt);
    NoticeFilter of_hers;
    of_hers.request = hers;
    CHECK(books.cases->notices(of_hers).error().kind == ErrorKind::Corrupt);
    NoticeFilter of_his;
    of_his.request = his;
    CHECK(books.cases->notices(of_his)->size() == 3);
}

TEST_CASE("A page ends where the table does, however much of it is damaged", "[cases][whole]") {
    SealedBooks books;
    books.tell(kAlice, {"a.example"}, 0);
    books.damage_key_of(kAlice);
    const auto page = books.cases->whole_notices(due_first(10));
    REQUIRE(page);
    CHECK(page->rows.empty());
    CHECK(page->passed_over == 1);
}

TEST_CASE("One notice that is damaged does not hide the others of its person", "[cases][whole]") {
    SealedBooks books;
    books.tell(kAlice, {"a.example", "b.example", "c.example"}, 0);
    books.damage("cases.db", "UPDATE notice SET facts = zeroblob(40) WHERE number = 2");
    const auto page = books.cases->whole_notices(due_first(2));
    REQUIRE(page);
    CHECK(recipients_of(page->rows) == Names{"a.example", "c.example"});
    CHECK(page->passed_over == 1);
    CHECK(page->damaged.front().number == records::NoticeNumber{2});
    const auto rest = books.cases->whole_notices(due_first(1));
    REQUIRE(rest);
    CHECK(recipients_of(rest->rows) == Names{"a.example"});
    CHECK(rest->passed_over == 0);  // it was not met
}

TEST_CASE("Requests are listed past those that are damaged", "[cases][whole]") {
    SealedBooks books;
    const auto chosen = books.ask(kAlice, true);
    const auto account = books.ask(kAlice, false);
    const auto his = books.ask(kBob, true);
    books.damage_key_of(kAlice);

    RequestFilter filter;
    filter.limit = 2;
    filter.open_only = GENERATE(false, true);
    const auto page = books.cases->whole_requests(filter);
    REQUIRE(page);
    REQUIRE(page->rows.size() == 2);
    CHECK(same(page->rows.front(), account));  // nothing of it is sealed
    CHECK(same(page->rows.back(), his));
    CHECK(page->passed_over == 1);
    REQUIRE(page->damaged.size() == 1);
    CHECK(page->damaged.front().number == chosen.number);
    CHECK(page->damaged.front().subject == kAlice);
    CHECK(page->whole().error().kind == ErrorKind::Corrupt);

    CHECK(books.cases->requests(filter).error().kind == ErrorKind::Corrupt);
    CHECK(books.cases->request(chosen.number).error().kind == ErrorKind::Corrupt);
    CHECK(same(*books.cases->request(his.number), his));
}

TEST_CASE("Books that are whole are read as before", "[cases][whole]") {
    SealedBooks books;
    const auto his = books.tell(kBob, {"a.example", "b.example"}, 0);
    const auto notices = books.cases->whole_notices(due_first(10));
    REQUIRE(notices);
    CHECK(notices->rows.size() == 2);
    CHECK(notices->rows.front().request == his);
    CHECK(notices->whole());
    const auto requests = books.cases->whole_requests({});
    REQUIRE(requests);
    CHECK(requests->rows.size() == 1);
    CHECK(requests->whole());
}
