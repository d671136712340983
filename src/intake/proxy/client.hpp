/// One accepted connection and the ways it can be served.

#pragma once

#include <optional>
#include <string>

#include "intake/proxy/buffer.hpp"
#include "intake/proxy/http_head.hpp"
#include "intake/proxy/peers.hpp"
#include "intake/proxy/problem.hpp"
#include "intake/proxy/shared.hpp"
#include "intake/proxy/stream.hpp"

namespace fedtrail::proxy {

struct Client {
    Client(Loop& on, Peers& to, Shared& with, Socket socket)
        : loop(on), peers(to), shared(with), stream(on, std::move(socket)), in(on) {}

    Loop& loop;
    Peers& peers;
    Shared& shared;
    Stream stream;
    Buffer in;
    std::string connect_to;  ///< The authority of a CONNECT that is to be served next.
};

[[nodiscard]] inline TimePoint in_time(std::chrono::milliseconds limit) {
    return SteadyClock::now() + limit;
}

/// How the requests of a connection find their target.
enum class Addressing {
    Proxied,  ///< Absolute target, or CONNECT.
    Opened,   ///< The connection has one target.
    ByHost,   ///< Redirected here: the Host header.
};

/// Serves requests until the connection ends or a CONNECT asks for another kind of service (`connect_to`).
/// `target` is the one of Addressing::Opened.
Awaitable<void> serve_http(Client& client, Addressing addressing, const Target* target);

/// What a forward proxy does with a connection, and what one does that the firewall redirected.
Awaitable<void> serve_proxied(Client& client);
Awaitable<void> serve_redirected(Client& client);

/// Connects to `target` and passes everything both ways unread until both sides are done; that it begins is
/// durable before. `answers` says that a CONNECT waits for its answer.
Awaitable<void> serve_tunnel(Client& client, Target target, TunnelReason why, bool answers);

/// Writes an answer of our own; the fault of doing so is of no interest, the connection ends or goes on.
Awaitable<void> answer(Client& client, const Problem& problem, bool closes, bool to_head);

}  // namespace fedtrail::proxy
