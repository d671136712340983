/// Host names to addresses, on threads of their own: the system's resolver blocks, and a slow name must not
/// hold up the others.

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "intake/proxy/loop.hpp"
#include "intake/proxy/target.hpp"

namespace fedtrail::proxy {

struct NameTimes {
    std::chrono::milliseconds keep{30'000};
    std::chrono::milliseconds keep_failure{5'000};
    /// How long what a name had is fallen back on where nobody says what it has now (RFC 8767),
    std::chrono::milliseconds keep_last{std::chrono::hours{24}};
    /// and how long an answer is waited for before.
    std::chrono::milliseconds patience{1'800};
    /// How long the end waits for questions under way. A name server may never answer one over TCP.
    std::chrono::milliseconds farewell{1'000};
};

class Names {
public:
    using Endpoints = std::vector<Tcp::endpoint>;
    /// Blocks; none: there is no such name; nothing: nobody answered. On many threads at once.
    using Ask = std::function<std::optional<Endpoints>(const std::string& name, std::uint16_t port)>;

    /// How many names are asked for at once. A name server that never answers holds a thread for 10 seconds
    /// and more, and anybody can have names there; an idle thread costs next to nothing.
    static constexpr std::size_t kAtOnce = 64;
    /// Of them for the names of one domain.
    static constexpr std::size_t kAtOnceOfOne = 8;

    /// With fewer threads where the system has no more. `fixed`: "host:port" -> "ADDRESS:PORT", asked before
    /// `ask`. Errors: Invalid, Unavailable (no threads).
    [[nodiscard]] static Result<std::unique_ptr<Names>> make(const std::map<std::string, std::string>& fixed,
                                                             Ask ask = ask_system,
                                                             NameTimes times = {});
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;
    Names(Names&&) = delete;
    Names& operator=(Names&&) = delete;
    ~Names();

    /// The addresses of a host in the order to try them; none if the name is unknown or time ran out. From
    /// any loop. Where nobody answers in time: what it had within the last day.
    Awaitable<std::vector<Tcp::endpoint>> resolve(Loop& loop, const Target& target, TimePoint until);

    /// No more addresses for anybody: whoever waits goes on without. A loop does not end while one is
    /// awaited.
    void let_go();

private:
    class Desk;

    explicit Names(std::shared_ptr<Desk> desk);
    static std::optional<Endpoints> ask_system(const std::string& name, std::uint16_t port);

    std::shared_ptr<Desk> desk_;  ///< The threads hold it as well: a question cannot be taken back.
    std::unordered_map<std::string, Endpoints> fixed_;
};

/// "127.0.0.1:80" or "[::1]:80". Errors: Invalid.
[[nodiscard]] Result<Tcp::endpoint> endpoint_of(const std::string& text);
[[nodiscard]] std::string text_of(const Tcp::endpoint& endpoint);

}  // namespace fedtrail::proxy
