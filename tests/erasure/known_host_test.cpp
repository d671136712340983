/// An erasure at a recipient whose software is known by its host alone.

#include <catch2/catch.hpp>

#include "fedtrail/fediverse/probe.hpp"

#include "erasure/office.hpp"
#include "erasure/planner.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using Lines = std::vector<std::string>;

TEST_CASE("Threads is told as Threads though nobody can ask it what it runs", "[erasure][planner][hosts]") {
    Office office;
    office.lies(1, {"threads.net", "who.example"});
    const auto number = office.started();
    const auto notice = office.notice_to(number, "threads.net");
    CHECK(notice.dialect == "threads");
    CHECK(office.words(notice) == Lines{"delete 1", "actor"});
    CHECK(office.notice_to(number, "who.example").software.empty());

    // By its software the looker knows that nobody can look.
    const auto probes = *fediverse::Probes::parse(policy_text("probes.json"));
    CHECK_FALSE(probes.why_unprobeable(notice.software).empty());
}

TEST_CASE("A host that says what it runs is told as that", "[erasure][planner][hosts]") {
    Office office;
    office.knows("threads.net", "mastodon");
    office.lies(1, {"threads.net"});
    const auto notice = office.notice_to(office.started(), "threads.net");
    CHECK(notice.software == "mastodon");
    CHECK(notice.dialect == "mastodon");
}
