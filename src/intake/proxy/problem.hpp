/// What the proxy itself answers: problem documents (RFC 9457) with a Proxy-Status (RFC 9209).

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "intake/proxy/http_head.hpp"
#include "intake/proxy/peers.hpp"

namespace fedtrail::proxy {

struct Problem {
    std::uint16_t status{};
    std::string_view title;
    std::string_view detail;
    std::string_view proxy_error;  ///< An error type of RFC 9209 section 2.3.
    std::string_view headers;      ///< Further header lines, each with CRLF.
};

[[nodiscard]] Problem problem_of(ConnectFault fault);
[[nodiscard]] Problem problem_of(const Refused& refused);

/// The whole answer. `closes` adds "Connection: close", `to_head` leaves out the body.
[[nodiscard]] std::string answer_of(const Problem& problem, bool closes, bool to_head);

inline constexpr Problem kHeld{
    503,
    "The delivery is held",
    "It could not be recorded or decided on, so it was not sent. Nothing is lost: try again later.",
    "proxy_internal_error",
    "Retry-After: 30\r\n"};
inline constexpr Problem kPrevented{403,
                                    "The delivery is prevented",
                                    "",  // whose rule it was
                                    "http_request_denied",
                                    ""};
inline constexpr Problem kTunnelHeld{503,
                                     "The tunnel is held",
                                     "That it begins could not be recorded or decided on, so nothing was "
                                     "sent. Nothing is lost: try again later.",
                                     "proxy_internal_error",
                                     "Retry-After: 30\r\n"};
inline constexpr Problem kTunnelPrevented{
    403,
    "The tunnel is prevented",
    "A transfer rule or an objection keeps something from this host, and what passes unread could be that.",
    "http_request_denied",
    ""};
inline constexpr Problem kMisdirected{421,
                                      "Another host than the one of this connection",
                                      "Host or target names another host or port than was connected to.",
                                      "http_request_error",
                                      ""};
inline constexpr Problem kNoHost{400,
                                 "No host to send this to",
                                 "Give an absolute target, CONNECT, or one valid Host header.",
                                 "http_request_error",
                                 ""};
inline constexpr Problem kAuthenticate{407,
                                       "This proxy asks for its token",
                                       "Give the token of the proxy's configuration as the password.",
                                       "http_request_denied",
                                       "Proxy-Authenticate: Basic realm=\"fedtrail\"\r\n"};
inline constexpr Problem kBusy{503,
                               "Too many connections",
                               "The proxy's limit of connections is reached.",
                               "connection_limit_reached",
                               "Retry-After: 5\r\n"};
inline constexpr Problem kSlow{408,
                               "The request did not arrive in time",
                               "The rest of the request did not come within the time limit.",
                               "http_request_error",
                               ""};
inline constexpr Problem kNoAnswer{502,
                                   "The server ended the connection without an answer",
                                   "What was sent may have been received.",
                                   "connection_terminated",
                                   ""};
inline constexpr Problem kSlowAnswer{504,
                                     "The server did not answer in time",
                                     "What was sent may have been received.",
                                     "http_response_timeout",
                                     ""};
inline constexpr Problem kBadAnswer{502,
                                    "The server's answer cannot be understood",
                                    "Its head is malformed or says two things about the length of its body.",
                                    "http_protocol_error",
                                    ""};

}  // namespace fedtrail::proxy
