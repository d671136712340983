/// Host names to addresses, on threads of their own: the system's resolver blocks, and a slow name must not
/// hold up the others.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/asio/thread_pool.hpp>

#include "intake/proxy/loop.hpp"
#include "intake/proxy/target.hpp"

namespace fedtrail::proxy {

class Names {
public:
    /// `fixed`: "host:port" -> "ADDRESS:PORT", asked before the system. Errors: Invalid.
    [[nodiscard]] static Result<std::unique_ptr<Names>> make(const std::map<std::string, std::string>& fixed);
    Names(const Names&) = delete;
    Names& operator=(const Names&) = delete;
    Names(Names&&) = delete;
    Names& operator=(Names&&) = delete;
    ~Names();

    /// The addresses of a host in the order to try them; none if the name is unknown or time ran out. From
    /// any loop. Answers are kept for 30 seconds, failures for 5.
    Awaitable<std::vector<Tcp::endpoint>> resolve(Loop& loop, const Target& target, TimePoint until);

private:
    using Endpoints = std::vector<Tcp::endpoint>;
    using Answer = Later<Endpoints>;

    struct Entry {
        Endpoints endpoints;
        TimePoint good_until;
        std::vector<std::shared_ptr<Answer>> waiting;
        bool asking{};
    };

    Names();
    void look_up(const std::string& key, const std::string& name, std::uint16_t port);
    void forget_some(TimePoint now);

    std::unordered_map<std::string, Endpoints> fixed_;
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;
    boost::asio::thread_pool threads_;
};

/// "127.0.0.1:80" or "[::1]:80". Errors: Invalid.
[[nodiscard]] Result<Tcp::endpoint> endpoint_of(const std::string& text);
[[nodiscard]] std::string text_of(const Tcp::endpoint& endpoint);

}  // namespace fedtrail::proxy
