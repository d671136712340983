#include "fedtrail/core/utf8.hpp"

namespace fedtrail {

namespace {

bool continues(unsigned char octet) {
    return (octet & 0xC0U) == 0x80U;
}

}  // namespace

std::size_t utf8_sequence(std::string_view text) {
    const auto octet = [&](std::size_t i) {
        return i < text.size() ? static_cast<unsigned char>(text[i]) : static_cast<unsigned char>(0);
    };
    const auto first = octet(0);
    if (first < 0x80U) {
        return 1;
    }
    const std::size_t size = first >= 0xF0U ? 4 : first >= 0xE0U ? 3 : 2;
    if (first < 0xC2U || first > 0xF4U) {
        return 0;
    }
    const auto second = octet(1);
    if ((first == 0xE0U && second < 0xA0U) || (first == 0xEDU && second > 0x9FU) ||
        (first == 0xF0U && second < 0x90U) || (first == 0xF4U && second > 0x8FU)) {
        return 0;
    }
    for (std::size_t i = 1; i < size; ++i) {
        if (!continues(octet(i))) {
            return 0;
        }
    }
    return size;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto size = utf8_sequence(text);
        if (size == 0) {
            return false;
        }
        text.remove_prefix(size);
    }
    return true;
}

std::string_view without_byte_order_mark(std::string_view document) {
    constexpr std::string_view kMark = "\xEF\xBB\xBF";
    document.remove_prefix(document.starts_with(kMark) ? kMark.size() : 0);
    return document;
}

std::string without_turns(std::string_view text) {
    constexpr char kLead = '\xE2';  // of U+2000 to U+2FFF
    std::string out;
    for (auto at = text.find(kLead); at != std::string_view::npos; at = text.find(kLead)) {
        const auto sequence = text.substr(at, 3);
        const bool separates = sequence == "\xE2\x80\xA8" || sequence == "\xE2\x80\xA9";
        const bool turns = (sequence >= "\xE2\x80\xAA" && sequence <= "\xE2\x80\xAE") ||
                           (sequence >= "\xE2\x81\xA6" && sequence <= "\xE2\x81\xA9");
        out.append(text.substr(0, at));
        out.append(separates ? " " : turns ? "" : sequence.substr(0, 1));
        text.remove_prefix(at + (separates || turns ? sequence.size() : 1));
    }
    return out.append(text);
}

}  // namespace fedtrail
