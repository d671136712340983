/// How what a letter says is spelt in a message (RFC 5322, RFC 2047).

#pragma once

#include <string>
#include <string_view>

#include "backends/poco/smtp_place.hpp"

namespace fedtrail::poco {

/// A header's text; what is not ASCII as encoded words, each with whole characters (RFC 2047 section 5).
[[nodiscard]] std::string header_text(std::string_view text);

/// "Name <a@b.example>", the name in quotes where it has to be (RFC 5322 section 3.4).
[[nodiscard]] std::string sender_line(const MailSender& sender);

/// Each line ended by CR LF: a server may refuse a bare LF, or read the end of the letter into it.
[[nodiscard]] std::string lines_of_mail(std::string_view text);

}  // namespace fedtrail::poco
