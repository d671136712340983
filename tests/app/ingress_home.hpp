/// A sidecar whose ledger knows alice, and lines of an access log about her.

#pragma once

#include <map>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "program.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

/// A fetch of `uri` by the Mastodon at `host`, in docs/ingress.md's form, with its newline.
inline std::string log_line(const std::string& uri, const std::string& host, int second) {
    return nlohmann::ordered_json{{"time", 1795860000 + second},
                                  {"method", "GET"},
                                  {"host", "origin.example"},
                                  {"uri", uri},
                                  {"status", 200},
                                  {"bytes", 100},
                                  {"agent", "Mastodon/4.3.0 (http.rb/5.2.0; +https://" + host + "/)"},
                                  {"accept", "application/activity+json"},
                                  {"signature", ""},
                                  {"signature_input", ""}}
               .dump() +
           "\n";
}

struct IngressHome {
    TempDir dir;
    Program program{dir.path()};
    int api = free_port();

    IngressHome() {
        program.variables = {{"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(free_port())},
                             {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(api)},
                             {"FEDTRAIL_LEDGER_BALLAST", "0"},
                             {"FEDTRAIL_RECIPIENTS_REFRESH", "no"}};
        REQUIRE(program.run({"init", "--origin", "origin.example"}).exit == 0);
        const nlohmann::json post{{"at", "2026-11-22T07:00:00Z"},
                                  {"channel", "push"},
                                  {"recipient", "pushed.example"},
                                  {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                                  {"digest",
                                   {{"actor", "https://origin.example/users/alice"},
                                    {"username", "alice"},
                                    {"id", "https://origin.example/users/alice/statuses/1/activity"},
                                    {"object", "https://origin.example/users/alice/statuses/1"},
                                    {"type", "Create"},
                                    {"categories", {"post_text", "handle"}}}}};
        REQUIRE(program.run({"import", "ndjson", "-"}, post.dump() + "\n").exit == 0);
    }

    /// Who fetched, and how often, as alice's report says.
    [[nodiscard]] std::map<std::string, int> fetchers() const {
        const auto report = program.run({"report", "alice@origin.example", "--format", "json"});
        INFO(report.err);
        REQUIRE(report.exit == 0);
        std::map<std::string, int> found;
        const auto document = nlohmann::json::parse(report.out);
        for (const auto& recipient : document["recipients"]) {
            if (recipient["evidence"] == "fetched") {
                found[recipient["host"]] = recipient["disclosures"];
            }
        }
        return found;
    }
};

}  // namespace fedtrail::testing
