#include "program.hpp"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <system_error>
#include <thread>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/sqlite/directory_book.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX wants it, glibc has it too

namespace fedtrail::testing {

using namespace std::chrono_literals;

namespace {

int code_of(int state) {
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

}  // namespace

pid_t Program::start(const std::vector<std::string>& words, const std::string& name) const {
    std::vector<std::string> arguments{FEDTRAIL_PROGRAM};
    arguments.insert(arguments.end(), words.begin(), words.end());
    std::vector<char*> argv;
    for (auto& argument : arguments) {
        argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    std::vector<std::string> settings;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        if (std::string_view{*variable}.substr(0, 9) != "FEDTRAIL_") {
            settings.emplace_back(*variable);
        }
    }
    for (const auto& [key, value] : variables) {
        settings.emplace_back(key).append("=").append(value);
    }
    std::vector<char*> envp;
    for (auto& setting : settings) {
        envp.push_back(setting.data());
    }
    envp.push_back(nullptr);
    const auto out = (folder_ / (name + ".out")).string();
    const auto err = (folder_ / (name + ".err")).string();
    const auto in = (folder_ / (name + ".in")).string();
    for (const auto& old : {out, err}) {  // what an earlier run said must not be taken for this one's
        std::error_code ignored;
        std::filesystem::remove(old, ignored);
    }
    const pid_t child = ::fork();
    if (child == 0) {
        const bool placed = ::chdir(folder_.c_str()) == 0;
        ::dup2(::open(in.c_str(), O_RDONLY | O_CREAT, 0600), STDIN_FILENO);
        ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
        ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
        if (placed) {
            ::execve(argv[0], argv.data(), envp.data());
        }
        ::_exit(127);
    }
    return child;
}

int Program::wait(pid_t process) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
        int state = 0;
        if (::waitpid(process, &state, WNOHANG) == process) {
            return code_of(state);
        }
        std::this_thread::sleep_for(5ms);
    }
    ::kill(process, SIGKILL);
    int state = 0;
    ::waitpid(process, &state, 0);
    return code_of(state);
}

Ended Program::run(const std::vector<std::string>& words, const std::string& input) const {
    write("run.in", input);
    const int exit = wait(start(words, "run"));
    return {exit, text("run.out"), text("run.err")};
}

std::string Program::text(const std::string& name) const {
    std::ifstream in{folder_ / name, std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void Program::write(const std::string& name, const std::string& text) const {
    std::ofstream{folder_ / name, std::ios::binary | std::ios::trunc} << text;
}

int free_port() {
    // Below 32768, where the kernel takes the ports of outgoing connections from: one of those may be taken
    // again before the program listens on it.
    constexpr int kLowest = 12'000;
    constexpr int kPorts = 20'000;
    static int next = static_cast<int>(std::random_device{}() % kPorts);
    for (int tries = 0; tries < kPorts; ++tries) {
        const int port = kLowest + next;
        next = (next + 1) % kPorts;
        const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in here{};
        here.sin_family = AF_INET;
        here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        here.sin_port = htons(static_cast<std::uint16_t>(port));
        const bool free = ::bind(socket, reinterpret_cast<sockaddr*>(&here), sizeof(here)) == 0;
        ::close(socket);
        if (free) {
            return port;
        }
    }
    FAIL("no port is free from " << kLowest << " to " << kLowest + kPorts);
    return 0;
}

Serving::Serving(const Program& program, const std::string& name) : process_(program.start({"serve"}, name)) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < end) {
        if (program.text(name + ".out").find("Ctrl-C") != std::string::npos) {
            return;
        }
        int state = 0;
        if (::waitpid(process_, &state, WNOHANG) == process_) {
            process_ = 0;
            FAIL("serve ended with " << code_of(state) << ": " << program.text(name + ".err"));
        }
        std::this_thread::sleep_for(5ms);
    }
    FAIL("serve was not ready after two minutes: " << program.text(name + ".err"));
}

int Serving::stop(int signal) {
    ::kill(process_, signal);
    const int exit = Program::wait(process_);
    process_ = 0;
    return exit;
}

Serving::~Serving() {
    if (process_ > 0) {
        stop(SIGTERM);
    }
}

namespace {

/// The words below "Subcommands:" of a help text.
std::vector<std::string> below(const std::string& help) {
    std::vector<std::string> names;
    std::istringstream lines{help};
    bool inside = false;
    for (std::string line; std::getline(lines, line);) {
        if (line == "Subcommands:") {
            inside = true;
        } else if (inside && line.starts_with("  ") && line.size() > 2 && line[2] != ' ') {
            names.push_back(line.substr(2, line.find(' ', 2) - 2));
        } else if (inside && line.empty()) {
            break;
        }
    }
    return names;
}

}  // namespace

std::map<std::string, std::string> commands(const Program& program, const std::vector<std::string>& words) {
    auto asked = words;
    asked.emplace_back("--help");
    const auto help = program.run(asked).out;
    std::map<std::string, std::string> found;
    const auto names = below(help);
    for (const auto& name : names) {
        auto deeper = words;
        deeper.push_back(name);
        found.merge(commands(program, deeper));
    }
    if (names.empty()) {
        std::string full = "fedtrail";
        for (const auto& word : words) {
            full += " " + word;
        }
        found[full] = help;
    }
    return found;
}

void join_hosts(const std::filesystem::path& data, const std::string& main, const std::string& alias) {
    auto directory = sqlite::SqliteDirectory::open_file(data / "directory.db", sqlite::OpenMode::ReadWrite);
    REQUIRE(directory);
    const auto first = *Host::parse(main);
    const auto second = *Host::parse(alias);
    REQUIRE((*directory)->update(first, [&](RecipientEntry& entry) {
        entry.aliases = {{second, "nodeinfo"}};
    }));
    REQUIRE((*directory)->update(second, [&](RecipientEntry& entry) {
        entry.main = first;
        entry.aliases = {{first, "nodeinfo"}};
    }));
}

void fall_silent(const std::filesystem::path& data, const std::string& host) {
    auto directory = sqlite::SqliteDirectory::open_file(data / "directory.db", sqlite::OpenMode::ReadWrite);
    REQUIRE(directory);
    REQUIRE((*directory)->update(*Host::parse(host), [&](RecipientEntry& entry) {
        entry.asked_at = from_unix_seconds(1'795'000'000);
        note_failure(entry, "timed out", *entry.asked_at);
        note_rest(entry, from_unix_seconds(4'102'444'800));
    }));
}

}  // namespace fedtrail::testing
