#include "backends/poco/refusal.hpp"

#include <algorithm>

#include <Poco/Net/HTTPResponse.h>
#include <Poco/String.h>

namespace fedtrail::poco {

namespace {

// Poco's own limits.
constexpr std::size_t kMostHeaders = 100;
constexpr std::size_t kLongestMethod = 32;
constexpr std::size_t kLongestHeaderName = 256;
constexpr std::size_t kLongestValue = 8192;

constexpr std::size_t kMostDigits = 18;  ///< Of a length: below 2^63 whatever they are.

/// The next line without its end, taken off the front.
std::string_view take_line(std::string_view& text) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

std::string phrase_of(int status) {
    return Poco::Net::HTTPResponse::getReasonForStatus(
        static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
}

/// RFC 9110 section 5.6.2.
bool is_token(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
               kMarks.find(c) != kMarks.npos;
    });
}

bool is_visible(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet > 0x20 && octet != 0x7F;
    });
}

/// RFC 9110 section 5.5: no control characters but tabs. Who reads a value next may end it at a NUL.
bool is_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet == '\t' || (octet >= 0x20 && octet != 0x7F);
    });
}

/// Poco ends the connection without a word where a length is none.
bool is_wrong_length(std::string_view name, std::string_view value) {
    constexpr std::string_view kBlanks = " \t";
    if (Poco::icompare(std::string{name}, "Content-Length") != 0) {
        return false;
    }
    value.remove_prefix(std::min(value.find_first_not_of(kBlanks), value.size()));
    value = value.substr(0, value.find_last_not_of(kBlanks) + 1);
    return value.empty() || value.size() > kMostDigits ||
           !std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

HttpResponse no_request_line() {
    return refusal(400, "This is no HTTP request", "Begin with a line like GET /healthz HTTP/1.1.");
}

std::optional<HttpResponse> wrong_first_line(std::string_view line) {
    const auto method = line.substr(0, line.find(' '));
    const auto version = line.substr(std::min(line.rfind(' ') + 1, line.size()));
    const auto target = line.size() > method.size() + version.size() + 2
                            ? line.substr(method.size() + 1, line.size() - method.size() - version.size() - 2)
                            : std::string_view{};
    if (!is_token(method) || method.size() > kLongestMethod || target.empty() || !is_visible(target) ||
        !version.starts_with("HTTP/")) {
        return no_request_line();
    }
    if (!version.starts_with("HTTP/1.") || version.size() != 8) {
        return refusal(505, "This version of HTTP is not spoken here", "Speak HTTP/1.1.");
    }
    return std::nullopt;
}

}  // namespace

HttpResponse refusal(int status, std::string_view detail, std::string_view remedy) {
    return {status,
            {{"Content-Type", "application/problem+json"}, {"Connection", "close"}},
            R"({"type":"about:blank","title":")" + phrase_of(status) + R"(","status":)" +
                std::to_string(status) + R"(,"detail":")" + std::string{detail} + R"(","remedy":")" +
                std::string{remedy} + "\"}\n"};
}

HttpResponse too_many(std::string_view what) {
    auto answer = refusal(503, what, "Try again in a few seconds.");
    answer.headers.emplace_back("Retry-After", "10");
    return answer;
}

std::optional<HttpResponse> wrong_head(std::string_view head) {
    head.remove_prefix(std::min(head.find_first_not_of("\r\n"), head.size()));
    if (auto wrong = wrong_first_line(take_line(head))) {
        return wrong;
    }
    std::size_t count = 0;
    while (!head.empty()) {
        const auto line = take_line(head);
        if (line.empty()) {
            break;
        }
        const auto name = line.substr(0, line.find(':'));
        if (!is_token(name) || name.size() == line.size() || !is_value(line.substr(name.size() + 1))) {
            return refusal(400, "A header of the request is none", "Write each as Name: value, on one line.");
        }
        if (is_wrong_length(name, line.substr(name.size() + 1))) {
            return refusal(400, "Content-Length is no number", "Send the octets of the body, in digits.");
        }
        if (++count > kMostHeaders || name.size() > kLongestHeaderName ||
            line.size() > name.size() + kLongestValue) {
            return refusal(431,
                           "The request has more than 100 headers, or one that is too long (8 KiB)",
                           "Send fewer or shorter headers.");
        }
    }
    return std::nullopt;
}

bool asks_for_head(std::string_view head) {
    head.remove_prefix(std::min(head.find_first_not_of("\r\n"), head.size()));
    return head.starts_with("HEAD ");
}

std::string on_the_wire(const HttpResponse& answer, bool to_head) {
    std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " " + phrase_of(answer.status) + "\r\n";
    for (const auto& [name, value] : answer.headers) {
        text.append(name).append(": ").append(value).append("\r\n");
    }
    return text + "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n" +
           (to_head ? std::string{} : answer.body);
}

}  // namespace fedtrail::poco
