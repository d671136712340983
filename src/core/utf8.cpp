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

}  // namespace fedtrail
