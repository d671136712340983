/// One line of a web server's access log, in the forms that docs/ingress.md names.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/result.hpp"
#include "fedtrail/core/time.hpp"

namespace fedtrail::intake::access_log {

/// What a line may be long at most, without its newline.
inline constexpr std::size_t kMaxLineBytes = 64U << 10U;

enum class Form : std::uint8_t {
    Json,      ///< nginx, with the log_format of docs/ingress.md.
    Combined,  ///< nginx's and Apache's own: no host, no Accept, no signature.
    Caddy,     ///< Caddy 2, JSON.
};

/// "json", "combined", "caddy".
[[nodiscard]] std::string_view name_of(Form form);
[[nodiscard]] std::optional<Form> form_named(std::string_view name);

/// A request that was answered. What a line does not say is empty; whoever asked from which address is not
/// even read.
struct AccessLine {
    Instant at{};
    std::string method;
    std::string host;              ///< As asked for; "" in the combined form.
    Personal<std::string> target;  ///< Path and query, as asked for.
    std::uint16_t status{};
    std::string agent;
    std::string accept;
    std::string signature;
    std::string signature_input;
};

/// Reads one line, without its newline. Octets that are no UTF-8 become "?". Nothing: the line is another
/// message of the same log (Caddy). Errors: Invalid; the sentence says what is wrong and never quotes the
/// line.
[[nodiscard]] Result<std::optional<AccessLine>> parse_line(Form form, std::string_view line);

/// The message of a datagram as nginx sends it to syslog (RFC 3164: "<190>Nov 28 10:00:00 host nginx: …");
/// nothing if it is none.
[[nodiscard]] std::optional<std::string_view> syslog_message(std::string_view datagram);

}  // namespace fedtrail::intake::access_log
