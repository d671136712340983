/// Runs smtp_server.py for one test.

#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temp_dir.hpp"

namespace fedtrail::testing {

class SmtpServer {
public:
    explicit SmtpServer(const std::string& mode) {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        REQUIRE(pipe2(in.data(), O_CLOEXEC) == 0);
        REQUIRE(pipe2(out.data(), O_CLOEXEC) == 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, in[0], 0);
        posix_spawn_file_actions_adddup2(&actions, out[1], 1);
        std::string python = FEDTRAIL_PYTHON;
        std::string unwritten = "-B";
        std::string script = FEDTRAIL_SOURCE_DIR "/tests/backends/poco/smtp_server.py";
        std::string word = mode;
        std::string folder = folder_.path().string();
        std::array<char*, 6> arguments{
            python.data(), unwritten.data(), script.data(), word.data(), folder.data(), nullptr};
        const int failed =
            posix_spawn(&process_, python.c_str(), &actions, nullptr, arguments.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        close(in[0]);
        close(out[1]);
        stdin_ = in[1];
        REQUIRE(failed == 0);
        std::string said;
        for (char c = 0; read(out[0], &c, 1) == 1 && c != '\n';) {
            said += c;
        }
        close(out[0]);
        port_ = said;
        REQUIRE(!port_.empty());
    }
    SmtpServer(const SmtpServer&) = delete;
    SmtpServer& operator=(const SmtpServer&) = delete;
    SmtpServer(SmtpServer&&) = delete;
    SmtpServer& operator=(SmtpServer&&) = delete;
    ~SmtpServer() {
        close(stdin_);
        kill(process_, SIGTERM);
        waitpid(process_, nullptr, 0);
    }

    [[nodiscard]] const std::string& port() const { return port_; }
    [[nodiscard]] std::filesystem::path authority() const { return folder_ / "ca.pem"; }
    /// The letter with that number, envelope first; "" if there is none.
    [[nodiscard]] std::string letter(int number) const {
        const std::ifstream file{folder_ / (std::to_string(number) + ".eml")};
        std::ostringstream text;
        text << file.rdbuf();
        return text.str();
    }

private:
    TempDir folder_;
    pid_t process_{};
    int stdin_{};
    std::string port_;
};

}  // namespace fedtrail::testing
