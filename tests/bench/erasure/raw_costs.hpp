/// What cannot be done without: one RSA-2048 signature and one TLS 1.3 handshake, with OpenSSL alone.

#pragma once

#include <string>

namespace fedtrail::bench {

/// Of this process, user and system, in seconds.
[[nodiscard]] double cpu_seconds();
/// The most memory it had, in MB.
[[nodiscard]] double peak_mb();

/// Processor seconds of one signature of `message`, taken over `count`.
[[nodiscard]] double signing(const std::string& key_pem, const std::string& message, int count);
/// Processor seconds of one handshake of a client that verifies, socket included, taken over `count`.
[[nodiscard]] double handshake(const std::string& address,
                               const std::string& name,
                               const std::string& ca,
                               int count);

/// PEM, PKCS#8.
[[nodiscard]] std::string make_rsa_key();

}  // namespace fedtrail::bench
