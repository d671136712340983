#include <catch2/catch.hpp>

#include "fakes/recipient_directory.hpp"
#include "host.hpp"
#include "recipients/joined_entries.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using namespace fedtrail::testing;

namespace {

void join_many(FakeRecipientDirectory& directory, const std::string& main, int hosts) {
    for (int number = 0; number < hosts; ++number) {
        directory.join_to(host(main), host("h" + std::to_string(number) + "." + main));
    }
}

}  // namespace

TEST_CASE("Who joins very many hosts takes no room from others in the same question",
          "[recipients][joined]") {
    FakeRecipientDirectory directory;
    join_many(directory, "a.test", 500);
    join_many(directory, "b.test", 3);
    join_many(directory, "c.test", 500);
    const std::vector hosts{host("a.test"), host("b.test"), host("c.test"), host("h499.c.test")};
    const auto entries = entries_with_joined(directory, hosts);
    REQUIRE(entries);
    CHECK(entries_of_one(*entries, host("b.test")).size() == 4);
    for (const auto& one : hosts) {
        CAPTURE(one.text());
        const auto alone = entries_with_joined(directory, {&one, 1});
        REQUIRE(alone);
        std::vector<Host> by_itself;
        std::vector<Host> together;
        for (const auto* entry : entries_of_one(*alone, one)) {
            by_itself.push_back(entry->host);
        }
        for (const auto* entry : entries_of_one(*entries, one)) {
            together.push_back(entry->host);
        }
        CHECK(by_itself.size() <= 64);
        CHECK(together == by_itself);
    }
}
