#include "audit/cursor.hpp"

#include "fedtrail/core/base64.hpp"

#include "audit/json_text.hpp"

namespace fedtrail::audit {

namespace {

constexpr std::string_view kNoUtf8 = "{\"base64\":\"";
constexpr std::size_t kLongestEscape = 6;  // \u001f

/// What a backslash and `letter` stand for.
std::optional<char> escaped(char letter) {
    constexpr std::string_view kLetters = "\"\\btnfr";
    constexpr std::string_view kMeant = "\"\\\b\t\n\f\r";
    const auto at = kLetters.find(letter);
    return at == std::string_view::npos ? std::nullopt : std::optional{kMeant[at]};
}

/// Of "\u00" and two digits.
std::optional<char> escaped_octet(std::string_view sequence) {
    unsigned value{};
    const auto* const end = sequence.data() + sequence.size();
    return std::from_chars(end - 2, end, value, 16).ptr == end ? std::optional{static_cast<char>(value)}
                                                               : std::nullopt;
}

/// Up to the quotation mark, which is taken off as well.
std::optional<std::string> unescaped(std::string_view& rest, std::size_t most) {
    std::string text;
    for (std::size_t at = 0; at < rest.size() && text.size() <= most; ++at) {
        if (rest[at] == '"') {
            rest.remove_prefix(at + 1);
            return text;
        }
        if (rest[at] != '\\') {
            text += rest[at];
            continue;
        }
        const auto sequence = rest.substr(at, kLongestEscape);
        std::optional<char> meant;
        if (sequence.starts_with("\\u00") && sequence.size() == kLongestEscape) {
            meant = escaped_octet(sequence);
            at += kLongestEscape - 1;
        } else if (sequence.size() > 1) {
            meant = escaped(sequence[1]);
            ++at;
        }
        if (!meant) {
            return std::nullopt;
        }
        text += *meant;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> Cursor::text(std::size_t most) {
    const auto before = rest_;
    std::optional<std::string> text;
    if (take(kNoUtf8)) {
        const auto spelled = quoted();
        Bytes octets;
        if (!spelled || spelled->size() > (most + 2) / 3 * 4 || !from_base64(*spelled, octets) ||
            !take("}")) {
            return std::nullopt;
        }
        text = std::string{text_of(octets)};
    } else if (take("\"")) {
        text = unescaped(rest_, most);
    }
    if (!text || text->size() > most) {
        return std::nullopt;
    }
    std::string again;
    put_text(again, *text);
    return again == before.substr(0, before.size() - rest_.size()) ? std::move(text) : std::nullopt;
}

}  // namespace fedtrail::audit
