/// A sidecar that is backed up and put back.

#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/json_schema.hpp"
#include "deliveries.hpp"
#include "documents.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

/// Posts `first` to `last` of somebody, to a.example and b.example.
inline std::string posts(const std::string& name, int first, int last) {
    std::string lines;
    for (int number = first; number <= last; ++number) {
        const auto post = "https://o.example/users/" + name + "/statuses/" + std::to_string(number);
        for (const auto* recipient : {"a.example", "b.example"}) {
            lines += accepted_post("o.example", recipient, "https://o.example/users/" + name, post);
        }
    }
    return lines;
}

/// The folders of one backup.
struct Backup {
    std::string ledger;
    std::string vault;
};

/// A sidecar whose backups lie beside it.
class BackupPlace {
public:
    TempDir dir;
    Program program{dir.path()};

    BackupPlace() {
        program.variables = {{"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(free_port())},
                             {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(free_port())},
                             {"FEDTRAIL_LOG_INTERVAL", "1s"},
                             {"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        done({"init", "--origin", "o.example"});
    }

    /// What a command says that must succeed.
    std::string done(const std::vector<std::string>& words) const {  // NOLINT(modernize-use-nodiscard)
        const auto said = program.run(words);
        INFO(words.front() << ": " << said.err);
        REQUIRE(said.exit == 0);
        return said.out;
    }
    [[nodiscard]] nlohmann::json json(std::vector<std::string> words, const std::string& schema) const {
        words.emplace_back("--json");
        const auto said = done(words);
        const auto kept = app::check_schema(
            said, contents(FEDTRAIL_SOURCE_DIR "/schemas/cli/" + schema + ".schema.json"), schema);
        INFO(said << (kept ? "" : kept.error().what));
        REQUIRE(kept);
        return nlohmann::json::parse(said);
    }
    void import(const std::string& lines) const {
        program.write("in.ndjson", lines);
        done({"import", "ndjson", "in.ndjson"});
    }
    [[nodiscard]] Backup backup() const {
        const auto made = json({"backup", "--to", "backups", "--vault-to", "vaults"}, "backup-made");
        return {made["ledger"], made["vault"]};
    }
    /// Words of a restore; `more` behind.
    [[nodiscard]] static std::vector<std::string> restoring(const Backup& backup,
                                                            const std::vector<std::string>& more = {}) {
        std::vector<std::string> words{"restore", backup.ledger, "--vault", backup.vault};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    }
    [[nodiscard]] std::string report(const std::string& name) const {
        return done({"report", name + "@o.example", "--format", "csv"});
    }
    /// Fails the test if doctor fails at anything.
    void check_healthy() const {
        const auto said = program.run({"doctor"});
        INFO(said.out << said.err);
        CHECK(said.out.find("fail ") == std::string::npos);
    }
    /// Everything in files below a folder.
    [[nodiscard]] std::string octets(const std::filesystem::path& below) const {
        std::string all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator{dir / below}) {
            if (entry.is_regular_file() && entry.path().filename() != "ballast") {
                all += contents(entry.path());
            }
        }
        return all;
    }
};

}  // namespace fedtrail::testing
