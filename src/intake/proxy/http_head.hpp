/// The head of an HTTP/1.1 message (RFC 9112), read without copying and without changing it: strict about
/// everything that says where a message ends, lenient about the names of headers, because real servers send
/// names that no grammar allows. Pure functions over bytes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace fedtrail::proxy {

inline constexpr std::size_t kMaxHeadBytes = 64UL * 1024;
inline constexpr std::size_t kMaxHeaders = 200;

/// All views point into the bytes that were parsed.
struct Header {
    std::string_view name;
    std::string_view value;  ///< Without white space around it.
    std::string_view line;   ///< As received, with its CRLF.
};

enum class BodyKind { None, Length, Chunked, UntilClose };

/// Where the body of a message ends (RFC 9112 section 6.3).
struct Framing {
    BodyKind kind{BodyKind::None};
    std::uint64_t length{};  ///< Octets, for BodyKind::Length.
};

struct RequestHead {
    std::string_view method;
    std::string_view target;
    std::string_view version;  ///< "HTTP/1.1" or "HTTP/1.0".
    std::vector<Header> headers;
    Framing framing;
    std::size_t size{};  ///< Octets of the head, with the empty line.
    bool keep_alive{};
    bool expects_continue{};
};

struct ResponseHead {
    std::string_view status_line;  ///< With its CRLF.
    std::uint16_t status{};
    std::vector<Header> headers;
    Framing framing;
    std::size_t size{};
    bool keep_alive{};
};

/// The bytes so far are a beginning; read more.
struct Incomplete {};
/// The bytes can be no such head; `status` is what a server answers (400, 431, 501, 505).
struct Refused {
    std::uint16_t status{400};
    std::string_view why;
};

/// The octets of the first complete head in `bytes`, with its empty line. `scanned` is where the search
/// begins and is moved on, so that a head that trickles in is searched once. Every line must end in CRLF.
[[nodiscard]] std::variant<Incomplete, std::size_t, Refused> find_head(std::string_view bytes,
                                                                       std::size_t& scanned);

/// `head` is exactly one head as find_head() measured it.
[[nodiscard]] std::variant<RequestHead, Refused> parse_request(std::string_view head);

/// `to_head` says that the request was HEAD, whose answer has no body whatever its headers say.
[[nodiscard]] std::variant<ResponseHead, Refused> parse_response(std::string_view head, bool to_head);

/// The value of the one header of that name (any case); nothing if there is none or more than one.
[[nodiscard]] std::optional<std::string_view> only_value(const std::vector<Header>& headers,
                                                         std::string_view name);
[[nodiscard]] std::size_t count_of(const std::vector<Header>& headers, std::string_view name);

/// Whether the comma-separated values of all headers `name` contain `token` (any case).
[[nodiscard]] bool has_token(const std::vector<Header>& headers,
                             std::string_view name,
                             std::string_view token);

/// Appends the head as the next hop gets it: every line byte for byte, but without the ones that are for this
/// hop only (RFC 9110 section 7.6.1: Connection and what it names, Proxy-*, Keep-Alive, Upgrade).
void append_forwarded(std::string& out, const RequestHead& head, std::string_view target);
/// `closes` adds "Connection: close".
void append_forwarded(std::string& out, const ResponseHead& head, bool closes);

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

}  // namespace fedtrail::proxy
