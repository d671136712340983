#include "intake/proxy/client_hello.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace fedtrail::proxy {

namespace {

constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kHandshakeHeader = 4;
constexpr std::uint16_t kServerName = 0;
constexpr std::uint16_t kAlpn = 16;

/// Takes numbers and vectors off the front; every taking fails softly once the bytes run out.
class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] bool empty() const { return bytes_.empty() || failed_; }

    std::string_view take(std::size_t count) {
        if (count > bytes_.size()) {
            failed_ = true;
            return {};
        }
        const auto taken = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return taken;
    }

    std::uint32_t number(std::size_t octets) {
        std::uint32_t value = 0;
        for (const char c : take(octets)) {
            value = (value << 8U) | static_cast<unsigned char>(c);
        }
        return value;
    }

    /// A vector behind its length of `octets`.
    std::string_view vector(std::size_t octets) { return take(number(octets)); }

private:
    std::string_view bytes_;
    bool failed_{};
};

std::string host_name_of(std::string_view extension) {
    Reader list{Reader{extension}.vector(2)};
    while (!list.empty()) {
        const auto type = list.number(1);
        const auto name = list.vector(2);
        if (type == 0 && !list.failed()) {
            return std::string{name};
        }
    }
    return {};
}

bool has_http1(std::string_view extension) {
    Reader list{Reader{extension}.vector(2)};
    while (!list.empty()) {
        const auto protocol = list.vector(1);
        if (protocol == "http/1.1" || protocol == "http/1.0") {
            return true;
        }
    }
    return false;
}

/// Values that say nothing and change at will (RFC 8701).
bool is_grease(std::uint32_t value) {
    return (value & 0x0F0FU) == 0x0A0AU && (value >> 8U) == (value & 0xFFU);
}

/// Extensions that one program sends in one connection and not in the next: the name it wants, a ticket,
/// early data, padding.
bool is_passing(std::uint32_t extension) {
    constexpr std::array<std::uint32_t, 7> kPassing{kServerName, 21, 35, 41, 42, 44, 45};
    return is_grease(extension) || std::find(kPassing.begin(), kPassing.end(), extension) != kPassing.end();
}

/// FNV-1a over what makes ClientHello::shape. Some programs shuffle their extensions: their order is no part.
class Shape {
public:
    explicit Shape(std::uint32_t version) { mix(version); }

    void ciphers(std::string_view suites) {
        Reader reader{suites};
        while (!reader.empty()) {
            if (const auto suite = reader.number(2); !is_grease(suite)) {
                mix(suite);
            }
        }
    }
    void extension(std::uint32_t type) {
        if (!is_passing(type)) {
            extensions_.push_back(type);
        }
    }
    [[nodiscard]] std::uint64_t value() {
        std::sort(extensions_.begin(), extensions_.end());
        for (const auto type : std::exchange(extensions_, {})) {
            mix(type);
        }
        return value_;
    }

private:
    void mix(std::uint32_t number) {
        constexpr std::uint64_t kPrime = 0x100000001B3;
        for (const auto octet : {number >> 8U & 0xFFU, number & 0xFFU}) {
            value_ = (value_ ^ octet) * kPrime;
        }
    }

    std::uint64_t value_{0xCBF29CE484222325};
    std::vector<std::uint32_t> extensions_;
};

std::optional<ClientHello> read_body(std::string_view body) {
    Reader reader{body};
    Shape shape{reader.number(2)};  // legacy version
    reader.take(32);                // random
    reader.vector(1);               // session id
    shape.ciphers(reader.vector(2));
    reader.vector(1);  // compression
    ClientHello hello;
    if (reader.failed()) {
        return std::nullopt;
    }
    if (reader.empty()) {
        hello.shape = shape.value();
        return hello;
    }
    Reader extensions{reader.vector(2)};
    while (!extensions.empty() && !reader.failed()) {
        const auto type = extensions.number(2);
        const auto content = extensions.vector(2);
        shape.extension(type);
        if (type == kServerName) {
            hello.server_name = host_name_of(content);
        } else if (type == kAlpn) {
            hello.accepts_http1 = has_http1(content);
        }
    }
    if (extensions.failed() || reader.failed()) {
        return std::nullopt;
    }
    hello.shape = shape.value();
    return hello;
}

using Hello = std::variant<HelloIncomplete, NotTls, ClientHello>;

/// What the handshake octets gathered so far say.
Hello read_handshake(std::string_view handshake) {
    if (handshake[0] != 0x01) {
        return NotTls{};
    }
    if (handshake.size() < kHandshakeHeader) {
        return HelloIncomplete{};
    }
    const std::size_t size = Reader{handshake.substr(1)}.number(3);
    if (size > kMaxHelloBytes) {
        return NotTls{};
    }
    if (handshake.size() < kHandshakeHeader + size) {
        return HelloIncomplete{};
    }
    const auto hello = read_body(handshake.substr(kHandshakeHeader, size));
    return hello ? Hello{*hello} : NotTls{};
}

}  // namespace

std::variant<HelloIncomplete, NotTls, ClientHello> read_client_hello(std::string_view bytes) {
    std::string handshake;
    while (!bytes.empty()) {
        if (bytes[0] != 0x16 || (bytes.size() > 1 && bytes[1] != 0x03)) {
            return NotTls{};
        }
        if (bytes.size() < kRecordHeader) {
            return HelloIncomplete{};
        }
        const std::size_t length = Reader{bytes.substr(3)}.number(2);
        if (length == 0 || length > 16UL * 1024) {
            return NotTls{};
        }
        const auto content = bytes.substr(kRecordHeader, length);
        handshake.append(content);
        auto hello = read_handshake(handshake);
        if (!std::holds_alternative<HelloIncomplete>(hello)) {
            return hello;
        }
        bytes.remove_prefix(kRecordHeader + content.size());
    }
    return HelloIncomplete{};
}

}  // namespace fedtrail::proxy
