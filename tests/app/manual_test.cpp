/// docs/cli.md names the commands that are there, with the options they take.

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "temp_dir.hpp"

using fedtrail::testing::commands;
using fedtrail::testing::Program;
using fedtrail::testing::TempDir;

namespace {

std::set<std::string> options_in(const std::string& text) {
    std::set<std::string> options;
    for (auto at = text.find("--"); at != std::string::npos; at = text.find("--", at + 2)) {
        const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz-", at);
        options.insert(text.substr(at, end - at));
    }
    for (const auto* everywhere : {"--help", "--config", "--by", "--json", "--"}) {
        options.erase(everywhere);
    }
    return options;
}

/// The sections "## `fedtrail …`" of the manual.
std::map<std::string, std::string> sections() {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/docs/cli.md"};
    REQUIRE(in.good());
    std::map<std::string, std::string> found;
    std::string name;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("## ")) {
            name = line.starts_with("## `fedtrail ") ? line.substr(4, line.rfind('`') - 4) : "";
        } else if (!name.empty()) {
            found[name] += line + "\n";
        }
    }
    return found;
}

/// The words of a line for a shell, up to where it goes into a file or another program.
std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    bool within = false;
    char quote = 0;
    for (const char letter : line) {
        if (quote == 0 && (letter == '>' || letter == '|' || letter == '<')) {
            break;
        }
        const bool marks = quote == 0 ? letter == '\'' || letter == '"' : letter == quote;
        const bool parts = quote == 0 && letter == ' ';
        if (!parts && !within) {
            words.emplace_back();
        }
        within = !parts;
        if (marks) {
            quote = quote == 0 ? letter : '\0';
        } else if (!parts) {
            words.back() += letter;
        }
    }
    return words;
}

/// The examples of a help text, without what stands before the program's name in a pipe.
std::vector<std::string> examples_in(const std::string& help) {
    std::istringstream in{help.substr(help.find("Example:\n"))};
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line) && !line.empty();) {
        if (const auto at = line.find("fedtrail "); line.starts_with("  ") && at != std::string::npos) {
            found.push_back(line.substr(at));
        }
    }
    return found;
}

/// The one thing that an example leaves out is the rest of a key.
std::string whole(const std::string& word) {
    return word == "origin.example/log+1a2b3c4d+AQ..."
               ? "origin.example/log+7a30632a+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
               : word;
}

}  // namespace

TEST_CASE("Every example of the help is understood as it is printed", "[app][program][manual]") {
    const TempDir home;
    for (const auto& [name, help] : commands(Program{home.path()})) {
        const auto examples = examples_in(help);
        INFO(name);
        CHECK_FALSE(examples.empty());
        for (const auto& example : examples) {
            CHECK_THAT(example, Catch::StartsWith(name));
            auto words = words_of(example);
            words.erase(words.begin());
            std::transform(words.begin(), words.end(), words.begin(), whole);
            // Nothing is there that it could do: it fails, but not over its words.
            if (std::find(words.begin(), words.end(), "--config") == words.end()) {
                words.insert(words.end(), {"--config", "none.toml"});
            }
            const TempDir dir;
            const auto ended = Program{dir.path()}.run(words);
            INFO(example << "\n" << ended.err);
            CHECK(ended.exit != 2);
        }
    }
}

TEST_CASE("Of every command docs/api.md says where the API has it, or why it has not",
          "[app][program][manual]") {
    const TempDir dir;
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/docs/api.md"};
    std::ostringstream text;
    text << in.rdbuf();
    for (const auto& [name, help] : commands(Program{dir.path()})) {
        INFO(name);
        CHECK(text.str().find("`" + name + "`") != std::string::npos);
    }
}

TEST_CASE("The manual has a section for every command, with its options", "[app][program][manual]") {
    const TempDir dir;
    const Program program{dir.path()};
    const auto known = commands(program);
    const auto described = sections();
    CHECK(known.size() > 10);
    for (const auto& [name, help] : known) {
        INFO(name);
        CHECK_THAT(help, Catch::Contains("Example:\n"));
        CHECK_THAT(help, !Catch::Contains("(1x)"));  // what CLI11 makes of one or more, up to a number
        REQUIRE(described.count(name) == 1);
        for (const auto& option : options_in(help)) {
            CHECK_THAT(described.at(name), Catch::Contains(option));
        }
    }
    for (const auto& [name, text] : described) {
        INFO(name << " is in docs/cli.md only");
        CHECK(known.count(name) == 1);
    }
}

TEST_CASE("What is installed finds its policies, and the unit names a command that is there",
          "[app][program][manual]") {
    const TempDir dir;
    const auto shell = [](const std::string& command) {
        return std::system(command.c_str());  // NOLINT(cert-env33-c,concurrency-mt-unsafe): one thread
    };
    const auto prefix = dir.path() / "prefix";
    const auto said = " >" + (dir.path() / "said").string();
    REQUIRE(shell(FEDTRAIL_INSTALL " --prefix " + prefix.string() + said) == 0);
    const auto program = "env -u FEDTRAIL_POLICIES " + (prefix / "bin/fedtrail").string();
    CHECK(shell(program + " ca guide mastodon" + said) == 0);
    CHECK(shell(program + " retention show" + said) == 0);
    CHECK(shell((prefix / "bin/verify_bundle").string() + " --help" + said) == 0);  // for auditors
    std::ifstream in{prefix / "lib/systemd/system/fedtrail.service"};
    std::string command;
    for (std::string line; std::getline(in, line);) {
        command = line.starts_with("ExecStart=") ? line.substr(line.find('=') + 1) : command;
    }
    CHECK(command == "fedtrail serve --config /etc/fedtrail/fedtrail.toml");
    CHECK(shell(program + command.substr(command.find(' ')) + " --help" + said) == 0);
}

TEST_CASE("The manual explains the words of a plan", "[app][program][manual]") {
    std::ifstream in{FEDTRAIL_SOURCE_DIR "/docs/erasure.md"};
    std::set<std::string> explained;
    std::string table;
    for (std::string line; std::getline(in, line);) {
        table = !line.starts_with('|') ? "" : table.empty() ? line : table;
        if (table.starts_with("| CHANNEL |") || table.starts_with("| DIFFICULTY |")) {
            explained.insert(line.substr(0, line.find(" |")));
        }
    }
    std::ifstream file{FEDTRAIL_SOURCE_DIR "/schemas/erasure-plan.schema.json"};
    const auto schema = nlohmann::json::parse(file);
    const auto& of_each = schema["properties"]["recipients"]["items"]["properties"];
    for (const auto* column : {"channel", "difficulty"}) {
        for (const auto& word : of_each[column]["enum"]) {
            CHECK(explained.count("| `" + word.get<std::string>() + "`") == 1);
        }
    }
}
