#include "intake/proxy/body_scanner.hpp"

#include <algorithm>

namespace fedtrail::proxy {

namespace {

constexpr std::size_t kMaxExtension = 1024;
constexpr std::size_t kMaxTrailers = 16UL * 1024;
constexpr std::size_t kMaxSizeDigits = 15;  // under 2^60: no overflow

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return static_cast<unsigned>(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return static_cast<unsigned>(c - 'a' + 10);
    }
    if (c >= 'A' && c <= 'F') {
        return static_cast<unsigned>(c - 'A' + 10);
    }
    return std::nullopt;
}

bool is_text(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return (octet >= 0x20 && octet != 0x7f) || c == '\t';
}

bool is_padding(char c) {
    return c == ' ' || c == '\t';
}

}  // namespace

BodyScanner::BodyScanner(Framing framing, Padding padding)
    : state_(State::Done), padding_(padding), left_(framing.length) {
    switch (framing.kind) {
        case BodyKind::None:
            break;
        case BodyKind::Length:
            state_ = left_ == 0 ? State::Done : State::Counted;
            break;
        case BodyKind::Chunked:
            state_ = State::Size;
            break;
        case BodyKind::UntilClose:
            state_ = State::Until;
            break;
    }
}

std::optional<std::size_t> BodyScanner::feed(std::string_view bytes) {
    std::size_t at = 0;
    while (at < bytes.size() && state_ != State::Done) {
        if (state_ == State::Until) {
            return bytes.size();
        }
        if (state_ == State::Counted || state_ == State::Data) {
            const auto take = std::min<std::uint64_t>(left_, bytes.size() - at);
            at += take;
            left_ -= take;
            state_ = left_ > 0 ? state_ : state_ == State::Data ? State::DataCr : State::Done;
            continue;
        }
        if (!step(bytes[at])) {
            return std::nullopt;
        }
        ++at;
    }
    return at;
}

bool BodyScanner::step(char c) {
    switch (state_) {
        case State::Size:
            return read_size(c);
        case State::Padding:
            return read_padding(c);
        case State::Extension:
            return read_extension(c);
        case State::SizeLf:
            return c == '\n' && end_of_size();
        case State::DataCr:
            state_ = State::DataLf;
            return c == '\r';
        case State::DataLf:
            state_ = State::Size;
            digits_ = 0;
            return c == '\n';
        case State::Trailer:
            return read_trailer(c);
        case State::TrailerLf:
            state_ = line_ == 0 ? State::Done : State::Trailer;
            line_ = 0;
            return c == '\n';
        case State::Until:
        case State::Counted:
        case State::Data:
        case State::Done:
            break;
    }
    return false;
}

bool BodyScanner::read_size(char c) {
    if (const auto digit = hex_digit(c)) {
        left_ = (digits_ == 0 ? 0 : left_ * 16) + *digit;
        return ++digits_ <= kMaxSizeDigits;
    }
    if (digits_ == 0) {
        return false;
    }
    extras_ = 0;
    if (padding_ == Padding::Passed && is_padding(c)) {
        state_ = State::Padding;
        return true;
    }
    return end_of_digits(c);
}

bool BodyScanner::read_padding(char c) {
    return is_padding(c) ? ++extras_ <= kMaxExtension : end_of_digits(c);
}

bool BodyScanner::end_of_digits(char c) {
    state_ = c == '\r' ? State::SizeLf : State::Extension;
    return c == '\r' || c == ';';
}

bool BodyScanner::read_extension(char c) {
    if (c == '\r') {
        state_ = State::SizeLf;
        return true;
    }
    return is_text(c) && ++extras_ <= kMaxExtension;
}

bool BodyScanner::end_of_size() {
    extras_ = 0;
    line_ = 0;
    state_ = left_ == 0 ? State::Trailer : State::Data;
    return true;
}

bool BodyScanner::read_trailer(char c) {
    if (c == '\r') {
        state_ = State::TrailerLf;
        return true;
    }
    ++line_;
    return is_text(c) && ++extras_ <= kMaxTrailers;
}

std::string dechunked(std::string_view body) {
    std::string payload;
    payload.reserve(body.size());
    while (!body.empty()) {
        std::uint64_t size = 0;
        std::size_t at = 0;
        while (at < body.size() && hex_digit(body[at])) {
            size = size * 16 + *hex_digit(body[at++]);
        }
        const auto line = body.find("\r\n", at);
        if (size == 0 || line == std::string_view::npos || body.size() - line - 2 < size) {
            break;
        }
        payload.append(body.substr(line + 2, size));
        body.remove_prefix(std::min(body.size(), line + 2 + size + 2));
    }
    return payload;
}

}  // namespace fedtrail::proxy
