/// Each policy file keeps to its schema, and the schemas refuse what would mislead.

#include <filesystem>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/erasure_policies.hpp"
#include "app/json_schema.hpp"
#include "app/policies.hpp"
#include "temp_dir.hpp"

using fedtrail::app::check_schema;
using fedtrail::app::find_policies;
using fedtrail::app::read_text;
using Json = nlohmann::json;

namespace {

std::string text(const std::string& file) {
    const auto read = read_text(FEDTRAIL_SOURCE_DIR "/" + file);
    REQUIRE(read.has_value());
    return *read;
}

bool keeps(const std::string& name, const Json& document) {
    return check_schema(document.dump(), text("schemas/" + name + ".schema.json"), name).has_value();
}

}  // namespace

TEST_CASE("The policies are found where they are installed, with the schemas beside them",
          "[app][policies]") {
    const fedtrail::testing::TempDir dir;
    const auto share = dir.path() / "share/fedtrail";
    std::filesystem::create_directories(share / "policies");
    const auto program = dir.path() / "bin/fedtrail";
    const auto none = find_policies({{"FEDTRAIL_POLICIES", (share / "policies").string()}}, program);
    REQUIRE_FALSE(none.has_value());
    CHECK_THAT(
        none.error().what,
        Catch::EndsWith("share/fedtrail/policies (no schemas beside it)") && !Catch::Contains(", /usr"));
    std::filesystem::create_directories(share / "schemas");
    std::filesystem::create_directories(dir.path() / "bin");
    const auto found = find_policies({}, program);
    REQUIRE(found.has_value());
    CHECK(found->policies == std::filesystem::canonical(share / "policies"));
    CHECK(found->schemas == std::filesystem::canonical(share / "schemas"));
}

TEST_CASE("Where no policies are, every place that was looked at is named", "[app][policies]") {
    if (std::filesystem::exists("/usr/share/fedtrail/policies")) {
        return;  // installed on this machine
    }
    const auto none = find_policies({}, "/nowhere/a/b/c/fedtrail");
    REQUIRE_FALSE(none.has_value());
    for (const auto* place : {"/nowhere/a/b/share/fedtrail/policies",
                              "/nowhere/a/b/c/policies",
                              "/nowhere/a/b/policies",
                              "/nowhere/a/policies",
                              "/nowhere/policies",
                              "/usr/share/fedtrail/policies"}) {
        CHECK_THAT(none.error().what, Catch::Contains(place));
    }
}

TEST_CASE("Dialects, probes and the escalation keep to their schemas", "[app][policies]") {
    for (const std::string name :
         {"dialects", "probes", "escalation", "recipient-marks", "policy-rules", "fetchers"}) {
        const auto kept =
            check_schema(text("policies/" + name + ".json"), text("schemas/" + name + ".schema.json"), name);
        INFO((kept ? std::string{} : kept.error().what));
        CHECK(kept.has_value());
    }
}

TEST_CASE("A dialect needs its source, its day and its reason", "[app][policies]") {
    const auto good = Json::parse(text("policies/dialects.json"));
    REQUIRE(keeps("dialects", good));
    for (const auto* field : {"source", "checked_at", "why", "account", "leaves", "evidence"}) {
        auto bad = good;
        bad["dialects"][1].erase(field);
        CAPTURE(field);
        CHECK_FALSE(keeps("dialects", bad));
    }
    auto bad = good;
    bad["dialects"][0]["actor_forms"] = {"string"};
    CHECK_FALSE(keeps("dialects", bad));
    bad = good;
    bad["dialects"][0]["known_gone"] = {202};
    CHECK_FALSE(keeps("dialects", bad));
    bad = good;
    bad["dialects"][0]["shared_inbox"] = "https://r.example/inbox";
    CHECK_FALSE(keeps("dialects", bad));
}

TEST_CASE("A language in which no answer can be written is refused at start", "[app][policies]") {
    const fedtrail::testing::TempDir dir;
    const fedtrail::app::PolicyFolders folders{dir / "policies", FEDTRAIL_SOURCE_DIR "/schemas"};
    std::filesystem::copy(
        FEDTRAIL_SOURCE_DIR "/policies", folders.policies, std::filesystem::copy_options::recursive);
    const auto loaded = [&folders] {
        return fedtrail::app::load_erasure_policies(folders, {}, fedtrail::from_unix_seconds(1'795'000'000));
    };
    REQUIRE(loaded().has_value());
    for (const std::string file : {"texts/pl/erasure-answer.json", "texts/es/erasure-answer.md.mustache"}) {
        CAPTURE(file);
        const auto kept = folders.policies / "kept";
        std::filesystem::rename(folders.policies / file, kept);
        const auto without = loaded();
        REQUIRE_FALSE(without.has_value());
        CHECK_THAT(without.error().what, Catch::Contains(file));
        std::filesystem::rename(kept, folders.policies / file);
    }
}

TEST_CASE("A rung needs a text to write or advice to give", "[app][policies]") {
    const auto good = Json::parse(text("policies/escalation.json"));
    REQUIRE(keeps("escalation", good));
    for (auto bad = good; auto& rung : bad["rungs"]) {
        const auto field = rung["act"] == "letter" ? "text" : "advice";
        const auto kept = rung;
        rung.erase(field);
        CHECK_FALSE(keeps("escalation", bad));
        rung = kept;
    }
    auto bad = good;
    bad["rungs"][0]["states"] = {"verified_gone"};
    CHECK_FALSE(keeps("escalation", bad));
    bad = good;
    bad["rungs"][0]["name"] = "a/../b";
    CHECK_FALSE(keeps("escalation", bad));
}

TEST_CASE("A probe cannot say gone without the status that says so", "[app][policies]") {
    const auto good = Json::parse(text("policies/probes.json"));
    REQUIRE(keeps("probes", good));
    auto bad = good;
    bad["probes"][0]["meanings"] = {{{"presence", "gone"}, {"contains", "x"}}};
    CHECK_FALSE(keeps("probes", bad));
    bad = good;
    bad["probes"][0]["meanings"] = {{{"presence", "present"}}};  // any answer whatever
    CHECK_FALSE(keeps("probes", bad));
    bad = good;
    bad["probes"][0]["meanings"] = {{{"presence", "present"}, {"statuses", {200}}, {"equals", "x"}}};
    CHECK_FALSE(keeps("probes", bad));
    bad = good;
    bad["probes"][0]["method"] = "DELETE";
    CHECK_FALSE(keeps("probes", bad));
    bad = good;
    bad["unprobeable"][0].erase("why");
    CHECK_FALSE(keeps("probes", bad));
}
