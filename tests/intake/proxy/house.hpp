/// The proxy with everything around it: a sink that remembers, peers that follow a script, an authority for
/// each side.

#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

#include "backends/openssl/certificate_authority.hpp"
#include "intake/proxy/egress_proxy.hpp"
#include "peer.hpp"
#include "temp_dir.hpp"
#include "wire.hpp"

namespace fedtrail::testing {

class RunningClock final : public Clock {
public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
};

/// Answers from a thread of its own, as the port says.
class RecordingSink final : public DeliverySink {
public:
    RecordingSink() : worker_([this] { work(); }) {}
    ~RecordingSink() override;

    void intend(records::Observation observation, IntentDone done) override;
    /// Answered no sooner than write_gathered() was called.
    void gather(records::Observation observation, IntentDone done) override;
    void write_gathered() override;
    void settle(IntentId intent, privacy::Outcome outcome) override;
    [[nodiscard]] Result<Observed> observe(std::span<const records::Observation> observations) override;
    void open_tunnel(const records::TunnelObservation& tunnel, TunnelReason why, TunnelDone done) override;
    void tunnel(const records::TunnelObservation& tunnel) override;
    void gap(const records::GapObservation& gap) override;
    [[nodiscard]] bool may_deny() override { return may_deny_; }

    /// Intents and tunnels get this error, or none.
    void fail(std::optional<ErrorKind> kind) { fails_ = kind; }
    std::string what{"the disk is full"};  ///< The error's; to be set before the proxy starts.
    /// As where a rule blocks something.
    void let_deny() { may_deny_ = true; }
    /// Intents are answered only after release().
    void hold() { held_ = true; }
    void release();

    [[nodiscard]] std::vector<records::Observation> intents() const;
    /// Waits until that many intents are settled; their outcomes in the order of the intents.
    [[nodiscard]] std::vector<privacy::Outcome> settled(std::size_t count) const;
    [[nodiscard]] std::size_t settled_now() const;
    void wait_for_intents(std::size_t count) const;
    /// Waits until so often something was said of tunnels that are open.
    [[nodiscard]] std::vector<records::TunnelObservation> tunnels(std::size_t count) const;
    struct Opened {
        records::TunnelObservation tunnel;
        TunnelReason why;
    };
    /// Waits until so many tunnels were asked for.
    [[nodiscard]] std::vector<Opened> opened(std::size_t count) const;
    [[nodiscard]] std::uint64_t gaps() const;

private:
    using Answer = std::function<void(std::optional<Error>)>;

    void work();
    Answer noted(records::Observation observation, IntentDone done);

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<Answer> waiting_;
    std::vector<Answer> gathered_;
    std::vector<Opened> opened_;
    std::vector<records::Observation> intents_;
    std::map<std::uint64_t, privacy::Outcome> outcomes_;
    std::vector<records::TunnelObservation> tunnels_;
    std::uint64_t gaps_{};
    std::atomic<std::optional<ErrorKind>> fails_{};
    std::atomic<bool> may_deny_{};
    bool held_{};
    bool stopping_{};
    std::thread worker_;
};

class House {
public:
    House();

    RunningClock clock;
    TempDir folder;
    std::unique_ptr<openssl::LocalCertificateAuthority> ours;    ///< The proxy's.
    std::unique_ptr<openssl::LocalCertificateAuthority> theirs;  ///< The peers'.
    RecordingSink sink;
    proxy::ProxyEvents events;
    proxy::ProxyOptions options;  ///< For start(); loopback is allowed, one thread.

    [[nodiscard]] Certificate leaf(const std::string& host) const;
    /// "host" or "host:port" will lead to that peer.
    void name(const std::string& host_and_port, const Peer& peer);
    void start();
    [[nodiscard]] proxy::EgressProxy& proxy() { return *proxy_; }
    [[nodiscard]] Wire connect(std::size_t listener = 0) const;
    /// CONNECT and TLS to `host`, trusting our authority.
    [[nodiscard]] Wire open(const std::string& host, const std::string& port = "443") const;
    /// Waits until the figure has that value.
    void wait_for(std::uint64_t proxy::ProxyFigures::*figure, std::uint64_t value) const;

private:
    std::unique_ptr<proxy::EgressProxy> proxy_;
};

/// A signed Create of alice@origin.example as Mastodon sends it, with a body of about that many octets.
[[nodiscard]] std::string note(std::size_t size = 300);
[[nodiscard]] std::string post(const std::string& host,
                               const std::string& body,
                               const std::string& extra = "");
[[nodiscard]] std::string connect_to(const std::string& authority, const std::string& extra = "");
[[nodiscard]] std::string chunked(const std::string& body, std::size_t piece);

inline constexpr const char* kAccepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

}  // namespace fedtrail::testing
