/// A disk that fills up under a running sidecar, and the ballast that lets it recover.

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <catch2/catch.hpp>
#include <sys/mount.h>

#include "backends/poco/http_server.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using namespace std::chrono_literals;
using Catch::Contains;
using fedtrail::testing::Program;
using fedtrail::testing::Serving;
using fedtrail::testing::TempDir;

namespace {

class Mounted {
public:
    Mounted(const std::filesystem::path& where, const std::string& options, unsigned long flags = 0)
        : where_(where), done_(::mount("tmpfs", where.c_str(), "tmpfs", flags, options.c_str()) == 0) {}
    Mounted(const Mounted&) = delete;
    Mounted& operator=(const Mounted&) = delete;
    Mounted(Mounted&&) = delete;
    Mounted& operator=(Mounted&&) = delete;
    ~Mounted() {
        if (done_) {
            ::umount2(where_.c_str(), MNT_DETACH);
        }
    }
    [[nodiscard]] bool done() const { return done_; }

private:
    std::filesystem::path where_;
    bool done_;
};

void fill(const std::filesystem::path& file) {
    std::ofstream out{file, std::ios::binary | std::ios::app};
    const std::string block(4096, 'x');
    while (out << block << std::flush) {
    }
}

std::string observation(int number) {
    return R"({"at":"2026-11-22T07:00:00Z","channel":"push","origin":"origin.example","recipient":"a.example",)"
           R"("outcome":{"kind":"accepted","status":202},"digest":{"actor":"https://origin.example/users/alice",)"
           R"("id":"https://origin.example/a/)" +
           std::to_string(number) +
           R"(","object":"https://origin.example/o/1","type":"Create","categories":["post_text"],)"
           R"("visibility":"public"}})"
           "\n";
}

/// A data folder on a disk of its own, of 24 MiB; not made where this user may not mount one.
struct SmallDisk {
    explicit SmallDisk(const std::map<std::string, std::string>& settings) {
        if (!disk.done()) {
            WARN("skipped: needs root to mount a small file system");
            return;
        }
        program.variables = {
            {"FEDTRAIL_PROXY_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())},
            {"FEDTRAIL_API_LISTEN", "127.0.0.1:" + std::to_string(fedtrail::testing::free_port())}};
        program.variables.insert(settings.begin(), settings.end());
        REQUIRE(program.run({"init", "--origin", "origin.example"}).exit == 0);
    }

    TempDir dir;
    std::filesystem::path data{dir / "data"};
    bool made{std::filesystem::create_directory(data)};
    Mounted disk{data, "size=24m,mode=0700"};
    Program program{dir.path()};
};

}  // namespace

TEST_CASE("A full disk costs the ballast, not the ledger", "[app][program][disk]") {
    SmallDisk small{{{"FEDTRAIL_LEDGER_BALLAST", "4MiB"}}};
    if (!small.disk.done()) {
        return;
    }
    auto& program = small.program;
    const auto& data = small.data;
    REQUIRE(std::filesystem::exists(data / "ballast"));

    SECTION("while it runs") {
        Serving serving{program};
        fill(data / "filler");
        for (int tries = 0; tries < 9'000 && std::filesystem::exists(data / "ballast"); ++tries) {
            std::this_thread::sleep_for(10ms);
        }
        CHECK_FALSE(std::filesystem::exists(data / "ballast"));
        CHECK(program.run({"import", "ndjson", "-"}, observation(1)).exit == 0);
        CHECK_THAT(program.text("serve.err"), Contains("was given up"));
        CHECK_THAT(program.run({"status"}).out, Contains("ballast"));
        const auto ready = [&] {
            const auto& listen = program.variables.at("FEDTRAIL_API_LISTEN");
            const auto port = static_cast<std::uint16_t>(std::stoi(listen.substr(listen.find(':') + 1)));
            const auto answer =
                fedtrail::poco::client("127.0.0.1", port, 60s)->send({"GET", "/readyz", {}, {}});
            REQUIRE(answer);
            return *answer;
        };
        CHECK(ready().status == 200);
        fill(data / "filler");  // and nothing is delivered that would fail
        const auto full = ready();
        CHECK(full.status == 503);
        CHECK_THAT(full.body, Contains("is full") && Contains("Make room"));
        std::filesystem::remove(data / "filler");
        CHECK(ready().status == 200);
        CHECK(serving.stop(SIGTERM) == 0);
    }
    SECTION("before it starts") {
        REQUIRE(program.run({"import", "ndjson", "-"}, observation(1)).exit == 0);
        fill(data / "filler");
        CHECK_THAT(program.run({"doctor"}).out, Contains("fail  disk"));
        const auto reading = program.run({"report", "1", "--reason", "a call"});
        CHECK(reading.exit == 1);
        CHECK_THAT(reading.err, Contains("the disk is full. Free some disk space; the ballast file may go."));
        Serving serving{program};
        CHECK(program.run({"import", "ndjson", "-"}, observation(2)).exit == 0);
        std::filesystem::remove(data / "filler");
        for (int tries = 0; tries < 9'000 && !std::filesystem::exists(data / "ballast"); ++tries) {
            std::this_thread::sleep_for(10ms);
        }
        CHECK(std::filesystem::exists(data / "ballast"));
        CHECK(serving.stop(SIGTERM) == 0);
    }
    CHECK_THAT(program.run({"recipients", "list"}).out, Contains("a.example"));
}

TEST_CASE("Lines of the access log that are not understood are kept again once there is room",
          "[app][program][disk]") {
    const TempDir logs;
    const auto log = logs / "access.log";
    SmallDisk small{{{"FEDTRAIL_INGRESS_ACCESS_LOG", log.string()}, {"FEDTRAIL_LEDGER_BALLAST", "0"}}};
    if (!small.disk.done()) {
        return;
    }
    auto& program = small.program;
    const auto& data = small.data;
    const auto append = [&](const std::string& line) { std::ofstream{log, std::ios::app} << line << "\n"; };
    const auto waits_for = [&](const std::string& name, const std::string& words) {
        for (int tries = 0; tries < 9'000; ++tries) {
            if (program.text(name).find(words) != std::string::npos) {
                return true;
            }
            std::this_thread::sleep_for(10ms);
        }
        return false;
    };
    const std::string first(3'900, 'a');  // of the next there is room for its beginning
    append(first);
    Serving serving{program};
    CHECK(waits_for("data/ingress.rejected", first + "\n"));
    fill(data / "filler");
    append(std::string(600, 'b'));
    CHECK(waits_for("serve.err", "access log: "));
    std::filesystem::remove(data / "filler");
    CHECK(waits_for("serve.err", "access log: works again"));
    append("nonsense");
    CHECK(waits_for("data/ingress.rejected", "nonsense\n"));
    CHECK(serving.stop(SIGTERM) == 0);
    CHECK(program.text("data/ingress.rejected") == first + "\nnonsense\n");
    CHECK_THAT(program.text("serve.err"), Contains("not kept") && Contains("kept again"));
}

TEST_CASE("Init says that there is no room for the ballast, and what to do", "[app][program][disk]") {
    const TempDir dir;
    std::filesystem::create_directory(dir / "data");
    const Mounted disk{dir / "data", "size=24m,mode=0700"};
    if (!disk.done()) {
        WARN("skipped: needs root to mount a small file system");
        return;
    }
    Program program{dir.path()};
    program.variables = {{"FEDTRAIL_LEDGER_BALLAST", "20MiB"}};
    const auto made = program.run({"init", "--origin", "origin.example"});
    CHECK(made.exit == 0);
    CHECK_THAT(made.err, Contains("no room for the ballast") && Contains("or set ledger.ballast lower."));
    CHECK_FALSE(std::filesystem::exists(dir / "data" / "ballast"));
}

TEST_CASE("Doctor finds a data folder that cannot be written, whoever else may read it",
          "[app][program][disk]") {
    const TempDir dir;
    const auto data = dir / "data";
    std::filesystem::create_directory(data);
    const Program program{dir.path()};
    program.write("fedtrail.toml", "data_dir = \"data\"\n[[origin]]\nhost = \"origin.example\"\n");
    const Mounted disk{data, "size=1m,mode=0755", MS_RDONLY};
    if (!disk.done()) {
        WARN("skipped: needs root to mount a small file system");
        return;
    }
    const auto doctor = program.run({"doctor"});
    CHECK(doctor.exit == 1);
    CHECK_THAT(doctor.out,
               Contains("fail  data_dir: ") &&
                   Contains("cannot be read and written by this user: Read-only file system"));
    const auto served = program.run({"serve"});
    CHECK(served.exit == 4);
    CHECK_THAT(served.err, Contains("cannot be read and written by this user: Read-only file system"));
    CHECK(served.out.empty());
}
