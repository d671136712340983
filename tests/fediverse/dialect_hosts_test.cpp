/// Recipients whose software is known by their host alone.

#include <catch2/catch.hpp>

#include "fedtrail/fediverse/dialect.hpp"

#include "host.hpp"
#include "policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::fediverse;
using fedtrail::testing::host;

namespace {

/// Rows with these names and hosts, each of a software named like it.
Result<Dialects> dialects_at(const std::vector<std::pair<std::string, std::string>>& rows) {
    std::string text;
    for (const auto& [name, hosts] : rows) {
        text += (text.empty() ? "" : ",") + std::string{R"({"name":")"} + name + R"(","software":[")" + name +
                R"("],"hosts":[)" + hosts +
                R"(],"account":"actor_only","actor_forms":["plain"],"object_forms":["plain"],)" +
                R"("leaves":"","difficulty":"erases"})";
    }
    return Dialects::parse(R"({"format":"fedtrail/dialects/1","dialects":[)" + text + "]}");
}

}  // namespace

TEST_CASE("Threads, which lets nobody ask what it runs, has its dialect by its host",
          "[fediverse][dialect][hosts]") {
    const auto shipped = *Dialects::parse(testing::policy_file("dialects.json"));
    CHECK(shipped.of(host("threads.net"), "", false).name == "threads");
    CHECK(shipped.of(host("www.threads.net"), "", false).name == "threads");
    CHECK(shipped.software_of(host("threads.net"), "") == "threads");
    SECTION("but not what else lies below its name, or ends like it") {
        for (const auto* other : {"scontent.threads.net", "notthreads.net", "a.example"}) {
            CAPTURE(other);
            CHECK(shipped.of(host(other), "", false).name == "default");
            CHECK(shipped.software_of(host(other), "").empty());
        }
        CHECK(shipped.of(host("a.example"), "", true).name == "relay");
    }
    SECTION("and what a server says of itself counts for more") {
        CHECK(shipped.of(host("threads.net"), "mastodon", false).name == "mastodon");
        CHECK(shipped.software_of(host("threads.net"), "mastodon") == "mastodon");
    }
}

TEST_CASE("A host stands at one dialect, and is a host of some software", "[fediverse][dialect][hosts]") {
    CHECK(dialects_at({{"default", ""}, {"a", R"("x.example")"}, {"b", R"("y.example")"}}));
    CHECK_FALSE(dialects_at({{"default", ""}, {"a", R"("x.example")"}, {"b", R"("X.example")"}}));
    CHECK_FALSE(dialects_at({{"default", ""}, {"a", R"("not a host")"}}));
    CHECK_FALSE(Dialects::parse(R"({"format":"fedtrail/dialects/1","dialects":[{"name":"default",)"
                                R"("software":[],"hosts":["x.example"],"account":"actor_only",)"
                                R"("actor_forms":["plain"],"object_forms":["plain"],"leaves":"",)"
                                R"("difficulty":"erases"}]})"));
}
