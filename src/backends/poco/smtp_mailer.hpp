/// Mailer with Poco::Net: SMTP (RFC 5321), STARTTLS (RFC 3207), TLS from the first octet (RFC 8314), PLAIN
/// and LOGIN (RFC 4954).

#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "fedtrail/ports/mailer.hpp"

namespace fedtrail::poco {

struct SmtpOptions {
    /// "smtps://", "smtp://" (STARTTLS, which only a mail server on this machine may do without) or
    /// "smtp+plain://" (never TLS, never a password, this machine only), then "[user:password@]host[:port]",
    /// percent-encoded.
    std::string url;
    std::string from;  ///< "privacy@origin.example" or "Privacy team <privacy@origin.example>".
    std::chrono::seconds patience{30};  ///< For the connection, and for each answer; ten times for all.
    std::filesystem::path extra_ca;     ///< PEM of authorities to trust besides the system's; may be empty.
};

/// Nothing is connected yet. Errors: Invalid (the URL or the sender; neither is quoted).
[[nodiscard]] Result<std::unique_ptr<Mailer>> smtp_mailer(const SmtpOptions& options);

}  // namespace fedtrail::poco
