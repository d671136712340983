/// Where the mail server is, and what an address looks like that may stand in a command and in a header.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fedtrail/core/result.hpp"

namespace fedtrail::poco {

enum class SmtpSafety : std::uint8_t {
    Tls,              ///< From the first octet.
    StartTls,         ///< Asked for, and demanded.
    StartTlsIfThere,  ///< The server is on this machine.
    Plain,            ///< The same.
};

struct SmtpPlace {
    SmtpSafety safety{SmtpSafety::StartTls};
    std::string host;
    std::uint16_t port{};
    std::string user;  ///< "" logs in nowhere.
    std::string password;
};

/// Errors: Invalid, without the setting's name; the URL is not quoted, it may hold a password.
[[nodiscard]] Result<SmtpPlace> smtp_place(std::string_view url);

/// One address in ASCII, its domain as punycode. Errors: Invalid; the address is not quoted.
[[nodiscard]] Result<std::string> mail_address(std::string_view text);

struct MailSender {
    std::string name;  ///< UTF-8; may be empty.
    std::string address;
};

/// "a@b.example" or "Name <a@b.example>". Errors: Invalid.
[[nodiscard]] Result<MailSender> mail_sender(std::string_view text);

/// Whether nothing in it can end a header line.
[[nodiscard]] bool is_one_line(std::string_view text);

}  // namespace fedtrail::poco
