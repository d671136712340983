/// Other servers, friendly and hostile, for the real program.

#pragma once

#include <array>
#include <string>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace fedtrail::testing {

/// refresh_servers.py, until the test ends.
class Servers {
public:
    explicit Servers(const std::string& folder) {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        REQUIRE(pipe2(in.data(), O_CLOEXEC) == 0);
        REQUIRE(pipe2(out.data(), O_CLOEXEC) == 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        std::array<std::string, 4> words{
            FEDTRAIL_PYTHON, "-B", FEDTRAIL_SOURCE_DIR "/tests/app/refresh_servers.py", folder};
        std::array<char*, 5> arguments{
            words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
        const int failed =
            posix_spawn(&process_, words[0].c_str(), &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        close(in[0]);
        close(out[1]);
        stdin_ = in[1];
        REQUIRE(failed == 0);
        for (char c = 0; read(out[0], &c, 1) == 1 && c != '\n';) {
            port += c;
        }
        close(out[0]);
        REQUIRE(!port.empty());
    }
    Servers(const Servers&) = delete;
    Servers& operator=(const Servers&) = delete;
    ~Servers() {
        close(stdin_);
        waitpid(process_, nullptr, 0);
    }

    std::string port;

private:
    pid_t process_{};
    int stdin_{};
};

}  // namespace fedtrail::testing
