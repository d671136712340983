/// Bundles as their users meet them: exported, checked, changed.

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/bundle_desk.hpp"
#include "app/case_room.hpp"
#include "app/json_schema.hpp"
#include "app/stores.hpp"
#include "backends/sqlite/ledger_shelf.hpp"
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

/// Of a claim of `audit verify --json`.
std::string verdict_of(const Json& found, const std::string& name) {
    for (const auto& claim : found["claims"]) {
        if (claim["name"] == name) {
            return claim["verdict"].get<std::string>();
        }
    }
    return "not there";
}

struct AuditPlace {
    TempDir dir;
    Program program{dir.path()};

    AuditPlace() {
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
        if (more.empty()) {
            more = {"--key", audit({"checkpoint"}, "checkpoint.schema.json")["key"].get<std::string>()};
        }
        more.insert(more.begin(), {"verify", file});
        return audit(more, "audit-verify.schema.json", exit);
    }
    /// Two letters about request 1: one is kept as a file, the other left by mail.
    void add_letters() {
        const auto config = fedtrail::app::load_config(dir.path() / "fedtrail.toml", {});
        REQUIRE(config);
        const auto reading = fedtrail::app::open_reading_room(*config, {});
        REQUIRE(reading);
        const auto cases = fedtrail::sqlite::SqliteCases::open_file(
            fedtrail::app::cases_file(*config), *reading->vault, fedtrail::sqlite::OpenMode::ReadWrite);
        REQUIRE(cases);
        const fedtrail::records::RequestNumber request{1};
        fedtrail::records::Notice told;
        told.request = request;
        told.subject = fedtrail::privacy::SubjectNumber{1};
        told.recipient = *fedtrail::Host::parse("keeps.example");
        REQUIRE((*cases)->plan(request, (*cases)->objects(request, {}).value(), std::array{told}));
        fedtrail::NoticeFilter filter;
        filter.recipient = told.recipient;
        const auto number = (*cases)->notices(filter).value().front().number;
        notice = std::to_string(number.get());
        const auto letter = [number](const std::string& channel, const std::string& id, bool taken) {
            return fedtrail::records::NoticeLetter{
                number, fedtrail::from_unix_seconds(1'767'225'600), "first", "en", channel, id, taken, ""};
        };
        fedtrail::NoticeChange change;
        change.letters = {letter("file", "<1-1@o.example>", false),
                          letter("file", "<1-1@o.example>", true),
                          letter("smtp", "<1-2@o.example>", true)};
        REQUIRE((*cases)->apply(change));
        std::filesystem::create_directories(dir.path() / "data" / "letters");
        program.write("data/letters/1-1.txt",
                      "Dear operator, https://o.example/users/anna was erased here.\n");
    }
    /// Of anna's, and nothing came of it yet.
    void begin_delivery() const {
        const auto config = fedtrail::app::load_config(dir.path() / "fedtrail.toml", {});
        const auto reading = fedtrail::app::open_reading_room(*config, {});
        const auto writer = fedtrail::sqlite::SqliteLedgerWriter::open(
            config->data_dir / "ledger.db", *reading->vault, fedtrail::sqlite::LedgerOptions{});
        REQUIRE(writer);
        auto begun = fedtrail::testing::observation_of(
            **writer, "https://o.example/users/anna/statuses/6", ::time(nullptr) - 60);
        begun.outcome = {fedtrail::privacy::OutcomeKind::Intended, 0};
        REQUIRE(*(*writer)->add(begun));
        REQUIRE((*writer)->commit());
    }
    std::string notice;  ///< Number of the one that the letters are about.
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
    const AuditPlace place;
    REQUIRE(place.program.run({"erase", "anna@o.example"}).exit == 0);  // something that the log has to know
    const auto made = place.exported({"--all", "--reason", "an audit"}, "all.zip");
    CHECK(made["scope"] == "everything");
    CHECK(made["octets"] == place.octets("all.zip").size());
    const auto key = made["key"].get<std::string>();
    const auto found = place.verified("all.zip", {"--key", key});
    CHECK(found["holds"] == true);
    CHECK(found["bundle"]["records"] == made["records"]);
    CHECK(verdict_of(found, "export") == "holds");
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
    CHECK(verdict_of(place.verified("again.zip"), "export") == "holds");
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
    const auto early =
        place.program.run({"audit", "export", "--since", "1969-12-31", "--reason", "x", "-o", "x.zip"});
    CHECK(early.exit == 2);
    CHECK_THAT(early.err, Contains("the period begins or ends before 1970"));
    CHECK_FALSE(std::filesystem::exists(place.dir.path() / "x.zip"));
    const auto refused = place.program.run({"audit", "verify", "with.zip", "--checkpoint", "none"});
    CHECK(refused.exit == 2);  // says nothing of the bundle
    CHECK_THAT(refused.err, Contains("none is no checkpoint of a log") && Contains("/log/checkpoint"));
    CHECK(refused.out.empty());
}

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
    auto hers = delivery(3, "a.example");
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
    import(at(delivery(3, "c.example"), "2026-01-03T10:00:00Z"));
    const auto by_itself = place.exported({"--subject", "anna@o.example"}, "one.zip");
    CHECK(by_itself["unlogged"] == 0);
    CHECK_THAT(place.octets("one.zip"), Contains("statuses/3") && Contains("c.example"));
    CHECK(place.verified("one.zip")["holds"] == true);

    {
        const fedtrail::testing::Serving serving{place.program};
        import(at(delivery(4, "d.example"), "2026-01-04T10:00:00Z"));
        CHECK(place.audit({"checkpoint"}, "checkpoint.schema.json")["unlogged"] == 1);
        CHECK_THAT(place.program.run({"audit", "checkpoint"}).out, Contains("not in the log yet: 1 record,"));
        CHECK(place.exported({"--subject", "anna@o.example"}, "two.zip")["unlogged"] == 0);
        CHECK_THAT(place.octets("two.zip"), Contains("statuses/4") && Contains("d.example"));
        import(at(delivery(5, "e.example"), "2026-01-05T10:00:00Z"));
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
    CHECK(exits({"verify", "history.ndjson"}) == 1);
    CHECK(exits({"verify", "history.ndjson", "--key", "abc"}) == 2);
    CHECK_FALSE(std::filesystem::exists(place.dir.path() / "x.zip"));
    CHECK_FALSE(std::filesystem::exists(place.dir.path() / "x.zip.part"));
}
