// Tables of declarations: as many rows as a table may have.

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/declaration_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "host.hpp"
#include "recipients/declare.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::FakeDeclarationBook;
using fedtrail::testing::FakeRecipientDirectory;
using fedtrail::testing::host;

namespace {

std::vector<DeclareOrder> orders_for(int count) {
    std::vector<DeclareOrder> orders;
    for (int i = 0; i < count; ++i) {
        orders.push_back({host("h" + std::to_string(i) + ".example"), {{"country", "DE"}}, "import", "seen"});
    }
    return orders;
}

}  // namespace

TEST_CASE("What is known of many hosts is read for many of them at once", "[recipients][declarations]") {
    FakeDeclarationBook book;
    FakeRecipientDirectory directory;
    REQUIRE(rehearse(book, directory, orders_for(2'500), {}, {}));
    CHECK(directory.asked == 3);
    CHECK(book.asked == 3);
    book.asked = 0;
    CHECK(declare(book, directory, orders_for(2'500), {}, {}).value() == 2'500);
    CHECK(book.words.size() == 2'500);
    CHECK(book.asked == 3);
}

TEST_CASE("An order far behind another finds what that one made of the recipient",
          "[recipients][declarations]") {
    FakeDeclarationBook book;
    FakeRecipientDirectory directory;
    directory.join_to(host("h3.example"), host("www.h3.example"));
    auto orders = orders_for(1'500);
    orders.push_back({host("www.h3.example"), {{"country", "FR"}}, "import", "moved"});
    REQUIRE(declare(book, directory, orders, {}, {}));
    CHECK(book.words[host("h3.example")].empty());
    CHECK(book.words[host("www.h3.example")].at("country").value.reveal() == "FR");
}

/// Each looked through all the others for a day of its own: a minute for these.
TEST_CASE("A word that is said over and over is taken in one go", "[recipients][declarations]") {
    FakeDeclarationBook book;
    std::vector<DeclareOrder> orders{{host("a.example"), {}, "import", "seen"}};
    orders.front().words.assign(300'000, {"basis", "49(1)(c)"});
    REQUIRE(declare(book, orders, {}, {}));
    CHECK(book.words[host("a.example")].size() == 2);
}
