/// A mail server that says what a test wants, one answer for each thing said to it, and then hangs up.

#pragma once

#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <unistd.h>

#include "door.hpp"

namespace fedtrail::testing {

class ScriptedMail {
public:
    /// The first is the greeting, the last the answer to the end of the letter, if there are so many.
    explicit ScriptedMail(std::vector<std::string> answers) : answers_(std::move(answers)) {
        thread_ = std::thread{[this] { serve(); }};
    }
    ScriptedMail(const ScriptedMail&) = delete;
    ScriptedMail& operator=(const ScriptedMail&) = delete;
    ScriptedMail(ScriptedMail&&) = delete;
    ScriptedMail& operator=(ScriptedMail&&) = delete;
    ~ScriptedMail() { end(); }

    [[nodiscard]] std::uint16_t port() const { return door_.port(); }
    /// All that was said to it.
    [[nodiscard]] const std::string& said() {
        end();
        return said_;
    }

private:
    void end() {
        door_.shut();
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    void serve() {
        const int peer = door_.accept();
        bool letter = false;
        for (const auto& answer : answers_) {
            ::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL);
            letter = answer.starts_with("354");
            if (&answer != &answers_.back()) {
                hear(peer, letter ? "\r\n.\r\n" : "\r\n");
            }
        }
        ::close(peer);
    }

    void hear(int peer, std::string_view end) {
        const auto from = said_.size();
        for (char c = 0; ::recv(peer, &c, 1, 0) == 1;) {
            said_ += c;
            if (std::string_view{said_}.substr(from).ends_with(end)) {
                return;
            }
        }
    }

    std::vector<std::string> answers_;
    std::string said_;
    fedtrail::testing::Door door_;
    std::thread thread_;
};

}  // namespace fedtrail::testing
