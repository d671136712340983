#include "backends/poco/letter_form.hpp"

#include <algorithm>

namespace fedtrail::poco {

namespace {

constexpr std::size_t kOctetsOfWord = 20;  // at most 72 characters (RFC 2047 section 2: 75)

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Of UTF-8: no character begins with it.
bool goes_on(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// RFC 5322 section 3.2.3: words that need no quotes, and the blanks between them.
bool is_phrase(std::string_view text) {
    constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~ ";
    return text.find("=?") == std::string_view::npos && std::all_of(text.begin(), text.end(), [&](char c) {
               return is_letter_or_digit(c) || kMarks.find(c) != std::string_view::npos;
           });
}

std::string quoted(std::string_view text) {
    std::string out{"\""};
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + '"';
}

/// RFC 2047 section 4.2.
void append_q(std::string& out, char c) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto octet = static_cast<unsigned char>(c);
    if (is_letter_or_digit(c)) {
        out += c;
    } else if (c == ' ') {
        out += '_';
    } else {
        out += {'=', kDigits[octet >> 4U], kDigits[octet & 15U]};
    }
}

}  // namespace

std::string header_text(std::string_view text) {
    if (is_ascii(text)) {
        return std::string{text};
    }
    std::string out;
    while (!text.empty()) {
        auto take = std::min(text.size(), kOctetsOfWord);
        while (take < text.size() && take > 1 && goes_on(text[take])) {
            --take;
        }
        out += out.empty() ? "=?UTF-8?q?" : "\r\n =?UTF-8?q?";
        for (const char c : text.substr(0, take)) {
            append_q(out, c);
        }
        out += "?=";
        text.remove_prefix(take);
    }
    return out;
}

std::string sender_line(const MailSender& sender) {
    if (sender.name.empty()) {
        return sender.address;
    }
    const auto name =
        !is_ascii(sender.name) || is_phrase(sender.name) ? header_text(sender.name) : quoted(sender.name);
    return name + " <" + sender.address + ">";
}

std::string lines_of_mail(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') {
            continue;
        }
        if (text[i] == '\r' || text[i] == '\n') {
            out += "\r\n";
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace fedtrail::poco
