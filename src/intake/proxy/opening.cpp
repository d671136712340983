// CONNECT and redirected connections: finding out what a connection is before anything is decided about it.

#include <algorithm>
#include <array>

#include <netinet/in.h>
#include <sys/socket.h>

#include "intake/proxy/client.hpp"
#include "intake/proxy/client_hello.hpp"

namespace fedtrail::proxy {

namespace {

struct Opening {
    enum class Kind { Nothing, Tls, Http, Other } kind{Kind::Nothing};
    ClientHello hello;
};

/// Enough of a method to know HTTP from another protocol.
Opening::Kind kind_of_clear(std::string_view bytes) {
    static constexpr std::array<std::string_view, 8> kMethods{
        "GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "CONNECT "};
    const auto begins = [&](std::string_view method) { return bytes.substr(0, method.size()) == method; };
    const auto may_begin = [&](std::string_view method) { return method.substr(0, bytes.size()) == bytes; };
    if (std::any_of(kMethods.begin(), kMethods.end(), begins)) {
        return Opening::Kind::Http;
    }
    return std::any_of(kMethods.begin(), kMethods.end(), may_begin) ? Opening::Kind::Nothing
                                                                    : Opening::Kind::Other;
}

Opening opening_of(std::string_view bytes) {
    const auto hello = read_client_hello(bytes);
    if (const auto* found = std::get_if<ClientHello>(&hello)) {
        return {Opening::Kind::Tls, *found};
    }
    if (std::holds_alternative<HelloIncomplete>(hello)) {
        return {bytes.size() > kMaxHelloBytes ? Opening::Kind::Other : Opening::Kind::Nothing, {}};
    }
    return {kind_of_clear(bytes), {}};
}

/// Reads what the client says first, without taking it away. Nothing: it said too little in time.
Awaitable<Opening> read_opening(Client& client) {
    const auto until = in_time(client.shared.options.limits.handshake);
    client.stream.set_patience(client.shared.options.limits.drain_quiet);
    for (;;) {
        auto opening = client.in.empty() ? Opening{} : opening_of(client.in.view());
        if (opening.kind != Opening::Kind::Nothing) {
            co_return opening;
        }
        client.stream.set_idle(client.in.empty());
        const auto fault = co_await client.stream.readable(until);
        client.stream.set_idle(false);
        if (fault != Fault::None) {
            co_return Opening{};
        }
        auto* room = client.in.room();
        const auto io = client.stream.read_now(room, client.in.capacity());
        if (io.fault != Fault::None) {
            co_return Opening{};
        }
        client.in.added(io.bytes);
    }
}

void put_back_opening(Client& client) {
    client.stream.put_back(client.in.view());
    client.in.consume(client.in.view().size());
    client.in.relax();
}

bool is_bypassed(Client& client, const Host& name) {
    return matches_any(client.shared.options.bypass, name);
}

std::string kind_of(Client& client, const ClientHello& hello) {
    boost::system::error_code gone;
    return client_kind(client.stream.socket().remote_endpoint(gone), hello.shape);
}

void note_refusal(Client& client, const std::string& kind, const Host& name) {
    auto& shared = client.shared;
    count(shared.counters.ca_refused);
    if (shared.options.untrusting == Untrusting::Refuse) {
        return;
    }
    if (shared.trust.refused(kind, name, in_time(shared.options.limits.refusal_memory)) &&
        shared.events.untrusted) {
        shared.events.untrusted(name);
    }
}

/// Takes the place of the server: TLS under our CA towards the client.
Awaitable<void> intercept(Client& client, const Target& target, std::string kind) {
    auto& shared = client.shared;
    auto ssl = shared.leaves.make_server_ssl(shared.server_context.get(), target.name);
    if (!ssl && ssl.error().kind == ErrorKind::Denied) {  // the authority may not speak for this host
        co_await serve_tunnel(client, target, TunnelReason::Unreadable, false);
        co_return;
    }
    if (!ssl) {
        count(shared.counters.errors);
        co_return;
    }
    put_back_opening(client);
    const auto until = in_time(shared.options.limits.handshake);
    const auto fault = co_await client.stream.secure(ssl->release(), true, until);
    if (fault != Fault::None) {
        if (is_distrust(client.stream.tls_error())) {
            note_refusal(client, kind, target.name);
        }
        co_return;
    }
    count(shared.counters.intercepted);
    shared.trust.trusted(kind);
    co_await serve_http(client, Addressing::Opened, &target);
}

/// The CONNECT target, or the name in the hello where the target is a bare address: the certificate proves
/// the name, and the name is what the ledger speaks of.
Target named_target(const Target& target, const ClientHello& hello) {
    if (target.is_address() && !hello.server_name.empty()) {
        auto named = target_of(hello.server_name + ":" + std::to_string(target.port), true, target.port);
        if (named) {
            return std::move(*named);
        }
    }
    return target;
}

Awaitable<void> serve_tls(Client& client, Target target, ClientHello hello) {
    target = named_target(target, hello);
    if (is_bypassed(client, target.name)) {
        co_await serve_tunnel(client, std::move(target), TunnelReason::Declared, false);
        co_return;
    }
    auto kind = kind_of(client, hello);
    if (client.shared.trust.refuses(kind, target.name)) {
        co_await serve_tunnel(client, std::move(target), TunnelReason::Untrusting, false);
        co_return;
    }
    if (!hello.accepts_http1) {  // HTTP/2 and nothing else cannot be answered by us, only passed on
        co_await serve_tunnel(client, std::move(target), TunnelReason::Unreadable, false);
        co_return;
    }
    co_await intercept(client, target, std::move(kind));
}

Awaitable<void> serve_connect(Client& client) {
    const auto authority = std::exchange(client.connect_to, {});
    auto target = target_of(authority, true, 0);
    if (!target || target->port == 0) {
        count(client.shared.counters.malformed);
        co_await answer(client, kNoHost, true, false);
        co_await client.stream.linger();
        co_return;
    }
    if (is_bypassed(client, target->name)) {
        co_await serve_tunnel(client, std::move(*target), TunnelReason::Declared, true);
        co_return;
    }
    const auto until = in_time(client.shared.options.limits.head);
    if (co_await client.stream.write("HTTP/1.1 200 Connection established\r\n\r\n", until) != Fault::None) {
        co_return;
    }
    const auto opening = co_await read_opening(client);
    switch (opening.kind) {
        case Opening::Kind::Tls:
            co_await serve_tls(client, std::move(*target), opening.hello);
            break;
        case Opening::Kind::Http: {
            // Some clients open a tunnel for plain HTTP too; a delivery in it is a delivery.
            const auto plain = target_of(authority, false, 0);
            co_await serve_http(client, Addressing::Opened, &*plain);
            break;
        }
        case Opening::Kind::Other:
            co_await serve_tunnel(client, std::move(*target), TunnelReason::Unreadable, false);
            break;
        case Opening::Kind::Nothing:
            break;
    }
}

// SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST; the kernel's header of them clashes with the C library's.
constexpr int kOriginalDestination = 80;

/// Where a redirected connection was going, if the firewall's NAT knows.
std::optional<Tcp::endpoint> original_destination(Client& client) {
    const auto handle = client.stream.socket().native_handle();
    Tcp::endpoint endpoint;
    auto size = static_cast<socklen_t>(endpoint.capacity());
    if (::getsockopt(handle, SOL_IP, kOriginalDestination, endpoint.data(), &size) != 0) {
        size = static_cast<socklen_t>(endpoint.capacity());
        if (::getsockopt(handle, SOL_IPV6, kOriginalDestination, endpoint.data(), &size) != 0) {
            return std::nullopt;
        }
    }
    endpoint.resize(size);
    const bool ours = std::any_of(
        client.shared.own.begin(), client.shared.own.end(), [&](const auto& own) { return own == endpoint; });
    return ours ? std::nullopt : std::optional{endpoint};
}

/// Closed without a word: whoever comes here may know nothing of a proxy. The log gets a line now and then,
/// for anybody may open such connections, and what they named is not ours to write down.
void note_unnamed(Shared& shared) {
    count(shared.counters.unnamed);
    const auto now = SteadyClock::now();
    auto until = shared.unnamed_told_until.load();
    if (shared.events.unnamed && now >= until &&
        shared.unnamed_told_until.compare_exchange_strong(until,
                                                          now + shared.options.limits.refusal_memory)) {
        shared.events.unnamed();
    }
}

}  // namespace

Awaitable<void> serve_proxied(Client& client) {
    co_await serve_http(client, Addressing::Proxied, nullptr);
    if (!client.connect_to.empty()) {
        co_await serve_connect(client);
    }
}

Awaitable<void> serve_redirected(Client& client) {
    const auto original = original_destination(client);
    const auto opening = co_await read_opening(client);
    if (opening.kind == Opening::Kind::Http) {
        co_await serve_http(client, Addressing::ByHost, nullptr);
        co_return;
    }
    if (opening.kind == Opening::Kind::Tls && !opening.hello.server_name.empty()) {
        const auto port = original ? original->port() : std::uint16_t{443};
        auto target = target_of(opening.hello.server_name + ":" + std::to_string(port), true, 443);
        if (target) {
            co_await serve_tls(client, std::move(*target), opening.hello);
        } else {
            note_unnamed(client.shared);
        }
        co_return;
    }
    if (opening.kind == Opening::Kind::Nothing) {
        co_return;
    }
    auto target = target_of(original ? text_of(*original) : std::string{}, true, 443);
    if (!target) {
        note_unnamed(client.shared);
        co_return;
    }
    const auto why = is_bypassed(client, target->name) ? TunnelReason::Declared : TunnelReason::Unreadable;
    co_await serve_tunnel(client, std::move(*target), why, false);
}

}  // namespace fedtrail::proxy
