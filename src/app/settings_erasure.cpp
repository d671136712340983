#include <array>
#include <charconv>

#include "app/settings.hpp"
#include "app/settings_parts.hpp"

namespace fedtrail::app {

namespace {

std::chrono::seconds duration(const SettingValue& value) {
    return std::chrono::seconds{std::get<std::int64_t>(value)};
}

/// checked() has made decimal seconds of them.
std::vector<std::chrono::seconds> durations(const SettingValue& value) {
    std::vector<std::chrono::seconds> out;
    for (const auto& each : std::get<std::vector<std::string>>(value)) {
        std::int64_t seconds = 0;
        std::from_chars(each.data(), each.data() + each.size(), seconds);
        out.emplace_back(seconds);
    }
    return out;
}

const std::array all_erasure_settings{
    Setting{"erasure.max_rate",
            Shape::Count,
            "0",
            "Messages sent a second at most, over all requests. 0 is no limit.",
            [](Config& c, const SettingValue& v) { c.erasure.max_rate = count(v); },
            0,
            1'000'000},
    Setting{"erasure.max_in_flight",
            Shape::Count,
            "1000",
            "Messages and looks under way at once; one for each host.",
            [](Config& c, const SettingValue& v) { c.erasure.max_in_flight = count(v); },
            1,
            10'000},
    Setting{
        "erasure.max_own_requests",
        Shape::Count,
        "10",
        "Requests that a person's own token may have open, or open within a day; one more is answered 429.",
        [](Config& c, const SettingValue& v) { c.erasure.max_own_requests = count(v); },
        1,
        10'000},
    Setting{"erasure.contact_url",
            Shape::WebAddress,
            R"("")",
            "The address that the User-Agent of Fedtrail's own requests names. Empty is the first origin.",
            [](Config& c, const SettingValue& v) { c.erasure.contact_url = text(v); }},
    Setting{"erasure.keys_folder",
            Shape::MaybeFolder,
            R"("")",
            "Private keys as PEM files, named by handle: \"alice@origin.example.pem\"; see keys.md. Empty is "
            "none.",
            [](Config& c, const SettingValue& v) { c.erasure.keys_folder = text(v); }},
    Setting{"erasure.timeout",
            Shape::Duration,
            R"("30s")",
            "How long another server may take to answer.",
            [](Config& c, const SettingValue& v) { c.erasure.timeout = duration(v); },
            1,
            kHour},
    Setting{"erasure.retry_first",
            Shape::Duration,
            R"("1m")",
            "How long after a failed attempt the next one is made; later waits grow from it.",
            [](Config& c, const SettingValue& v) { c.erasure.retry_first = duration(v); },
            1,
            kDay},
    Setting{"erasure.retry_most",
            Shape::Duration,
            R"("24h")",
            "The longest wait between two attempts.",
            [](Config& c, const SettingValue& v) { c.erasure.retry_most = duration(v); },
            1,
            30 * kDay},
    Setting{"erasure.give_up_after",
            Shape::Duration,
            R"("7d")",
            "How long a server that cannot be reached is tried before it counts as unreachable.",
            [](Config& c, const SettingValue& v) { c.erasure.give_up_after = duration(v); },
            1,
            365 * kDay},
    Setting{"erasure.resend_window",
            Shape::Duration,
            R"("10m")",
            "After a crash: how long a message that may have left is not sent again.",
            [](Config& c, const SettingValue& v) { c.erasure.resend_window = duration(v); },
            1,
            kDay},
    Setting{
        "erasure.origin_quiet",
        Shape::Duration,
        R"("10m")",
        "After the last Delete that the origin itself was seen to send: how long until what it left out is "
        "sent.",
        [](Config& c, const SettingValue& v) { c.erasure.origin_quiet = duration(v); },
        1,
        kDay},
    Setting{
        "erasure.origin_intervals",
        Shape::Durations,
        R"(["1m", "2m", "5m", "15m", "1h", "3h", "6h"])",
        "The waits between two questions to the origin whether it answers 404, 410 or a Tombstone for what "
        "is erased; the last one repeats. Before it does, nobody looks at copies.",
        [](Config& c, const SettingValue& v) { c.erasure.origin_intervals = durations(v); },
        1,
        30 * kDay},
    Setting{"erasure.origin_pause",
            Shape::Duration,
            R"("1m")",
            "Once the origin answers so: the wait until it is asked again. It is believed when it said so "
            "three times in a row, or twice if no answer was a 404.",
            [](Config& c, const SettingValue& v) { c.erasure.origin_pause = duration(v); },
            1,
            kHour},
    Setting{"erasure.look_intervals",
            Shape::Durations,
            R"(["1h", "1d", "7d", "30d"])",
            "The wait before the first look at a copy, then from each look to the next; then no more.",
            [](Config& c, const SettingValue& v) { c.erasure.look_intervals = durations(v); },
            1,
            365 * kDay},
    Setting{"erasure.probe_inboxes",
            Shape::Choice,
            R"("no")",
            "Whether software that shows nothing to visitors may be looked at by a POST to an inbox that "
            "changes nothing there.",
            [](Config& c, const SettingValue& v) { c.erasure.probe_inboxes = text(v) == "yes"; },
            0,
            0,
            kYesNo},
    Setting{"erasure.software_age",
            Shape::Duration,
            R"("30d")",
            "How old the knowledge of a recipient's software may be before it is asked again.",
            [](Config& c, const SettingValue& v) { c.erasure.software_age = duration(v); },
            1,
            365 * kDay},
    Setting{"erasure.letters",
            Shape::Folder,
            R"("letters")",
            "Where letters are written that cannot go by mail; they are to be sent by hand.",
            [](Config& c, const SettingValue& v) { c.erasure.letters = text(v); }},
    Setting{"recipients.refresh",
            Shape::Choice,
            R"("yes")",
            "Whether `serve` asks recipients who they are and what they promise, now and then.",
            [](Config& c, const SettingValue& v) { c.recipients.refresh = text(v) == "yes"; },
            0,
            0,
            kYesNo},
    Setting{"recipients.policies",
            Shape::Choice,
            R"("yes")",
            "Whether their privacy policies and terms are read and kept as well.",
            [](Config& c, const SettingValue& v) { c.recipients.policies = text(v) == "yes"; },
            0,
            0,
            kYesNo},
    Setting{"recipients.every",
            Shape::Duration,
            R"("7d")",
            "How old what a recipient says of itself may be before it is asked again.",
            [](Config& c, const SettingValue& v) { c.recipients.every = duration(v); },
            kHour,
            365 * kDay},
    Setting{"recipients.max_rate",
            Shape::Count,
            "20",
            "Requests a second at most for that, to all recipients together. 0 is no limit.",
            [](Config& c, const SettingValue& v) { c.recipients.max_rate = count(v); },
            0,
            10'000},
    Setting{"smtp.url",
            Shape::Mail,
            R"("")",
            "The mail server for letters to recipients: \"smtps://user:password@host\", \"smtp://\" "
            "(STARTTLS) or \"smtp+plain://\" (no TLS, this machine only). Empty: letters become files.",
            [](Config& c, const SettingValue& v) { c.smtp.url = text(v); }},
    Setting{"smtp.from",
            Shape::Text,
            R"("")",
            "The sender of letters, as \"privacy@origin.example\" or \"Name <privacy@origin.example>\".",
            [](Config& c, const SettingValue& v) { c.smtp.from = text(v); }},
};

}  // namespace

std::span<const Setting> erasure_settings() {
    return all_erasure_settings;
}

}  // namespace fedtrail::app
