#include <boost/asio/experimental/awaitable_operators.hpp>

#include "intake/proxy/client.hpp"

namespace fedtrail::proxy {

using namespace boost::asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace): &&
                                                                 // on pumps

namespace {

/// What both directions of a tunnel know of each other.
struct Tunnel {
    std::chrono::milliseconds idle;
    std::chrono::milliseconds stuck;
    TimePoint moved;
};

/// Passes on what `from` sends until it ends; a buffer is held only while something moves.
Awaitable<void> pump(Tunnel& tunnel, Stream& from, Stream& to, std::uint64_t& bytes) {
    auto& loop = from.loop();
    for (;;) {
        const auto fault = co_await from.readable(tunnel.moved + tunnel.idle);
        if (fault == Fault::TimedOut && SteadyClock::now() < tunnel.moved + tunnel.idle) {
            continue;  // the other direction moved
        }
        if (fault != Fault::None) {
            break;
        }
        auto block = loop.take_block();
        const auto io = from.read_now(block.get(), kBlock);
        tunnel.moved = SteadyClock::now();
        bytes += io.bytes;
        auto written = Fault::None;
        if (io.bytes > 0) {
            written = co_await to.write({block.get(), io.bytes}, tunnel.moved + tunnel.stuck);
        }
        loop.give_block(std::move(block));
        if (io.fault == Fault::Closed) {
            to.shut_down();  // the other direction may go on
            co_return;
        }
        if (io.fault != Fault::None || written != Fault::None) {
            break;
        }
    }
    from.close();
    to.close();
}

Instant now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace

Awaitable<void> serve_tunnel(Client& client, Target target, bool answers) {
    auto& shared = client.shared;
    auto peer = co_await client.peers.dial(target, in_time(shared.options.limits.connect));
    if (!peer.stream) {
        count(shared.counters.peer_errors);
        if (answers) {
            co_await answer(client, problem_of(peer.fault), true, false);
            co_await client.stream.linger();
        }
        co_return;
    }
    const auto until = in_time(shared.options.limits.head);
    if (answers &&
        co_await client.stream.write("HTTP/1.1 200 Connection established\r\n\r\n", until) != Fault::None) {
        co_return;
    }
    count(shared.counters.tunnels);
    client.stream.put_back(client.in.view());
    client.in.consume(client.in.view().size());
    client.in.relax();
    records::TunnelObservation seen{now(), target.recipient, 0, 0};
    Tunnel tunnel{shared.options.limits.tunnel_idle, shared.options.limits.body, SteadyClock::now()};
    co_await (pump(tunnel, client.stream, *peer.stream, seen.bytes_sent) &&
              pump(tunnel, *peer.stream, client.stream, seen.bytes_received));
    shared.sink.tunnel(seen);
}

}  // namespace fedtrail::proxy
