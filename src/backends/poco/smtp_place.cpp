#include "backends/poco/smtp_place.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include "fedtrail/core/address.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::poco {

namespace {

constexpr std::size_t kLongestAddress = 254;  // RFC 5321 section 4.5.3.1.3
constexpr std::size_t kLongestLocalPart = 64;

struct Scheme {
    std::string_view name;
    SmtpSafety safety;
    std::uint16_t port;
};
constexpr std::array<Scheme, 3> kSchemes{{
    {"smtps", SmtpSafety::Tls, 465},
    {"smtp", SmtpSafety::StartTls, 587},
    {"smtp+plain", SmtpSafety::Plain, 25},
}};

tl::unexpected<Error> bad_url(const std::string& why) {
    return fail(
        ErrorKind::Invalid, why, "write smtps://user:password@mail.example, or smtp:// with STARTTLS");
}

/// A name like 127.evil.example is none of its addresses.
bool is_this_machine(std::string host) {
    if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
    }
    return host == "localhost" || is_loopback(host);
}

/// RFC 5322 section 3.2.3 atext, and dots: what needs quotes is refused.
bool is_local_part(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~.";
    return !text.empty() && text.size() <= kLongestLocalPart && text.front() != '-' &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      kMarks.find(c) != std::string_view::npos;
           });
}

}  // namespace

Result<SmtpPlace> smtp_place(std::string_view url) {
    Poco::URI parsed;
    SmtpPlace place;
    try {
        parsed = std::string{url};
        const auto& login = parsed.getUserInfo();  // still percent-encoded
        const auto colon = login.find(':');
        Poco::URI::decode(login.substr(0, colon), place.user);
        if (colon != std::string::npos) {
            Poco::URI::decode(login.substr(colon + 1), place.password);
        }
    } catch (const Poco::Exception&) {
        return bad_url("is not a URL");
    }
    const auto* const scheme = std::find_if(
        kSchemes.begin(), kSchemes.end(), [&](const Scheme& one) { return one.name == parsed.getScheme(); });
    if (scheme == kSchemes.end() || parsed.getHost().empty()) {
        return bad_url("is none of smtps://HOST, smtp://HOST, smtp+plain://HOST");
    }
    if (!parsed.getPathAndQuery().empty() && parsed.getPathAndQuery() != "/") {
        return bad_url("has a path");
    }
    place.host = parsed.getHost();
    place.safety = scheme->safety;
    if (place.safety == SmtpSafety::StartTls && is_this_machine(place.host)) {
        place.safety = SmtpSafety::StartTlsIfThere;
    }
    if (place.safety == SmtpSafety::Plain && !place.user.empty()) {
        return bad_url("would send a password in the clear");
    }
    if (place.safety == SmtpSafety::Plain && !is_this_machine(place.host)) {
        return bad_url("would send letters about people in the clear to another machine");
    }
    place.port = parsed.getSpecifiedPort() == 0 ? scheme->port : parsed.getSpecifiedPort();
    return place;
}

Result<std::string> mail_address(std::string_view text) {
    const auto at = text.rfind('@');
    const auto domain = at == std::string_view::npos ? text : text.substr(at + 1);
    const auto host = Host::parse(domain);
    if (at == std::string_view::npos || !is_local_part(text.substr(0, at)) || !host ||
        host->text().find_first_of(":[]") != std::string::npos || text.size() > kLongestAddress) {
        return fail(ErrorKind::Invalid,
                    "a mail address is not of the form name@host in plain letters",
                    "correct the recipient's contact, or send the letter by hand");
    }
    return std::string{text.substr(0, at + 1)} + host->text();
}

Result<MailSender> mail_sender(std::string_view text) {
    MailSender sender;
    const auto open = text.find('<');
    if (open != std::string_view::npos) {
        if (text.back() != '>' || !is_one_line(text)) {
            return fail(ErrorKind::Invalid, "smtp.from is not an address", "write Name <name@host>");
        }
        const auto last = text.substr(0, open).find_last_not_of(" \"");
        const auto first = text.find_first_not_of(" \"");
        sender.name = open == 0 || last == std::string_view::npos ? "" : text.substr(first, last - first + 1);
        text = text.substr(open + 1, text.size() - open - 2);
    }
    auto address = mail_address(text);
    if (!address) {
        return fail(ErrorKind::Invalid, "smtp.from is not an address", "write Name <name@host>");
    }
    sender.address = std::move(*address);
    return sender;
}

bool is_one_line(std::string_view text) {
    return std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
    });
}

}  // namespace fedtrail::poco
