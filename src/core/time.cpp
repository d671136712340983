#include "fedtrail/core/time.hpp"

#include <array>
#include <cstdio>
#include <optional>

namespace fedtrail {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Reads fixed-width fields from the front of a text.
class Fields {
public:
    explicit Fields(std::string_view text) : rest_(text) {}

    /// `width` decimal digits, or nothing.
    std::optional<int> number(std::size_t width) {
        if (rest_.size() < width) {
            return std::nullopt;
        }
        int value = 0;
        for (const char digit : rest_.substr(0, width)) {
            if (digit < '0' || digit > '9') {
                return std::nullopt;
            }
            value = value * 10 + (digit - '0');
        }
        rest_.remove_prefix(width);
        return value;
    }

    bool one_of(std::string_view allowed) {
        if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
            return false;
        }
        last_ = rest_.front();
        rest_.remove_prefix(1);
        return true;
    }

    [[nodiscard]] char last() const { return last_; }
    [[nodiscard]] bool done() const { return rest_.empty(); }

    /// Digits behind the point; the first three count.
    std::optional<milliseconds> fraction() {
        std::size_t digits = 0;
        int value = 0;
        while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
            if (digits < 3) {
                value = value * 10 + (rest_[digits] - '0');
            }
            ++digits;
        }
        if (digits == 0) {
            return std::nullopt;
        }
        for (auto i = digits; i < 3; ++i) {
            value *= 10;
        }
        rest_.remove_prefix(digits);
        return milliseconds{value};
    }

private:
    std::string_view rest_;
    char last_{};
};

std::optional<std::chrono::sys_days> read_date(Fields& in) {
    const auto year = in.number(4);
    if (!year || !in.one_of("-")) {
        return std::nullopt;
    }
    const auto month = in.number(2);
    if (!month || !in.one_of("-")) {
        return std::nullopt;
    }
    const auto day = in.number(2);
    if (!day) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok() || *year < 1970) {
        return std::nullopt;
    }
    return std::chrono::sys_days{date};
}

std::optional<milliseconds> read_clock(Fields& in) {
    const auto hour = in.number(2);
    if (!hour || *hour > 23 || !in.one_of(":")) {
        return std::nullopt;
    }
    const auto minute = in.number(2);
    if (!minute || *minute > 59 || !in.one_of(":")) {
        return std::nullopt;
    }
    const auto second = in.number(2);
    if (!second || *second > 60) {
        return std::nullopt;
    }
    milliseconds clock = hours{*hour} + minutes{*minute} + seconds{*second == 60 ? 59 : *second};
    if (in.one_of(".")) {
        const auto fraction = in.fraction();
        if (!fraction) {
            return std::nullopt;
        }
        clock += *fraction;
    }
    return clock;
}

/// What must be taken off local time to get UTC.
std::optional<minutes> read_offset(Fields& in) {
    if (in.one_of("Zz")) {
        return minutes{0};
    }
    if (!in.one_of("+-")) {
        return std::nullopt;
    }
    const int sign = in.last() == '+' ? 1 : -1;
    const auto hour = in.number(2);
    if (!hour || *hour > 23 || !in.one_of(":")) {
        return std::nullopt;
    }
    const auto minute = in.number(2);
    if (!minute || *minute > 59) {
        return std::nullopt;
    }
    return sign * (hours{*hour} + minutes{*minute});
}

std::optional<Instant> read_instant(std::string_view text) {
    Fields in{text};
    const auto date = read_date(in);
    if (!date || !in.one_of("Tt ")) {
        return std::nullopt;
    }
    const auto clock = read_clock(in);
    if (!clock) {
        return std::nullopt;
    }
    const auto offset = read_offset(in);
    if (!offset || !in.done()) {
        return std::nullopt;
    }
    return Instant{*date} + *clock - *offset;
}

}  // namespace

Result<Instant> parse_rfc3339(std::string_view text) {
    const auto instant = text.size() <= 64 ? read_instant(text) : std::nullopt;
    if (!instant) {
        return fail(ErrorKind::Invalid,
                    "not a date and time as RFC 3339 has it",
                    "write it like 2026-11-22T10:00:00Z or 2026-11-22T11:00:00+01:00");
    }
    return *instant;
}

std::string format_rfc3339(Instant at) {
    const auto day = std::chrono::floor<days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{at - day};
    std::array<char, 48> text{};
    const auto milli = static_cast<int>(clock.subseconds().count());
    const int length =
        std::snprintf(text.data(),
                      text.size(),
                      milli == 0 ? "%04d-%02u-%02uT%02d:%02d:%02dZ" : "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                      static_cast<int>(date.year()),
                      static_cast<unsigned>(date.month()),
                      static_cast<unsigned>(date.day()),
                      static_cast<int>(clock.hours().count()),
                      static_cast<int>(clock.minutes().count()),
                      static_cast<int>(clock.seconds().count()),
                      milli);
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace fedtrail
