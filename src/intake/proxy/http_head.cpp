#include "intake/proxy/http_head.hpp"

#include <algorithm>
#include <array>

namespace fedtrail::proxy {

namespace {

constexpr std::string_view kCrlf = "\r\n";

constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

constexpr bool is_visible(char c) {
    return c > 0x20 && c < 0x7f;
}

constexpr bool is_token(char c) {
    return is_visible(c) && std::string_view{"\"(),/:;<=>?@[\\]{}"}.find(c) == std::string_view::npos;
}

/// Any octet but controls; a tab counts as white space. NUL, CR and LF are controls.
constexpr bool is_value(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet != 0x7f && (octet >= 0x20 || c == '\t');
}

/// Whether each octet is one of those. Looks at all of them, never stopping early: the compiler makes that
/// one comparison for many at once, and refused heads are rare.
template <typename Allowed>
bool consists_of(std::string_view text, Allowed allowed) {
    unsigned char refused = 0;
    for (const char c : text) {
        refused |= static_cast<unsigned char>(!allowed(c));
    }
    return refused == 0;
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

/// Takes the next element of a comma-separated list off `list`.
std::string_view next_element(std::string_view& list) {
    const auto comma = list.find(',');
    const auto element = trim(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    return element;
}

/// "Content_Length", "(Transfer-Encoding)" and the like: names that only a sloppy parser further on would
/// take for framing, and then see another end of the message than we do.
bool disguises_framing(std::string_view name) {
    if (name.size() < 13 || name.size() > 32) {
        return false;
    }
    std::array<char, 32> letters{};
    std::size_t count = 0;
    for (const char c : name) {
        const char small = lower(c);
        if (small >= 'a' && small <= 'z') {
            letters.at(count++) = small;
        }
    }
    const std::string_view folded{letters.data(), count};
    return (folded == "contentlength" && !equal_ignoring_case(name, "content-length")) ||
           (folded == "transferencoding" && !equal_ignoring_case(name, "transfer-encoding"));
}

/// `line` comes without its CRLF. Gives back why it is refused, or "".
std::string_view read_header(std::string_view line, Header& header) {
    if (line.front() == ' ' || line.front() == '\t') {
        return "a header is folded over two lines";
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) {
        return "a header has no name or no colon";
    }
    header.name = line.substr(0, colon);
    header.value = trim(line.substr(colon + 1));
    if (!consists_of(header.name, [](char c) { return is_visible(c); })) {
        return "a header name holds white space or a control character";
    }
    if (!consists_of(header.value, [](char c) { return is_value(c); })) {
        return "a header value holds a control character";
    }
    return disguises_framing(header.name) ? "a header name imitates a framing header" : "";
}

/// Reads the lines after the first. `rest` ends with the empty line.
std::optional<Refused> read_headers(std::string_view rest, std::vector<Header>& headers) {
    headers.reserve(24);
    while (rest.size() > kCrlf.size()) {
        const auto end = rest.find(kCrlf);
        if (end == std::string_view::npos || end == 0) {
            return Refused{400, "the head does not end with one empty line"};
        }
        if (headers.size() == kMaxHeaders) {
            return Refused{431, "there are more than 200 headers"};
        }
        Header header;
        if (const auto why = read_header(rest.substr(0, end), header); !why.empty()) {
            return Refused{400, why};
        }
        header.line = rest.substr(0, end + kCrlf.size());
        headers.push_back(header);
        rest.remove_prefix(end + kCrlf.size());
    }
    return rest == kCrlf ? std::nullopt
                         : std::optional{Refused{400, "the head does not end with an empty line"}};
}

/// Transfer-Encoding must end in chunked, and name it once (RFC 9112 section 6.1).
bool ends_in_chunked(const std::vector<Header>& headers) {
    std::size_t chunked = 0;
    bool last = false;
    for (const auto& header : headers) {
        if (!equal_ignoring_case(header.name, "transfer-encoding")) {
            continue;
        }
        auto list = header.value;
        if (list.empty() || list.back() == ',') {
            return false;
        }
        do {
            last = equal_ignoring_case(next_element(list), "chunked");
            chunked += last ? 1 : 0;
        } while (!list.empty());
    }
    return last && chunked == 1;
}

std::optional<std::uint64_t> read_length(std::string_view digits) {
    if (digits.empty() || digits.size() > 18 || !std::all_of(digits.begin(), digits.end(), is_digit)) {
        return std::nullopt;
    }
    std::uint64_t length = 0;
    for (const char c : digits) {
        length = length * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return length;
}

/// `otherwise` is what a message without either header has.
std::optional<Refused> read_framing(const std::vector<Header>& headers,
                                    std::string_view version,
                                    BodyKind otherwise,
                                    Framing& framing) {
    const auto lengths = count_of(headers, "content-length");
    if (count_of(headers, "transfer-encoding") > 0) {
        if (lengths > 0) {
            return Refused{400, "both Content-Length and Transfer-Encoding are given"};
        }
        if (version != "HTTP/1.1") {
            return Refused{400, "Transfer-Encoding is given with HTTP/1.0"};
        }
        if (!ends_in_chunked(headers)) {
            return Refused{400, "Transfer-Encoding does not end in one chunked"};
        }
        framing = Framing{BodyKind::Chunked, 0};
        return std::nullopt;
    }
    if (lengths == 0) {
        framing = Framing{otherwise, 0};
        return std::nullopt;
    }
    const auto value = only_value(headers, "content-length");
    const auto length = value ? read_length(*value) : std::nullopt;
    if (!length) {
        return Refused{400, "Content-Length is given more than once or is no number"};
    }
    framing = Framing{*length == 0 ? BodyKind::None : BodyKind::Length, *length};
    return std::nullopt;
}

bool stays_open(const std::vector<Header>& headers, std::string_view version) {
    return version == "HTTP/1.1" && !has_token(headers, "connection", "close") &&
           !has_token(headers, "proxy-connection", "close");
}

std::optional<Refused> read_request_line(std::string_view line, RequestHead& head) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return Refused{400, "the request line is not METHOD TARGET VERSION"};
    }
    head.method = line.substr(0, first);
    head.target = line.substr(first + 1, last - first - 1);
    head.version = line.substr(last + 1);
    const auto in_target = [](char c) { return is_visible(c) || static_cast<unsigned char>(c) >= 0x80; };
    if (head.method.empty() || !consists_of(head.method, [](char c) { return is_token(c); }) ||
        head.target.empty() || !consists_of(head.target, in_target)) {
        return Refused{400, "the method or the target holds a character that it cannot hold"};
    }
    if (head.version != "HTTP/1.1" && head.version != "HTTP/1.0") {
        return Refused{static_cast<std::uint16_t>(head.version.substr(0, 5) == "HTTP/" ? 505 : 400),
                       "the version is not HTTP/1.1 or HTTP/1.0"};
    }
    return std::nullopt;
}

std::optional<Refused> read_status_line(std::string_view line, ResponseHead& head) {
    const auto version = line.substr(0, 8);
    if ((version != "HTTP/1.1" && version != "HTTP/1.0") || line.size() < 12 || line[8] != ' ' ||
        !std::all_of(line.begin() + 9, line.begin() + 12, is_digit) ||
        (line.size() > 12 && line[12] != ' ') || !consists_of(line, [](char c) { return is_value(c); })) {
        return Refused{502, "the status line is not VERSION STATUS REASON"};
    }
    head.status =
        static_cast<std::uint16_t>((line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0'));
    if (head.status < 100) {
        return Refused{502, "the status is below 100"};
    }
    return std::nullopt;
}

/// Lines that Connection may never take away, whatever it names: without them the message is another one.
bool is_protected(std::string_view name) {
    return equal_ignoring_case(name, "host") || equal_ignoring_case(name, "content-length") ||
           equal_ignoring_case(name, "transfer-encoding") || equal_ignoring_case(name, "content-type") ||
           equal_ignoring_case(name, "date") || equal_ignoring_case(name, "digest") ||
           equal_ignoring_case(name, "content-digest") || equal_ignoring_case(name, "signature") ||
           equal_ignoring_case(name, "signature-input");
}

bool is_for_this_hop(std::string_view name) {
    static constexpr std::array<std::string_view, 6> kHop{"connection",
                                                          "proxy-connection",
                                                          "keep-alive",
                                                          "proxy-authorization",
                                                          "proxy-authenticate",
                                                          "upgrade"};
    return std::any_of(
        kHop.begin(), kHop.end(), [&](std::string_view hop) { return equal_ignoring_case(hop, name); });
}

void append_headers(std::string& out, const std::vector<Header>& headers) {
    const bool names_any = count_of(headers, "connection") > 0;
    for (const auto& header : headers) {
        const bool named =
            names_any && !is_protected(header.name) && has_token(headers, "connection", header.name);
        if (!named && !is_for_this_hop(header.name)) {
            out.append(header.line);
        }
    }
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

std::variant<Incomplete, std::size_t, Refused> find_head(std::string_view bytes, std::size_t& scanned) {
    const auto searched = bytes.substr(0, kMaxHeadBytes);
    while (scanned < searched.size()) {
        const auto end = searched.find('\n', scanned);
        if (end == std::string_view::npos) {
            scanned = searched.size();
            break;
        }
        if (end == 0 || searched[end - 1] != '\r') {
            return Refused{400, "a line of the head ends without CRLF"};
        }
        scanned = end + 1;
        if (end >= 3 && searched[end - 2] == '\n') {
            return end + 1;
        }
    }
    if (bytes.size() >= kMaxHeadBytes) {
        return Refused{431, "the head is larger than 64 KiB"};
    }
    return Incomplete{};
}

std::variant<RequestHead, Refused> parse_request(std::string_view bytes) {
    RequestHead head;
    head.size = bytes.size();
    const auto end = bytes.find(kCrlf);
    if (end == std::string_view::npos) {
        return Refused{400, "the request line does not end"};
    }
    if (const auto refused = read_request_line(bytes.substr(0, end), head)) {
        return *refused;
    }
    if (const auto refused = read_headers(bytes.substr(end + kCrlf.size()), head.headers)) {
        return *refused;
    }
    if (const auto refused = read_framing(head.headers, head.version, BodyKind::None, head.framing)) {
        return *refused;
    }
    head.keep_alive = stays_open(head.headers, head.version);
    head.expects_continue = head.version == "HTTP/1.1" && has_token(head.headers, "expect", "100-continue");
    return head;
}

std::variant<ResponseHead, Refused> parse_response(std::string_view bytes, bool to_head) {
    ResponseHead head;
    head.size = bytes.size();
    const auto end = bytes.find(kCrlf);
    if (end == std::string_view::npos) {
        return Refused{502, "the status line does not end"};
    }
    head.status_line = bytes.substr(0, end + kCrlf.size());
    if (const auto refused = read_status_line(bytes.substr(0, end), head)) {
        return *refused;
    }
    const auto version = bytes.substr(0, 8);
    auto refused = read_headers(bytes.substr(end + kCrlf.size()), head.headers);
    if (!refused) {
        refused = read_framing(head.headers, version, BodyKind::UntilClose, head.framing);
    }
    if (refused) {
        return Refused{502, refused->why};
    }
    if (to_head || head.status < 200 || head.status == 204 || head.status == 304) {
        head.framing = Framing{};
    }
    head.keep_alive = stays_open(head.headers, version) && head.framing.kind != BodyKind::UntilClose;
    return head;
}

std::optional<std::string_view> only_value(const std::vector<Header>& headers, std::string_view name) {
    std::optional<std::string_view> found;
    for (const auto& header : headers) {
        if (!equal_ignoring_case(header.name, name)) {
            continue;
        }
        if (found) {
            return std::nullopt;
        }
        found = header.value;
    }
    return found;
}

std::size_t count_of(const std::vector<Header>& headers, std::string_view name) {
    return static_cast<std::size_t>(std::count_if(headers.begin(), headers.end(), [&](const Header& header) {
        return equal_ignoring_case(header.name, name);
    }));
}

namespace {

bool lists(std::string_view list, std::string_view token) {
    while (!list.empty()) {
        if (equal_ignoring_case(next_element(list), token)) {
            return true;
        }
    }
    return false;
}

}  // namespace

bool has_token(const std::vector<Header>& headers, std::string_view name, std::string_view token) {
    return std::any_of(headers.begin(), headers.end(), [&](const Header& header) {
        return equal_ignoring_case(header.name, name) && lists(header.value, token);
    });
}

void append_forwarded(std::string& out, const RequestHead& head, std::string_view target) {
    out.append(head.method).append(" ").append(target).append(" ").append(head.version).append(kCrlf);
    append_headers(out, head.headers);
    out.append(kCrlf);
}

void append_forwarded(std::string& out, const ResponseHead& head, bool closes) {
    out.append(head.status_line);
    append_headers(out, head.headers);
    if (closes) {
        out.append("Connection: close\r\n");
    }
    out.append(kCrlf);
}

}  // namespace fedtrail::proxy
