/// What all loops of one proxy have in common. Everything here may be used from any of them.

#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "fedtrail/core/address.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

#include "intake/proxy/client_trust.hpp"
#include "intake/proxy/egress_proxy.hpp"
#include "intake/proxy/names.hpp"
#include "intake/proxy/tls.hpp"

namespace fedtrail::proxy {

struct Counters {
    std::atomic<std::uint64_t> connections, open_connections, refused_connections, requests, activities,
        signed_fetches, intercepted, tunnels, tunnels_refused, ca_refused, guard_refused, unnamed, held,
        prevented, passed_unrecorded, malformed, peer_errors, peer_connections, peer_reused, errors;
};

struct Shared {
    Shared(ProxyOptions given, DeliverySink& to, const CertificateAuthority& authority, ProxyEvents tells)
        : options(std::move(given)),
          events(std::move(tells)),
          sink(to),
          leaves(authority, options.max_certificates) {}

    ProxyOptions options;
    ProxyEvents events;
    DeliverySink& sink;
    LeafCache leaves;
    AddressGuard guard;
    std::unique_ptr<Names> names;
    Owned<SSL_CTX> server_context;
    Owned<SSL_CTX> client_context;
    ClientTrust trust;
    std::atomic<TimePoint> unnamed_told_until{TimePoint::min()};
    Counters counters{};
    std::vector<Tcp::endpoint> own;  ///< Our listeners: connecting to them would go round in circles.
};

/// The civil time, for what is written down.
[[nodiscard]] inline Instant now() {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

inline void count(std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace fedtrail::proxy
