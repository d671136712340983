/// A sidecar that knows one person, by a name that is nowhere else, and who looked at them.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "backends/poco/http_server.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing::looks {

inline constexpr const char* kName = "zq7planted";
inline constexpr const char* kActor = "https://origin.example/users/zq7planted";
inline constexpr const char* kObject = "https://origin.example/users/zq7planted/1";
inline constexpr const char* kReason = "complaint of 3 May";

inline std::string delivery(const std::string& second, const nlohmann::json& activity) {
    return nlohmann::json{{"at", "2026-11-20T07:00:" + second + "Z"},
                          {"channel", "push"},
                          {"origin", "origin.example"},
                          {"recipient", "a.example"},
                          {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                          {"activity", activity}}
               .dump() +
           "\n";
}

/// A post of theirs, and their profile, which says what they are called.
inline std::string history() {
    const nlohmann::json everybody{"https://www.w3.org/ns/activitystreams#Public"};
    return delivery("01",
                    {{"@context", "https://www.w3.org/ns/activitystreams"},
                     {"id", std::string{kObject} + "/activity"},
                     {"type", "Create"},
                     {"actor", kActor},
                     {"to", everybody},
                     {"object",
                      {{"id", kObject},
                       {"type", "Note"},
                       {"attributedTo", kActor},
                       {"to", everybody},
                       {"content", "hello"}}}}) +
           delivery("02",
                    {{"@context", "https://www.w3.org/ns/activitystreams"},
                     {"id", std::string{kActor} + "#updates/1"},
                     {"type", "Update"},
                     {"actor", kActor},
                     {"to", everybody},
                     {"object", {{"id", kActor}, {"type", "Person"}, {"preferredUsername", kName}}}});
}

/// Lines of an access log about them: one of each form, and one of none.
inline std::string fetches() {
    const nlohmann::json headers{{"User-Agent", {"Mastodon/4.3.0 (+https://b.example/)"}}};
    const nlohmann::json nginx{{"time", 1795860000},
                               {"method", "GET"},
                               {"host", "origin.example"},
                               {"uri", "/users/zq7planted"},
                               {"status", 200},
                               {"agent", "Mastodon/4.3.0 (+https://b.example/)"}};
    const nlohmann::json request{
        {"method", "GET"}, {"host", "origin.example"}, {"uri", "/users/zq7planted"}, {"headers", headers}};
    const nlohmann::json caddy{{"ts", 1795860000}, {"request", request}, {"status", 200}};
    return nginx.dump() + "\n" + caddy.dump() + "\nzq7planted\n";
}

/// Somebody with an unusual name, and a request about the one post of theirs.
struct LooksHome {
    TempDir dir;
    Program program{dir.path()};
    int api{free_port()};

    LooksHome() {
        program.variables = {{"FEDTRAIL_LEDGER_BALLAST", "1MiB"},
                             {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:0"},
                             {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)}};
        (void)must({"init", "--origin", "origin.example"});
        const auto taken = program.run({"import", "ndjson", "-"}, history());
        INFO(taken.err);
        REQUIRE(taken.exit == 0);
        (void)must({"erase", kActor, "--object", kObject, "--review"});
        program.write("access.log", fetches());
        program.write("rules.json", R"({"format": "fedtrail/transfer-rules/1", "rules": []})");
    }
    [[nodiscard]] std::string must(const std::vector<std::string>& words) const {
        const auto ended = program.run(words);
        INFO(ended.err);
        REQUIRE(ended.exit == 0);
        return ended.out;
    }
    /// The looks at them, the newest first.
    [[nodiscard]] nlohmann::json looks() const {
        return nlohmann::json::parse(must({"subjects", "accesses", "1", "--json"}))["accesses"];
    }
    [[nodiscard]] std::string file(const std::string& name) const {
        std::ifstream in{dir.path() / name, std::ios::binary};
        std::ostringstream text;
        text << in.rdbuf();
        return std::move(text).str();
    }
    [[nodiscard]] std::string token(const std::vector<std::string>& scopes) const {
        std::vector<std::string> words{"token", "create"};
        for (const auto& scope : scopes) {
            words.insert(words.end(), {"--scope", scope});
            if (scope == "subject:self") {
                words.insert(words.end(), {"--subject", "1"});
            }
        }
        auto out = must(words);
        return out.substr(0, out.find('\n'));
    }
    [[nodiscard]] HttpResponse get(const std::string& path,
                                   const std::string& token,
                                   const std::string& reason = {}) const {
        return send("GET", path, token, reason, "");
    }
    [[nodiscard]] HttpResponse bundle(const nlohmann::json& order,
                                      const std::string& token,
                                      const std::string& reason = {}) const {
        return send("POST", "audit/export", token, reason, order.dump());
    }

private:
    [[nodiscard]] HttpResponse send(const std::string& method,
                                    const std::string& path,
                                    const std::string& token,
                                    const std::string& reason,
                                    const std::string& body) const {
        const auto client = poco::client("127.0.0.1", static_cast<std::uint16_t>(api), kPatience);
        HttpHeaders headers{{"Authorization", "Bearer " + token}};
        if (!reason.empty()) {
            headers.emplace_back("Fedtrail-Reason", reason);
        }
        const auto answer = client->send({method, "/api/v1/" + path, headers, body});
        REQUIRE(answer.has_value());
        return *answer;
    }
};

}  // namespace fedtrail::testing::looks
