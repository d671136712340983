/// Commands beside something else than the sidecar of this release: another process at its address, or
/// another release in its folder.

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "app/instance.hpp"
#include "home.hpp"

using Catch::Contains;
using fedtrail::HttpRequest;
using fedtrail::HttpResponse;
using namespace fedtrail::testing;

namespace {

/// Holds the folder of a home, and answers whatever it is asked with one text.
class OtherSidecar {
public:
    explicit OtherSidecar(const Home& home) {
        auto held = fedtrail::app::InstanceLock::take(home.dir / "data");
        REQUIRE(held);
        lock_ = std::make_unique<fedtrail::app::InstanceLock>(std::move(*held));
        auto listening = fedtrail::poco::listen("127.0.0.1", 0, {});
        REQUIRE(listening);
        server_ = std::move(*listening);
        REQUIRE(server_->start([this](const HttpRequest&) { return HttpResponse{200, {}, answer}; }, {}));
        REQUIRE(lock_->announce(
            {1, "127.0.0.1:" + std::to_string(server_->port()), "127.0.0.1:1", "2026-11-22T10:15:00Z"}));
    }
    OtherSidecar(const OtherSidecar&) = delete;
    OtherSidecar& operator=(const OtherSidecar&) = delete;
    ~OtherSidecar() { server_->stop(); }

    std::string answer;

private:
    std::unique_ptr<fedtrail::app::InstanceLock> lock_;
    std::unique_ptr<fedtrail::HttpServer> server_;
};

}  // namespace

TEST_CASE("What another process answers about rules is not understood, and said to be so",
          "[app][program][rules]") {
    Home home;
    home.program.variables["FEDTRAIL_TOKEN"] = "any";
    OtherSidecar other{home};
    const std::vector<std::string> answers{
        "<html>",
        "7",
        "{}",
        R"({"rules": 7})",
        R"({"file": "f", "since": 7, "refused": null, "rules": []})",
        R"({"file": "f", "since": null, "refused": {"what": 7, "remedy": "r"}, "rules": []})",
        R"({"file": 7, "since": null, "refused": {"what": "w", "remedy": "r"}, "rules": []})",
        R"({"file": "f", "since": null, "refused": {"what": "w", "remedy": "r"}, "rules": [{"name": "n"}]})",
        R"({"file": "f", "since": null, "refused": null, "rules": [{"name": "n", "effect": 7}]})"};
    for (const auto& answer : answers) {
        CAPTURE(answer);
        other.answer = answer;
        for (const auto& words : {std::vector<std::string>{"rules", "list"},
                                  std::vector<std::string>{"rules", "list", "--json"}}) {
            const auto ended = home.program.run(words);
            CHECK(ended.exit == 1);
            CHECK(ended.out.empty());
            CHECK_THAT(ended.err, Contains("is not one about transfer rules") && Contains("same release"));
        }
    }
    other.answer = R"({"file": "f", "since": null, "refused": {"what": "w", "remedy": "r"},
        "rules": [{"name": "n", "effect": "block", "enabled": false, "decided": 3, "of": "later"}]})";
    const auto newer = home.program.run({"rules", "list"});
    CHECK(newer.exit == 0);
    CHECK_THAT(newer.out, Contains("n\tblock (disabled)\t3\tsee `fedtrail rules list --json`"));
}

TEST_CASE("A lock that says something else than ours is a lock", "[app][program]") {
    const Home home;
    const auto held = fedtrail::app::InstanceLock::take(home.dir / "data");
    REQUIRE(held);
    const std::string text =
        GENERATE(R"({"pid": "x"})", R"({"pid": 1, "api": 7})", R"([7])", R"({"since": []})");
    CAPTURE(text);
    home.program.write("data/fedtrail.lock", text);
    const auto seen = fedtrail::app::running_instance(home.dir / "data");
    REQUIRE(seen);
    CHECK(seen->api.empty());
    for (const auto& words :
         {std::vector<std::string>{"status"}, std::vector<std::string>{"rules", "list"}}) {
        CHECK(home.program.run(words).exit == 0);
    }
    const auto second = home.program.run({"serve"});
    CHECK(second.exit == 1);
    CHECK_THAT(second.err, Contains("another fedtrail") && Contains("works on"));
}
