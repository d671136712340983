/// HTTP as values: what was asked, what is answered, and the two doors to the network.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/http_headers.hpp"
#include "fedtrail/core/result.hpp"

namespace fedtrail {

struct HttpRequest {
    std::string method;
    std::string target;  ///< As sent: "/path?query", percent-encoded.
    HttpHeaders headers;
    std::string body;  ///< Whole, within the server's limit.
};

/// The next piece of an answer that has no end yet, waited for; nothing at its end. Returns at once when
/// `stop` is asked for.
using HttpStream = std::function<std::optional<std::string>(const std::stop_token& stop)>;

struct HttpResponse {
    int status{200};
    HttpHeaders headers;
    std::string body;
    HttpStream more{};  ///< What follows `body`, if anything does; called from one thread at a time.
};

/// Answers requests on one socket. The engine keeps the limits (size, time, threads, open streams, bodies on
/// their way, requests that wait) and answers 400, 408, 411, 413, 414, 431, 505 and, where there are too many
/// of these, 503 by itself.
class HttpServer {
public:
    using Answer = std::function<HttpResponse(const HttpRequest&)>;
    /// Told a head whose body is still on its way; what it says, if anything, is the answer, and the body is
    /// not waited for.
    using Screen = std::function<std::optional<HttpResponse>(const HttpRequest& head)>;

    HttpServer() = default;
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;
    HttpServer(HttpServer&&) = delete;
    HttpServer& operator=(HttpServer&&) = delete;
    virtual ~HttpServer() = default;

    /// Begins to answer; both are called from several threads at once, and only `screen` may be empty.
    /// Errors: Unavailable.
    [[nodiscard]] virtual Result<void> start(Answer answer, Screen screen) = 0;
    /// Takes no more requests, ends open streams and those whose body is still on its way (503), lets the
    /// others end, and returns. Idempotent.
    virtual void stop() = 0;
    /// The port it listens on, also where 0 was asked for.
    [[nodiscard]] virtual std::uint16_t port() const = 0;
};

/// Sends one request to a server on this machine. Thread-safe.
class HttpClient {
public:
    HttpClient() = default;
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    HttpClient(HttpClient&&) = delete;
    HttpClient& operator=(HttpClient&&) = delete;
    virtual ~HttpClient() = default;

    /// Errors: Unavailable (nobody answers, too slow).
    [[nodiscard]] virtual Result<HttpResponse> send(const HttpRequest& request) = 0;
};

}  // namespace fedtrail
