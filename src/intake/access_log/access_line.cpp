#include "intake/access_log/access_line.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fedtrail/core/utf8.hpp"

#include "intake/access_log/line_text.hpp"

namespace fedtrail::intake::access_log {

namespace {

constexpr std::array<std::pair<std::string_view, Form>, 3> kForms{
    {{"json", Form::Json}, {"combined", Form::Combined}, {"caddy", Form::Caddy}}};

constexpr std::int64_t kLastSecond = 2'145'916'799;  // 2037-12-31T23:59:59Z

/// `text` as UTF-8, and kLinePadding more octets behind it. Valid until the thread's next call.
std::string_view sound_text(std::string_view text) {
    thread_local std::string buffer;
    buffer.clear();
    buffer.reserve(text.size() + kLinePadding);
    while (!text.empty()) {
        const auto length = utf8_sequence(text);
        buffer.append(length == 0 ? std::string_view{"?"} : text.substr(0, length));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    const auto size = buffer.size();
    buffer.append(kLinePadding, '\0');
    return std::string_view{buffer}.substr(0, size);
}

Fault read(Form form, std::string_view text, AccessLine& line, bool& access) {
    switch (form) {
        case Form::Json:
            return read_json(text, line);
        case Form::Caddy:
            return read_caddy(text, line, access);
        case Form::Combined:
            return read_combined(text, line);
    }
    return "the form of the log is not known";
}

}  // namespace

std::string_view name_of(Form form) {
    return kForms.at(static_cast<std::size_t>(form)).first;
}

std::optional<Form> form_named(std::string_view name) {
    for (const auto& [known, form] : kForms) {
        if (known == name) {
            return form;
        }
    }
    return std::nullopt;
}

std::optional<Instant> unix_time(std::string_view text) {
    const auto dot = text.find('.');
    const auto seconds = number_in<std::int64_t>(text.substr(0, dot));
    if (!seconds || *seconds < 0 || *seconds > kLastSecond) {
        return std::nullopt;
    }
    std::int64_t thousandths = 0;
    if (dot != std::string_view::npos) {
        std::string digits{text.substr(dot + 1, 3)};
        digits.resize(3, '0');
        const auto number = number_in<std::uint16_t>(digits);
        if (!number || digits.front() == '-') {
            return std::nullopt;
        }
        thousandths = *number;
    }
    return from_unix_seconds(*seconds) + std::chrono::milliseconds{thousandths};
}

Result<std::optional<AccessLine>> parse_line(Form form, std::string_view line) {
    AccessLine read_line;
    bool access = true;
    const auto fault = line.size() > kMaxLineBytes ? Fault{"the line is longer than 64 KiB"}
                                                   : read(form, sound_text(line), read_line, access);
    if (!fault.empty()) {
        return fail(ErrorKind::Invalid, std::string{fault}, "See docs/ingress.md for the forms of a line.");
    }
    return access ? std::optional{std::move(read_line)} : std::nullopt;
}

std::optional<std::string_view> syslog_message(std::string_view datagram) {
    const auto priority = datagram.find('>');
    const auto tag = datagram.find(": ");
    if (!datagram.starts_with('<') || priority > 4 || tag == std::string_view::npos || tag > 300) {
        return std::nullopt;
    }
    auto message = datagram.substr(tag + 2);
    while (!message.empty() && (message.back() == '\n' || message.back() == '\0')) {
        message.remove_suffix(1);
    }
    return message;
}

}  // namespace fedtrail::intake::access_log
