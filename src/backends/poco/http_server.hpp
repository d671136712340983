/// HttpServer and HttpClient with Poco::Net.

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "fedtrail/ports/http_server.hpp"

namespace fedtrail::poco {

struct HttpServerLimits {
    std::size_t body{std::size_t{16} * 1024 * 1024};  ///< Octets; more is answered 413.
    std::size_t threads{8};                           ///< Connections served at once.
    std::size_t streams{4};                           ///< Of these, answers without an end; more get 503.
    std::size_t bodies{2};      ///< Of these, requests whose body is still on its way; more get 503.
    std::size_t asking{1'024};  ///< Connections that may be without a whole request; of more, the oldest go.
    std::size_t waiting{64};    ///< Connections that may wait for a thread; more get 503.
    std::chrono::seconds arrival{30};  ///< How long a head may take from the connection on, then the rest.
    std::chrono::milliseconds drain{5'000};  ///< How long a stop waits for answers before it cuts them off.
};

/// Listens at once, answers after start(), one request on a connection: a client that keeps one and says
/// nothing would keep a thread. `address` is an IP literal. Errors: Unavailable (in use, not ours), Denied (a
/// port below 1024).
[[nodiscard]] Result<std::unique_ptr<HttpServer>> listen(const std::string& address,
                                                         std::uint16_t port,
                                                         const HttpServerLimits& limits);

/// Speaks to http://address:port. `patience` bounds the connection and each wait, and three
/// times as much all of it.
[[nodiscard]] std::unique_ptr<HttpClient> client(const std::string& address,
                                                 std::uint16_t port,
                                                 std::chrono::seconds patience);

}  // namespace fedtrail::poco
