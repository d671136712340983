/// Access logs as their users meet them: commands and a running sidecar.

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "app/json_schema.hpp"
#include "ingress_home.hpp"

using Catch::Contains;
using namespace fedtrail::testing;
using Json = nlohmann::json;

namespace {

Json imported(const Ended& ended) {
    INFO(ended.err << ended.out);
    REQUIRE(ended.exit == 0);
    const auto schema =
        fedtrail::app::read_text(FEDTRAIL_SOURCE_DIR "/schemas/cli/import.schema.json").value();
    const auto kept = fedtrail::app::check_schema(ended.out, schema, "import");
    INFO((kept ? "" : kept.error().what));
    REQUIRE(kept.has_value());
    return Json::parse(ended.out);
}

}  // namespace

TEST_CASE("An access log of nginx is imported once, packed or not", "[app][program][ingress]") {
    const IngressHome home;
    const auto text = log_line("/users/alice/statuses/1", "a.example", 1) +
                      log_line("/users/alice", "b.example", 2) + "nonsense\n" +
                      log_line("/users/nobody", "c.example", 3);
    home.program.write("access.log", text);
    const auto first = imported(home.program.run({"import", "nginx", "access.log", "--json"}));
    CHECK(first["new"] == 2);
    CHECK(first["rejected_lines"] == 1);
    CHECK(first["fetches"]["named"] == 2);
    CHECK(home.program.text("access.log.rejected") == "nonsense\n");
    const auto again = imported(home.program.run({"import", "nginx", "access.log", "--json"}));
    CHECK(again["new"] == 0);
    CHECK(again["duplicate"] == 2);

    std::filesystem::remove(home.dir.path() / "access.log.rejected");
    home.program.write("old.log", log_line("/users/alice", "d.example", 4));
    REQUIRE(std::system(("gzip -k " + (home.dir.path() / "old.log").string()).c_str()) == 0);
    CHECK(imported(home.program.run({"import", "nginx", "old.log.gz", "--json"}))["new"] == 1);
    CHECK(imported(home.program.run({"import", "nginx", "old.log", "--json"}))["new"] == 0);
    CHECK(home.fetchers() ==
          std::map<std::string, int>{{"a.example", 1}, {"b.example", 1}, {"d.example", 1}});
    home.program.write("cut.log.gz", home.program.text("old.log.gz").substr(0, 40));
    CHECK_THAT(home.program.run({"import", "nginx", "cut.log.gz"}).err, Contains("damaged"));
}

TEST_CASE("Old forms and other servers are read, beside a running sidecar too", "[app][program][ingress]") {
    const IngressHome home;
    home.program.write("combined.log",
                       "192.0.2.1 - - [28/Nov/2026:10:00:05 +0000] \"GET /users/alice HTTP/1.1\" 200 1 \"-\" "
                       "\"Misskey/2024.5.0 (https://m.example)\"\n");
    home.program.write("caddy.log",
                       R"({"ts":1796034200.5,"logger":"http.log.access","request":{"method":"GET",)"
                       R"("host":"origin.example","uri":"/users/alice","headers":{"User-Agent":)"
                       R"(["Lemmy/0.19.5; +https://l.example"]}},"status":200})"
                       "\n");
    Serving serving{home.program};
    CHECK(imported(home.program.run({"import", "nginx", "combined.log", "--json"}))["new"] == 1);
    CHECK(imported(home.program.run({"import", "caddy", "caddy.log", "--json"}))["new"] == 1);
    CHECK(imported(home.program.run({"import", "caddy", "caddy.log", "--json"}))["new"] == 0);
    CHECK(home.fetchers() == std::map<std::string, int>{{"l.example", 1}, {"m.example", 1}});
    CHECK_THAT(home.program.run({"import", "nginx", "combined.log"}).out,
               Contains("1 by servers that named"));
    CHECK(serving.stop(SIGTERM) == 0);
}
