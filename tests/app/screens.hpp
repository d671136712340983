/// What commands say, as a whole, for the approved screens in tests/app/golden.

#pragma once

#include <filesystem>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "policies_looked_at.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

inline nlohmann::json screen_delivery(const std::string& at,
                                      const std::string& recipient,
                                      int number,
                                      const std::string& person,
                                      const std::string& category,
                                      const std::string& visibility) {
    const auto id = std::to_string(number);
    return {{"at", "2026-11-22T" + at + "Z"},
            {"channel", "push"},
            {"origin", "origin.example"},
            {"recipient", recipient},
            {"outcome", {{"kind", "accepted"}, {"status", 202}}},
            {"digest",
             {{"actor", "https://origin.example/users/" + person},
              {"id", "https://origin.example/a/" + id},
              {"object", "https://origin.example/o/" + id},
              {"type", "Create"},
              {"categories", {"handle", category}},
              {"visibility", visibility}}}};
}

/// A sidecar whose ledger knows four deliveries to three servers.
class Screens {
public:
    enum class Ledger : bool { Empty, Delivered };

    explicit Screens(Ledger ledger = Ledger::Delivered) {
        program_.variables = {{"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(free_port())},
                              {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(free_port())},
                              {"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
                              {"FEDTRAIL_POLICIES", policies_looked_at().string()},
                              {"FEDTRAIL_BY", "anna"}};
        REQUIRE(program_.run({"init", "--origin", "origin.example"}).exit == 0);
        if (ledger == Ledger::Delivered) {
            deliver();
        }
    }

    void write(const std::string& name, const std::string& text) const { program_.write(name, text); }

    void run(const std::vector<std::string>& words) {
        const auto ended = program_.run(words);
        text_ += "$ fedtrail";
        for (const auto& word : words) {
            text_ += word.find(' ') == std::string::npos ? " " + word : " '" + word + "'";
        }
        text_ += "\n" + ended.out + ended.err + "[exit " + std::to_string(ended.exit) + "]\n\n";
    }

    [[nodiscard]] std::filesystem::path data() const { return dir_ / "data"; }

    /// All that was said so far, without what is different each time or elsewhere: this moment and day, this
    /// login, these folders and ports, and of `doctor` what it says of the machine and how many policies
    /// there are.
    [[nodiscard]] std::string text() const {
        auto steady = text_;
        for (const auto& [what, word] :
             {std::pair{R"((?!2026-11-22T0[789]:00:00Z)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)", "MOMENT"},
              std::pair{R"(cli:anna/[^\s:]+)", "cli:anna/LOGIN"},
              std::pair{R"((checked_at:?(?: - ->)?\s)\d{4}-\d\d-\d\d)", "$1TODAY"},
              std::pair{R"(127\.0\.0\.1:\d+)", "127.0.0.1:PORT"},
              std::pair{R"(\S+ +(clock|trust|disk|addresses|adequacy): [^\n]*(\n {6}[^\n]*)*)", "$1 DEPENDS"},
              std::pair{R"((erasure_policies:) [^\n]+)", "$1 COUNTED"},
              std::pair{R"((\*\*As of:\*\*) [^\n]+)", "$1 MOMENT"}}) {
            steady = std::regex_replace(steady, std::regex{what}, word);
        }
        replace_all(steady, policies_looked_at().string(), "POLICIES");
        replace_all(steady, dir_.path().string(), "FOLDER");
        return steady;
    }

private:
    void deliver() {
        std::string lines;
        for (const auto& line :
             {screen_delivery("07:00:00", "big.example", 1, "alice", "post_text", "public"),
              screen_delivery("07:00:00", "relay.example", 1, "alice", "post_text", "public"),
              screen_delivery("08:00:00", "big.example", 2, "bob", "direct_message", "direct"),
              screen_delivery("09:00:00", "small.example", 3, "alice", "post_text", "followers")}) {
            lines += line.dump() + "\n";
        }
        REQUIRE(program_.run({"import", "ndjson", "-"}, lines).exit == 0);
    }

    static void replace_all(std::string& text, std::string_view what, std::string_view word) {
        for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + word.size())) {
            text.replace(at, what.size(), word);
        }
    }

    TempDir dir_;
    Program program_{dir_.path()};
    std::string text_;
};

}  // namespace fedtrail::testing
