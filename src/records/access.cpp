#include "fedtrail/records/access.hpp"

#include <algorithm>

#include "fedtrail/core/utf8.hpp"

namespace fedtrail::records {

Result<std::string> parse_reason(std::string_view text) {
    constexpr std::string_view kBlanks = " \t";
    constexpr unsigned char kFirstPrintable = 0x20;
    constexpr unsigned char kDelete = 0x7f;
    const auto begin = std::min(text.find_first_not_of(kBlanks), text.size());
    text.remove_prefix(begin);
    text = text.substr(0, text.find_last_not_of(kBlanks) + 1);
    if (text.size() > kMaxReason) {
        return fail(ErrorKind::Invalid, "the reason is longer than 1,000 octets", "Say it in fewer words.");
    }
    const bool controls = std::any_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet < kFirstPrintable || octet == kDelete;
    });
    if (controls || !is_utf8(text)) {
        return fail(ErrorKind::Invalid,
                    "the reason is not one line of text in UTF-8",
                    "Write it without line breaks and control characters.");
    }
    return std::string{text};
}

}  // namespace fedtrail::records
