#include "fakes/refresh_book.hpp"

#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;

namespace {

class SqliteRefreshes {
public:
    [[nodiscard]] RefreshBook& book() { return shelf_.directory(); }
    void reopen() { shelf_.reopen(); }

private:
    SqliteShelf shelf_;
};

class FakeRefreshes {
public:
    [[nodiscard]] RefreshBook& book() { return book_; }
    void reopen() {}

private:
    FakeRefreshBook book_;
};

std::vector<std::string> names_of(const std::vector<RefreshState>& states) {
    std::vector<std::string> names;
    for (const auto& one : states) {
        names.push_back(one.host.text());
    }
    return names;
}

}  // namespace

TEMPLATE_TEST_CASE("Who is due is claimed once, the longest first",
                   "[refresh]",
                   SqliteRefreshes,
                   FakeRefreshes) {
    TestType shelf;
    CHECK_FALSE(*shelf.book().next_due());
    CHECK(shelf.book().claim(at(100), at(200), 10)->empty());
    REQUIRE(shelf.book().add(std::vector{host("b.example"), host("a.example")}, at(5)));
    REQUIRE(shelf.book().add(std::vector{host("c.example"), host("a.example")}, at(3)));
    CHECK(*shelf.book().next_due() == at(3));
    shelf.reopen();
    CHECK(shelf.book().totals(at(4))->due == 1);
    CHECK(shelf.book().totals(at(5))->hosts == 3);
    CHECK(names_of(*shelf.book().claim(at(5), at(60), 2)) == Names{"c.example", "a.example"});
    CHECK(names_of(*shelf.book().claim(at(5), at(60), 2)) == Names{"b.example"});
    CHECK(shelf.book().claim(at(5), at(60), 2)->empty());
    CHECK(shelf.book().claim(at(59), at(60), 2)->empty());
    CHECK(shelf.book().claim(at(60), at(99), 9)->size() == 3);
    REQUIRE(shelf.book().call_for(std::vector{host("b.example"), host("d.example")}, at(1)));
    CHECK(names_of(*shelf.book().claim(at(60), at(99), 9)) == Names{"b.example", "d.example"});
}

TEMPLATE_TEST_CASE("What is remembered of a recipient is read as it was written",
                   "[refresh]",
                   SqliteRefreshes,
                   FakeRefreshes) {
    TestType shelf;
    RefreshState state;
    state.host = host("a.example");
    state.due = at(9);
    state.failures = 3;
    state.node_info = "https://a.example/n";
    state.node_facts.software = "mastodon";
    state.node_facts.users = 1;
    state.node_facts.registrations_open = false;
    state.instance_facts.contact = Personal<std::string>{"root@a.example"};
    state.instance_facts.account_host = host("example.org");
    state.answers = {{"https://a.example/n", "\"1\"", ""}, {"https://a.example/m", "", "yesterday"}};
    state.aliases = {{host("example.org"), "webfinger"}};
    REQUIRE(shelf.book().put(std::vector{state}));
    CHECK(shelf.book().totals(at(0))->failing == 1);
    shelf.reopen();
    const auto claimed = *shelf.book().claim(at(9), at(10), 1);
    REQUIRE(claimed.size() == 1);
    const auto& read = claimed[0];
    CHECK(read.host == state.host);
    CHECK(read.due == at(10));
    CHECK(read.failures == 3);
    CHECK(read.node_info == state.node_info);
    CHECK(read.node_facts == state.node_facts);
    CHECK(read.instance_facts == state.instance_facts);
    CHECK(read.answers == state.answers);
    CHECK(read.aliases == state.aliases);
}
