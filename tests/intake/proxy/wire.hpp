/// A blocking connection for tests, in clear or under TLS, on either side. Every wait ends after a minute.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <openssl/ssl.h>

#include "fedtrail/ports/certificate_authority.hpp"

namespace fedtrail::testing {

/// How long anything is waited for.
inline constexpr std::chrono::seconds kPatience{60};

/// A message as it was on the wire.
struct Message {
    std::string head;  ///< With the empty line.
    std::string body;  ///< Raw: chunks stay chunks.
};

class Wire {
public:
    explicit Wire(int socket) : socket_(socket) {}
    Wire(Wire&& other) noexcept;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    Wire& operator=(Wire&&) = delete;
    ~Wire();

    [[nodiscard]] static Wire connect(const std::string& address);  ///< "127.0.0.1:port"

    /// Shakes hands; false if that fails. `root` is the PEM of who is trusted.
    bool start_client(const std::string& root, const std::string& name, std::string_view alpn = "http/1.1");
    /// `alpn` is chosen where the client offers it.
    bool start_server(const Certificate& certificate, int at_most_version = 0, const char* alpn = nullptr);
    [[nodiscard]] std::string protocol() const;  ///< Chosen by ALPN.
    [[nodiscard]] std::string peer_subject_alternative() const;
    [[nodiscard]] std::string peer_serial() const;  ///< Of its certificate, in hex.
    [[nodiscard]] bool resumed() const { return SSL_session_reused(ssl_) == 1; }

    bool send(std::string_view bytes);
    /// What send() would put on the wire, for send_raw() to send in parts. Under TLS; a record's worth.
    [[nodiscard]] std::string sealed(std::string_view bytes);
    bool send_raw(std::string_view bytes);
    /// Everything up to and with `end`; what came before the connection ended if it does not come.
    std::string read_until(std::string_view end);
    std::string read_exactly(std::size_t size);
    std::string read_to_end();
    /// Head and body as its headers say; an empty head if the connection ended.
    Message read_message(bool without_body = false);
    /// Whether the end that read_to_end() saw was TLS's goodbye (or, in clear, no reset).
    [[nodiscard]] bool ended_cleanly() const { return clean_; }

    void finish_sending();  ///< Half-close.
    void reset();           ///< RST.
    void close();

private:
    bool fill();

    int socket_;
    SSL* ssl_{};
    SSL_CTX* context_{};
    std::string buffered_;
    bool clean_{true};
};

}  // namespace fedtrail::testing
