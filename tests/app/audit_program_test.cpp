/// Bundles as their users meet them: exported, checked, changed.

#include <filesystem>

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "audit_place.hpp"

using Catch::Contains;
using fedtrail::testing::AuditPlace;
using fedtrail::testing::verdict_of_claim;

TEST_CASE("Everything is exported, checked with nothing but the file, and a change is found",
          "[app][program][audit]") {
    const AuditPlace place;
    REQUIRE(place.program.run({"erase", "anna@o.example"}).exit == 0);  // something that the log has to know
    const auto made = place.exported({"--all", "--reason", "an audit"}, "all.zip");
    CHECK(made["scope"] == "everything");
    CHECK(made["octets"] == place.octets("all.zip").size());
    const auto key = made["key"].get<std::string>();
    const auto found = place.verified("all.zip", {"--key", key});
    CHECK(found["holds"] == true);
    CHECK(found["bundle"]["records"] == made["records"]);
    CHECK(verdict_of_claim(found, "export") == "holds");
    auto changed = place.octets("all.zip");
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 4);
    place.program.write("changed.zip", changed);
    CHECK(place.verified("changed.zip", {}, 1)["holds"] == false);
    // That it was exported is in the next one, and a run of the retention rule, which found nothing.
    REQUIRE(place.program.run({"retention", "run"}).exit == 0);
    const auto again = place.exported({"--all", "--level", "minimal"}, "again.zip");
    CHECK(again["leaves"] > made["leaves"]);
    CHECK_THAT(place.octets("again.zip"),
               Contains(R"("kind":"export")") && Contains(R"("kind":"retention_run")"));
    CHECK(verdict_of_claim(place.verified("again.zip"), "export") == "holds");
    (void)place.exported({"--all", "--reason", "an audit"}, "third.zip");  // and what was exported before
    const auto third = place.octets("third.zip");
    for (const auto* said : {R"("what":"bundle contents","level":"full","scope":"everything","by":"cli")",
                             R"("what":"bundle contents","level":"minimal","scope":"everything","by":"cli")",
                             R"("what":"audit bundle","level":"minimal","scope":"everything")"}) {
        CHECK_THAT(third, Contains(said));
    }
}

TEST_CASE("A checkpoint that was kept is compared, or it is said that it could not be",
          "[app][program][audit]") {
    const AuditPlace place;
    REQUIRE(place.program.run({"erase", "anna@o.example"}).exit == 0);
    place.program.write("kept", place.program.run({"audit", "checkpoint", "--now"}).out);
    // What is skipped is stood for by subtrees: a log twice as large passes no size below its half.
    const std::vector<std::string> nothing{"--until", "2020-01-01", "--level", "minimal"};
    const auto before = place.exported(nothing, "without.zip")["leaves"].get<int>();
    while (place.exported(nothing, "without.zip")["leaves"].get<int>() < 2 * before) {
    }
    auto with = nothing;
    with.insert(with.end(), {"--checkpoint", "kept"});
    (void)place.exported(with, "with.zip");
    const auto open = place.verified("without.zip", {"--checkpoint", "kept"}, 5);
    CHECK(open["verdict"] == "open");
    CHECK(open["holds"] == false);
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
              .exit == 2);
    const auto early = place.program.run(
        {"audit", "export", "--since", "1970-01-01T00:00:00+01:00", "--reason", "x", "-o", "x.zip"});
    CHECK(early.exit == 2);
    CHECK_THAT(early.err, Contains("the period begins or ends before 1970"));
    CHECK_FALSE(std::filesystem::exists(place.dir.path() / "x.zip"));
    const auto refused = place.program.run({"audit", "verify", "with.zip", "--checkpoint", "none"});
    CHECK(refused.exit == 2);  // says nothing of the bundle
    CHECK_THAT(refused.err, Contains("none is no checkpoint of a log") && Contains("/log/checkpoint"));
    CHECK(refused.out.empty());
}

TEST_CASE("A bundle about a request has the answer to the person with it", "[app][program][audit]") {
    const AuditPlace place;
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

TEST_CASE("Every full bundle has the papers of its requests, and no other bundle has any",
          "[app][program][audit]") {
    AuditPlace place;
    REQUIRE(place.program.run({"erase", "anna@o.example"}).exit == 0);
    place.add_letters();
    const std::vector<std::vector<std::string>> scopes{{"--all", "--reason", "an audit"},
                                                       {"--request", "1"},
                                                       {"--subject", "anna@o.example"},
                                                       {"--since", "2026-01-01", "--reason", "an audit"}};
    for (const auto& scope : scopes) {
        CAPTURE(scope.front());
        (void)place.exported(scope, "full.zip");
        CHECK(place.verified("full.zip")["holds"] == true);
        const auto full = place.octets("full.zip");
        CHECK_THAT(full, Contains("papers/request-1/answer.json"));
        CHECK_THAT(full, Contains("papers/request-1/answer.md"));
        CHECK_THAT(full, Contains("Dear operator, https://o.example/users/anna"));
        CHECK_THAT(full, Contains("letters/notice-" + place.notice + "-1.txt"));
        CHECK_THAT(full, !Contains("letters/notice-" + place.notice + "-3.txt"));
        const auto listed = full.substr(full.find("\"absent\": ["));
        CHECK_THAT(listed, Contains("papers/request-1/letters/notice-" + place.notice + "-2.txt"));
        for (const auto* level : {"pseudonymised", "minimal"}) {
            auto words = scope;
            words.insert(words.end(), {"--level", level});
            (void)place.exported(words, "less.zip");
            const auto less = place.octets("less.zip");
            CHECK_THAT(less, !Contains("papers/"));
            CHECK_THAT(less, !Contains("Dear operator"));
            CHECK_THAT(less, !Contains("anna"));
        }
    }
}

TEST_CASE("A host that may be one person's is in no member of a pseudonymised bundle",
          "[app][program][audit]") {
    AuditPlace place;
    REQUIRE(place.program.run({"erase", "anna@o.example"}).exit == 0);
    place.add_letters();
    REQUIRE(place.program.run({"recipients", "set", "b.example", "single_person=no", "--reason", "a club"})
                .exit == 0);
    for (const auto* host : {"a.example", "b.example"}) {
        REQUIRE(place.program.run({"subjects", "object", "anna@o.example", host}).exit == 0);
    }
    const std::vector<std::vector<std::string>> scopes{
        {"--all"}, {"--request", "1"}, {"--subject", "1"}, {"--since", "2026-01-01"}};
    for (const auto& scope : scopes) {
        CAPTURE(scope.front());
        for (const auto* level : {"pseudonymised", "minimal"}) {
            auto words = scope;
            words.insert(words.end(), {"--level", level});
            (void)place.exported(words, "less.zip");
            CHECK(place.verified("less.zip")["holds"] == true);
            const auto less = place.octets("less.zip");
            for (const auto* host : {"a.example", "keeps.example"}) {
                CHECK(less.find(host) == std::string::npos);
            }
        }
        auto words = scope;
        words.insert(words.end(), {"--reason", "an audit"});
        (void)place.exported(words, "full.zip");
        CHECK_THAT(place.octets("full.zip"), Contains("keeps.example"));
    }
    (void)place.exported({"--all", "--level", "pseudonymised"}, "all.zip");
    const auto all = place.octets("all.zip");
    CHECK_THAT(all, Contains(R"("recipient":"unnamed server 1")") && Contains(R"("recipient":"b.example")"));
}

TEST_CASE("What cannot be exported or checked is said with its exit code", "[app][program][audit]") {
    const AuditPlace place;
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
    REQUIRE(::mkfifo((place.dir.path() / "pipe").c_str(), 0600) == 0);
    CHECK(exits({"verify", "pipe"}) == 1);  // nobody writes into it
    CHECK(exits({"verify", "history.ndjson/x"}) == 1);
    CHECK(exits({"verify", "history.ndjson"}) == 1);
    CHECK(exits({"verify", "history.ndjson", "--key", "abc"}) == 2);
    for (const auto& entry : std::filesystem::directory_iterator{place.dir.path()}) {
        CHECK_FALSE(entry.path().filename().string().starts_with("x.zip"));
    }
}
