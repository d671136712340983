/// CurlHttp with an authority that it trusts, and a way to wait for its answers.

#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/curl/curl_http.hpp"
#include "backends/openssl/certificate_authority.hpp"
#include "fakes/stopped_clock.hpp"
#include "intake/proxy/peer.hpp"
#include "temp_dir.hpp"

namespace fedtrail::testing {

/// What came back, in the order it came.
class Answers {
public:
    [[nodiscard]] RemoteHttp::Done taker();
    /// Waits until there are that many.
    [[nodiscard]] std::vector<RemoteResponse> get(std::size_t count) const;
    [[nodiscard]] std::size_t count() const;

private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<RemoteResponse> list_;
};

class Outside {
public:
    Outside();

    StoppedClock clock;
    TempDir folder;
    std::unique_ptr<openssl::LocalCertificateAuthority> authority;
    curl::CurlOptions options;  ///< For start(): 127.0.0.1 is allowed, http is not.
    std::unique_ptr<curl::CurlHttp> http;

    [[nodiscard]] Certificate leaf(const std::string& host) const;
    /// https://host/ will lead to that peer.
    void name(const std::string& host, const Peer& peer);
    void start();
    /// Sends and waits for the answer.
    [[nodiscard]] RemoteResponse ask(RemoteRequest request);
    [[nodiscard]] RemoteResponse get(const std::string& url);
};

[[nodiscard]] RemoteRequest get_of(const std::string& url);
[[nodiscard]] RemoteRequest post_of(const std::string& url, std::string body);

}  // namespace fedtrail::testing
