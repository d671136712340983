/// What the program says of configurations that it cannot reach, and of options that it does not have.

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/files.hpp"
#include "home.hpp"
#include "program.hpp"
#include "temp_dir.hpp"

using Catch::Contains;
using fedtrail::testing::Program;
using fedtrail::testing::TempDir;

TEST_CASE("init takes no configuration for absent that it cannot reach", "[app][program]") {
    const TempDir dir;
    const auto file = dir / "fedtrail.toml";
    std::filesystem::create_symlink("fedtrail.toml", file);
    Program program{dir.path()};
    const auto refused = [&](const std::vector<std::string>& words) {
        const auto ended = program.run(words);
        CHECK(ended.exit == 1);
        CHECK_THAT(ended.err, Contains("cannot be read: Too many levels"));
        CHECK(std::filesystem::is_symlink(file));
        CHECK_FALSE(std::filesystem::exists(dir / "data"));
    };
    refused({"init", "--origin", "o.example"});
    refused({"init", "--origin", "o.example", "--config", "fedtrail.toml"});
    program.variables["FEDTRAIL_CONFIG"] = file.string();
    refused({"init", "--origin", "o.example"});
}

TEST_CASE("An option where a command is missing is named, without what was given with it", "[app][program]") {
    const TempDir dir;
    const Program program{dir.path()};
    for (const std::string option : {"--foo", "--foo=alice@o.example"}) {
        const auto ended = program.run({"ca", option});
        CHECK(ended.exit == 2);
        CHECK(ended.err ==
              "fedtrail: `fedtrail ca` has no option --foo, and needs the name of one of its commands: "
              "print, guide. See `fedtrail ca --help`.\n");
    }
}

TEST_CASE("Whoever closes the output early gets no error, and not the code of success", "[app][program]") {
    const TempDir dir;
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    ::close(ends[0]);
    // Where SIGPIPE is ignored, as under systemd, the stream alone tells it.
    const auto line = "trap '' PIPE; cd '" + dir.path().string() + "' && '" FEDTRAIL_PROGRAM "' ca guide >&" +
                      std::to_string(ends[1]) + " 2>said; echo $? >code";
    REQUIRE(std::system(line.c_str()) == 0);  // NOLINT(cert-env33-c): the shell is what is tried
    ::close(ends[1]);
    const Program program{dir.path()};
    CHECK(program.text("said").empty());
    CHECK(program.text("code") == "1\n");
}

namespace {

/// `fedtrail serve`, which may have so many files open; its log goes to serve.err.
pid_t serve_with_files(const fedtrail::testing::Home& home, rlim_t files) {
    const auto log = (home.dir.path() / "serve.err").string();
    const auto child = ::fork();
    if (child == 0) {
        for (const auto& [name, value] : home.program.variables) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
        const rlimit few{files, files};
        const int to = ::open(log.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (::chdir(home.dir.path().c_str()) == 0 && ::setrlimit(RLIMIT_NOFILE, &few) == 0 &&
            ::dup2(to, STDOUT_FILENO) >= 0 && ::dup2(to, STDERR_FILENO) >= 0) {
            ::execl(FEDTRAIL_PROGRAM, FEDTRAIL_PROGRAM, "serve", nullptr);
        }
        ::_exit(127);
    }
    return child;
}

/// Ends it with the test, however that ends.
struct Ending {
    explicit Ending(pid_t started) : process(started) {}
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    Ending(Ending&&) = delete;
    Ending& operator=(Ending&&) = delete;
    ~Ending() {
        if (process > 0) {
            ::kill(process, SIGKILL);
            ::waitpid(process, nullptr, 0);
        }
    }
    int ask() {
        ::kill(process, SIGTERM);
        return Program::wait(std::exchange(process, 0));
    }
    pid_t process;
};

/// A connection that says nothing.
fedtrail::app::Descriptor connected_to(int port) {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_port = htons(static_cast<std::uint16_t>(port));
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    fedtrail::app::Descriptor made{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface of POSIX.
    const auto* address = reinterpret_cast<const sockaddr*>(&place);
    REQUIRE(::connect(made.get(), address, sizeof place) == 0);
    return made;
}

}  // namespace

TEST_CASE("Whoever holds many connections to the proxy does not keep the API from answering",
          "[app][program]") {
    const fedtrail::testing::Home home;
    Ending serving{serve_with_files(home, 256)};
    REQUIRE(serving.process > 0);
    for (int tries = 0; tries < 1'200 && home.program.text("serve.err").find("is ready") == std::string::npos;
         ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
    }
    CHECK_THAT(home.program.text("serve.err"), Contains("the proxy holds 64 connections at once, not 16384"));
    {
        std::vector<fedtrail::app::Descriptor> idle;
        for (int i = 0; i < 300; ++i) {
            idle.push_back(connected_to(home.proxy));
        }
        CHECK(home.get("/healthz", "").status == 200);
        CHECK(home.get("/readyz", "").status == 200);
        CHECK_THAT(home.get("/metrics", "").body, !Contains("fedtrail_proxy_connections_refused_total 0\n"));
    }
    CHECK(serving.ask() == 0);
}
