/// Connections to peers: made, verified, and kept for the next request. One for each loop.

#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "intake/proxy/shared.hpp"
#include "intake/proxy/stream.hpp"
#include "intake/proxy/target.hpp"

namespace fedtrail::proxy {

enum class ConnectFault {
    None,
    UnknownName,
    Forbidden,  ///< The guard does not permit any of its addresses.
    Refused,    ///< No address accepted a connection.
    TimedOut,
    Unverified,  ///< The certificate is not one for this name by an authority we trust.
    NoTls,
};

struct Connection {
    std::unique_ptr<Stream> stream;
    ConnectFault fault{ConnectFault::None};
    bool reused{};
};

class Peers {
public:
    Peers(Loop& loop, Shared& shared);
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;
    Peers(Peers&&) = delete;
    Peers& operator=(Peers&&) = delete;
    ~Peers();

    /// A kept connection, if there is a good one.
    [[nodiscard]] Connection at_hand(const Target& target);
    Awaitable<Connection> connect(const Target& target);
    /// Keeps a connection on which a request and its answer are complete.
    void give_back(const Target& target, std::unique_ptr<Stream> stream);
    /// Without TLS, never kept: for tunnels.
    Awaitable<Connection> dial(const Target& target, TimePoint until);

    void expire(TimePoint now);
    void clear();

private:
    struct Kept {
        std::unique_ptr<Stream> stream;
        TimePoint until;
    };
    struct Ticket {
        std::string key;
        Owned<SSL_SESSION> session;
    };

    std::unique_ptr<Stream> kept(const std::string& key);
    Awaitable<Connection> try_address(Tcp::endpoint endpoint, TimePoint until);
    Awaitable<ConnectFault> secure(Stream& stream, const Target& target);
    [[nodiscard]] bool permitted(const Tcp::endpoint& endpoint) const;

    static int keep_session(SSL* ssl, SSL_SESSION* session);
    friend void install_session_callback(SSL_CTX* context);
    void remember(const std::string& key, Owned<SSL_SESSION> session);

    Loop& loop_;
    Shared& shared_;
    std::unordered_map<std::string, std::vector<Kept>> kept_;
    std::size_t kept_count_{};
    std::list<Ticket> tickets_;  ///< Most recently used first.
    std::unordered_map<std::string, std::list<Ticket>::iterator> ticket_of_;
};

/// Lets sessions of `context` be resumed by the Peers they came to.
void install_session_callback(SSL_CTX* context);

}  // namespace fedtrail::proxy
