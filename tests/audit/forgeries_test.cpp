// Lies that are signed with the log's own key.

#include <sstream>

#include <catch2/catch.hpp>

#include "audit/crafted.hpp"
#include "audit/example_log.hpp"

using namespace fedtrail;           // NOLINT(google-build-using-namespace): a test
using namespace fedtrail::audit;    // NOLINT(google-build-using-namespace)
using namespace fedtrail::testing;  // NOLINT(google-build-using-namespace)

namespace {

/// What is found wrong with a bundle whose manifest says something else at one place.
std::string faults_saying(const std::string& bundle, std::string_view what, const std::string& then) {
    return faults(
        verified(crafted(bundle, {{"", replaced(member_of(bundle, "manifest.json"), what, then)}})));
}

Verdict verdict_of(const Verification& found, std::string_view name) {
    for (const auto& claim : found.claims) {
        if (claim.name == name) {
            return claim.verdict;
        }
    }
    return Verdict::Fails;
}

/// Of the example's log nobody shows the first record of a kind.
void hide_first(ExampleLog& log, records::LeafKind kind) {
    for (auto& leaf : log.leaves()) {
        if (leaf.closed && leaf.closed->head.kind == kind) {
            leaf.closed.reset();
            break;
        }
    }
}

}  // namespace

TEST_CASE("A page and papers that lie are the controller's word, and the verdict says so",
          "[audit][forgeries]") {
    const auto good = bundle_of(ExampleLog{}, records::RequestNumber{2});
    const auto found = verified(crafted(
        good, {{"README.html", "all copies verified gone"}, {"papers/request-2/answer.md", "all erased"}}));
    CHECK(found.holds());
    CHECK(verdict_of(found, "page") == Verdict::Open);
    CHECK(verdict_of(found, "papers") == Verdict::Open);
    std::ostringstream said;
    write_text(found, said);
    CHECK(
        said.str().ends_with("The controller's word, not proven by the log: scope, papers, export, page.\n"
                             "The bundle holds.\n"));
}

TEST_CASE("A bundle that is about something else than it says does not hold", "[audit][forgeries]") {
    for (const auto level : {Level::Full, Level::Pseudonymised}) {
        const auto request = bundle_of(ExampleLog{}, records::RequestNumber{2}, level);
        CHECK(faults_saying(request, "\"number\": 2", "\"number\": 99").starts_with("scope: "));
        const auto subject = bundle_of(ExampleLog{}, privacy::SubjectNumber{7}, level);
        CHECK(faults_saying(subject, "\"number\": 7", "\"number\": 8").starts_with("scope: "));
        CHECK(faults_saying(request, "\"kind\": \"request\"", "\"kind\": \"everything\"")
                  .starts_with("scope: "));
    }
}

TEST_CASE("A bundle that opens more or less than its level does not hold", "[audit][forgeries]") {
    const auto full = bundle_of(ExampleLog{}, Everything{});
    CHECK_FALSE(faults_saying(full, "\"full\"", "\"minimal\"").empty());
    CHECK_FALSE(faults_saying(full, "\"full\"", "\"pseudonymised\"").empty());
    const auto less = bundle_of(ExampleLog{}, Everything{}, Level::Pseudonymised);
    CHECK(faults_saying(less, "\"pseudonymised\"", "\"full\"").starts_with("level: "));
    CHECK(faults_saying(less, "\"pseudonymised\"", "\"minimal\"").starts_with("level: "));
    const auto least = bundle_of(ExampleLog{}, Everything{}, Level::Minimal);
    CHECK_FALSE(faults_saying(least, "\"minimal\"", "\"full\"").empty());
}

TEST_CASE("A bundle of a request without one of its events does not hold", "[audit][forgeries]") {
    ExampleLog log;
    hide_first(log, records::LeafKind::RequestEvent);
    for (const auto level : {Level::Full, Level::Pseudonymised}) {
        CHECK(faults(verified(bundle_of(log, records::RequestNumber{2}, level))).starts_with("scope: "));
    }
}

TEST_CASE("A bundle of everything that skips something does not hold", "[audit][forgeries]") {
    ExampleLog log;
    hide_first(log, records::LeafKind::Access);
    for (const auto level : {Level::Full, Level::Pseudonymised, Level::Minimal}) {
        CHECK(faults(verified(bundle_of(log, Everything{}, level))).starts_with("scope: "));
    }
}

TEST_CASE("A policy that is neither there nor said to be missing is found", "[audit][forgeries]") {
    const auto good = bundle_of(ExampleLog{}, records::RequestNumber{2});
    for (const auto* without : {"policies/2/transfer-rules.json", "policies/2/texts", "policies/"}) {
        CAPTURE(without);
        CHECK(faults(verified(crafted(good, {}, without))).starts_with("policies: "));
    }
}

TEST_CASE("A bundle lacks no file that it must have, and has no other", "[audit][forgeries]") {
    const auto good = bundle_of(ExampleLog{}, records::RequestNumber{2});
    CHECK(faults(verified(crafted(good, {}, "README.html"))).starts_with("manifest: "));
    CHECK(faults_saying(good, "\"README.html\"", "\"README.txt\"") ==
          "manifest: manifest.json lists no README.html at the place where the bundle has it\n");
    CHECK(faults_saying(good, "\"README.html\",\n      \"size\": ", "\"README.html\",\n      \"size\": 1") ==
          "manifest: README.html has another size than manifest.json lists\n");
    CHECK(faults(verified(crafted(good, {}, "papers/request-2/answer.md"))).starts_with("papers: "));
    CHECK(faults(verified(crafted(good, {}, "papers/request-2/answer.json"))).starts_with("papers: "));
    for (const auto* path :
         {"evil/run.exe", "papers/request-2/run.exe", "papers/request-02/answer.md", "README"}) {
        CAPTURE(path);
        CHECK(faults(verified(crafted(good, {{path, "MZ"}}))).starts_with("manifest: "));
    }
    CHECK(faults(verified(crafted(
                     good, {{"papers/request-9/answer.md", ""}, {"papers/request-9/answer.json", ""}})))
              .starts_with("papers: "));
}

TEST_CASE("What is missing is said once, and is not there", "[audit][forgeries]") {
    const auto good = bundle_of(ExampleLog{}, records::RequestNumber{2});
    for (const auto* path : {"papers/request-2/answer.md", "papers/request-2/letters/notice-11-1.txt"}) {
        CAPTURE(path);
        const auto more = R"("absent": [{"path": ")" + std::string{path} + R"(", "why": "not_kept"},)";
        CHECK(faults_saying(good, "\"absent\": [", more) ==
              "manifest: something is said to be missing twice, or is there\n");
    }
}

TEST_CASE("Earlier checkpoints end with a line feed", "[audit][forgeries]") {
    const auto good = bundle_of(ExampleLog{}, Everything{});
    auto history = member_of(good, "checkpoints.ndjson");
    REQUIRE(history.ends_with('\n'));
    history.pop_back();
    CHECK(faults(verified(crafted(good, {{"checkpoints.ndjson", history}}))) ==
          "history: checkpoints.ndjson: its last line is not whole\n");
}

TEST_CASE("A paper that is not what the person was told is found", "[audit][forgeries]") {
    const auto told = [](audit::Scope scope, const std::optional<std::string>& words) {
        return ToldLog::bundle(std::move(scope), words);
    };
    const auto good = told(records::RequestNumber{2}, ToldLog::words());
    CHECK(faults(verified(good)).empty());
    CHECK(verdict_of(verified(good), "told") == Verdict::Holds);
    CHECK(verdict_of(verified(told(Everything{}, ToldLog::words())), "told") == Verdict::Holds);
    const std::string path = "papers/request-2/told-2.txt";
    CHECK(
        faults(verified(told(records::RequestNumber{2}, "All copies are gone.\n"))).starts_with("papers: "));
    CHECK(faults(verified(crafted(good, {{path, ToldLog::words() + " "}}))).starts_with("papers: "));
    for (const auto* without : {"papers/request-2/told-2.txt", "papers/request-2/told-2.salt"}) {
        CHECK(faults(verified(crafted(good, {}, without))).starts_with("papers: "));
    }
    for (const std::string salt : {"", "AAAA\n", "AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAA==\n"}) {
        CAPTURE(salt);
        CHECK(faults(verified(crafted(good, {{"papers/request-2/told-2.salt", salt}})))
                  .starts_with("papers: "));
    }
    const auto forgotten = told(records::RequestNumber{2}, std::nullopt);  // and the manifest says so
    CHECK(faults(verified(forgotten)).empty());
    for (const auto& claim : verified(forgotten).claims) {
        CHECK(claim.name != "told");
    }
    const auto numbered = told(privacy::SubjectNumber{7}, ToldLog::words());
    CHECK(verdict_of(verified(numbered), "told") == Verdict::Holds);
}

TEST_CASE("Without a key from elsewhere nothing shows whose a bundle is", "[audit][forgeries]") {
    const ExampleLog log;
    const auto good = bundle_of(log, Everything{});
    const auto alone = verified(good, Trusted{});
    CHECK(faults(alone).empty());
    CHECK(alone.outcome() == Verdict::Open);
    std::ostringstream said;
    write_text(alone, said);
    CHECK(said.str().find("agrees with itself; whose it is was not shown") != std::string::npos);
    CHECK(verified(good, {{witness_key().verifier()}, {}}).outcome() == Verdict::Open);
    CHECK(verified(good, {{}, *log.checkpoint()}).holds());
    CHECK(verified(good, {{log_key().verifier()}, {}}).holds());
}
