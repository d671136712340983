#include "fakes/policy_archive.hpp"

#include <catch2/catch.hpp>

#include "backends/openssl/cipher.hpp"
#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using records::PolicyKind;

namespace {

class SqliteArchive {
public:
    [[nodiscard]] PolicyArchive& archive() { return shelf_.directory(); }
    void reopen() { shelf_.reopen(); }

private:
    SqliteShelf shelf_;
};

class FakeArchive {
public:
    [[nodiscard]] PolicyArchive& archive() { return archive_; }
    void reopen() {}

private:
    FakePolicyArchive archive_;
};

ReadPolicy read_at(std::int64_t seconds, const std::string& words, PolicyKind kind = PolicyKind::Privacy) {
    ReadPolicy read;
    read.host = host("a.example");
    read.kind = kind;
    read.url = "https://a.example/privacy";
    read.language = "en";
    read.text = Personal<std::string>{words};
    read.sha256 = (*openssl::OpensslCipher::make())->sha256(bytes_of(words));
    read.at = at(seconds);
    return read;
}

PolicyKept keep(PolicyArchive& archive, const ReadPolicy& read) {
    return archive.keep(std::vector{read})->front();
}

}  // namespace

TEMPLATE_TEST_CASE("Every wording of a policy is kept with its time",
                   "[policies]",
                   SqliteArchive,
                   FakeArchive) {
    TestType shelf;
    CHECK(shelf.archive().versions(host("a.example"))->empty());
    CHECK(keep(shelf.archive(), read_at(1, "We keep all.")) == PolicyKept::First);
    CHECK(keep(shelf.archive(), read_at(2, "We keep all.")) == PolicyKept::Unchanged);
    CHECK(keep(shelf.archive(), read_at(3, "We keep nothing.")) == PolicyKept::Changed);
    CHECK(keep(shelf.archive(), read_at(4, "We keep all.")) == PolicyKept::Changed);
    CHECK(keep(shelf.archive(), read_at(4, "", PolicyKind::Terms)) == PolicyKept::First);
    shelf.reopen();
    const auto versions = *shelf.archive().versions(host("a.example"));
    REQUIRE(versions.size() == 4);
    CHECK(versions[0].number == 1);
    CHECK(versions[0].first_seen == at(1));
    CHECK(versions[0].last_seen == at(2));
    CHECK(versions[0].octets == 12);
    CHECK(versions[0].sha256 == read_at(1, "We keep all.").sha256);
    CHECK(versions[0].url == "https://a.example/privacy");
    CHECK(versions[0].language == "en");
    CHECK_FALSE(versions[0].cut);
    CHECK(versions[2].number == 3);
    CHECK(versions[3].kind == PolicyKind::Terms);
    CHECK(shelf.archive().text(versions[1])->reveal() == "We keep nothing.");
    CHECK(shelf.archive().text(versions[3])->reveal().empty());
    CHECK(shelf.archive().versions(host("b.example"))->empty());
    auto seen = read_at(9, "");
    seen.unchanged = true;
    seen.url.clear();
    CHECK(keep(shelf.archive(), seen) == PolicyKept::Unchanged);
    CHECK(shelf.archive().versions(host("a.example"))->at(2).last_seen == at(9));
    CHECK(shelf.archive().versions(host("a.example"))->at(2).url == "https://a.example/privacy");
    seen.kind = PolicyKind::Imprint;
    CHECK(keep(shelf.archive(), seen) == PolicyKept::Unchanged);
    CHECK(shelf.archive().versions(host("a.example"))->size() == 4);
    auto other = versions[1];
    other.number = 9;
    CHECK(shelf.archive().text(other).error().kind == ErrorKind::NotFound);
}

TEST_CASE("What changed is listed over all hosts, the newest first", "[policies]") {
    SqliteShelf shelf;
    auto& book = shelf.directory();
    const auto at_host = [](const char* name, std::int64_t seconds, const std::string& words) {
        auto read = read_at(seconds, words);
        read.host = host(name);
        return read;
    };
    keep(book, at_host("b.example", 1, "One."));
    keep(book, at_host("b.example", 5, "Two."));
    keep(book, at_host("a.example", 2, "One."));
    keep(book, at_host("a.example", 3, "One."));  // the same: nothing changed
    keep(book, read_at(4, "Terms.", PolicyKind::Terms));
    keep(book, at_host("c.example", 1, "One."));
    keep(book, at_host("c.example", 9, "Two."));
    const auto changes = *book.policy_changes(at(0));
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].to.host.text() == "c.example");
    CHECK(changes[0].from == 1);
    CHECK(changes[0].to.number == 2);
    CHECK(changes[0].to.first_seen == at(9));
    CHECK(changes[1].to.host.text() == "b.example");
    CHECK(book.policy_changes(at(9))->size() == 1);
    CHECK(book.policy_changes(at(10))->empty());
    for (int i = 1; i <= 60; ++i) {
        keep(book, at_host("d.example", 100 + i, "Version " + std::to_string(i)));
    }
    const auto many = *book.policy_changes(at(100));
    REQUIRE(many.size() == 49);
    CHECK(many.back().from == 1);  // those between are not kept
    CHECK(many.back().to.number == 12);
}

TEMPLATE_TEST_CASE("Of many wordings the first and the newest stay",
                   "[policies]",
                   SqliteArchive,
                   FakeArchive) {
    TestType shelf;
    for (int i = 1; i <= 60; ++i) {
        keep(shelf.archive(), read_at(i, "Version " + std::to_string(i)));
    }
    const auto versions = *shelf.archive().versions(host("a.example"));
    REQUIRE(versions.size() == 50);
    CHECK(versions.front().number == 1);
    CHECK(versions[1].number == 12);
    CHECK(versions.back().number == 60);
    CHECK(shelf.archive().text(versions.front())->reveal() == "Version 1");
    CHECK(shelf.archive().text(versions.back())->reveal() == "Version 60");
}
