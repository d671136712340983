/// The egress proxy: the origin's deliveries pass through it, and each is durable in the ledger before it
/// leaves. docs/proxy.md says how; everything below the face is private to this folder.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/fediverse/whose.hpp"
#include "fedtrail/ports/certificate_authority.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

namespace fedtrail::proxy {

/// What happens to a delivery whose intent could not be written.
enum class OnLedgerFailure {
    Hold,  ///< 503 with Retry-After: it stays with the origin, which tries again.
    Pass,  ///< It leaves, and the gap is recorded as soon as that is possible.
};

/// What happens to the next connections of a client that does not trust our authority, to the same host.
enum class Untrusting {
    Tunnel,  ///< They pass unread, for a while.
    Refuse,  ///< They fail like the first one.
};

/// Every wait has an end.
struct TimeLimits {
    std::chrono::milliseconds connect{10'000};  ///< Name, connection and all addresses of a host.
    std::chrono::milliseconds handshake{
        10'000};                               ///< TLS, either side; also until the first octet of a tunnel.
    std::chrono::milliseconds head{15'000};    ///< From the first octet of a head to its last.
    std::chrono::milliseconds body{30'000};    ///< Without progress in a body, either way.
    std::chrono::milliseconds answer{60'000};  ///< From the last octet of a request to the answer's head.
    std::chrono::milliseconds intent{15'000};  ///< Until an intent is durable.
    std::chrono::milliseconds expectation{1'000};    ///< For the peer's 100 Continue.
    std::chrono::milliseconds client_idle{300'000};  ///< Between two requests of a client.
    std::chrono::milliseconds peer_idle{4'000};  ///< A peer's connection kept for the next request: Node.js
                                                 ///< closes after five seconds, others later.
    std::chrono::milliseconds tunnel_idle{600'000};     ///< A tunnel in which nothing moves.
    std::chrono::milliseconds tunnel_report{180'000};   ///< Until what passed through one is written down.
    std::chrono::milliseconds drain_quiet{1'000};       ///< In a drain: of a tunnel, a handshake or a head.
    std::chrono::milliseconds refusal_memory{600'000};  ///< How long a client that refused our CA for a host
                                                        ///< is tunnelled there.
};

struct ProxyOptions {
    std::vector<std::string> listen{"127.0.0.1:7117"};  ///< "ADDRESS:PORT"; port 0 takes a free one.
    std::vector<std::string> transparent;      ///< The same, for connections that the firewall redirects.
    std::vector<std::string> bypass;           ///< "host", "*.suffix" or "*" for all: tunnelled unread.
    std::string extra_ca;                      ///< PEM bundle trusted beside the system's store; "" for none.
    std::vector<std::string> allow_addresses;  ///< Networks that may be connected to although not public.
    std::string token;  ///< Asked as the password of Basic proxy authentication; "" for none.
    std::map<std::string, std::string>
        resolve;                  ///< "host:port" -> "ADDRESS:PORT" instead of the system's resolver.
    fediverse::IsLocal is_local;  ///< Whose signed requests are deliveries whatever their type.
    OnLedgerFailure on_ledger_failure{OnLedgerFailure::Hold};
    Untrusting untrusting{Untrusting::Tunnel};
    unsigned threads{};  ///< 0: one for every two cores, at most four; the ledger's writer wants to run too.
    std::size_t max_connections{16'384};
    std::size_t max_certificates{8'192};  ///< Leaves in the cache, about 4 KB each.
    std::size_t max_idle_peers{1'024};    ///< Kept peer connections a thread.
    std::size_t max_idle_per_peer{64};    ///< … of which to one host.
    TimeLimits limits;
};

/// Told from a loop's thread; must be quick.
struct ProxyEvents {
    /// A client refused our CA for this host: its next connections there pass unread.
    std::function<void(const Host&)> untrusted{};
    /// A redirected connection was closed because it named no valid host, nor is it known where it was going.
    /// Told once in TimeLimits::refusal_memory.
    std::function<void()> unnamed{};
};

/// Connections that passed unread because their client refused our CA, since the start.
struct UntrustingFigures {
    struct ToHost {
        Host host;
        std::uint64_t tunnels{};
    };
    std::uint64_t hosts{};
    std::uint64_t tunnels{};
    std::vector<ToHost> most{};  ///< The twenty hosts with the most of them.
};

/// Counted since start; no host names, no personal data.
struct ProxyFigures {
    std::uint64_t connections{};          ///< Accepted.
    std::uint64_t open_connections{};     ///< Now.
    std::uint64_t refused_connections{};  ///< Over max_connections.
    std::uint64_t requests{};
    std::uint64_t activities{};         ///< Requests whose intent was asked for.
    std::uint64_t signed_fetches{};     ///< Requests without a body that a key of ours signed; not recorded.
    std::uint64_t intercepted{};        ///< TLS connections opened under our CA.
    std::uint64_t tunnels{};            ///< Connections passed on unread.
    std::uint64_t tunnels_refused{};    ///< … and those that must not, or could not be written down.
    std::uint64_t ca_refused{};         ///< Clients that did not accept our CA.
    std::uint64_t guard_refused{};      ///< Connections to addresses that are not public.
    std::uint64_t unnamed{};            ///< Redirected connections closed because they named no valid host.
    std::uint64_t held{};               ///< Deliveries answered 503 because the ledger could not be written.
    std::uint64_t prevented{};          ///< Deliveries answered 403 because of a rule or an objection.
    std::uint64_t passed_unrecorded{};  ///< Deliveries that left while it could not.
    std::uint64_t malformed{};          ///< Requests refused for their form.
    std::uint64_t peer_errors{};        ///< No connection, no valid certificate or no valid answer.
    std::uint64_t peer_connections{};   ///< Connections made to peers.
    std::uint64_t peer_reused{};        ///< Requests sent over a kept one.
    std::uint64_t errors{};             ///< Unexpected failures of our own.
};

class EgressProxy {
public:
    /// Binds the listeners; nothing is accepted before start(). `sink` and `authority` must outlive the
    /// proxy. Errors: Invalid (an address, a network, the bundle), Unavailable (a port in use).
    [[nodiscard]] static Result<std::unique_ptr<EgressProxy>> open(ProxyOptions options,
                                                                   DeliverySink& sink,
                                                                   const CertificateAuthority& authority,
                                                                   ProxyEvents events = {});
    EgressProxy(const EgressProxy&) = delete;
    EgressProxy& operator=(const EgressProxy&) = delete;
    EgressProxy(EgressProxy&&) = delete;
    EgressProxy& operator=(EgressProxy&&) = delete;
    ~EgressProxy();  // NOLINT(bugprone-exception-escape): out of memory here may end the program  ///< As
                     // drain(0).

    /// Runs the event loops on threads of its own. Once.
    void start();
    /// Stops accepting, ends idle connections, lets requests in flight finish for at most `limit`, then
    /// closes what is left and joins the threads. Further calls do nothing.
    void drain(std::chrono::seconds limit);

    [[nodiscard]] ProxyFigures figures() const;
    [[nodiscard]] UntrustingFigures untrusting() const;
    /// "ADDRESS:PORT" of each listener, the transparent ones last.
    [[nodiscard]] std::vector<std::string> listening() const;

private:
    class Impl;
    explicit EgressProxy(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace fedtrail::proxy
