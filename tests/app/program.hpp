/// The real program, run as a process in a folder of its own.

#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

namespace fedtrail::testing {

/// How long a program or an answer is waited for: the machine may be busy with other tests.
inline constexpr std::chrono::seconds kPatience{120};

struct Ended {
    int exit{};  ///< 128 + n for signal n.
    std::string out;
    std::string err;
};

/// FEDTRAIL_… variables of the test's own environment are not handed on.
class Program {
public:
    explicit Program(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// Waits until it ends. `input` is its standard input.
    [[nodiscard]] Ended run(const std::vector<std::string>& words, const std::string& input = {}) const;

    std::map<std::string, std::string> variables;

    /// Starts it without waiting, its output in `name`.out and `name`.err.
    [[nodiscard]] pid_t start(const std::vector<std::string>& words, const std::string& name) const;
    /// Waits for a started one to end; after kPatience it is killed.
    [[nodiscard]] static int wait(pid_t process);

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] std::string text(const std::string& name) const;
    void write(const std::string& name, const std::string& text) const;

private:
    std::filesystem::path folder_;
};

/// Every command with no command below it, with its help; by its words, as in "fedtrail subjects list".
[[nodiscard]] std::map<std::string, std::string> commands(const Program& program,
                                                          const std::vector<std::string>& words = {});

/// A port that nobody listens on now.
[[nodiscard]] int free_port();

/// A running `fedtrail serve`; ended with SIGTERM at the latest with the object.
class Serving {
public:
    /// Waits until it says that it is ready; fails the test if it ends before.
    explicit Serving(const Program& program, const std::string& name = "serve");
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    ~Serving();

    [[nodiscard]] pid_t process() const { return process_; }
    /// Its exit code after `signal`.
    int stop(int signal);

private:
    pid_t process_;
};

/// Both servers say in the directory that they are one. Nobody else has it open.
void join_hosts(const std::filesystem::path& data, const std::string& main, const std::string& alias);

/// Nobody answered there when it was asked what it runs, on 18 November 2026; before that it asked to be left
/// alone until 2100. Nobody else has the directory open.
void fall_silent(const std::filesystem::path& data, const std::string& host);

}  // namespace fedtrail::testing
