/// Access logs as their users meet them: commands and a running sidecar.

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "app/json_schema.hpp"
#include "backends/poco/http_server.hpp"
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
    const auto begun = home.program.run({"import", "nginx", "cut.log.gz"});
    CHECK(begun.exit == 1);
    CHECK_THAT(begun.err, Contains("damaged"));

    std::string lines;
    for (int i = 0; i < 5000; ++i) {
        lines += log_line("/users/alice", "h" + std::to_string(i * 7919 % 5000) + ".example", i % 60);
    }
    home.program.write("long.log", lines);
    REQUIRE(std::system(("gzip -k " + (home.dir.path() / "long.log").string()).c_str()) == 0);
    const auto packed = home.program.text("long.log.gz");
    home.program.write("short.log.gz", packed.substr(0, packed.size() * 3 / 4));
    const auto cut = home.program.run({"import", "nginx", "short.log.gz"});
    CHECK(cut.exit == 1);
    CHECK_THAT(cut.err,
               Contains("short.log.gz cannot be read behind line") && Contains("nothing counts twice"));
    CHECK_FALSE(std::filesystem::exists(home.dir.path() / "short.log.gz.rejected"));  // half a line is none
    const auto whole = imported(home.program.run({"import", "nginx", "long.log.gz", "--json"}));
    CHECK(whole["new"] > 0);
    CHECK(whole["duplicate"] > 0);
}

TEST_CASE("Lines that come through a pipe go in as they come", "[app][program][ingress]") {
    const IngressHome home;
    const auto pipe = home.dir.path() / "import.in";
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const auto importing = home.program.start({"import", "nginx", "-"}, "import");
    std::ofstream lines{pipe};
    const auto next = log_line("/users/alice", "b.example", 2);
    lines << log_line("/users/alice", "a.example", 1) << "nonsense\n" << next.substr(0, 20) << std::flush;
    const auto comes_true = [](const auto& holds) {
        const auto end = std::chrono::steady_clock::now() + kPatience / 2;
        while (!holds() && std::chrono::steady_clock::now() < end) {
        }
        return holds();
    };
    const auto fetched = [&](const std::map<std::string, int>& wanted) {
        return comes_true([&] { return home.fetchers() == wanted; });
    };
    CHECK(fetched({{"a.example", 1}}));
    lines << next.substr(20) << std::flush;
    CHECK(fetched({{"a.example", 1}, {"b.example", 1}}));
    // on the disk while it goes on, behind what was taken in
    CHECK(comes_true([&] { return home.program.text("stdin.rejected") == "nonsense\n"; }));
    lines.close();
    CHECK(Program::wait(importing) == 0);
    CHECK_THAT(home.program.text("import.out"), Contains("new 2, known already 0, rejected 1"));
}

TEST_CASE("Old forms and other servers are read, beside a running sidecar too", "[app][program][ingress]") {
    const IngressHome home;
    home.program.write("combined.log",
                       "192.0.2.1 - - [28/Nov/2026:10:00:05 +0000] \"GET /users/alice HTTP/1.1\" 200 1 \"-\" "
                       "\"Misskey/2024.5.0 (https://m.example)\"\n");
    home.program.write("caddy.log",
                       R"({"ts":1795860000.5,"logger":"http.log.access","request":{"method":"GET",)"
                       R"("host":"origin.example","uri":"/users/alice","headers":{"User-Agent":)"
                       R"(["Lemmy/0.19.5; +https://l.example"]}},"status":200})"
                       "\n");
    // edited once, begun in the one form and gone on with in the other
    home.program.write(
        "both.log",
        "\xEF\xBB\xBF" + log_line("/users/alice", "j.example", 1) +
            "192.0.2.1 - - [28/Nov/2026:10:00:06 +0000] \"GET /users/alice HTTP/1.1\" 200 1 \"-\" "
            "\"Misskey/2024.5.0 (https://k.example)\"\n");
    const auto both = imported(home.program.run({"import", "nginx", "both.log", "--json"}));
    CHECK(both["new"] == 2);
    CHECK(both["rejected_lines"] == 0);
    Serving serving{home.program};
    CHECK(imported(home.program.run({"import", "nginx", "combined.log", "--json"}))["new"] == 1);
    CHECK(imported(home.program.run({"import", "caddy", "caddy.log", "--json"}))["new"] == 1);
    CHECK(imported(home.program.run({"import", "caddy", "caddy.log", "--json"}))["new"] == 0);
    CHECK(home.fetchers() ==
          std::map<std::string, int>{{"j.example", 1}, {"k.example", 1}, {"l.example", 1}, {"m.example", 1}});
    CHECK_THAT(home.program.run({"import", "nginx", "combined.log"}).out,
               Contains("1 by servers that named"));
    CHECK(serving.stop(SIGTERM) == 0);
}

namespace {

/// A sidecar that follows access.log.
struct FollowingHome : IngressHome {
    FollowingHome() {
        program.variables["FEDTRAIL_INGRESS_ACCESS_LOG"] = log();
        append("");
    }
    [[nodiscard]] std::string log() const { return (dir.path() / "access.log").string(); }
    void append(const std::string& text) const { std::ofstream{log(), std::ios::app} << text; }
    /// The figure of /metrics, once it is `wanted` or a minute and a half is over.
    [[nodiscard]] std::uint64_t figure(const std::string& name, std::uint64_t wanted) const {
        std::uint64_t found = 0;
        for (int tries = 0; tries < 1'800 && found != wanted; ++tries) {
            const auto client =
                fedtrail::poco::client("127.0.0.1", static_cast<std::uint16_t>(api), kPatience);
            const auto answer = client->send({"GET", "/metrics", {}, ""});
            const auto at = answer ? answer->body.find("\n" + name + " ") : std::string::npos;
            found = at == std::string::npos ? 0 : std::stoull(answer->body.substr(at + name.size() + 2));
            if (found != wanted) {
                std::this_thread::sleep_for(std::chrono::milliseconds{50});
            }
        }
        return found;
    }
};

}  // namespace

TEST_CASE("A followed log is read once, however the sidecar ends", "[app][program][ingress]") {
    const FollowingHome home;
    home.append(log_line("/users/alice", "a.example", 1) + "nonsense\n");
    {
        Serving serving{home.program};
        CHECK(home.figure("fedtrail_ingress_lines_total", 2) == 2);
        home.append(log_line("/users/alice", "b.example", 2));
        CHECK(home.figure("fedtrail_ingress_named_total", 2) == 2);
        serving.stop(SIGKILL);
    }
    home.append(log_line("/users/alice/statuses/1", "a.example", 3));
    std::filesystem::rename(home.log(), home.log() + ".1");
    home.append(log_line("/users/alice", "c.example", 4));
    Serving serving{home.program};
    CHECK(home.figure("fedtrail_ingress_named_total", 4) == 4);
    CHECK(home.figure("fedtrail_ingress_lines_total", 5) == 5);
    CHECK(home.figure("fedtrail_ingress_rejected_total", 1) == 1);
    CHECK(home.fetchers() ==
          std::map<std::string, int>{{"a.example", 2}, {"b.example", 1}, {"c.example", 1}});
    const auto status = Json::parse(home.program.run({"status", "--json"}).out);
    CHECK(status["ingress"]["named"] == 4);
    CHECK_THAT(home.program.run({"status"}).out, Contains("fetches     0 signed, 4 named"));
    CHECK(serving.stop(SIGTERM) == 0);
    CHECK(home.program.text("data/ingress.rejected") == "nonsense\n");
    CHECK(home.program.text("serve.err").find("alice") == std::string::npos);
}

TEST_CASE("doctor says whether the log is understood", "[app][program][ingress]") {
    FollowingHome home;
    const auto doctor = [&] { return home.program.run({"doctor"}).out; };
    home.append(log_line("/users/alice", "a.example", 1));
    CHECK_THAT(doctor(), Contains("1 of the last 1 line of"));
    home.program.variables["FEDTRAIL_INGRESS_FORMAT"] = "caddy";
    home.append("{\"ts\":\"x\",\"request\":{}}\n{\"ts\":\"x\",\"request\":{}}\n");
    CHECK_THAT(doctor(), Contains("1 of the last 3 lines") && Contains("Set ingress.format"));
    home.program.variables["FEDTRAIL_INGRESS_ACCESS_LOG"] = (home.dir.path() / "gone.log").string();
    CHECK_THAT(doctor(), Contains("gone.log is not there"));
    home.program.variables["FEDTRAIL_INGRESS_FORMAT"] = "apache";
    CHECK_THAT(home.program.run({"doctor"}).err + doctor(),
               Contains("ingress.format") || Contains("INGRESS_FORMAT"));
}

TEST_CASE("Lines come by syslog as well, and reports say how many cannot be named",
          "[app][program][ingress]") {
    IngressHome home;
    const auto path = home.dir.path() / "nginx.sock";
    home.program.variables["FEDTRAIL_INGRESS_SYSLOG"] = "unix:" + path.string();
    Serving serving{home.program};
    const int number = ::socket(AF_UNIX, SOCK_DGRAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
    auto browser = Json::parse(log_line("/users/alice", "a.example", 2));
    browser["agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    for (const auto& line : {log_line("/users/alice", "a.example", 1), browser.dump()}) {
        const auto text = "<190>Nov 28 10:00:00 web nginx: " + line;
        CHECK(::sendto(number,
                       text.data(),
                       text.size(),
                       0,
                       reinterpret_cast<const sockaddr*>(&address),
                       sizeof(address)) == static_cast<ssize_t>(text.size()));
    }
    ::close(number);
    CHECK(serving.stop(SIGTERM) == 0);  // what it has received it writes down before it ends
    CHECK(home.fetchers() == std::map<std::string, int>{{"a.example", 1}});
    const auto report =
        home.program.run({"report", "alice@origin.example", "--format", "json", "--lang", "en"}).out;
    CHECK_THAT(report, Contains("1 fetch of public pages") && Contains("unnamed_fetches"));
}
