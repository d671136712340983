#include <simdjson.h>

#include "intake/access_log/line_text.hpp"

namespace fedtrail::intake::access_log {

namespace {

namespace json = simdjson::ondemand;
using simdjson::SUCCESS;

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

constexpr Fault kNotJson = "the line is not a JSON object";
constexpr Fault kTime = "the line has no time in seconds since 1970";
constexpr Fault kStatus = "the line has no status from 100 to 599";
constexpr Fault kText = "a field of the line is not of its type";

// What a line has told, one bit each.
constexpr unsigned kAt = 1U << 0U;
constexpr unsigned kMethod = 1U << 1U;
constexpr unsigned kTarget = 1U << 2U;
constexpr unsigned kHasStatus = 1U << 3U;

struct Draft {
    AccessLine& line;
    unsigned seen{};
};

Fault missing(unsigned seen) {
    if ((seen & kAt) == 0) {
        return kTime;
    }
    if ((seen & kHasStatus) == 0) {
        return kStatus;
    }
    return (seen & kMethod) == 0 || (seen & kTarget) == 0 ? Fault{"the line has no method or no address"}
                                                          : Fault{};
}

/// Calls `field(key, value)` for each field until one is wrong.
template <typename Field>
Fault each_field(json::object& object, Field field) {
    for (auto entry : object) {
        std::string_view key;
        json::value value;
        if (entry.error() != SUCCESS || entry.unescaped_key().get(key) != SUCCESS ||
            entry.value().get(value) != SUCCESS) {
            return kNotJson;
        }
        if (const Fault fault = field(key, value); !fault.empty()) {
            return fault;
        }
    }
    return {};
}

template <typename Field>
Fault each_field_of(std::string_view padded, Field field) {
    thread_local json::parser parser;
    json::document document;
    json::object object;
    if (parser.iterate(padded.data(), padded.size(), padded.size() + kLinePadding).get(document) != SUCCESS ||
        document.get_object().get(object) != SUCCESS) {
        return kNotJson;
    }
    if (const Fault fault = each_field(object, field); !fault.empty()) {
        return fault;
    }
    return document.current_location().error() == simdjson::OUT_OF_BOUNDS ? Fault{} : kNotJson;
}

Fault read_text(json::value& value, std::string& out) {
    std::string_view text;
    if (value.get_string().get(text) != SUCCESS) {
        return kText;
    }
    out.assign(text == "-" ? std::string_view{} : text);
    return {};
}

Fault read_target(json::value& value, Draft& draft) {
    std::string text;
    const auto fault = read_text(value, text);
    draft.line.target = Personal<std::string>{std::move(text)};
    draft.seen |= kTarget;
    return fault;
}

Fault read_status(json::value& value, Draft& draft) {
    std::uint64_t number = 0;
    const auto status = value.get_uint64().get(number) == SUCCESS ? status_of(number) : std::nullopt;
    draft.line.status = status.value_or(0);
    draft.seen |= kHasStatus;
    return status ? Fault{} : kStatus;
}

/// Seconds as a number or in quotes, or RFC 3339 in quotes.
Fault read_time(json::value& value, Draft& draft) {
    auto text = value.raw_json_token();
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
        text.remove_suffix(1);
    }
    if (text.size() > 1 && text.front() == '"' && text.back() == '"') {
        text = text.substr(1, text.size() - 2);
    }
    auto at = unix_time(text);
    if (!at) {
        const auto written = parse_rfc3339(text);
        at = written && text.substr(0, 4) <= "2037" ? std::optional{*written} : std::nullopt;
    }
    draft.line.at = at.value_or(Instant{});
    draft.seen |= kAt;
    return at ? Fault{} : kTime;
}

Fault read_field(std::string_view key, json::value& value, Draft& draft) {
    auto& line = draft.line;
    if (key == "time") {
        return read_time(value, draft);
    }
    if (key == "status") {
        return read_status(value, draft);
    }
    if (key == "uri") {
        return read_target(value, draft);
    }
    if (key == "method") {
        draft.seen |= kMethod;
        return read_text(value, line.method);
    }
    auto* const text = key == "host"              ? &line.host
                       : key == "agent"           ? &line.agent
                       : key == "accept"          ? &line.accept
                       : key == "signature"       ? &line.signature
                       : key == "signature_input" ? &line.signature_input
                                                  : nullptr;
    return text == nullptr ? Fault{} : read_text(value, *text);  // what an administrator added is theirs
}

bool same_name(std::string_view name, std::string_view lower) {
    return std::equal(name.begin(), name.end(), lower.begin(), lower.end(), [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
}

Fault read_first(json::value& values, std::string& text) {
    json::array list;
    if (values.get_array().get(list) != SUCCESS) {
        return kText;
    }
    for (auto entry : list) {
        json::value one;
        if (entry.get(one) != SUCCESS) {
            return kNotJson;
        }
        const auto fault = text.empty() ? read_text(one, text) : Fault{};
        if (!fault.empty()) {
            return fault;
        }
    }
    return {};
}

/// {"User-Agent": ["…"]}: the first of each that matters.
Fault read_headers(json::value& value, AccessLine& line) {
    json::object headers;
    if (value.get_object().get(headers) != SUCCESS) {
        return kText;
    }
    return each_field(headers, [&line](std::string_view key, json::value& values) -> Fault {
        auto* const text = same_name(key, "user-agent")        ? &line.agent
                           : same_name(key, "accept")          ? &line.accept
                           : same_name(key, "signature")       ? &line.signature
                           : same_name(key, "signature-input") ? &line.signature_input
                                                               : nullptr;
        return text == nullptr ? Fault{} : read_first(values, *text);
    });
}

Fault read_request(json::value& value, Draft& draft) {
    json::object request;
    if (value.get_object().get(request) != SUCCESS) {
        return kText;
    }
    return each_field(request, [&draft](std::string_view key, json::value& field) -> Fault {
        if (key == "uri") {
            return read_target(field, draft);
        }
        if (key == "method") {
            draft.seen |= kMethod;
            return read_text(field, draft.line.method);
        }
        if (key == "headers") {
            return read_headers(field, draft.line);
        }
        return key == "host" ? read_text(field, draft.line.host) : Fault{};
    });
}

}  // namespace

Fault read_json(std::string_view padded, AccessLine& line) {
    Draft draft{line};
    const auto fault = each_field_of(
        padded, [&draft](std::string_view key, json::value& value) { return read_field(key, value, draft); });
    return fault.empty() ? missing(draft.seen) : fault;
}

Fault read_caddy(std::string_view padded, AccessLine& line, bool& access) {
    Draft draft{line};
    bool request = false;
    const auto fault =
        each_field_of(padded, [&draft, &request](std::string_view key, json::value& value) -> Fault {
            if (key == "ts") {
                return read_time(value, draft);
            }
            if (key == "request") {
                request = true;
                return read_request(value, draft);
            }
            // a message without a request may have a "status" of another type
            return key == "status" && request ? read_status(value, draft) : Fault{};
        });
    access = request;
    return fault.empty() && request ? missing(draft.seen) : fault;
}

}  // namespace fedtrail::intake::access_log
