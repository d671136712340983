/// A sidecar's home with two posts of anna's that went to two servers, to export and to check.

#pragma once

#include <array>
#include <ctime>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/case_room.hpp"
#include "app/json_schema.hpp"
#include "app/stores.hpp"
#include "backends/sqlite/ledger_shelf.hpp"
#include "documents.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

/// One line of an import: a post of anna's that went to `recipient`.
inline std::string audited_delivery(int number, const std::string& recipient) {
    const auto id = "https://o.example/users/anna/statuses/" + std::to_string(number);
    return nlohmann::json{{"at", "2026-01-0" + std::to_string(number) + "T10:00:00Z"},
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
inline std::string verdict_of_claim(const nlohmann::json& found, const std::string& name) {
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
        program.write("history.ndjson", audited_delivery(1, "a.example") + audited_delivery(2, "b.example"));
        const auto taken = program.run({"import", "ndjson", "history.ndjson"});
        INFO(taken.err);
        REQUIRE(taken.exit == 0);
    }

    /// The answer of `audit … --json`, which keeps to its schema.
    [[nodiscard]] nlohmann::json audit(std::vector<std::string> words,
                                       const std::string& schema,
                                       int exit = 0) const {
        words.insert(words.begin(), "audit");
        words.emplace_back("--json");
        const auto said = program.run(words);
        INFO(said.out << said.err);
        REQUIRE(said.exit == exit);
        REQUIRE(app::check_schema(said.out, contents(FEDTRAIL_SOURCE_DIR "/schemas/cli/" + schema), schema));
        return nlohmann::json::parse(said.out);
    }
    /// The answer of `audit export`; it and the bundle's manifest keep to their schemas.
    [[nodiscard]] nlohmann::json exported(std::vector<std::string> words, const std::string& file) const {
        words.insert(words.begin(), "export");
        words.insert(words.end(), {"-o", file});
        auto told = audit(words, "audit-export.schema.json");
        const auto bundle = octets(file);  // nothing in it is compressed
        const auto begin = bundle.rfind("{\n  \"format\": \"fedtrail/audit-bundle/");
        REQUIRE(begin != std::string::npos);
        const auto manifest = bundle.substr(begin, bundle.find("\n}\n", begin) + 2 - begin);
        const auto kept = app::check_schema(
            manifest, contents(FEDTRAIL_SOURCE_DIR "/schemas/audit-bundle.schema.json"), "manifest.json");
        INFO(manifest << (kept ? "" : kept.error().what));
        REQUIRE(kept.has_value());
        return told;
    }
    [[nodiscard]] nlohmann::json verified(const std::string& file,
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
        const auto config = app::load_config(dir.path() / "fedtrail.toml", {});
        REQUIRE(config);
        const auto reading = app::open_reading_room(*config, {});
        REQUIRE(reading);
        const auto cases = sqlite::SqliteCases::open_file(
            app::cases_file(*config), *reading->vault, sqlite::OpenMode::ReadWrite);
        REQUIRE(cases);
        const records::RequestNumber request{1};
        records::Notice told;
        told.request = request;
        told.subject = privacy::SubjectNumber{1};
        told.recipient = *Host::parse("keeps.example");
        REQUIRE((*cases)->plan(request, (*cases)->objects(request, {}).value(), std::array{told}));
        NoticeFilter filter;
        filter.recipient = told.recipient;
        const auto number = (*cases)->notices(filter).value().front().number;
        notice = std::to_string(number.get());
        const auto letter = [number](const std::string& channel, const std::string& id, bool taken) {
            return records::NoticeLetter{
                number, from_unix_seconds(1'767'225'600), "first", "en", channel, id, taken, ""};
        };
        NoticeChange change;
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
        const auto config = app::load_config(dir.path() / "fedtrail.toml", {});
        const auto reading = app::open_reading_room(*config, {});
        const auto writer = sqlite::SqliteLedgerWriter::open(
            config->data_dir / "ledger.db", *reading->vault, sqlite::LedgerOptions{});
        REQUIRE(writer);
        auto begun =
            observation_of(**writer, "https://o.example/users/anna/statuses/6", ::time(nullptr) - 60);
        begun.outcome = {privacy::OutcomeKind::Intended, 0};
        REQUIRE(*(*writer)->add(begun));
        REQUIRE((*writer)->commit());
    }
    std::string notice;  ///< Number of the one that the letters are about.
    [[nodiscard]] std::string octets(const std::string& name) const { return contents(dir.path() / name); }
};

}  // namespace fedtrail::testing
