/// Looks at the data of somebody whose key is damaged.

#include "backends/sqlite/case_access.hpp"

#include <memory>
#include <utility>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <catch2/catch.hpp>

#include "backends/sqlite/case_shelf.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test of one room
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

/// Keys of which that of subject 1 does not open.
class OneDamagedKey final : public NumberedKeys {
public:
    bool still_whole{};

    [[nodiscard]] Result<Bytes> seal(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView plain) const override {
        return damaged(subject) ? fail(ErrorKind::Corrupt, "the key is damaged")
                                : NumberedKeys::seal(subject, context, plain);
    }
    [[nodiscard]] Result<Bytes> open(privacy::SubjectNumber subject,
                                     std::string_view context,
                                     ByteView sealed) const override {
        return damaged(subject) ? fail(ErrorKind::Corrupt, "the key is damaged")
                                : NumberedKeys::open(subject, context, sealed);
    }

private:
    [[nodiscard]] bool damaged(privacy::SubjectNumber subject) const {
        return subject.get() == 1 && !still_whole;
    }
};

}  // namespace

TEST_CASE("A damaged key does not keep a look for a request from being written down",
          "[sqlite][cases][looks]") {
    const TempDir folder;
    const auto file = folder / "cases.db";
    const OneDamagedKey keys;
    const auto made = sqlite::SqliteAccess::open_file(file, keys, sqlite::OpenMode::ReadWrite);
    REQUIRE(made);
    auto& book = **made;
    const privacy::SubjectNumber damaged{1};
    const privacy::SubjectNumber whole{2};
    REQUIRE(book.record({damaged, at(60), "request", "cli:anna", "request 7", false}));
    REQUIRE(book.record({whole, at(61), "request", "cli:anna", "request 8", false}));
    const auto looks = book.accesses(damaged, 10);
    REQUIRE(looks);
    REQUIRE(looks->size() == 1);
    CHECK(looks->front() == records::Access{damaged, at(60), "request", "cli:anna", "", false});
    CHECK(book.accesses(whole, 10)->front().why == "request 8");
    const SQLite::Database database{file.string(), SQLite::OPEN_READONLY};
    SQLite::Statement leaves{database, "SELECT count(*) FROM leaf"};
    REQUIRE(leaves.executeStep());
    CHECK(leaves.getColumn(0).getInt() == 2);
    // What somebody stated is not dropped without a word.
    for (const auto& [what, why] : {std::pair{"request", "complaint 12"}, std::pair{"bundle", "request 7"}}) {
        const auto stated = book.record({damaged, at(62), what, "cli:anna", why, false});
        REQUIRE_FALSE(stated);
        CHECK(stated.error().kind == ErrorKind::Corrupt);
    }
    CHECK(*book.count(damaged) == 1);
}

TEST_CASE("Looks are listed whose reason a damaged key hides", "[sqlite][cases][looks]") {
    const TempDir folder;
    OneDamagedKey keys;
    const auto made = sqlite::SqliteAccess::open_file(folder / "cases.db", keys, sqlite::OpenMode::ReadWrite);
    REQUIRE(made);
    auto& book = **made;
    const privacy::SubjectNumber damaged{1};
    keys.still_whole = true;
    const records::Access stated{damaged, at(60), "name", "cli:anna", "complaint 12", true};
    const records::Access unstated{damaged, at(61), "disclosures", "cli:anna", "", false};
    REQUIRE(book.record(stated));
    REQUIRE(book.record(unstated));
    CHECK(*book.accesses_past_damage(damaged, 10) == std::vector{unstated, stated});
    keys.still_whole = false;
    CHECK(book.accesses(damaged, 10).error().kind == ErrorKind::Corrupt);
    auto hidden = stated;
    hidden.why.clear();
    hidden.why_lost = true;
    CHECK(*book.accesses_past_damage(damaged, 10) == std::vector{unstated, hidden});
}
