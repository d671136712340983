/// Requests to other servers: thousands at once, hostile answers bounded.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/ports/http_server.hpp"

namespace fedtrail {

struct RemoteRequest {
    std::string method{"GET"};
    Uri url;
    HttpHeaders headers;
    std::string body;
    std::chrono::milliseconds timeout{10'000};
    std::size_t max_body{std::size_t{256} *
                         1024};  ///< Of the answer; what is longer is cut off and says TooLarge.
    bool follow_redirects{};     ///< GET only, at most 3, never to another scheme or a private address.
    bool keep{true};             ///< The connection, for a request that may follow soon.
    /// Asked once, when the connection stands and right before the first octet leaves; false: Recalled. From
    /// a thread that everybody's requests wait for: it must be quick. Empty: it leaves.
    std::function<bool()> may_leave{};
};

enum class RemoteFault : std::uint8_t {
    None = 0,
    Forbidden,  ///< A private address, or a scheme or port that is not allowed.
    NoSuchHost,
    NoConnection,
    BadCertificate,
    TimedOut,
    TooLarge,
    Broken,    ///< Connection lost, or not HTTP.
    Stopped,   ///< This program is ending.
    Recalled,  ///< `may_leave` said no: nothing left.
};

struct RemoteResponse {
    RemoteFault fault{RemoteFault::None};
    bool left{};  ///< Part of the request was sent: the other side may have it.
    int status{};
    HttpHeaders headers;
    std::string body;
    Uri url{};               ///< That answered: after redirects that were followed, the last one.
    std::string redirect{};  ///< Where a redirect that was not followed leads, as an absolute URL; else "".
    std::string address{};   ///< Of the network, that was connected to; "" if none was.
};

[[nodiscard]] constexpr std::string_view name_of(RemoteFault fault) {
    switch (fault) {
        case RemoteFault::None:
            return "none";
        case RemoteFault::Forbidden:
            return "forbidden address";
        case RemoteFault::NoSuchHost:
            return "no such host";
        case RemoteFault::NoConnection:
            return "no connection";
        case RemoteFault::BadCertificate:
            return "bad certificate";
        case RemoteFault::TimedOut:
            return "timed out";
        case RemoteFault::TooLarge:
            return "answer too large";
        case RemoteFault::Broken:
            return "connection broken";
        case RemoteFault::Stopped:
            return "stopped";
        case RemoteFault::Recalled:
            return "recalled";
    }
    return "unknown";
}

/// Thread-safe.
class RemoteHttp {
public:
    using Done = std::function<void(RemoteResponse)>;

    RemoteHttp() = default;
    RemoteHttp(const RemoteHttp&) = delete;
    RemoteHttp& operator=(const RemoteHttp&) = delete;
    RemoteHttp(RemoteHttp&&) = delete;
    RemoteHttp& operator=(RemoteHttp&&) = delete;
    virtual ~RemoteHttp() = default;

    /// `done` is called exactly once, from a thread of its own; it must be quick. Never waits. One request
    /// per host runs at a time, the others queue: who sends sees to it that queues stay short.
    virtual void send(RemoteRequest request, Done done) = 0;
    /// Ends what is under way with Stopped and returns when no `done` is running any more. Idempotent.
    virtual void stop() = 0;
};

}  // namespace fedtrail
