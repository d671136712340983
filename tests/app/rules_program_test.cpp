/// Transfer rules with the real program: deliveries through its proxy to a server that counts what it gets.

#include <atomic>
#include <chrono>
#include <csignal>
#include <functional>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backends/poco/http_server.hpp"
#include "documents.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::HttpRequest;
using fedtrail::HttpResponse;
using fedtrail::testing::checked;
using fedtrail::testing::contents;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;
using Json = nlohmann::json;

namespace {

/// Takes whatever comes.
class Peer {
public:
    Peer() {
        auto listening = fedtrail::poco::listen("127.0.0.1", 0, {});
        REQUIRE(listening);
        server_ = std::move(*listening);
        REQUIRE(server_->start(
            [this](const HttpRequest&) {
                ++received_;
                return HttpResponse{202, {}, ""};
            },
            {}));
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() { server_->stop(); }

    [[nodiscard]] int received() const { return received_; }
    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(server_->port()); }

private:
    std::unique_ptr<fedtrail::HttpServer> server_;
    std::atomic<int> received_{};
};

std::string rules(const std::string& list) {
    return R"({"format": "fedtrail/transfer-rules/1", "rules": [)" + list + "]}\n";
}

std::string block(const std::string& name, const std::string& host, const std::string& more = "") {
    return R"({"name": ")" + name + R"(", "effect": "block", "recipient": {"hosts": [")" + host + "\"]}" +
           more + R"(, "why": "A test."})";
}

/// A sidecar whose deliveries to a.example and b.example reach the peer.
struct RulesHome {
    Peer peer;
    TempDir dir;
    Program program{dir.path()};
    int proxy = fedtrail::testing::free_port();
    int api = fedtrail::testing::free_port();

    RulesHome() {
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(proxy)},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
            {"FEDTRAIL_PROXY_ALLOW_ADDRESSES", "127.0.0.0/8"},
            {"FEDTRAIL_PROXY_RESOLVE", "a.example:80=" + peer.address() + ",b.example:80=" + peer.address()}};
        REQUIRE(program.run({"init", "--origin", "origin.example"}).exit == 0);
    }

    void write_rules(const std::string& text) const { program.write("data/transfer-rules.json", text); }

    [[nodiscard]] HttpResponse deliver(const std::string& to,
                                       int number,
                                       const std::string& type = "Create",
                                       std::size_t padding = 0) const {
        const std::string actor = "https://origin.example/users/alice";
        const auto note = actor + "/statuses/" + std::to_string(number);
        const Json object = type == "Delete" ? Json(note)
                                             : Json{{"id", note},
                                                    {"type", "Note"},
                                                    {"attributedTo", actor},
                                                    {"to", {"as:Public"}},
                                                    {"content", "words" + std::string(padding, ' ')}};
        const auto client = fedtrail::poco::client(
            "127.0.0.1", static_cast<std::uint16_t>(proxy), fedtrail::testing::kPatience);
        const auto answer = client->send({"POST",
                                          "http://" + to + "/inbox",
                                          {{"Host", to}, {"Content-Type", "application/activity+json"}},
                                          Json{{"@context", "https://www.w3.org/ns/activitystreams"},
                                               {"id", note + "/" + type},
                                               {"type", type},
                                               {"actor", actor},
                                               {"to", {"as:Public"}},
                                               {"object", object}}
                                              .dump()});
        REQUIRE(answer);
        return *answer;
    }

    [[nodiscard]] Json json(std::vector<std::string> words, const std::string& schema, int exit = 0) const {
        words.emplace_back("--json");
        const auto ended = program.run(words);
        INFO(ended.err);
        CHECK(ended.exit == exit);
        return checked(ended.out, schema);
    }

    [[nodiscard]] static bool eventually(const std::function<bool()>& holds) {
        for (int tries = 0; tries < 900; ++tries) {
            if (holds()) {
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        }
        return false;
    }
};

}  // namespace

TEST_CASE("A rule keeps a delivery here, and the origin is told which", "[app][program][rules]") {
    const RulesHome home;
    home.write_rules(rules(block("no-a", "a.example")));
    {
        Serving serving{home.program};
        const auto stopped = home.deliver("a.example", 1);
        CHECK(stopped.status == 403);
        CHECK_THAT(stopped.body, Contains(R"(\"no-a\")") && !Contains("alice") && !Contains("a.example"));
        CHECK(fedtrail::header_of(stopped.headers, "Content-Type") == "application/problem+json");
        CHECK(home.deliver("b.example", 1).status == 202);
        CHECK(home.deliver("a.example", 1, "Delete").status == 202);
        CHECK(home.peer.received() == 2);

        const auto list = home.json({"rules", "list"}, "rules.schema.json");
        CHECK(list["rules"][0]["decided"] == 1);
        CHECK(list["shipped"] == false);
        const auto status = home.json({"status"}, "cli/status.schema.json");
        CHECK(status["rules"]["prevented"] == 1);
        CHECK(status["rules"]["in_force"] == 1);
        ::kill(serving.process(), SIGKILL);  // the origin has its answer: the record is there
    }
    const auto holders = home.program.run({"report", "alice@origin.example", "--json"});
    CHECK(Json::parse(holders.out)["recipients"].size() == 2);  // a.example: the Delete alone
    const auto alice = home.json({"subjects", "show", "1"}, "cli/subject.schema.json");
    CHECK(alice["recipients"][0]["disclosures"] == 1);
    CHECK(alice["prevented"] == 1);
}

TEST_CASE("What is too large to be read is held to rules and objections too", "[app][program][rules]") {
    const RulesHome home;
    home.write_rules(
        rules(block("no-messages", "a.example", R"(, "object": {"categories": ["direct_message"]})")));
    const Serving serving{home.program};
    constexpr std::size_t kTooLarge = 1'200'000;
    CHECK(home.deliver("a.example", 1).status == 202);  // a public post
    const auto stopped = home.deliver("a.example", 2, "Create", kTooLarge);
    CHECK(stopped.status == 403);
    CHECK_THAT(stopped.body, Contains(R"(\"no-messages\")"));
    CHECK(home.deliver("b.example", 3, "Create", kTooLarge).status == 202);
    CHECK(home.program.run({"subjects", "object", "1", "b.example"}).exit == 0);
    int number = 4;
    // Nobody signed it: it could be the one's who objects.
    CHECK(RulesHome::eventually(
        [&] { return home.deliver("b.example", number++, "Create", kTooLarge).status == 403; }));
}

TEST_CASE("Rules come into force when their file changes; a bad file leaves the old ones",
          "[app][program][rules]") {
    const RulesHome home;
    Serving serving{home.program};
    CHECK(home.deliver("a.example", 1).status == 202);
    home.write_rules(rules(block("no-a", "a.example")));
    int number = 2;
    CHECK(RulesHome::eventually([&] { return home.deliver("a.example", number++).status == 403; }));

    home.write_rules(rules(block("no-b", "b.example") + R"(, {"name": "x", "effect": "block", "oops": 1})"));
    CHECK(RulesHome::eventually(
        [&] { return home.json({"status"}, "cli/status.schema.json")["rules"]["refused"].get<bool>(); }));
    CHECK(home.deliver("a.example", number++).status == 403);
    CHECK(home.deliver("b.example", number++).status == 202);
    const auto list = home.json({"rules", "list"}, "rules.schema.json");
    CHECK_THAT(list["refused"]["what"].get<std::string>(), Contains("transfer-rules.json:1"));
    REQUIRE(list["rules"].size() == 1);
    CHECK(list["rules"][0]["name"] == "no-a");
    const auto said = home.program.run({"rules", "list"}).out;
    CHECK_THAT(said, Contains("this file cannot be used: ") && Contains("transfer-rules.json:1"));
    CHECK_THAT(said, Contains("The last good rules are still in force, since 20"));
    CHECK_THAT(said, Contains("no-a\tblock\t") && Contains("\thosts a.example\n") && !Contains("{"));
    CHECK(home.program.run({"doctor", "--json"}).exit == 1);
    ::kill(serving.process(), SIGHUP);
    CHECK(RulesHome::eventually([&] {
        return home.program.text("serve.err").find("policies stay as they were") != std::string::npos;
    }));
    CHECK(home.deliver("a.example", number++).status == 403);

    std::filesystem::remove(home.dir / "data/transfer-rules.json");
    CHECK(home.deliver("a.example", number++).status == 403);  // gone is not allowed
    CHECK(RulesHome::eventually([&] {
        const auto gone = home.program.run({"rules", "list"}).out;
        return gone.find("data/transfer-rules.json is not there") != std::string::npos &&
               gone.find("no-a\tblock\t") != std::string::npos;
    }));
    home.write_rules(rules(""));
    CHECK(RulesHome::eventually([&] { return home.deliver("a.example", number++).status == 202; }));
    CHECK(serving.stop(SIGTERM) == 0);
}

TEST_CASE("A start with rules that cannot be used is refused", "[app][program][rules]") {
    const RulesHome home;
    home.write_rules("{}");
    const auto started = home.program.run({"serve"});
    CHECK(started.exit == 1);
    CHECK_THAT(started.err, Contains("transfer-rules.json"));
}

TEST_CASE("A rule for minors counts from the moment somebody is one", "[app][program][rules]") {
    const RulesHome home;
    home.write_rules(rules(block("children", "a.example", R"(, "subject": {"minor": true})")));
    const Serving serving{home.program};
    CHECK(home.deliver("a.example", 1).status == 202);
    const auto set =
        home.json({"subjects", "set", "alice@origin.example", "minor=true"}, "cli/subject-facts.schema.json");
    CHECK(set["minor"] == true);
    int number = 2;
    CHECK(RulesHome::eventually([&] { return home.deliver("a.example", number++).status == 403; }));
    CHECK(home.json({"subjects", "show", "1"}, "cli/subject.schema.json")["minor"] == true);
    CHECK(home.program.run({"subjects", "set", "1", "shoe-size=44"}).exit == 2);
    CHECK(home.program.run({"subjects", "set", "nobody@origin.example", "minor=true"}).exit == 3);
}

TEST_CASE("A consent carries a person's deliveries until it is withdrawn, and goes with the person",
          "[app][program][rules]") {
    const RulesHome home;
    home.write_rules(rules(R"({"name": "no-basis", "effect": "block",
        "recipient": {"bases": ["undocumented"]}, "object": {"categories": ["post_text"]}, "why": "A test."})"));
    REQUIRE(home.program.run({"recipients", "set", "a.example", "country=US", "--reason", "x"}).exit == 0);
    Serving serving{home.program};
    CHECK(home.deliver("a.example", 1).status == 403);
    const std::vector<std::string> to{"subjects", "consent", "alice@origin.example", "--country", "US"};
    const auto with = [&to](std::vector<std::string> more) {
        more.insert(more.begin(), to.begin(), to.end());
        return more;
    };
    const auto given =
        home.json(with({"--recipient", "a.example", "--given", "2020-11-01", "--evidence", "form 17"}),
                  "cli/consents.schema.json");
    CHECK(given["consents"][0]["recipient"] == "a.example");
    int number = 2;
    CHECK(RulesHome::eventually([&] { return home.deliver("a.example", number++).status == 202; }));
    const auto report =
        home.json({"report", "alice@origin.example", "--format", "json"}, "transfer-report.schema.json");
    CHECK(report["recipients"][0]["basis"] == "A49-1-a");
    CHECK(home.program.run(with({"--given", "2020-11-01"})).exit == 2);
    const auto within = home.program.run({"subjects",
                                          "consent",
                                          "alice@origin.example",
                                          "--country",
                                          "NO",
                                          "--given",
                                          "2020-11-01",
                                          "--evidence",
                                          "form 17"});
    CHECK(within.exit == 2);
    CHECK(within.err.find("NO is within the EEA") != std::string::npos);
    CHECK(home.program.run(with({"--withdrawn", "2020-11-02"})).exit == 3);  // that was for a.example alone
    const auto withdrawn = home.json(with({"--recipient", "a.example", "--withdrawn", "2020-11-02"}),
                                     "cli/consents.schema.json");
    CHECK(withdrawn["consents"][0]["withdrawn"] == "2020-11-02");
    CHECK(RulesHome::eventually([&] { return home.deliver("a.example", number++).status == 403; }));
    CHECK(serving.stop(SIGTERM) == 0);
    REQUIRE(home.program.run({"subjects", "shred", "1", "--reason", "x"}).exit == 0);
    CHECK(home.program.run({"subjects", "consents", "1", "--json"}).out.find("form 17") == std::string::npos);
}

TEST_CASE("What a rule asks of a recipient is known to the proxy", "[app][program][rules]") {
    const RulesHome home;
    home.write_rules(rules(R"({"name": "unknown-software", "effect": "block",
        "recipient": {"software": ["unknown"]}, "object": {"categories": ["post_text"]}, "why": "A test."})"));
    const Serving serving{home.program};
    CHECK(home.deliver("a.example", 1).status == 403);
    CHECK(home.peer.received() == 0);
}

TEST_CASE("A rule and an objection reach all hosts of a recipient", "[app][program][rules][joined]") {
    const RulesHome home;
    {
        const Serving serving{home.program};
        CHECK(home.deliver("b.example", 1).status == 202);
    }
    fedtrail::testing::join_hosts(home.dir / "data", "a.example", "b.example");
    home.write_rules(rules(block("no-a", "a.example")));
    {
        const Serving serving{home.program};
        CHECK(home.deliver("b.example", 2).status == 403);
    }
    home.write_rules(rules(""));
    REQUIRE(home.program.run({"erase", "1", "--recipient", "a.example"}).exit == 0);
    const Serving serving{home.program};
    CHECK(home.deliver("b.example", 3).status == 403);
    CHECK(home.deliver("b.example", 1, "Delete").status == 202);
}

TEST_CASE("An objection is shown, made and lifted without an erasure", "[app][program][rules]") {
    const RulesHome home;
    Serving serving{home.program};
    CHECK(home.deliver("a.example", 1).status == 202);
    const auto made = home.json({"subjects", "object", "1", "a.example"}, "cli/objections.schema.json");
    REQUIRE(made["objections"].size() == 1);
    CHECK(made["objections"][0]["request"].is_null());
    CHECK(made["objections"][0]["reason"].is_null());
    const auto why = home.json({"subjects", "object", "1", "a.example", "--reason", "they mock me there"},
                               "cli/objections.schema.json");
    CHECK(why["objections"][0]["reason"] == "they mock me there");
    CHECK_THAT(home.program.run({"subjects", "objections", "1"}).out, Contains("they mock me there"));
    const auto report =
        Json::parse(home.program.run({"report", "1", "--format", "json", "--reason", "x"}).out);
    CHECK(report["objections"][0]["recipient"] == "a.example");
    CHECK(report["objections"][0]["why"] == "they mock me there");
    int number = 2;
    CHECK(RulesHome::eventually([&] { return home.deliver("a.example", number++).status == 403; }));
    CHECK(home.json({"subjects", "show", "1"}, "cli/subject.schema.json")["objections"] ==
          Json::array({"a.example"}));
    CHECK_THAT(home.program.run({"subjects", "show", "1"}).out, Contains("objects a.example, since 20"));
    CHECK(home.json({"subjects", "allow", "1", "a.example"}, "cli/objections.schema.json")["objections"]
              .empty());
    CHECK(RulesHome::eventually([&] { return home.deliver("a.example", number++).status == 202; }));
    CHECK(home.program.run({"subjects", "allow", "1", "a.example"}).exit == 3);
    CHECK(home.program.run({"subjects", "object", "1", "not a host"}).exit == 2);
    CHECK(home.program.run({"subjects", "object", "nobody@origin.example", "a.example"}).exit == 3);
}

TEST_CASE("Who withdraws their removal from a server can be read there again", "[app][program][rules]") {
    const RulesHome home;
    Serving serving{home.program};
    CHECK(home.deliver("a.example", 1).status == 202);
    REQUIRE(home.program.run({"erase", "1", "--recipient", "a.example"}).exit == 0);
    int number = 2;
    CHECK(RulesHome::eventually([&] { return home.deliver("a.example", number++).status == 403; }));
    const auto listed = home.json({"subjects", "objections", "1"}, "cli/objections.schema.json");
    REQUIRE(listed["objections"].size() == 1);
    CHECK(listed["objections"][0]["request"] == 1);
    CHECK(home.program.run({"subjects", "allow", "1", "a.example"}).exit == 4);
    const auto withdrawn = home.program.run({"requests", "withdraw", "1"});
    CHECK(withdrawn.exit == 0);
    CHECK_THAT(withdrawn.err, Contains("goes to those servers again"));
    CHECK(RulesHome::eventually([&] { return home.deliver("a.example", number++).status == 202; }));
}

TEST_CASE("An erasure leaves out a server that a rule keeps even deletions from", "[app][program][rules]") {
    const RulesHome home;
    {
        const Serving serving{home.program};
        CHECK(home.deliver("a.example", 1).status == 202);
        CHECK(home.deliver("b.example", 1).status == 202);
    }
    const auto obstacle = [&] {
        const auto plan = home.json({"erase", "1", "--dry-run"}, "erasure-plan.schema.json");
        for (const auto& recipient : plan["recipients"]) {
            if (recipient["host"] == "a.example") {
                return recipient["obstacle"].is_string() ? recipient["obstacle"].get<std::string>() : "";
            }
        }
        return std::string{"not in the plan"};
    };
    home.write_rules(rules(block("no-a", "a.example")));
    CHECK(obstacle() == "");
    home.write_rules(rules(block("not-even", "a.example", R"(, "object": {"categories": ["deletion"]})")));
    CHECK_THAT(obstacle(), Contains("not-even"));
    home.write_rules("{}");
    CHECK(home.program.run({"erase", "1", "--dry-run"}).exit == 1);
    CHECK(home.program.run({"requests", "list"}).exit == 0);
}

TEST_CASE("rules check names what is wrong and where, rules try what would have stayed",
          "[app][program][rules]") {
    const RulesHome home;
    {
        const Serving serving{home.program};
        for (int number = 1; number <= 3; ++number) {
            CHECK(home.deliver("a.example", number).status == 202);
        }
        CHECK(home.deliver("b.example", 1).status == 202);
    }
    home.program.write("new.json",
                       rules(block("no-a", "a.example") + ",\n" + block("again", "a.example") + ",\n" +
                             block("typo", "a.exampel")));
    const auto check = home.json({"rules", "check", "new.json"}, "rules-check.schema.json");
    CHECK(check["usable"] == true);
    REQUIRE(check["notes"].size() == 2);
    CHECK(check["notes"][0]["fault"] == "unreachable");
    CHECK(check["notes"][0]["line"] == 2);
    CHECK(check["notes"][0]["other"] == "no-a");
    CHECK(check["notes"][1]["fault"] == "unseen_host");
    CHECK(check["notes"][1]["line"] == 3);
    CHECK_THAT(home.program.run({"rules", "check", "new.json"}).out,
               Contains("new.json:2: warning: rule \"again\""));
    home.program.write("bad.json",
                       rules(block("x", "a.example", R"(, "object": {"categories": ["nothing"]})")));
    CHECK(home.json({"rules", "check", "bad.json"}, "rules-check.schema.json", 1)["usable"] == false);
    CHECK(home.program.run({"rules", "try", "bad.json"}).exit == 1);
    CHECK(home.program.run({"rules", "check", "missing.json"}).exit == 3);
    CHECK(home.json({"rules", "check"}, "rules-check.schema.json")["usable"] == true);

    const auto trial = home.json({"rules", "try", "new.json"}, "rules-trial.schema.json");
    CHECK(trial["totals"]["blocked"]["disclosures"] == 3);
    CHECK(trial["totals"]["allowed_disclosures"] == 1);
    CHECK(trial["recipients"][0]["host"] == "a.example");
    CHECK(trial["recipients"][0]["subject_numbers"] == Json{1});
    CHECK_THAT(home.program.run({"rules", "try", "new.json"}).out, Contains("a.example\t3\t1\t3\t1\t0"));
}

TEST_CASE("The rules that decide are in the log and in a bundle, and so is every change of them",
          "[app][program][rules][audit]") {
    const RulesHome home;
    const auto bundle = [&home] {
        const auto made =
            home.program.run({"audit", "export", "--all", "--reason", "an audit", "-o", "all.zip"});
        INFO(made.err);
        REQUIRE(made.exit == 0);
        REQUIRE(home.program.run({"audit", "verify", "all.zip"}).exit == 5);
        return contents((home.dir.path() / "all.zip").string());
    };
    const auto changes = [](const std::string& octets) {
        std::size_t count = 0;
        for (auto at = octets.find(R"("kind":"policy_change")"); at != std::string::npos;
             at = octets.find(R"("kind":"policy_change")", at + 1)) {
            ++count;
        }
        return count;
    };
    home.write_rules(rules(block("first", "a.example")));
    {
        const Serving serving{home.program};
        const auto first = bundle();
        CHECK(changes(first) == 1);
        CHECK_THAT(first, Contains(rules(block("first", "a.example"))));
        CHECK_THAT(first, !Contains(contents(FEDTRAIL_SOURCE_DIR "/policies/transfer-rules.json")));
        home.write_rules(rules(block("second", "b.example")));
        auto second = bundle();
        for (int tries = 0; changes(second) < 2 && tries < 240; ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds{250});
            second = bundle();
        }
        CHECK(changes(second) == 2);
        CHECK_THAT(second, Contains(rules(block("second", "b.example"))));
        // What is refused does not decide, and is not written down.
        home.write_rules("no rules");
        std::this_thread::sleep_for(std::chrono::milliseconds{2'500});
        CHECK(changes(bundle()) == 2);
        home.write_rules(rules(block("second", "b.example")));
    }
    const Serving again{home.program, "again"};
    CHECK(changes(bundle()) == 2);
    // The rules that decided before are there as well, though no file has them any more.
    CHECK_THAT(bundle(), Contains(rules(block("first", "a.example"))));
    CHECK_THAT(bundle(), Contains("policies/"));
    for (const auto* level : {"pseudonymised", "minimal"}) {  // rules name servers
        const auto less = home.program.run({"audit", "export", "--all", "--level", level, "-o", "all.zip"});
        REQUIRE(less.exit == 0);
        const auto octets = contents((home.dir.path() / "all.zip").string());
        CHECK_THAT(octets, !Contains("a.example"));
        CHECK_THAT(octets, Contains("\"why\": \"level\""));
        CHECK_THAT(octets, Contains("What belongs to it and is not in it"));
    }
}
