/// TLS with as little as possible around it, so that a bench measures the proxy and not its own two ends.

#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
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
    [[nodiscard]] int socket() const { return socket_; }

private:
    bool fill();

    SSL* ssl_;
    int socket_;
    std::string buffered_;
};

/// Many wires read by one thread: a thread for each would spend more on switching than the proxy on its work.
class WireSet {
public:
    /// Takes the message that waits on the wire with this number; false if the wire shall go.
    using Ready = std::function<bool(std::size_t number, TlsWire& wire)>;

    WireSet();
    WireSet(const WireSet&) = delete;
    WireSet& operator=(const WireSet&) = delete;
    ~WireSet();

    /// From any thread.
    void add(std::size_t number, TlsWire wire);
    /// Serves what is ready, waiting at most 100 ms for it; how many wires are left.
    std::size_t step(const Ready& ready);

private:
    struct Entry {
        std::size_t number;
        TlsWire wire;
    };

    int epoll_;
    std::mutex mutex_;
    std::unordered_map<int, std::unique_ptr<Entry>> entries_;
};

}  // namespace fedtrail::bench
