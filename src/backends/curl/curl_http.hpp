/// Requests to other servers with libcurl: one thread, one epoll set, thousands in flight.
///
/// HTTP/2 where it is offered. TLS is always verified. Cookies, .netrc, proxies from the environment, content
/// decoding and automatic repetition are off: what leaves is what was asked for, once.

#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/remote_http.hpp"

namespace fedtrail::curl {

struct CurlOptions {
    std::string user_agent;  ///< "Fedtrail/0.1.0 (+https://…)": who asks, and where to complain.
    std::vector<std::string> allow_addresses;  ///< CIDR: connected to although they are not public.
    bool allow_http{};                         ///< Also without TLS; for tests.
    std::map<std::string, std::string>
        resolve;           ///< "host:port" -> "ADDRESS:PORT" instead of the system's resolver.
    std::string extra_ca;  ///< PEM file, trusted besides the system's; "" for none.
    std::size_t max_in_flight{1'000};
    /// Of them: still resolving, connecting or shaking hands.
    std::size_t max_connecting{400};
    std::size_t max_idle_connections{256};  ///< Besides as many as may be in flight.
    std::chrono::milliseconds connect_timeout{10'000};
    std::size_t max_header_octets{std::size_t{32} * 1024};
};

/// What has happened since it was opened.
struct CurlFigures {
    std::uint64_t requests{};     ///< Started, redirects' hops counted apart.
    std::uint64_t connections{};  ///< Sockets opened.
    std::uint64_t refused{};      ///< Sockets that the guard did not open.
};

class Engine;

class CurlHttp final : public RemoteHttp {
public:
    /// Errors: Invalid (`allow_addresses`, `resolve`, `extra_ca`, a user agent that is empty or no header),
    /// Unavailable (libcurl or the system).
    [[nodiscard]] static Result<std::unique_ptr<CurlHttp>> open(CurlOptions options);

    CurlHttp(const CurlHttp&) = delete;
    CurlHttp& operator=(const CurlHttp&) = delete;
    CurlHttp(CurlHttp&&) = delete;
    CurlHttp& operator=(CurlHttp&&) = delete;
    ~CurlHttp() override;

    /// Ports 80, 443 and those from 1024 are allowed; the port of a URL counts, not that of `resolve`. After
    /// stop(), `done` is called with Stopped before send() returns.
    void send(RemoteRequest request, Done done) override;
    /// Not from inside a `done`.
    void stop() override;

    [[nodiscard]] CurlFigures figures() const;

private:
    explicit CurlHttp(std::unique_ptr<Engine> engine);
    std::unique_ptr<Engine> engine_;
};

}  // namespace fedtrail::curl
