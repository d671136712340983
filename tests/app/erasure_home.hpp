/// A sidecar that knows what of alice's went where, for tests of erasures.

#pragma once

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "documents.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

/// A delivery of alice's, as a line of NDJSON.
inline std::string delivery_line(const std::string& second,
                                 const std::string& host,
                                 const std::string& object) {
    return nlohmann::json{{"at", "2026-11-20T07:00:" + second + "Z"},
                          {"channel", "push"},
                          {"origin", "origin.example"},
                          {"recipient", host},
                          {"outcome", {{"kind", "accepted"}, {"status", 202}}},
                          {"digest",
                           {{"actor", "https://origin.example/users/alice"},
                            {"id", "https://origin.example/a/" + object},
                            {"object", "https://origin.example/o/" + object},
                            {"type", "Create"},
                            {"categories", {"post_text", "handle"}},
                            {"visibility", "public"}}}}
               .dump() +
           "\n";
}

/// A sidecar that knows what of alice's went to two servers.
struct ErasureHome {
    TempDir dir;
    Program program{dir.path()};

    ErasureHome() {
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_CONTROLLER_COUNTRY", "NL"},
            {"FEDTRAIL_LEDGER_BALLAST", "1MiB"}};
        REQUIRE(program.run({"init", "--origin", "origin.example"}).exit == 0);
        std::ofstream{dir / "in.ndjson"} << delivery_line("01", "a.example", "1")
                                         << delivery_line("02", "b.example", "1")
                                         << delivery_line("03", "b.example", "2");
        REQUIRE(program.run({"import", "ndjson", "in.ndjson"}).exit == 0);
    }

    /// For alice, from the file k.pem.
    void import_key() const {
        REQUIRE(std::system(("openssl genpkey -algorithm ed25519 -out '" + (dir / "k.pem").string() +
                             "' 2>/dev/null && chmod 600 '" + (dir / "k.pem").string() + "'")
                                .c_str()) == 0);
        REQUIRE(program.run({"keys", "import", "k.pem", "--subject", "alice@origin.example"}).exit == 0);
    }

    nlohmann::json json(std::vector<std::string> words, const std::string& schema, int exit = 0) const {
        words.emplace_back("--json");
        const auto ended = program.run(words);
        INFO(ended.err);
        CHECK(ended.exit == exit);
        return checked(ended.out, schema);
    }
};

inline const std::string kAlice = "alice@origin.example";

}  // namespace fedtrail::testing
