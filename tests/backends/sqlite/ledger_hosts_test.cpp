#include "backends/sqlite/ledger_hosts.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using fedtrail::Host;
using fedtrail::sqlite::HostBook;

namespace {

struct Fact {
    std::uint32_t recipient{};
};

/// Hosts 1 to `count`, whose names sort in no order of their numbers.
HostBook book_of(std::uint32_t first, std::uint32_t last, HostBook book = {}) {
    for (auto number = first; number <= last; ++number) {
        book.add(*Host::parse("h" + std::to_string(number * 7919 % 1000) + ".example"));
    }
    return book;
}

std::vector<std::string> names(HostBook& book, const std::vector<Fact>& facts) {
    std::vector<std::string> found;
    for (const auto& [place, index] : book.order(facts)) {
        CHECK(book.number_at(place) == facts[index].recipient);
        found.push_back(book.at_place(place).text());
    }
    return found;
}

}  // namespace

TEST_CASE("Facts come in the order of their hosts, few of many and all", "[ledger]") {
    auto book = book_of(1, 300);
    const std::vector<Fact> few{{1}, {2}, {150}, {299}};
    std::vector<Fact> all;
    for (std::uint32_t number = 1; number <= 300; ++number) {
        all.push_back(Fact{number});
    }
    for (const auto& facts : {few, all}) {
        const auto found = names(book, facts);
        CHECK(found.size() == facts.size());
        CHECK(std::is_sorted(found.begin(), found.end()));
    }
}

TEST_CASE("Hosts that come later find their places among the others", "[ledger]") {
    auto book = book_of(1, 100);
    CHECK(book.place_behind("") == 0);
    book = book_of(101, 300, std::move(book));
    CHECK(book.size() == 300);
    for (std::uint32_t number = 1; number <= 300; ++number) {
        CHECK(book.at_place(book.place_of(number)).text() ==
              "h" + std::to_string(number * 7919 % 1000) + ".example");
    }
    const auto third = book.at_place(2).text();
    CHECK(book.place_behind(third) == 3);
    CHECK(book.place_behind("z") == 300);
}
