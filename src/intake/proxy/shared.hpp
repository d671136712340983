/// What all loops of one proxy have in common. Everything here may be used from any of them.

#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "fedtrail/core/address.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

#include "intake/proxy/egress_proxy.hpp"
#include "intake/proxy/names.hpp"
#include "intake/proxy/tls.hpp"

namespace fedtrail::proxy {

struct Counters {
    std::atomic<std::uint64_t> connections, open_connections, refused_connections, requests, activities,
        intercepted, tunnels, ca_refused, guard_refused, held, prevented, passed_unrecorded, malformed,
        peer_errors, peer_connections, peer_reused, errors;
};

/// Hosts whose client refused our CA of late: they are tunnelled, so that the origin stays connected.
class CaRefusals {
public:
    void remember(const Host& host, TimePoint until);
    [[nodiscard]] bool recent(const Host& host);

private:
    std::mutex mutex_;
    std::unordered_map<Host, TimePoint> until_;
};

struct Shared {
    Shared(ProxyOptions given, DeliverySink& to, const CertificateAuthority& authority)
        : options(std::move(given)), sink(to), leaves(authority, options.max_certificates) {}

    ProxyOptions options;
    DeliverySink& sink;
    LeafCache leaves;
    AddressGuard guard;
    std::unique_ptr<Names> names;
    Owned<SSL_CTX> server_context;
    Owned<SSL_CTX> client_context;
    CaRefusals refusals;
    Counters counters{};
    std::vector<Tcp::endpoint> own;  ///< Our listeners: connecting to them would go round in circles.
};

inline void count(std::atomic<std::uint64_t>& counter) {
    counter.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace fedtrail::proxy
