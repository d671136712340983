/// Bundles beside what else goes on: shredding, retention, a sidecar that runs.

#include <ctime>
#include <filesystem>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/bundle_desk.hpp"
#include "app/case_room.hpp"
#include "audit_place.hpp"

using Catch::Contains;
using fedtrail::testing::audited_delivery;
using fedtrail::testing::AuditPlace;
using Json = nlohmann::json;

TEST_CASE("A bundle during which somebody was shredded is given to nobody", "[app][program][audit]") {
    const AuditPlace place;
    const auto config = fedtrail::app::load_config(place.dir.path() / "fedtrail.toml", {});
    REQUIRE(config);
    auto rooms = fedtrail::app::open_case_room(
        *config, {FEDTRAIL_SOURCE_DIR "/policies", FEDTRAIL_SOURCE_DIR "/schemas"}, {});
    REQUIRE(rooms);
    const auto desk = fedtrail::app::BundleDesk::open(*std::move(rooms));
    REQUIRE(desk);
    fedtrail::api::BundleOrder order;
    order.scope = fedtrail::audit::Everything{};
    order.level = fedtrail::audit::Level::Full;
    order.language = "en";
    order.by = "cli";
    order.why = "audit";
    bool somebody_goes = true;
    const auto given = [&] {
        std::stringstream file;
        const auto made = (*desk)->write(
            order,
            [&](auto /*about*/) {
                if (somebody_goes) {
                    CHECK(place.program.run({"subjects", "shred", "1", "--reason", "asked"}).exit <= 1);
                }
            },
            file);
        REQUIRE(made);
        return (*desk)->note(order, *made, {});
    };
    const auto refused = given();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == fedtrail::ErrorKind::Conflict);
    CHECK(refused.error().remedy == "Make it again.");
    somebody_goes = false;
    CHECK(given());
}

TEST_CASE("A bundle is a look at whoever came while it was made as well", "[app][program][audit]") {
    const AuditPlace place;
    const auto config = fedtrail::app::load_config(place.dir.path() / "fedtrail.toml", {});
    REQUIRE(config);
    auto rooms = fedtrail::app::open_case_room(
        *config, {FEDTRAIL_SOURCE_DIR "/policies", FEDTRAIL_SOURCE_DIR "/schemas"}, {});
    REQUIRE(rooms);
    const auto desk = fedtrail::app::BundleDesk::open(*std::move(rooms));
    REQUIRE(desk);
    auto hers = audited_delivery(3, "a.example");
    for (auto at = hers.find("anna"); at != std::string::npos; at = hers.find("anna", at)) {
        hers.replace(at, 4, "carol");
    }
    place.program.write("carol.ndjson", hers);
    fedtrail::api::BundleOrder order;
    order.scope = fedtrail::audit::Everything{};
    order.level = fedtrail::audit::Level::Pseudonymised;
    order.language = "en";
    order.by = "cli";
    std::stringstream file;
    const auto comes = [&](auto /*about*/) {
        CHECK(place.program.run({"import", "ndjson", "carol.ndjson"}).exit == 0);
    };
    REQUIRE((*desk)->write(order, comes, file));
    for (const auto* who : {"anna@o.example", "carol@o.example"}) {
        const auto said = place.program.run({"subjects", "accesses", who, "--json"});
        INFO(who);
        CHECK(Json::parse(said.out)["accesses"].size() == 1);
    }
}

TEST_CASE("A run of retention by the command line has its policies in the log before it",
          "[app][program][audit]") {
    const AuditPlace place;  // no sidecar ever ran here
    REQUIRE(place.program.run({"retention", "run"}).exit == 0);
    (void)place.exported({"--all", "--reason", "audit"}, "all.zip");
    const auto bundle = place.octets("all.zip");
    const auto policies = bundle.find(R"("kind":"policy_change")");
    const auto run = bundle.find(R"("kind":"retention_run")");
    REQUIRE(run != std::string::npos);
    CHECK(policies < run);
    const std::string names = R"("facts":{"policy":")";
    const auto policy = bundle.substr(bundle.find(names, run) + names.size(), 44);
    CHECK(bundle.find(R"(["retention.json",")" + policy + R"("])", policies) < run);
}

TEST_CASE("Rules that cannot be read stop a run of retention, not the shredding of a person",
          "[app][program][audit]") {
    const AuditPlace place;
    std::filesystem::create_directory(place.dir.path() / "data/transfer-rules.json");
    CHECK(place.program.run({"retention", "run", "--dry-run"}).exit == 0);
    CHECK(place.program.run({"retention", "run"}).exit != 0);
    const auto shredded =
        place.program.run({"subjects", "shred", "anna@o.example", "--reason", "asked for by letter"});
    INFO(shredded.err);
    CHECK(shredded.exit == 0);
}

TEST_CASE("A bundle has what was recorded a moment ago, also beside a sidecar that runs",
          "[app][program][audit]") {
    AuditPlace place;
    const auto api = std::to_string(fedtrail::testing::free_port());
    place.program.variables["FEDTRAIL_API_LISTEN"] = "127.0.0.1:" + api;
    place.program.variables["FEDTRAIL_PROXY_LISTEN"] =
        "127.0.0.1:" + std::to_string(fedtrail::testing::free_port());
    const auto today = fedtrail::format_rfc3339(fedtrail::from_unix_seconds(::time(nullptr) - 60));
    const auto at = [&today](std::string line, const std::string& then) {
        return line.replace(line.find(then), then.size(), today);
    };
    const auto import = [&](const std::string& line) {
        place.program.write("new.ndjson", line);
        const auto said = place.program.run({"import", "ndjson", "new.ndjson"});
        INFO(said.err);
        REQUIRE(said.exit == 0);
    };
    import(at(audited_delivery(3, "c.example"), "2026-01-03T10:00:00Z"));
    const auto by_itself = place.exported({"--subject", "anna@o.example"}, "one.zip");
    CHECK(by_itself["unlogged"] == 0);
    CHECK_THAT(place.octets("one.zip"), Contains("statuses/3") && Contains("c.example"));
    CHECK(place.verified("one.zip")["holds"] == true);

    {
        const fedtrail::testing::Serving serving{place.program};
        import(at(audited_delivery(4, "d.example"), "2026-01-04T10:00:00Z"));
        CHECK(place.audit({"checkpoint"}, "checkpoint.schema.json")["unlogged"] == 1);
        CHECK_THAT(place.program.run({"audit", "checkpoint"}).out, Contains("not in the log yet: 1 record,"));
        CHECK(place.exported({"--subject", "anna@o.example"}, "two.zip")["unlogged"] == 0);
        CHECK_THAT(place.octets("two.zip"), Contains("statuses/4") && Contains("d.example"));
        import(at(audited_delivery(5, "e.example"), "2026-01-05T10:00:00Z"));
        CHECK(place.audit({"checkpoint", "--now"}, "checkpoint.schema.json")["unlogged"] == 0);
    }
    place.begin_delivery();
    CHECK(place.exported({"--all", "--level", "minimal"}, "three.zip")["unlogged"] == 1);
    CHECK_THAT(place.octets("three.zip"), Contains("\"records\": 1,\n    \"oldest\": \"2"));
    CHECK_THAT(place.program.run({"audit", "export", "--all", "--level", "minimal", "-o", "x.zip"}).out,
               Contains("1 record since 2") && Contains("is not in the log yet"));
    CHECK(place.verified("three.zip")["holds"] == true);
    CHECK(place.verified("three.zip")["bundle"]["unlogged"] == 1);
    CHECK_THAT(place.program.run({"audit", "verify", "three.zip"}).out,
               Contains("Says that 1 record since 2"));
}

TEST_CASE("What the log has of somebody who was shredded is exported by their number",
          "[app][program][audit]") {
    const AuditPlace place;
    REQUIRE(place.program.run({"subjects", "shred", "anna@o.example", "--reason", "asked"}).exit == 0);
    (void)place.exported({"--subject", "1", "--reason", "an audit"}, "gone.zip");
    CHECK(place.verified("gone.zip")["holds"] == true);
    CHECK_THAT(place.octets("gone.zip"), Contains(R"("kind":"shredding")"));
    CHECK(place.octets("gone.zip").find("anna") == std::string::npos);
    CHECK(place.program.run({"audit", "export", "--subject", "2", "--reason", "x", "-o", "x.zip"}).exit == 3);
    const auto shown = place.program.run({"subjects", "show", "1"});
    CHECK(shown.exit == 3);
    CHECK_THAT(shown.err, Contains("`fedtrail subjects shredded` shows when and why"));
    CHECK(place.program.run({"subjects", "shredded"}).exit == 0);
}

TEST_CASE("The case of somebody who was shredded is still shown, answered and proved",
          "[app][program][audit]") {
    const AuditPlace place;
    const auto post = std::string{"https://o.example/users/anna/statuses/1"};
    const auto done = [&](const std::vector<std::string>& words) {
        const auto said = place.program.run(words);
        INFO(words[1] << ": " << said.err);
        REQUIRE(said.exit == 0);
        return said.out;
    };
    done({"erase", "anna@o.example", "--object", post, "--reason", "she wrote a letter"});
    done({"requests", "withdraw", "1", "--reason", "she changed her mind"});
    CHECK_THAT(done({"requests", "show", "1"}), Contains("1 object") && Contains("she changed her mind"));
    done({"subjects", "shred", "anna@o.example", "--reason", "asked for by letter"});
    const auto shown = done({"requests", "show", "1"});
    CHECK_THAT(
        shown,
        Contains("shredded    20") && Contains("1 object") && Contains("withdrawn") && !Contains("mind"));
    CHECK_THAT(done({"requests", "answer", "1"}), !Contains("anna"));
    (void)place.exported({"--request", "1"}, "request-1.zip");
    CHECK(place.verified("request-1.zip")["holds"] == true);
    CHECK_THAT(place.octets("request-1.zip"), Contains(R"("kind":"request_event")"));
}
