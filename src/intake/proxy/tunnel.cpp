#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "intake/proxy/client.hpp"

namespace fedtrail::proxy {

using namespace boost::asio::experimental::awaitable_operators;  // NOLINT(google-build-using-namespace): &&
                                                                 // on pumps

namespace {

/// What both directions of a tunnel know of each other, and what of it is not written down yet.
struct Tunnel {
    Shared& shared;
    const Loop& loop;
    Host recipient;
    TimePoint moved{SteadyClock::now()};
    TimePoint report_due{TimePoint::max()};
    std::uint64_t sent{};
    std::uint64_t received{};

    [[nodiscard]] TimePoint idle_until() const {
        const auto& limits = shared.options.limits;
        return moved +
               (loop.draining() ? std::min(limits.drain_quiet, limits.tunnel_idle) : limits.tunnel_idle);
    }

    /// The other direction may make a report due while this one waits, and then be over.
    [[nodiscard]] TimePoint wake_at() const {
        return std::min({idle_until(), report_due, in_time(shared.options.limits.tunnel_report)});
    }

    /// Whether a wait that ended so was the last one.
    [[nodiscard]] bool over(Fault fault) const {
        return fault != Fault::None && (fault != Fault::TimedOut || SteadyClock::now() >= idle_until());
    }

    void move(std::uint64_t& octets, std::size_t more) {
        moved = SteadyClock::now();
        octets += more;
        if (more > 0 && report_due == TimePoint::max()) {
            report_due = moved + shared.options.limits.tunnel_report;
        }
    }

    /// A connection may last for days: a crash must not take all that passed through it.
    void report() {
        if (sent + received > 0) {
            shared.sink.tunnel({now(), recipient, std::exchange(sent, 0), std::exchange(received, 0), 0});
        }
        report_due = TimePoint::max();
    }
    void report_if_due() {
        if (SteadyClock::now() >= report_due) {
            report();
        }
    }
};

/// A reader that takes its time is no end.
Awaitable<Fault> pass_on(Tunnel& tunnel, Stream& to, std::string_view bytes) {
    for (;;) {
        const auto io = to.write_now(bytes);
        bytes.remove_prefix(io.bytes);
        if (io.fault != Fault::None || bytes.empty()) {
            co_return io.fault;
        }
        if (io.bytes > 0) {
            tunnel.moved = SteadyClock::now();
            continue;
        }
        const auto fault = co_await to.writable(tunnel.wake_at());
        tunnel.report_if_due();
        if (tunnel.over(fault)) {
            co_return fault;
        }
    }
}

/// Passes on what `from` sends until it ends; a buffer is held only while something moves.
Awaitable<void> pump(Tunnel& tunnel, Stream& from, Stream& to, std::uint64_t& octets) {
    auto& loop = from.loop();
    for (;;) {
        const auto fault = co_await from.readable(tunnel.wake_at());
        tunnel.report_if_due();
        if (tunnel.over(fault)) {
            break;
        }
        if (fault != Fault::None) {
            continue;  // the other direction moved, or it was time for a report
        }
        auto block = loop.take_block();
        const auto io = from.read_now(block.get(), kBlock);
        tunnel.move(octets, io.bytes);
        auto written = Fault::None;
        if (io.bytes > 0) {
            written = co_await pass_on(tunnel, to, {block.get(), io.bytes});
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

/// Makes durable that a tunnel begins. Nothing: it may.
Awaitable<std::optional<Problem>> record_opening(Client& client, const Target& target, TunnelReason why) {
    auto& shared = client.shared;
    const bool pass = shared.options.on_ledger_failure == OnLedgerFailure::Pass;
    const bool passes_unanswered = pass && (why == TunnelReason::Declared || !shared.sink.may_deny());
    const records::TunnelObservation opening{now(), target.recipient};
    auto pending = std::make_shared<Later<Result<void>>>(client.loop);
    shared.sink.open_tunnel(
        opening, why, [pending](Result<void> done) { pending->deliver(std::move(done)); });
    const auto late = [&shared, passes_unanswered, opening](const Result<void>& written) {
        if (!written && passes_unanswered) {
            shared.sink.tunnel(opening);  // it began meanwhile
        }
    };
    const auto done = co_await pending->wait(in_time(shared.options.limits.intent), late);
    if (done && *done) {
        co_return std::nullopt;
    }
    const auto kind = done                ? done->error().kind
                      : passes_unanswered ? ErrorKind::Unavailable
                                          : ErrorKind::Conflict;
    if (pass && kind != ErrorKind::Denied && kind != ErrorKind::Conflict) {
        if (done) {
            shared.sink.tunnel(opening);  // written as soon as something can be
        }
        co_return std::nullopt;
    }
    count(shared.counters.tunnels_refused);
    co_return kind == ErrorKind::Denied ? kTunnelPrevented : kTunnelHeld;
}

/// The client waits for the answer to its CONNECT, or had it and has begun.
Awaitable<void> turn_away(Client& client, const Problem& problem, bool answers) {
    if (answers) {
        co_await answer(client, problem, true, false);
        co_await client.stream.linger();
    } else if (client.in.view().starts_with('\x16')) {  // TLS: the alert access_denied (RFC 8446 section 6.2)
        co_await client.stream.write({"\x15\x03\x03\x00\x02\x02\x31", 7},
                                     in_time(client.shared.options.limits.body));
        client.in.consume(client.in.view().size());
        co_await client.stream.linger();
    }
}

}  // namespace

Awaitable<void> serve_tunnel(Client& client, Target target, TunnelReason why, bool answers) {
    auto& shared = client.shared;
    auto peer = co_await client.peers.dial(target, in_time(shared.options.limits.connect));
    if (!peer.stream) {
        count(shared.counters.peer_errors);
        if (answers) {
            co_await turn_away(client, problem_of(peer.fault), answers);
        }
        co_return;
    }
    if (const auto problem = co_await record_opening(client, target, why)) {
        co_await turn_away(client, *problem, answers);
        co_return;
    }
    const auto until = in_time(shared.options.limits.head);
    if (answers &&
        co_await client.stream.write("HTTP/1.1 200 Connection established\r\n\r\n", until) != Fault::None) {
        co_return;
    }
    count(shared.counters.tunnels);
    if (why == TunnelReason::Untrusting) {
        shared.trust.count_tunnel(target.name);
    }
    client.stream.put_back(client.in.view());
    client.in.consume(client.in.view().size());
    client.in.relax();
    client.stream.set_patience(shared.options.limits.drain_quiet);
    peer.stream->set_patience(shared.options.limits.drain_quiet);
    Tunnel tunnel{shared, client.loop, target.recipient};
    co_await (pump(tunnel, client.stream, *peer.stream, tunnel.sent) &&
              pump(tunnel, *peer.stream, client.stream, tunnel.received));
    tunnel.report();
}

}  // namespace fedtrail::proxy
