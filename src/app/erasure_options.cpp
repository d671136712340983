#include "app/erasure_options.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "app/texts.hpp"

namespace fedtrail::app {

namespace {

/// A new request's recipients are asked what they are before anything is sent to them.
constexpr std::chrono::seconds kScanEvery{2};
/// Who does not say for so long what it runs is told in the usual form.
constexpr std::chrono::seconds kKnowWithin{std::chrono::minutes{10}};
constexpr std::chrono::seconds kKnowPoll{5};
/// A mail server may hang for each, and the program waits for it when it ends.
constexpr std::size_t kLettersAtOnce = 2;
constexpr std::size_t kAskedAtOnce = 100;

/// Their actors are /users/NAME.
constexpr std::array<std::string_view, 5> kNamesInUris{
    "mastodon", "gotosocial", "pleroma", "akkoma", "pixelfed"};

}  // namespace

std::string user_agent(const Config& config) {
    std::string agent = "Fedtrail/" FEDTRAIL_VERSION;
    if (!config.erasure.contact_url.empty()) {
        return agent + " (+" + config.erasure.contact_url + ")";
    }
    return config.origins.empty() ? agent : agent + " (+https://" + config.origins.front().host.text() + "/)";
}

std::vector<Host> own_hosts(const Config& config) {
    std::vector<Host> hosts;
    for (const auto& origin : config.origins) {
        hosts.push_back(origin.host);
        hosts.insert(hosts.end(), origin.aliases.begin(), origin.aliases.end());
    }
    return hosts;
}

curl::CurlOptions curl_options(const Config& config) {
    curl::CurlOptions options;
    options.user_agent = user_agent(config);
    options.allow_addresses = config.proxy.allow_addresses;
    options.extra_ca = config.proxy.extra_ca.string();
    options.max_in_flight = config.erasure.max_in_flight;
    options.max_connecting = std::min(options.max_connecting, options.max_in_flight);
    options.connect_timeout = config.erasure.timeout;
    for (const auto& entry : config.proxy.resolve) {
        const auto equals = entry.find('=');
        options.resolve[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    return options;
}

erasure::CourierOptions courier_options(const Config& config) {
    const auto& from = config.erasure;
    erasure::CourierOptions options;
    options.max_in_flight = from.max_in_flight;
    options.max_rate = static_cast<double>(from.max_rate);
    options.window = from.resend_window;
    options.timeout = from.timeout;
    options.retry.first = from.retry_first;
    options.retry.longest = from.retry_most;
    options.give_up_after = from.give_up_after;
    options.park = std::min(options.park, 10 * from.retry_first);
    options.wave_poll = std::min(options.wave_poll, from.origin_intervals.front());
    options.first_look_after = from.look_intervals.front();
    options.know_within = kKnowWithin;
    options.know_poll = std::min(kKnowPoll, from.retry_first);
    options.know_fresh = std::min(options.know_fresh, from.retry_first);
    return options;
}

std::chrono::seconds looking_ends_after(const Config& config) {
    const auto& intervals = config.erasure.look_intervals;
    return std::accumulate(intervals.begin(), intervals.end(), std::chrono::seconds{std::chrono::hours{24}});
}

erasure::OriginWatchOptions origin_options(const Config& config) {
    erasure::OriginWatchOptions options;
    options.user_agent = user_agent(config);
    options.intervals = config.erasure.origin_intervals;
    options.round_pause = config.erasure.origin_pause;
    options.refresh = std::min(options.refresh, options.intervals.front());
    options.after_close = looking_ends_after(config);
    options.timeout = config.erasure.timeout;
    return options;
}

erasure::HandleCheckOptions handle_options(const Config& config) {
    erasure::HandleCheckOptions options;
    options.user_agent = user_agent(config);
    options.refresh = std::min(options.refresh, config.erasure.origin_intervals.front());
    options.timeout = config.erasure.timeout;
    return options;
}

erasure::HandleLearnerOptions learner_options(const Config& config) {
    erasure::HandleLearnerOptions options;
    options.user_agent = user_agent(config);
    options.timeout = config.erasure.timeout;
    return options;
}

erasure::LookerOptions looker_options(const Config& config) {
    erasure::LookerOptions options;
    options.user_agent = user_agent(config);
    options.intervals = config.erasure.look_intervals;
    options.pause = std::min(options.pause, options.intervals.front());
    options.sweep = std::min(options.sweep, options.intervals.front());
    options.timeout = config.erasure.timeout;
    options.write_probes = config.erasure.probe_inboxes;
    options.tell_again_after = config.erasure.resend_window;
    options.opaque_ids = !std::all_of(config.origins.begin(), config.origins.end(), [](const auto& origin) {
        return std::find(kNamesInUris.begin(), kNamesInUris.end(), origin.software) != kNamesInUris.end();
    });
    return options;
}

erasure::EscalationOptions escalation_options(const Config& config) {
    erasure::EscalationOptions options;
    options.controller = {config.controller.name, config.controller.contact, config.controller.dpo};
    options.language = usual_language(config);
    const auto& from = config.smtp.from;
    const auto at = from.rfind('@');
    options.mail_domain = at != std::string::npos  ? from.substr(at + 1, from.find('>', at) - at - 1)
                          : config.origins.empty() ? "localhost"
                                                   : config.origins.front().host.text();
    options.every = std::min(options.every, config.erasure.look_intervals.front());
    options.letters_in_step = kLettersAtOnce;
    return options;
}

erasure::ScoutOptions scout_options(const Config& config) {
    erasure::ScoutOptions options;
    options.stale_after = config.erasure.software_age;
    options.scan_every = kScanEvery;
    options.ask_again_after = std::min(options.ask_again_after, config.erasure.retry_first);
    options.max_in_flight = std::min(config.erasure.max_in_flight, kAskedAtOnce);
    options.timeout = config.erasure.timeout;
    return options;
}

erasure::SpotterOptions spotter_options(const Config& config) {
    erasure::SpotterOptions options;
    options.local_hosts = own_hosts(config);
    options.tell_again_after = config.erasure.resend_window;
    options.fetches.after_close = looking_ends_after(config);
    options.deletions.quiet = config.erasure.origin_quiet;
    options.deletions.longest = std::max(options.deletions.longest, 6 * config.erasure.origin_quiet);
    return options;
}

}  // namespace fedtrail::app
