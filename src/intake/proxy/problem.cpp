#include "intake/proxy/problem.hpp"

namespace fedtrail::proxy {

namespace {

std::string_view reason_of(std::uint16_t status) {
    switch (status) {
        case 400:
            return "Bad Request";
        case 403:
            return "Forbidden";
        case 407:
            return "Proxy Authentication Required";
        case 408:
            return "Request Timeout";
        case 421:
            return "Misdirected Request";
        case 431:
            return "Request Header Fields Too Large";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "Error";
    }
}

}  // namespace

Problem problem_of(ConnectFault fault) {
    switch (fault) {
        case ConnectFault::UnknownName:
            return {
                502, "The server's name is not known", "Name resolution gave no address.", "dns_error", ""};
        case ConnectFault::Forbidden:
            return {403,
                    "The server's address is not public",
                    "Loopback, private, link-local and metadata addresses are connected to only if "
                    "proxy.allow_addresses names them.",
                    "destination_ip_prohibited",
                    ""};
        case ConnectFault::TimedOut:
            return {504,
                    "The server did not respond in time",
                    "No connection was made.",
                    "connection_timeout",
                    ""};
        case ConnectFault::Unverified:
            return {502,
                    "The server's certificate is not valid",
                    "It is not issued for this host by an authority that is trusted here; proxy.extra_ca "
                    "adds one.",
                    "tls_certificate_error",
                    ""};
        case ConnectFault::NoTls:
            return {502,
                    "The server does not speak TLS 1.2 or newer",
                    "The handshake failed; no data was sent.",
                    "tls_protocol_error",
                    ""};
        case ConnectFault::Refused:
        case ConnectFault::None:
            break;
    }
    return {502, "The server accepts no connection", "No data was sent.", "connection_refused", ""};
}

Problem problem_of(const Refused& refused) {
    return {refused.status, "The request cannot be passed on", refused.why, "http_request_error", ""};
}

namespace {

/// Our own sentences: a quotation mark is the worst that stands in them, what is below a space is left out.
std::string json_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        if (static_cast<unsigned char>(c) >= ' ') {
            out += c;
        }
    }
    return out;
}

}  // namespace

std::string answer_of(const Problem& problem, bool closes, bool to_head) {
    std::string body =
        R"({"type":"about:blank","status":)" + std::to_string(problem.status) + R"(,"title":")";
    body.append(problem.title).append(R"(","detail":")").append(json_text(problem.detail)).append("\"}\n");
    std::string answer = "HTTP/1.1 " + std::to_string(problem.status) + " ";
    answer.append(reason_of(problem.status)).append("\r\nContent-Type: application/problem+json\r\n");
    answer.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    answer.append("Proxy-Status: fedtrail; error=").append(problem.proxy_error).append("\r\n");
    answer.append(problem.headers);
    answer.append(closes ? "Connection: close\r\n\r\n" : "\r\n");
    return to_head ? answer : answer + body;
}

}  // namespace fedtrail::proxy
