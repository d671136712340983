#include "app/refresh_room.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "app/erasure_options.hpp"
#include "app/recipient_room.hpp"
#include "app/stores.hpp"
#include "backends/libpsl/public_suffix.hpp"

namespace fedtrail::app {

namespace {

constexpr std::size_t kUsualVisits = 32;
constexpr std::size_t kMostVisits = 1'000;
constexpr std::size_t kMostIdle = 64;

/// A visit asks two questions a second: so many keep the pace.
std::size_t visits_at(const RefreshPace& pace) {
    if (pace.one_by_one) {
        return 1;
    }
    return pace.max_rate == 0 ? kMostVisits : std::clamp(pace.max_rate / 2, kUsualVisits, kMostVisits);
}

std::vector<Host> others_in(std::span<const RecipientTotals> page, std::span<const Host> own) {
    std::vector<Host> others;
    for (const auto& one : page) {
        if (std::find(own.begin(), own.end(), one.recipient) == own.end()) {
            others.push_back(one.recipient);
        }
    }
    return others;
}

curl::CurlOptions refresh_network(const Config& config, std::size_t visits) {
    auto options = curl_options(config);
    options.max_in_flight = visits * 2;
    options.max_connecting = visits;
    options.max_idle_connections = kMostIdle;
    return options;
}

recipients::RefresherOptions refresher_options(const Config& config, const RefreshPace& pace) {
    recipients::RefresherOptions options;
    options.max_visits = visits_at(pace);
    options.max_rate = static_cast<double>(pace.max_rate);
    options.timeout = std::min<std::chrono::milliseconds>(options.timeout, config.erasure.timeout);
    options.first_pause = std::min(options.first_pause, 60 * config.erasure.retry_first);
    options.is_public_suffix = &libpsl::is_public_suffix;
    options.stale_after = config.recipients.every;
    options.read_policies = config.recipients.policies;
    return options;
}

}  // namespace

RefreshRoom::RefreshRoom(const Config& config,
                         const Clock& clock,
                         std::shared_ptr<const RecipientPolicies> policies)
    : config_(config), clock_(clock), policies_(std::move(policies)) {}

Result<std::unique_ptr<RefreshRoom>> RefreshRoom::open(const Config& config,
                                                       const Cipher& cipher,
                                                       const Clock& clock,
                                                       std::shared_ptr<const RecipientPolicies> policies,
                                                       std::function<void()> wake,
                                                       const RefreshPace& pace) {
    std::unique_ptr<RefreshRoom> room{new RefreshRoom{config, clock, std::move(policies)}};
    auto directory = sqlite::SqliteDirectory::open_file(directory_file(config), sqlite::OpenMode::ReadWrite);
    if (!directory) {
        return fail(directory);
    }
    room->directory_ = std::move(*directory);
    auto findings = sqlite::SqliteFindings::open_file(directory_file(config), sqlite::OpenMode::ReadWrite);
    if (!findings) {
        return fail(findings);
    }
    room->findings_ = std::move(*findings);
    auto http = curl::CurlHttp::open(refresh_network(config, visits_at(pace)));
    if (!http) {
        return fail(http);
    }
    room->http_ = std::move(*http);
    auto& books = *room->directory_;
    std::shared_ptr<const recipients::ImprintWords> words{room->policies_, &room->policies_->imprint};
    room->archive_ = std::make_unique<recipients::PlaceFinder>(
        books, *room->findings_, [words = std::move(words)] { return words; });
    room->refresher_ = std::make_unique<recipients::Refresher>(
        recipients::RefresherPorts{books, books, *room->archive_, *room->http_, room->html_, cipher, clock},
        recipients::RefresherLore{room->policies_->dialects, room->policies_->marks},
        refresher_options(config, pace),
        std::move(wake));
    return room;
}

RefreshRoom::~RefreshRoom() {
    // What cannot be written is asked once more another time.
    [[maybe_unused]] const auto stopped = stop();
}

Result<void> RefreshRoom::each_page(const LedgerReader& ledger, const Take& take) const {
    const auto own = own_hosts(config_);
    std::string after;
    for (bool more = true; more;) {
        const auto page = ledger.recipients(after, kPage);
        if (!page) {
            return fail(page);
        }
        if (auto taken = take(others_in(*page, own)); !taken) {
            return taken;
        }
        more = page->size() == kPage;
        after = page->empty() ? after : page->back().recipient.text();
    }
    return {};
}

Result<void> RefreshRoom::enter(const LedgerReader& ledger) {
    return each_page(ledger, [this](auto hosts) { return directory_->add(hosts, clock_.now()); });
}

Result<void> RefreshRoom::call_for_all(const LedgerReader& ledger) {
    return each_page(ledger, [this](auto hosts) { return directory_->call_for(hosts, clock_.now()); });
}

Result<void> RefreshRoom::stop() {
    if (stopped_ || !refresher_) {
        return {};
    }
    stopped_ = true;
    http_->stop();
    return refresher_->end();
}

}  // namespace fedtrail::app
