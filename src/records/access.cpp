#include "fedtrail/records/access.hpp"

#include <algorithm>
#include <charconv>

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

namespace {

constexpr std::string_view kRequest = "request ";

}  // namespace

std::string because_of_request(std::uint64_t number) {
    return std::string{kRequest} + std::to_string(number);
}

std::optional<std::uint64_t> request_in_reason(std::string_view why) {
    if (!why.starts_with(kRequest)) {
        return std::nullopt;
    }
    why.remove_prefix(kRequest.size());
    std::uint64_t number{};
    const auto read = std::from_chars(why.data(), why.data() + why.size(), number);
    const bool whole = read.ec == std::errc{} && read.ptr == why.data() + why.size() && number > 0;
    return whole ? std::optional{number} : std::nullopt;
}

}  // namespace fedtrail::records
