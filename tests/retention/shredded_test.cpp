// Whose key was destroyed is still found by number.

#include "retention/shredded.hpp"

#include <catch2/catch.hpp>

#include "fakes/shredding_books.hpp"
#include "fakes/subject_vault.hpp"

using namespace fedtrail;
using privacy::SubjectNumber;
using retention::find_even_shredded;

TEST_CASE("Somebody who was shredded is found by number, and nobody else who is not there", "[retention]") {
    testing::FakeSubjectVault vault;
    testing::FakeShreddings book;
    const auto anna = vault.enrol(*Uri::parse("https://o.example/users/anna"), "anna");
    REQUIRE(anna);
    book.all = {{SubjectNumber{7}, {}, records::ShredReason::Operator, records::RequestNumber{0}, true}};
    CHECK(find_even_shredded(vault, book, "https://o.example/users/anna") == *anna);
    CHECK(find_even_shredded(vault, book, "7") == SubjectNumber{7});
    for (const auto* nobody : {"8", "7x", " 7", "-7", "", "bert@o.example", "99999999999999999999999"}) {
        CAPTURE(nobody);
        const auto found = find_even_shredded(vault, book, nobody);
        REQUIRE_FALSE(found);
        CHECK(found.error().kind == ErrorKind::NotFound);
    }
    CHECK(*retention::is_shredded(book, SubjectNumber{7}));
    CHECK_FALSE(*retention::is_shredded(book, *anna));
    vault.failure = ErrorKind::Unavailable;
    CHECK(find_even_shredded(vault, book, "7").error().kind == ErrorKind::Unavailable);
}
