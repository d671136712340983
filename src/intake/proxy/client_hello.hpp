/// What a TLS client says before anything is encrypted (RFC 8446 section 4.1.2), as far as a proxy needs it.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace fedtrail::proxy {

struct ClientHello {
    std::string server_name;   ///< SNI (RFC 6066 section 3), as sent; "" if there is none.
    bool accepts_http1{true};  ///< No ALPN, or one with http/1.1 (or http/1.0) in it.
    std::uint64_t shape{};  ///< The same for all connections of one program, and mostly another for another:
                            ///< made of the version, the cipher suites and which extensions there are.
};

/// The bytes so far could begin one; read more. At most 16 KiB are ever needed.
struct HelloIncomplete {};
/// These bytes begin no TLS connection.
struct NotTls {};

inline constexpr std::size_t kMaxHelloBytes = 16UL * 1024 + 512;

/// Pure; `bytes` is what the client sent first. A handshake that is cut over several records is put together.
[[nodiscard]] std::variant<HelloIncomplete, NotTls, ClientHello> read_client_hello(std::string_view bytes);

}  // namespace fedtrail::proxy
