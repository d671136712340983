/// Bundles as their users meet them: exported, checked, changed.

#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/json_schema.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::Ended;
using fedtrail::testing::Program;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

/// One line of an import: a post of anna's that went to `recipient`.
std::string delivery(int number, const std::string& recipient) {
    const auto id = "https://o.example/users/anna/statuses/" + std::to_string(number);
    return Json{{"at", "2026-01-0" + std::to_string(number) + "T10:00:00Z"},
                {"channel", "push"},
                {"origin", "o.example"},
                {"recipient", recipient},
                {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                {"activity",
                 {{"@context", "https://www.w3.org/ns/activitystreams"},
                  {"id", id + "/activity"},
                  {"type", "Create"},
                  {"actor", "https://o.example/users/anna"},
                  {"to", {"https://www.w3.org/ns/activitystreams#Public"}},
                  {"object",
                   {{"id", id},
                    {"type", "Note"},
                    {"attributedTo", "https://o.example/users/anna"},
                    {"to", {"https://www.w3.org/ns/activitystreams#Public"}},
                    {"content", "hello"}}}}}}
               .dump() +
           "\n";
}

struct Place {
    TempDir dir;
    Program program{dir.path()};

    Place() {
        program.variables = {{"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        REQUIRE(program.run({"init", "--origin", "o.example"}).exit == 0);
        program.write("history.ndjson", delivery(1, "a.example") + delivery(2, "b.example"));
        const auto taken = program.run({"import", "ndjson", "history.ndjson"});
        INFO(taken.err);
        REQUIRE(taken.exit == 0);
    }

    /// The answer of `audit … --json`, which keeps to its schema.
    [[nodiscard]] Json audit(std::vector<std::string> words, const std::string& schema, int exit = 0) const {
        words.insert(words.begin(), "audit");
        words.emplace_back("--json");
        const auto said = program.run(words);
        INFO(said.out << said.err);
        REQUIRE(said.exit == exit);
        std::ifstream in{FEDTRAIL_SOURCE_DIR "/schemas/cli/" + schema};
        std::ostringstream text;
        text << in.rdbuf();
        REQUIRE(fedtrail::app::check_schema(said.out, text.str(), schema));
        return Json::parse(said.out);
    }
    [[nodiscard]] Json exported(std::vector<std::string> words, const std::string& file) const {
        words.insert(words.begin(), "export");
        words.insert(words.end(), {"-o", file});
        return audit(words, "audit-export.schema.json");
    }
    [[nodiscard]] Json verified(const std::string& file,
                                std::vector<std::string> more = {},
                                int exit = 0) const {
        more.insert(more.begin(), {"verify", file});
        return audit(more, "audit-verify.schema.json", exit);
    }
    [[nodiscard]] std::string octets(const std::string& name) const {
        std::ifstream in{dir.path() / name, std::ios::binary};
        std::ostringstream text;
        text << in.rdbuf();
        return std::move(text).str();
    }
};

}  // namespace

TEST_CASE("Everything is exported, checked with nothing but the file, and a change is found",
          "[app][program][audit]") {
    const Place place;
    REQUIRE(place.program.run({"erase", "anna@o.example"}).exit == 0);  // something that the log has to know
    const auto made = place.exported({"--all", "--reason", "an audit"}, "all.zip");
    CHECK(made["scope"] == "everything");
    CHECK(made["octets"] == place.octets("all.zip").size());
    const auto key = made["key"].get<std::string>();
    const auto found = place.verified("all.zip", {"--key", key});
    CHECK(found["holds"] == true);
    CHECK(found["bundle"]["records"] == made["records"]);
    auto changed = place.octets("all.zip");
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 4);
    place.program.write("changed.zip", changed);
    CHECK(place.verified("changed.zip", {}, 1)["holds"] == false);
    // That it was exported is in the next one.
    const auto again = place.exported({"--all", "--level", "minimal"}, "again.zip");
    CHECK(again["leaves"] > made["leaves"]);
    CHECK_THAT(place.octets("again.zip"), Contains(R"("kind":"export")"));
}

TEST_CASE("A checkpoint that was kept is compared, or it is said that it could not be",
          "[app][program][audit]") {
    const Place place;
    // A look, so that something is in the log.
    REQUIRE(place.program.run({"subjects", "show", "1", "--names", "--reason", "a test"}).exit == 0);
    place.program.write("kept", place.program.run({"audit", "checkpoint", "--now"}).out);
    REQUIRE(place.program.run({"erase", "anna@o.example"}).exit == 0);
    (void)place.exported({"--request", "1", "--level", "minimal", "--checkpoint", "kept"}, "with.zip");
    const auto shown = place.verified("with.zip", {"--checkpoint", "kept"});
    CHECK(shown["verdict"] == "holds");
    CHECK(shown["claims"].back()["name"] == "held");
    const auto newer = place.program.run({"audit", "checkpoint", "--now"}).out;
    place.program.write("newer", newer);
    CHECK(place.verified("with.zip", {"--checkpoint", "newer"}, 5)["verdict"] == "open");
    CHECK(place.program.run({"audit", "export", "--request", "1", "--checkpoint", "none", "-o", "x.zip"})
              .exit == 3);
    place.program.write("none", "no checkpoint");
    CHECK(place.program.run({"audit", "export", "--request", "1", "--checkpoint", "none", "-o", "x.zip"})
              .exit != 0);
    CHECK_FALSE(std::filesystem::exists(place.dir.path() / "x.zip"));
}

TEST_CASE("A bundle about a request has the answer to the person with it", "[app][program][audit]") {
    const Place place;
    const auto asked = place.program.run({"erase", "anna@o.example"});
    INFO(asked.err);
    REQUIRE(asked.exit == 0);
    const auto made = place.exported({"--request", "1", "--lang", "de"}, "request-1.zip");
    CHECK(made["scope"] == "request 1");
    CHECK(place.verified("request-1.zip")["holds"] == true);
    const auto octets = place.octets("request-1.zip");
    CHECK_THAT(octets, Contains("papers/request-1/answer.md"));
    CHECK_THAT(octets, Contains("Wie man es prüft"));
    CHECK_THAT(octets, Contains("policies/"));
    CHECK_THAT(octets, Contains(R"("kind":"request_event")"));
    const auto hidden =
        place.exported({"--subject", "anna@o.example", "--level", "pseudonymised"}, "anna.zip");
    CHECK(hidden["scope"] == "subject 1");
    CHECK(place.octets("anna.zip").find("anna") == std::string::npos);
}

TEST_CASE("What cannot be exported or checked is said with its exit code", "[app][program][audit]") {
    const Place place;
    const auto exits = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "audit");
        return place.program.run(words).exit;
    };
    CHECK(exits({"export", "-o", "x.zip"}) == 2);
    CHECK(exits({"export", "--all", "--request", "1", "-o", "x.zip"}) == 2);
    CHECK(exits({"export", "--all"}) == 2);
    CHECK(exits({"export", "--all", "--level", "some", "-o", "x.zip"}) == 2);
    CHECK(exits({"export", "--all", "--lang", "xx", "-o", "x.zip"}) == 2);
    CHECK(exits({"export", "--request", "77", "-o", "x.zip"}) == 3);
    CHECK(exits({"export", "--subject", "nobody@o.example", "-o", "x.zip"}) == 3);
    CHECK(exits({"export", "--all", "-o", "x.zip"}) == 2);
    CHECK(exits({"export", "--all", "--reason", "an audit", "-o", "no/such/folder/x.zip"}) == 4);
    CHECK(exits({"verify", "none.zip"}) == 3);
    CHECK(exits({"verify", "history.ndjson"}) == 1);
    CHECK(exits({"verify", "history.ndjson", "--key", "abc"}) == 2);
    CHECK_FALSE(std::filesystem::exists(place.dir.path() / "x.zip"));
    CHECK_FALSE(std::filesystem::exists(place.dir.path() / "x.zip.part"));
}
