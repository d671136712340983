/// Servers that follow a script, and what they received.

#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "wire.hpp"

namespace fedtrail::testing {

/// A server on a free port of loopback. The script runs for each connection on a thread of its own.
class Peer {
public:
    using Script = std::function<void(Wire&)>;

    /// Without a certificate it speaks in clear. `alpn` is the one protocol that it knows by ALPN.
    Peer(std::optional<Certificate> certificate,
         Script script,
         int at_most_version = 0,
         const char* alpn = nullptr);
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    Peer(Peer&&) = delete;
    Peer& operator=(Peer&&) = delete;
    ~Peer();

    [[nodiscard]] const std::string& address() const { return address_; }
    [[nodiscard]] std::size_t connections() const { return connections_; }
    [[nodiscard]] std::size_t resumptions() const { return resumptions_; }
    /// Waits until that many connections were closed from this side.
    void wait_for_closed(std::size_t count) const;

private:
    void run();
    void serve(int accepted);

    std::optional<Certificate> certificate_;
    Script script_;
    int at_most_version_;
    const char* alpn_;
    int socket_;
    std::string address_;
    std::atomic<std::size_t> connections_{};
    std::atomic<std::size_t> resumptions_{};
    std::atomic<bool> stopping_{};
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::set<int> open_;  ///< Connections whose script still runs.
    std::size_t closed_{};
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// What peers received, in order.
class Received {
public:
    void add(Message message);
    /// Waits until there are that many.
    [[nodiscard]] std::vector<Message> get(std::size_t count) const;
    [[nodiscard]] std::size_t count() const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<Message> messages_;
};

/// Reads messages and answers each with the same text until the client goes.
[[nodiscard]] Peer::Script answering(Received& received, std::string answer);

/// A script: sends every octet back.
void echo(Wire& wire);

}  // namespace fedtrail::testing
