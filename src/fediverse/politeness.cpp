#include "fedtrail/fediverse/politeness.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include "fediverse/ascii.hpp"

namespace fedtrail::fediverse {

namespace {

constexpr std::size_t kMostRobots = std::size_t{500} * 1024;
constexpr std::size_t kMostRules = 2'000;
constexpr int kTooMany = 429;
constexpr std::int64_t kEndOfTime = 253'402'300'799;  ///< Of the year 9999; what is larger does not fit.
constexpr std::chrono::hours kLongestRest{24};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// "*" is any text, "$" at the end is the end of the path (section 2.2.3).
bool fits(std::string_view pattern, std::string_view path) {
    const bool whole = !pattern.empty() && pattern.back() == '$';
    if (whole) {
        pattern.remove_suffix(1);
    }
    std::size_t p = 0;
    std::size_t at = 0;
    std::size_t star = std::string_view::npos;
    std::size_t from = 0;
    while (at < path.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = at;
        } else if (p < pattern.size() && pattern[p] == path[at]) {
            ++p;
            ++at;
        } else if (p == pattern.size() && !whole) {
            return true;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            at = ++from;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

std::optional<std::int64_t> number_in(std::string_view text) {
    std::int64_t number = 0;
    text = trimmed(text);
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (fault != std::errc{} || end != text.data() + text.size() || number < 0 || number > kEndOfTime) {
        return std::nullopt;
    }
    return number;
}

std::optional<int> digits_in(std::string_view digits) {
    int number = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, number);
    if (digits.empty() || digits.front() == '-' || error != std::errc{} || at != end) {
        return std::nullopt;
    }
    return number;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT"
std::optional<Instant> fixdate(std::string_view text) {
    constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") {
        return std::nullopt;
    }
    const auto month = kMonths.find(text.substr(8, 3));
    const auto day = digits_in(text.substr(5, 2));
    const auto year = digits_in(text.substr(12, 4));
    const auto hour = digits_in(text.substr(17, 2));
    const auto minute = digits_in(text.substr(20, 2));
    const auto second = digits_in(text.substr(23, 2));
    if (month == std::string_view::npos || month % 3 != 0 || !day || !year || !hour || !minute || !second) {
        return std::nullopt;
    }
    const auto date = std::chrono::year{*year} / static_cast<int>(month / 3 + 1) / *day;
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) {
        return std::nullopt;
    }
    return Instant{std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
                   std::chrono::seconds{*second}};
}

/// Seconds, however many, or an IMF-fixdate. Nothing if it is neither.
std::optional<std::chrono::seconds> retry_after(std::string_view value, Instant now) {
    if (!value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos) {
        return std::chrono::seconds{digits_in(value).value_or(std::numeric_limits<int>::max())};
    }
    if (const auto at = fixdate(value)) {
        return std::max(std::chrono::ceil<std::chrono::seconds>(*at - now), std::chrono::seconds{0});
    }
    return std::nullopt;
}

/// Seconds from now, a Unix time, or RFC 3339 (Mastodon).
std::optional<Instant> reset_of(std::string_view value, Instant now) {
    constexpr std::int64_t kLooksLikeATime = 1'000'000'000;
    if (const auto number = number_in(value)) {
        return *number >= kLooksLikeATime ? from_unix_seconds(*number) : now + std::chrono::seconds{*number};
    }
    const auto moment = parse_rfc3339(trimmed(value));
    return moment ? std::optional{*moment} : std::nullopt;
}

}  // namespace

Robots Robots::parse(std::string_view text, std::string_view agent) {
    Robots named;
    Robots others;
    const auto wanted = lower_ascii(agent);
    bool for_us = false;
    bool for_all = false;
    bool in_head = false;
    bool has_named = false;
    text = text.substr(0, kMostRobots);
    while (!text.empty()) {
        auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        line = line.substr(0, line.find('#'));
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) {
            continue;
        }
        const auto key = lower_ascii(trimmed(line.substr(0, colon)));
        const auto value = trimmed(line.substr(colon + 1));
        if (key == "user-agent") {
            for_us = (in_head && for_us) || lower_ascii(value) == wanted;
            for_all = (in_head && for_all) || value == "*";
            has_named = has_named || for_us;
            in_head = true;
            continue;
        }
        const bool allows = key == "allow";
        if (!allows && key != "disallow") {
            continue;
        }
        in_head = false;
        const Rule rule{std::string{value}, allows};
        if (for_us && !value.empty() && named.rules_.size() < kMostRules) {
            named.rules_.push_back(rule);
        }
        if (for_all && !value.empty() && others.rules_.size() < kMostRules) {
            others.rules_.push_back(rule);
        }
    }
    return has_named ? named : others;
}

Robots Robots::of(int status, std::string_view body, std::string_view agent) {
    if (status >= 200 && status < 300) {
        return parse(body, agent);
    }
    Robots robots;
    if (status < 400 || status >= 500) {
        robots.rules_.push_back(Rule{"/", false});
    }
    return robots;
}

bool Robots::allow(std::string_view path) const {
    const Rule* best = nullptr;
    for (const auto& rule : rules_) {
        if (!fits(rule.pattern, path)) {
            continue;
        }
        const bool longer = best == nullptr || rule.pattern.size() > best->pattern.size() ||
                            (rule.pattern.size() == best->pattern.size() && rule.allows);
        best = longer ? &rule : best;
    }
    return best == nullptr || best->allows;
}

std::optional<Instant> rest_until(int status,
                                  const HttpHeaders& headers,
                                  Instant now,
                                  std::chrono::milliseconds unsaid) {
    std::optional<Instant> until;
    const auto later = [&](std::optional<Instant> at) {
        if (at) {
            until = until ? std::max(*until, *at) : *at;
        }
    };
    for (const auto& [name, value] : headers) {  // of several the longest
        const auto wait = lower_ascii(name) == "retry-after" ? retry_after(value, now) : std::nullopt;
        later(wait ? std::optional<Instant>{now + *wait} : std::nullopt);
    }
    for (const auto* family : {"RateLimit-", "X-RateLimit-"}) {
        const auto left = number_in(header_of(headers, std::string{family} + "Remaining"));
        if (left && *left <= 1) {
            later(reset_of(header_of(headers, std::string{family} + "Reset"), now));
        }
    }
    if (status == kTooMany && !until) {
        until = now + unsaid;
    }
    if (!until || *until <= now) {
        return std::nullopt;
    }
    return std::min(*until, now + kLongestRest);
}

}  // namespace fedtrail::fediverse
