#include "audit/bounded_json.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace fedtrail::audit {

namespace {

using Json = nlohmann::ordered_json;

/// The parser passes it over, and others do not (RFC 8259 section 8.1).
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr char kEndsForTheParser = '\0';  // whatever stands behind it; no JSON has it

bool within_limits(std::string_view text) {
    unsigned depth = 0;
    std::size_t marks = 0;
    bool string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (string) {
            at += letter == '\\' ? 1 : 0;
            string = letter != '"';
            continue;
        }
        string = letter == '"';
        const bool opens = letter == '[' || letter == '{';
        marks += opens || letter == ',' ? 1 : 0;
        depth += opens ? 1 : 0;
        depth -= (letter == ']' || letter == '}') && depth > 0 ? 1 : 0;
        if (depth > kMaxDepth || marks > kMaxMarks) {
            return false;
        }
    }
    return true;
}

}  // namespace

std::optional<Json> parse_bounded(std::string_view text) {
    if (text.starts_with(kByteOrderMark) || text.find(kEndsForTheParser) != std::string_view::npos ||
        !within_limits(text)) {
        return std::nullopt;
    }
    bool twice = false;
    std::vector<std::set<std::string>> keys;
    auto json = Json::parse(
        text,
        [&](int /*depth*/, Json::parse_event_t event, Json& parsed) {
            if (event == Json::parse_event_t::object_start) {
                keys.emplace_back();
            } else if (event == Json::parse_event_t::object_end) {
                keys.pop_back();
            } else if (event == Json::parse_event_t::key) {
                twice = !keys.back().insert(parsed.get<std::string>()).second || twice;
            }
            return true;
        },
        false);
    return json.is_discarded() || twice ? std::nullopt : std::optional{std::move(json)};
}

}  // namespace fedtrail::audit
