#include "backends/poco/chunks.hpp"

#include <algorithm>

namespace fedtrail::poco {

namespace {

constexpr std::size_t kMostSizeDigits = 15;  // below 2^60: no overflow
constexpr std::size_t kMostExtras = 16UL * 1024;

int hex_digit_of(char c) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    const auto found = kDigits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    return found == kDigits.npos ? -1 : static_cast<int>(found);
}

}  // namespace

bool Chunks::feed(std::string_view bytes, std::string& body) {
    while (!bytes.empty() && !done()) {
        if (state_ == State::Data) {
            const auto take = std::min<std::uint64_t>(left_, bytes.size());
            body.append(bytes.substr(0, take));
            bytes.remove_prefix(take);
            left_ -= take;
            state_ = left_ > 0 ? State::Data : State::DataCr;
            continue;
        }
        if (!step(bytes.front())) {
            return false;
        }
        bytes.remove_prefix(1);
    }
    return true;
}

bool Chunks::step(char c) {
    switch (state_) {
        case State::Size:
            return read_size(c);
        case State::Extension:
            return read_rest(c, State::SizeLf);
        case State::SizeLf:
            state_ = left_ > 0 ? State::Data : State::Trailer;
            line_ = 0;
            return c == '\n';
        case State::DataCr:
            state_ = State::DataLf;
            return c == '\r';
        case State::DataLf:
            state_ = State::Size;
            digits_ = 0;
            return c == '\n';
        case State::Trailer:
            return read_rest(c, State::TrailerLf);
        case State::TrailerLf:
            state_ = line_ == 0 ? State::Done : State::Trailer;
            line_ = 0;
            return c == '\n';
        case State::Data:
        case State::Done:
            break;
    }
    return false;
}

bool Chunks::read_size(char c) {
    if (const auto digit = hex_digit_of(c); digit >= 0) {
        left_ = (digits_ == 0 ? 0 : left_ * 16) + static_cast<std::uint64_t>(digit);
        return ++digits_ <= kMostSizeDigits;
    }
    if (digits_ == 0) {
        return false;
    }
    state_ = c == '\r' ? State::SizeLf : State::Extension;
    return c == '\r' || c == ';';
}

/// To the end of the line.
bool Chunks::read_rest(char c, State at_end) {
    if (c == '\r') {
        state_ = at_end;
        return true;
    }
    ++line_;
    const auto octet = static_cast<unsigned char>(c);
    return (octet >= 0x20 || c == '\t') && octet != 0x7F && ++extras_ <= kMostExtras;
}

}  // namespace fedtrail::poco
