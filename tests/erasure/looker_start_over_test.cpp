#include "erasure/looker_sight.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using namespace std::chrono_literals;
using fediverse::NoticeState;

TEST_CASE("looks under way begin anew with other probes, and no late answer is taken for theirs",
          "[looker]") {
    Sight s;
    s.told("a.example", "x");
    s.http.server = [](const RemoteRequest&) { return std::nullopt; };
    REQUIRE(s.looker->step());
    REQUIRE(s.http.requests().size() == 1);

    s.looker->start_over();
    s.probes = probes_from(R"({"format": "fedtrail/probes/1", "unprobeable": [], "probes": [
      {"name": "other", "software": ["x"], "target": "account", "method": "GET", "path": "/other?a={handle}",
       "accept": "application/json", "meanings": [{"statuses": [200], "presence": "present"}]}]})");
    REQUIRE(s.looker->step());
    CHECK(s.http.requests().size() == 1);  // it was asked a moment ago
    s.clock.at += s.options.pause;
    REQUIRE(s.looker->step());
    REQUIRE(s.http.requests().size() == 2);
    CHECK(s.http.requests()[1].url.path() == "/other");

    s.http.answer(says(404));  // of the first question: "gone", as the old probe read it
    REQUIRE(s.looker->step());
    CHECK(s.notice("a.example").state == NoticeState::Acknowledged);
    s.http.answer(says(200));
    REQUIRE(s.looker->step());
    CHECK(s.notice("a.example").state == NoticeState::StillPresent);
}

TEST_CASE("a probe's rate holds although the probes are read anew", "[looker]") {
    Sight s;
    s.told("a.example", "metered");
    s.http.server = [](const RemoteRequest&) { return says(500); };
    REQUIRE(s.looker->step());
    REQUIRE(s.looker->step());  // the answer is taken in
    REQUIRE(s.http.requests().size() == 1);
    s.looker->start_over();
    s.again();
    s.told("a.example", "metered");
    REQUIRE(s.looker->step());
    CHECK(s.http.requests().size() == 1);
    s.clock.at += 10s;
    REQUIRE(s.looker->step());
    CHECK(s.http.requests().size() == 2);
}
