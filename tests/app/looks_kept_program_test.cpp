/// What is written down of a look, by the command line and by the API, and what each scope sees.

#include <csignal>
#include <filesystem>
#include <map>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "looks_home.hpp"
#include "program.hpp"

using Catch::Contains;
using fedtrail::HttpResponse;
using fedtrail::testing::Serving;
using fedtrail::testing::looks::kActor;
using fedtrail::testing::looks::kName;
using fedtrail::testing::looks::kReason;
using fedtrail::testing::looks::LooksHome;
using Json = nlohmann::json;
using Words = std::vector<std::string>;

TEST_CASE("What the command line looks at beside a running sidecar is in the person's own report",
          "[app][program][looks]") {
    const LooksHome home;
    const auto self = home.token({"subject:self"});
    Serving serving{home.program};
    CHECK_THAT(home.must({"report", "1", "--json", "--reason", kReason}), Contains(kName));
    (void)home.must({"subjects", "show", kActor});
    const auto answer = home.get("subjects/1/report", self);
    REQUIRE(answer.status == 200);
    const auto looks = Json::parse(answer.body)["accesses"];
    REQUIRE(looks.size() == 3);
    CHECK(looks[0]["by"] == "self");
    CHECK(looks[1]["what"] == "disclosures");
    CHECK(looks[1]["why"] == "to see which servers hold data about you, without your name (Art. 19 GDPR)");
    CHECK(looks[1]["stated"] == false);
    CHECK(looks[2]["what"] == "report");
    CHECK(looks[2]["by"] == "operator");
    CHECK(looks[2]["why"] == kReason);
    CHECK_THAT(home.get("subjects/1/report?format=html&lang=de", self).body,
               Contains("Wer Ihre Daten angesehen hat") && Contains(kReason));
    CHECK(serving.stop(SIGTERM) == 0);
    CHECK_THAT(home.program.text("serve.err"), !Contains(kName) && !Contains(kReason));
    // Each look has its leaf. At level minimal, for the export is no look itself then.
    (void)home.must({"audit", "export", "--all", "--level", "minimal", "-o", "out"});
    CHECK_THAT(home.file("out"), Contains(R"("kind":"access")"));
}

TEST_CASE("A pseudonymised bundle is a look without a name, a minimal one is none", "[app][program][looks]") {
    const LooksHome home;
    const auto before = home.looks().size();
    (void)home.must({"audit", "export", "--all", "--level", "minimal", "-o", "out"});
    CHECK(home.looks().size() == before);
    (void)home.must({"audit", "export", "--all", "--level", "pseudonymised", "-o", "out"});
    const auto looks = home.looks();
    REQUIRE(looks.size() == before + 1);
    CHECK(looks[0]["what"] == "bundle");
    CHECK(looks[0]["revealed"] == false);
    CHECK(looks[0]["why"] == "to show that the record is right (Art. 5(2) GDPR)");
    CHECK(looks[0]["stated"] == false);
}

TEST_CASE("A bundle by the API is a look as one by the command line is, and holds", "[app][program][looks]") {
    const LooksHome home;
    const auto admin = home.token({"admin"});
    const auto audit = home.token({"audit:read"});
    Serving serving{home.program};
    const auto before = home.looks().size();
    CHECK(home.bundle({{"request", 1}, {"level", "full"}}, audit, kReason).status == 403);
    CHECK(home.bundle({{"all", true}, {"level", "full"}}, admin).status == 422);
    CHECK(home.bundle({{"request", 99}, {"level", "full"}}, admin).status == 404);
    CHECK(home.looks().size() == before);
    const auto holds = [&](const HttpResponse& made) {
        INFO(made.body.substr(0, 2000));
        REQUIRE(made.status == 200);
        home.program.write("made.zip", made.body);
        CHECK(home.program.run({"audit", "verify", "made.zip"}).exit == 5);
    };
    const auto full = home.bundle({{"request", 1}, {"level", "full"}}, admin);
    holds(full);
    CHECK_THAT(full.body, Contains(kName));
    auto looks = home.looks();
    REQUIRE(looks.size() == before + 1);
    CHECK(looks[0]["what"] == "bundle");
    CHECK(looks[0]["revealed"] == true);
    CHECK(looks[0]["why"] == "request 1");
    CHECK_THAT(looks[0]["by"].get<std::string>(), Catch::StartsWith("api:"));
    const auto numbers = home.bundle({{"all", true}, {"level", "pseudonymised"}}, audit);
    holds(numbers);
    CHECK_THAT(numbers.body, !Contains(kName));
    looks = home.looks();
    REQUIRE(looks.size() == before + 2);
    CHECK(looks[0]["revealed"] == false);
    CHECK(looks[0]["purpose"] == "accountability");
    const auto counts = home.bundle({{"all", true}, {"level", "minimal"}}, audit);
    holds(counts);
    CHECK(home.looks().size() == before + 2);
    CHECK_THAT(counts.body, Contains(R"("kind":"export")"));  // the two before it
    CHECK(std::filesystem::is_empty(home.dir.path() / "data/tmp"));
    CHECK(serving.stop(SIGTERM) == 0);
    CHECK_THAT(home.program.text("serve.err"), !Contains(kName));
}

TEST_CASE("If a look cannot be written down nothing is shown", "[app][program][looks]") {
    const LooksHome home;
    (void)home.looks();
    std::filesystem::remove(home.dir.path() / "data/cases.db");
    std::filesystem::remove(home.dir.path() / "data/cases.db-wal");
    std::filesystem::remove(home.dir.path() / "data/cases.db-shm");
    std::filesystem::create_directory(home.dir.path() / "data/cases.db");
    for (const auto& words : {Words{"subjects", "list", "--names", "--reason", kReason},
                              Words{"subjects", "show", "1", "--names", "--reason", kReason},
                              Words{"report", "1", "--reason", kReason}}) {
        const auto ended = home.program.run(words);
        INFO(ended.err);
        CHECK(ended.exit != 0);
        CHECK_THAT(ended.out + ended.err, !Contains(kName));
    }
}

TEST_CASE("Each scope sees what docs/looks.md says, on the wire", "[app][program][looks]") {
    const LooksHome home;
    const std::map<std::string, std::string> tokens{
        {"subject:self", home.token({"subject:self"})},
        {"requests:write", home.token({"requests:write"})},
        {"audit:read", home.token({"audit:read"})},
        {"admin", home.token({"admin"})},
        {"observations:write", home.token({"observations:write"})}};
    const Serving serving{home.program};
    struct Cell {
        std::string path;
        std::string scope;
        int plain{};     ///< Status without a reason …
        int reasoned{};  ///< … and with one.
        bool plain_names{};
        bool reasoned_names{};
    };
    const std::string report = "subjects/1/report";
    const std::string items = "subjects/1/report?part=items";
    const std::string zip = "subjects/1/report?format=zip";
    const std::string person = "subjects/1";
    const std::string one = "requests/1";
    const std::string answer = "requests/1/answer";
    std::vector<Cell> cells{
        {report, "subject:self", 200, 200, true, true},
        {report, "requests:write", 403, 403, false, false},
        {report, "audit:read", 200, 200, false, false},
        {report, "admin", 422, 200, false, true},
        {report + "?request=1", "admin", 200, 200, true, true},
        {items, "subject:self", 200, 200, true, true},
        {items, "requests:write", 403, 403, false, false},
        {items, "audit:read", 403, 403, false, false},
        {items, "admin", 422, 200, false, true},
        {zip, "audit:read", 200, 200, false, false},
        {person, "subject:self", 200, 200, true, true},
        {person, "requests:write", 403, 403, false, false},
        {person, "audit:read", 200, 200, false, false},
        {person, "admin", 200, 200, false, true},
        {one, "subject:self", 200, 200, true, true},
        {one, "requests:write", 200, 200, false, true},
        {one, "audit:read", 200, 200, false, false},
        {one, "admin", 200, 200, false, true},
        {answer, "subject:self", 200, 200, true, true},
        {answer, "requests:write", 200, 200, true, true},
        {answer, "audit:read", 200, 200, false, false},
        {answer, "admin", 200, 200, true, true},
    };
    for (const auto* path : {"subjects/1/accesses",
                             "subjects",
                             "letters",
                             "requests",
                             "requests/1/plan",
                             "requests/1/history",
                             "requests/1/notices",
                             "shreddings",
                             "status",
                             "recipients",
                             "recipients/a.example",
                             "rules"}) {
        const std::string text{path};
        const bool own = text.starts_with("subjects/") || text.starts_with("requests");
        const bool desk = text.starts_with("requests") || text == "letters";
        cells.push_back({path, "subject:self", own ? 200 : 403, own ? 200 : 403, false, false});
        cells.push_back({path, "requests:write", desk ? 200 : 403, desk ? 200 : 403, false, false});
        cells.push_back({path, "audit:read", 200, 200, false, false});
        cells.push_back({path, "admin", 200, 200, false, false});
        cells.push_back({path, "observations:write", 403, 403, false, false});
    }
    const auto checked = [&](const Cell& cell, const std::string& reason, int status, bool names) {
        INFO(cell.scope << " " << cell.path << " " << reason);
        const auto before = home.looks().size();
        const auto said = home.get(cell.path, tokens.at(cell.scope), reason);
        INFO(said.body.substr(0, 2000));
        CHECK(said.status == status);
        CHECK((said.body.find(kName) != std::string::npos) == names);
        const auto looks = home.looks();
        if (names) {
            REQUIRE(looks.size() == before + 1);
            CHECK(looks[0]["revealed"] == true);
            CHECK(looks[0]["by"].get<std::string>().starts_with(cell.scope == "subject:self" ? "self"
                                                                                             : "api:"));
        } else if (!looks.empty() && looks.size() > before) {
            CHECK(looks[0]["revealed"] == false);
        }
    };
    for (const auto& cell : cells) {
        checked(cell, "", cell.plain, cell.plain_names);
        checked(cell, kReason, cell.reasoned, cell.reasoned_names);
    }
}
