#include "recipients/policy_page.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "recipients/sentences.hpp"

namespace fedtrail::recipients {

namespace {

constexpr std::size_t kMostOfDoor = 2'000;     ///< A policy with a field for a password beside it is longer.
constexpr std::size_t kMostOfMissing = 1'000;  ///< So is one that speaks of an error 404.

constexpr std::array<std::string_view, 12> kDoors{"login",
                                                  "log-in",
                                                  "log_in",
                                                  "signin",
                                                  "sign-in",
                                                  "sign_in",
                                                  "signup",
                                                  "sign-up",
                                                  "sign_up",
                                                  "auth",
                                                  "sso",
                                                  "wp-login.php"};

std::vector<std::string> segments_of(const Uri& uri) {
    std::vector<std::string> segments;
    const auto path = lower_latin(uri.path());
    for (std::string_view rest = path; !rest.empty();) {
        const auto end = std::min(rest.find('/'), rest.size());
        if (end > 0) {
            segments.emplace_back(rest.substr(0, end));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return segments;
}

/// Friendica sends all of a single person's pages there (friendica/friendica src/Module/Tos.php).
bool is_profile(const std::vector<std::string>& segments) {
    return (segments.size() == 1 && segments[0].starts_with('@')) ||
           (segments.size() == 2 && (segments[0] == "profile" || segments[0] == "users"));
}

std::string_view without_www(const Host& host) {
    constexpr std::string_view kWww = "www.";
    const std::string_view name{host.text()};
    return name.starts_with(kWww) ? name.substr(kWww.size()) : name;
}

bool is_door(const std::string& segment) {
    return std::find(kDoors.begin(), kDoors.end(), segment) != kDoors.end();
}

bool is_digit_or_letter(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// "404 Not Found", "Error 404"; not "404b High Street".
bool names_error(std::string_view line) {
    constexpr std::string_view kNumber = "404";
    constexpr std::size_t kLongest = 60;
    const auto size = line.size();
    const bool begins =
        line.starts_with(kNumber) && (size == kNumber.size() || !is_digit_or_letter(line[kNumber.size()]));
    const bool ends = line.ends_with(kNumber) &&
                      (size == kNumber.size() || !is_digit_or_letter(line[size - kNumber.size() - 1]));
    return size <= kLongest && (begins || ends);
}

}  // namespace

bool leads_away(const Uri& from, const Uri& to) {
    const auto segments = segments_of(to);
    if (segments.empty()) {  // the front page; a policy can have a host of its own
        return to.query().empty() && without_www(to.host()) == without_www(from.host()) &&
               !segments_of(from).empty();
    }
    return is_profile(segments) || std::any_of(segments.begin(), segments.end(), is_door);
}

bool is_no_policy(const HtmlText& page) {
    const std::string_view text{page.text};
    return (page.asks_password && text.size() < kMostOfDoor) ||
           (text.size() < kMostOfMissing && names_error(text.substr(0, text.find('\n'))));
}

}  // namespace fedtrail::recipients
