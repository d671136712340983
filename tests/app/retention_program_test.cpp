/// What a sidecar that runs does about data whose time is over.

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "audit_place.hpp"

using Catch::Contains;
using fedtrail::testing::AuditPlace;
using fedtrail::testing::free_port;
using fedtrail::testing::Serving;
using nlohmann::json;

namespace {

/// An account that was erased half a year ago, as the books would have it.
void close_long_ago(const AuditPlace& place) {
    using namespace fedtrail;  // NOLINT(google-build-using-namespace): this function speaks of its nouns
    const auto config = app::load_config(place.dir.path() / "fedtrail.toml", {});
    const auto reading = app::open_reading_room(*config, {});
    REQUIRE(reading);
    const auto cases = sqlite::SqliteCases::open_file(
        app::cases_file(*config), *reading->vault, sqlite::OpenMode::ReadWrite);
    REQUIRE(cases);
    records::ErasureRequest request;
    request.subject = privacy::SubjectNumber{1};
    request.received_at = *parse_rfc3339("2026-05-01T00:00:00Z");
    request.closed_at = *parse_rfc3339("2026-05-20T00:00:00Z");
    request.state = privacy::RequestState::Fulfilled;
    REQUIRE((*cases)->open(request,
                           {request.received_at,
                            privacy::RequestEventKind::Received,
                            request.state,
                            "cli",
                            std::nullopt,
                            "she asked"}));
}

}  // namespace

TEST_CASE("A sidecar shreds by itself whose time is over, and the log has the run",
          "[app][program][shredding]") {
    AuditPlace place;
    place.program.variables["FEDTRAIL_API_LISTEN"] = "127.0.0.1:" + std::to_string(free_port());
    place.program.variables["FEDTRAIL_PROXY_LISTEN"] = "127.0.0.1:0";
    close_long_ago(place);
    const auto shreddings = [&place] {
        return json::parse(place.program.run({"subjects", "shredded", "--json"}).out)["shreddings"];
    };
    REQUIRE(shreddings().empty());
    {
        Serving serving{place.program};
        const auto end = std::chrono::steady_clock::now() + fedtrail::testing::kPatience;
        while (shreddings().empty() && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds{20});
        }
        CHECK(serving.stop(SIGTERM) == 0);
    }
    const auto done = shreddings();
    REQUIRE(done.size() == 1);
    CHECK(done[0]["subject"] == 1);
    CHECK(done[0]["reason"] == "retention");
    CHECK(done[0]["request"] == 1);
    CHECK(place.program.run({"report", "anna@o.example"}).exit == 3);
    CHECK_THAT(place.program.text("serve.err"), Contains(R"(retention: 1 of "person" went)"));
    (void)place.exported({"--all", "--level", "minimal"}, "all.zip");
    CHECK_THAT(place.octets("all.zip"),
               Contains(R"("kind":"retention_run")") && Contains(R"("kind":"shredding")"));
    CHECK(place.verified("all.zip")["holds"] == true);
}
