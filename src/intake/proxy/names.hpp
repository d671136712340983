/// Host names to addresses, on threads of their own: the system's resolver blocks, and a slow name must not
/// hold up the others.

#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "intake/proxy/loop.hpp"
#include "intake/proxy/target.hpp"

namespace fedtrail::proxy {

class Names {
public:
    using Endpoints = std::vector<Tcp::endpoint>;
    /// Blocks; none: the name is unknown or nobody answered. On many threads at once.
    using Ask = std::function<Endpoints(const std::string& name, std::uint16_t port)>;

    /// How many names are asked for at once. A name server that never answers holds a thread for 10 seconds
    /// and more, and anybody can have names there; an idle thread costs next to nothing.
    static constexpr std::size_t kAtOnce = 64;

    /// With fewer threads where the system has no more. `fixed`: "host:port" -> "ADDRESS:PORT", asked before
    /// `ask`. Errors: Invalid, Unavailable (no threads).
    [[nodiscard]] static Result<std::unique_ptr<Names>> make(const std::map<std::string, std::string>& fixed,
                                                             Ask ask = ask_system);
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;
    Names(Names&&) = delete;
    Names& operator=(Names&&) = delete;
    ~Names();

    /// The addresses of a host in the order to try them; none if the name is unknown or time ran out. From
    /// any loop. Answers are kept for 30 seconds, failures for 5.
    Awaitable<std::vector<Tcp::endpoint>> resolve(Loop& loop, const Target& target, TimePoint until);

private:
    using Answer = Later<Endpoints>;

    struct Entry {
        Endpoints endpoints;
        TimePoint good_until;
        TimePoint wanted_until;  ///< Who waits longest.
        std::vector<std::shared_ptr<Answer>> waiting;
        bool asking{};
    };

    explicit Names(Ask ask);
    static Endpoints ask_system(const std::string& name, std::uint16_t port);
    [[nodiscard]] bool is_wanted(const std::string& key);
    void look_up(const std::string& key, const std::string& name, std::uint16_t port);
    void forget_some(TimePoint now);

    Ask ask_;
    std::unordered_map<std::string, Endpoints> fixed_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    asio::io_context work_{static_cast<int>(kAtOnce)};
    asio::executor_work_guard<Executor> working_{work_.get_executor()};
    std::vector<std::jthread> threads_;
};

/// "127.0.0.1:80" or "[::1]:80". Errors: Invalid.
[[nodiscard]] Result<Tcp::endpoint> endpoint_of(const std::string& text);
[[nodiscard]] std::string text_of(const Tcp::endpoint& endpoint);

}  // namespace fedtrail::proxy
