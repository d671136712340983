#include "fedtrail/ledger/uri_code.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "fedtrail/ledger/blob.hpp"
#include "fedtrail/ledger/varint.hpp"

namespace fedtrail::ledger {

namespace {

constexpr std::size_t kMaxSlots = 3;
constexpr std::size_t kMaxDigits = 18;  // below 2^63, so that differences fit in 64 bits
constexpr std::size_t kUuidLength = 36;
constexpr std::size_t kMinText = 8;
constexpr std::size_t kMaxText = 64;

bool ends_segment(char c) {
    return c == '/' || c == '?' || c == '#';
}
bool is_border(char c) {
    return ends_segment(c) || c == '&' || c == '=' || c == '-' || c == '_' || c == '.';
}
bool is_slot(char c) {
    return c == kNumberSlot || c == kUuidSlot || c == kTextSlot;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}
bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

unsigned hex_value(char c) {
    return static_cast<unsigned>(is_digit(c) ? c - '0' : c - 'a' + 10);
}

/// The UUID at the front of `text`, or nothing.
std::optional<std::pair<std::uint64_t, std::uint64_t>> uuid_at(std::string_view text) {
    if (text.size() < kUuidLength || (text.size() > kUuidLength && !is_border(text[kUuidLength]))) {
        return std::nullopt;
    }
    std::pair<std::uint64_t, std::uint64_t> value{};
    std::size_t digits = 0;
    for (std::size_t i = 0; i < kUuidLength; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !is_hex(text[i])) {
            return std::nullopt;
        }
        if (!dash) {
            auto& half = digits < 16 ? value.first : value.second;
            half = half << 4U | hex_value(text[i]);
            ++digits;
        }
    }
    return value;
}

/// Length of the decimal number at the front of `text`, 0 if there is none that reads back the same.
std::size_t number_length(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && is_digit(text[length])) {
        ++length;
    }
    const bool bordered = length == text.size() || is_border(text[length]);
    const bool plain = length == 1 || (length > 1 && text[0] != '0');
    return bordered && plain && length <= kMaxDigits ? length : 0;
}

/// Length of an identifier-like segment at the front of `text` (letters and digits mixed), 0 if there is
/// none.
std::size_t text_length(std::string_view text) {
    const auto* const behind = std::find_if(text.begin(), text.end(), ends_segment);
    const auto length = static_cast<std::size_t>(behind - text.begin());
    if (length < kMinText || length > kMaxText) {
        return 0;
    }
    const auto segment = text.substr(0, length);
    const bool words = std::all_of(segment.begin(), segment.end(), is_word);
    return words && std::any_of(segment.begin(), segment.end(), is_digit) ? length : 0;
}

std::uint64_t read_number(std::string_view digits) {
    std::uint64_t value = 0;
    for (const char c : digits) {
        value = value * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return value;
}

/// Takes a slot off the front of `rest` into `split`; gives the length taken, 0 if no slot starts there.
std::size_t take_slot(std::string_view rest, SplitUri& split) {
    if (const auto uuid = uuid_at(rest)) {
        split.shape += kUuidSlot;
        split.numbers.push_back(uuid->first);
        split.numbers.push_back(uuid->second);
        return kUuidLength;
    }
    if (const auto length = number_length(rest); length != 0) {
        split.shape += kNumberSlot;
        split.numbers.push_back(read_number(rest.substr(0, length)));
        return length;
    }
    const auto length = split.text.empty() ? text_length(rest) : 0;
    if (length != 0) {
        split.shape += kTextSlot;
        split.text = rest.substr(0, length);
    }
    return length;
}

void append_uuid(std::string& out, std::uint64_t high, std::uint64_t low) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    for (unsigned i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) {
            out += '-';
        }
        const auto half = i < 16 ? high : low;
        out += kDigits[half >> (60 - 4 * (i % 16)) & 15U];
    }
}

void append_number(std::string& out, std::uint64_t number) {
    std::array<char, 20> digits{};  // of 2^64 - 1
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

}  // namespace

SplitUri split_uri(std::string_view uri) {
    SplitUri split;
    if (std::any_of(uri.begin(), uri.end(), [](char c) { return c >= 0 && c < 0x20; })) {
        split.shape = uri;
        return split;
    }
    const auto scheme = uri.find("://");
    const auto path = scheme == std::string_view::npos ? std::string_view::npos : uri.find('/', scheme + 3);
    std::size_t slots = 0;
    std::size_t at = std::min(path, uri.size());
    split.shape.reserve(uri.size());
    split.shape = uri.substr(0, at);
    while (at < uri.size()) {
        const bool may_start = at > 0 && is_border(uri[at - 1]) && slots < kMaxSlots;
        const auto taken = may_start ? take_slot(uri.substr(at), split) : 0;
        if (taken != 0) {
            ++slots;
            at += taken;
        } else {
            split.shape += uri[at++];
        }
    }
    return split;
}

std::optional<std::string> join_uri(std::string_view shape,
                                    const std::vector<std::uint64_t>& numbers,
                                    std::string_view text) {
    std::string uri;
    uri.reserve(shape.size() + numbers.size() * kUuidLength + text.size());
    std::size_t next = 0;
    const auto has = [&](std::size_t count) { return next + count <= numbers.size(); };
    while (!shape.empty()) {
        const auto* const slot = std::find_if(shape.begin(), shape.end(), is_slot);
        uri.append(shape.begin(), slot);
        if (slot == shape.end()) {
            break;
        }
        if (*slot == kNumberSlot && has(1)) {
            append_number(uri, numbers[next++]);
        } else if (*slot == kUuidSlot && has(2)) {
            append_uuid(uri, numbers[next], numbers[next + 1]);
            next += 2;
        } else if (*slot == kTextSlot && !text.empty()) {
            uri += text;
        } else if (!numbers.empty()) {
            return std::nullopt;
        } else {
            uri += *slot;
        }
        shape.remove_prefix(static_cast<std::size_t>(slot - shape.begin()) + 1);
    }
    return next == numbers.size() ? std::optional{std::move(uri)} : std::nullopt;
}

std::uint64_t hash_of(const UriCode& code) {
    ByteWriter key;
    key.varint(code.shape);
    for (const auto number : code.numbers) {
        key.varint(number);
    }
    key.raw(bytes_of(code.text));
    return checksum(key.bytes());
}

}  // namespace fedtrail::ledger
