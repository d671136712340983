/// Blocking TLS with as little as possible around it, so that a bench measures the proxy.

#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <openssl/ssl.h>

namespace fedtrail::bench {

/// At 127.0.0.`last`.
int listen_on(int port, int last = 1);
/// "127.0.0.1:port", whatever stands before the colon.
int connect_to(const std::string& address);

class TlsWire {
public:
    TlsWire(SSL_CTX* context, int socket);
    TlsWire(TlsWire&& other) noexcept
        : ssl_(other.ssl_), socket_(other.socket_), buffered_(std::move(other.buffered_)) {
        other.ssl_ = nullptr;
        other.socket_ = -1;
    }
    TlsWire(const TlsWire&) = delete;
    TlsWire& operator=(const TlsWire&) = delete;
    TlsWire& operator=(TlsWire&& other) noexcept {
        std::swap(ssl_, other.ssl_);
        std::swap(socket_, other.socket_);
        buffered_.swap(other.buffered_);
        return *this;
    }
    ~TlsWire();

    bool accept() { return SSL_accept(ssl_) == 1; }
    /// Verifies against the context's store.
    bool connect(const std::string& name);
    bool send(std::string_view bytes);
    /// A head and the octets its Content-Length names; false at the end.
    bool receive_message();

private:
    bool fill();

    SSL* ssl_;
    int socket_;
    std::string buffered_;
};

}  // namespace fedtrail::bench
