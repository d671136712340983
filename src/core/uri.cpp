#include "fedtrail/core/uri.hpp"

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse.hpp>
#include <idn2.h>

namespace fedtrail {

namespace {

constexpr std::size_t kMaxHost = 253;
constexpr std::size_t kMaxUri = 2048;

bool is_host_name(std::string_view name) {
    if (name.empty() || name.size() > kMaxHost || name.front() == '.' || name.front() == '-') {
        return false;
    }
    std::size_t label = 0;
    for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        const bool dot = c == '.' && label > 0;
        if ((!letter && !dot) || label > 63) {
            return false;
        }
        label = dot ? 0 : label + 1;
    }
    return label > 0 && label <= 63;
}

/// Lower-case punycode of a name (UTS 46, non-transitional), or nothing.
std::optional<std::string> to_punycode(std::string_view name) {
    std::string lowered{name};
    bool ascii = true;
    for (char& c : lowered) {
        ascii = ascii && static_cast<unsigned char>(c) < 0x80;
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    if (ascii) {
        return lowered;
    }
    char* answer = nullptr;
    const int status = idn2_to_ascii_8z(lowered.c_str(), &answer, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    const std::unique_ptr<char, void (*)(void*)> owned{answer, [](void* p) { idn2_free(p); }};
    if (status != IDN2_OK) {
        return std::nullopt;
    }
    return std::string{answer};
}

std::optional<std::string> normal_ipv6(std::string_view inside) {
    const auto address = boost::urls::parse_ipv6_address({inside.data(), inside.size()});
    if (!address) {
        return std::nullopt;
    }
    return "[" + std::string{address->to_string()} + "]";
}

/// The name without its port, normalised; or nothing.
std::optional<std::string> normal_name(std::string_view name) {
    if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
        return normal_ipv6(name.substr(1, name.size() - 2));
    }
    if (!name.empty() && name.back() == '.') {
        name.remove_suffix(1);
    }
    if (name.empty() || name.size() > 4 * kMaxHost || name.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    auto ascii = to_punycode(name);
    if (!ascii || !is_host_name(*ascii)) {
        return std::nullopt;
    }
    return ascii;
}

std::optional<unsigned> port_number(std::string_view digits) {
    if (digits.empty() || digits.size() > 5) {
        return std::nullopt;
    }
    unsigned port = 0;
    for (const char c : digits) {
        if (c < '0' || c > '9') {
            return std::nullopt;
        }
        port = port * 10 + static_cast<unsigned>(c - '0');
    }
    if (port == 0 || port > 65535) {
        return std::nullopt;
    }
    return port;
}

struct NameAndPort {
    std::string_view name;
    std::string_view port;
    bool has_port{};
};

NameAndPort split_port(std::string_view text) {
    const auto bracket = text.rfind(']');
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || (bracket != std::string_view::npos && colon < bracket)) {
        return {text, {}, false};
    }
    return {text.substr(0, colon), text.substr(colon + 1), true};
}

/// "host" or "host:port" in normal form; `default_port` is dropped.
std::optional<std::string> normal_authority(std::string_view text, unsigned default_port) {
    const auto parts = split_port(text);
    auto name = normal_name(parts.name);
    if (!name) {
        return std::nullopt;
    }
    if (!parts.has_port || parts.port.empty()) {
        return name;
    }
    const auto port = port_number(parts.port);
    if (!port) {
        return std::nullopt;
    }
    return *port == default_port ? *name : *name + ":" + std::to_string(*port);
}

void percent_encode(std::string& out, char c) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto value = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[value >> 4U];
    out += kDigits[value & 15U];
}

/// An IRI's characters that RFC 3986 does not allow, percent-encoded (RFC 3987 section 3.1).
std::string encode_iri(std::string_view text) {
    static constexpr std::string_view kNeverRaw = "\"<>\\^`{|}";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto value = static_cast<unsigned char>(c);
        if (value <= 0x20 || value >= 0x7F || kNeverRaw.find(c) != std::string_view::npos) {
            percent_encode(out, c);
        } else {
            out += c;
        }
    }
    return out;
}

bool is_unreserved(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

int hex_value(char c) {
    return c <= '9' ? c - '0' : (c & 7) + 9;  // "0" to "9"; "A" to "F" in either case
}

/// Decodes what need not be encoded, and nothing else: "%2F" is no "/" (RFC 3986 section 6.2.2). Every "%"
/// has its two digits.
std::string normal_octets(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto octet = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        if (is_unreserved(octet)) {
            out += octet;
        } else {
            percent_encode(out, octet);
        }
        i += 2;
    }
    return out;
}

/// RFC 3986 section 5.2.4; `path` starts with "/".
std::string without_dot_segments(std::string_view path) {
    std::vector<std::string_view> kept;
    bool last = false;
    for (std::size_t at = 1; !last;) {
        const auto slash = path.find('/', at);
        last = slash == std::string_view::npos;
        const auto segment = path.substr(at, last ? slash : slash - at);
        at = slash + 1;
        if (segment == ".." && !kept.empty()) {
            kept.pop_back();
        }
        if (segment != "." && segment != "..") {
            kept.push_back(segment);
        } else if (last) {
            kept.emplace_back();
        }
    }
    std::string out;
    for (const auto segment : kept) {
        out.append("/").append(segment);
    }
    return out;
}

constexpr std::string_view kHttps = "https://";

/// The characters that normalising leaves alone in a path, query or fragment: RFC 3986 unreserved,
/// sub-delims,
/// ":", "@", "/" and "?". Not "%", brackets, nor anything that is to be encoded.
constexpr auto kPlain = [] {
    std::array<bool, 256> plain{};
    for (const char c : std::string_view{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                         "-._~!$&'()*+,;=:@/?"}) {
        plain.at(static_cast<unsigned char>(c)) = true;
    }
    return plain;
}();

/// Length of the host if `text` is surely an https URI in normal form already, as nearly all are; else 0.
std::size_t host_length_if_normal(std::string_view text) {
    if (text.substr(0, kHttps.size()) != kHttps) {
        return 0;
    }
    const auto after = text.substr(kHttps.size());
    const auto length = after.find('/');
    if (length == std::string_view::npos || !is_host_name(after.substr(0, length))) {
        return 0;
    }
    const auto rest = after.substr(length);
    const auto mark = rest.find('#');
    for (std::size_t i = 1; i < rest.size(); ++i) {
        const bool segment = rest[i - 1] == '/' && (rest[i] == '.' || rest[i] == '/');  // "/." and "//"
        if (segment || (!kPlain[static_cast<unsigned char>(rest[i])] && i != mark)) {
            return 0;
        }
    }
    return length;
}

tl::unexpected<Error> not_a_uri(std::string why) {
    return fail(ErrorKind::Invalid, "not a usable URI: " + std::move(why), "use a full http or https URI");
}

}  // namespace

Result<Host> Host::parse(std::string_view text) {
    auto normal = text.size() <= kMaxUri ? normal_authority(text, 443) : std::nullopt;
    if (!normal) {
        return fail(
            ErrorKind::Invalid, "not a host name", "write it like social.example or social.example:8443");
    }
    return Host{std::move(*normal)};
}

Result<Uri> Uri::parse(std::string_view text) {
    if (text.empty() || text.size() > kMaxUri) {
        return not_a_uri(text.empty() ? "it is empty" : "it is longer than 2,048 octets");
    }
    if (const auto length = host_length_if_normal(text)) {
        Uri uri;
        uri.text_ = text;
        uri.host_ = Host{std::string{text.substr(kHttps.size(), length)}};
        return uri;
    }
    const auto colon = text.find("://");
    if (colon == std::string_view::npos) {
        return not_a_uri("it has no scheme");
    }
    const auto scheme = to_punycode(text.substr(0, colon));
    if (!scheme || (*scheme != "http" && *scheme != "https")) {
        return not_a_uri("its scheme is not http or https");
    }
    const auto after = text.substr(colon + 3);
    const auto authority = after.substr(0, after.find_first_of("/?#"));
    if (authority.find('@') != std::string_view::npos) {
        return not_a_uri("it carries a user name or password");
    }
    const auto host = normal_authority(authority, *scheme == "https" ? 443 : 80);
    if (!host) {
        return not_a_uri("its host is not a host name");
    }
    const auto rest = after.substr(authority.size());
    const std::string_view root = rest.empty() || rest.front() != '/' ? "/" : "";
    const auto base = *scheme + "://" + *host;
    const auto encoded = base + std::string{root} + encode_iri(rest);
    if (!boost::urls::parse_uri(encoded)) {
        return not_a_uri("its path, query or fragment breaks RFC 3986");
    }
    const auto normal = normal_octets(std::string_view{encoded}.substr(base.size()));
    const auto path = std::string_view{normal}.substr(0, normal.find_first_of("?#"));
    Uri uri;
    uri.text_ = base + without_dot_segments(path) + normal.substr(path.size());
    uri.host_ = Host{*host};
    if (uri.text_.size() > kMaxUri) {
        return not_a_uri("it is longer than 2,048 octets");
    }
    return uri;
}

std::string_view Uri::scheme() const noexcept {
    return std::string_view{text_}.substr(0, text_.find(':'));
}

std::string_view Uri::path() const noexcept {
    const std::string_view text{text_};
    const auto start = text.find('/', text.find("://") + 3);
    return start == std::string_view::npos ? std::string_view{}
                                           : text.substr(start, text.find_first_of("?#", start) - start);
}

std::string_view Uri::query() const noexcept {
    const std::string_view text = std::string_view{text_}.substr(0, text_.find('#'));
    const auto mark = text.find('?');
    return mark == std::string_view::npos ? std::string_view{} : text.substr(mark + 1);
}

std::string_view Uri::fragment() const noexcept {
    const std::string_view text{text_};
    const auto mark = text.find('#');
    return mark == std::string_view::npos ? std::string_view{} : text.substr(mark + 1);
}

}  // namespace fedtrail
