#include "app/house.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "app/case_room.hpp"
#include "app/checks.hpp"
#include "app/descriptors.hpp"
#include "app/erasure_options.hpp"
#include "app/log_keys.hpp"
#include "app/threads.hpp"
#include "backends/poco/http_server.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kProxyDrain{10};

/// Connections of the proxy; without room for them the API would not be reached, and no file opened.
std::uint64_t held_at_once(const Config& config) {
    const auto wanted = config.proxy.max_connections;
    const auto descriptors = allow_descriptors(descriptors_for(wanted));
    const auto held = connections_with(descriptors, wanted);
    if (is_too_few(held, wanted, config.proxy.max_connections_asked)) {
        spdlog::warn(
            "the proxy holds {} connections at once, not {} (proxy.max_connections): this process may have "
            "{} files open. Raise its limit to {}: LimitNOFILE= in systemd, `ulimit -n` in a shell",
            held,
            wanted,
            descriptors,
            descriptors_for(wanted));
    }
    return held;
}

proxy::ProxyOptions proxy_options(const Config& config) {
    proxy::ProxyOptions options;
    options.listen = {config.proxy.listen.text()};
    if (config.proxy.transparent_listen) {
        options.transparent = {config.proxy.transparent_listen->text()};
    }
    options.bypass = config.proxy.bypass;
    options.extra_ca = config.proxy.extra_ca.string();
    options.allow_addresses = config.proxy.allow_addresses;
    options.token = config.proxy.token;
    options.is_local = fediverse::local_to(own_hosts(config));
    options.on_ledger_failure =
        config.proxy.pass_on_ledger_failure ? proxy::OnLedgerFailure::Pass : proxy::OnLedgerFailure::Hold;
    options.untrusting =
        config.proxy.refuse_untrusting ? proxy::Untrusting::Refuse : proxy::Untrusting::Tunnel;
    options.max_connections = held_at_once(config);
    // Each of at most four loops keeps some; all of them no more than what is left besides (descriptors.cpp).
    options.max_idle_peers = std::clamp<std::size_t>(options.max_connections / 4, 1, options.max_idle_peers);
    for (const auto& entry : config.proxy.resolve) {
        const auto equals = entry.find('=');
        options.resolve[entry.substr(0, equals)] = entry.substr(equals + 1);
    }
    return options;
}

/// Of strangers: a witness is sent a checkpoint and a proof.
constexpr std::size_t kLargestAsked = 64UL * 1024;

poco::HttpServerLimits api_limits(const Config& config) {
    poco::HttpServerLimits limits;
    limits.body = config.api.max_body;
    limits.threads = config.api.threads;
    limits.arrival = config.api.timeout;
    limits.streams = config.api.threads / 2;
    limits.bodies = std::max<std::size_t>(config.api.threads / 4, 1);
    return limits;
}

std::jthread closing_of(HttpServer& door) {
    return named_thread("closing", [&door](const std::stop_token&) { door.stop(); });
}

void tell_untrusted(const Host& host) {
    spdlog::warn(
        "a client does not trust Fedtrail's authority for {}: its next connections there pass unread",
        host.text());
}

void tell_unnamed() {
    spdlog::warn(
        "a redirected connection was closed: it names no valid server, and it is not known where it was "
        "going; fedtrail_proxy_unnamed_total counts more like it");
}

Result<void> must_exist(const Config& config) {
    for (const auto* name : {"ca.pem", "ca.key"}) {
        std::error_code ignored;
        if (!fs::exists(config.data_dir / name, ignored)) {
            return fail(ErrorKind::Unavailable,
                        (config.data_dir / name).string() + " is not there",
                        "Run `fedtrail init` first.");
        }
    }
    return {};
}

}  // namespace

House::House(const Session& session, Config config, InstanceLock lock)
    : session_(session),
      config_(std::move(config)),
      lock_(std::move(lock)),
      ballast_(config_.data_dir, config_.ledger.ballast) {}

Result<std::unique_ptr<House>> House::build(const Session& session, Config config) {
    // Databases that are there may well be written, but not what is made anew beside them, as the log's
    // guard.
    if (const auto ours = open_to_us(config.data_dir); !ours) {
        return fail(ours);
    }
    if (auto there = must_exist(config); !there) {
        return fail(there);
    }
    if (const auto extra = extra_authorities(config); !extra) {
        return fail(extra);
    }
    auto lock = InstanceLock::take(config.data_dir);
    if (!lock) {
        return fail(lock);
    }
    std::unique_ptr<House> house{new House{session, std::move(config), std::move(*lock)}};
    for (const auto& step : {&House::reload,
                             &House::verify_after_failure,
                             &House::open_rules,
                             &House::open_books,
                             &House::open_wing,
                             &House::open_refreshing,
                             &House::open_log,
                             &House::open_forgetting,
                             &House::open_ingress,
                             &House::open_doors}) {
        if (auto done = (house.get()->*step)(); !done) {
            return fail(done);
        }
    }
    return house;
}

Result<void> House::open_books() {
    mind_ballast();
    auto authority =
        openssl::LocalCertificateAuthority::create_or_open(config_.data_dir, own_hosts(config_), clock_);
    if (!authority) {
        return fail(authority);
    }
    authority_ = std::move(*authority);
    auto books = Books::open(config_, session_.environment, clock_, recorder_events());
    if (!books) {
        return fail(books);
    }
    books_ = std::move(*books);
    auto recipients = RecipientRoom::open(config_, folders_, clock_);
    if (!recipients) {
        return fail(recipients);
    }
    recipients_ = std::move(*recipients);
    tokens_ = std::make_unique<TokenBook>(config_.data_dir, books_->cipher());
    return {};
}

Result<void> House::open_wing() {
    auto wing = ErasureWing::open({config_,
                                   books_->cipher(),
                                   books_->vault(),
                                   books_->ledger(),
                                   recipients_->recipients(),
                                   recipients_->declarations(),
                                   books_->sink(),
                                   clock_,
                                   rules_},
                                  folders_,
                                  policies_);
    if (!wing) {
        return fail(wing);
    }
    wing_ = std::move(*wing);
    gate_ = std::make_unique<GateWing>(config_,
                                       capture::TransferGatePorts{wing_->sink(),
                                                                  books_->sink(),
                                                                  wing_->cases(),
                                                                  wing_->cases(),
                                                                  books_->vault(),
                                                                  wing_->recipients(),
                                                                  recipients_->directory(),
                                                                  clock_,
                                                                  &wing_->consents()},
                                       rules_);
    intake_ = std::make_unique<SinkIntake>(gate_->sink(), clock_, own_hosts(config_));
    auto papers = PaperRoom::open(*recipients_, folders_);
    if (!papers) {
        return fail(papers);
    }
    papers_ = std::move(*papers);
    return {};
}

/// Also anew, after the policies were read again.
Result<void> House::open_refreshing() {
    exchange_refreshing(nullptr);
    if (!config_.recipients.refresh) {
        return {};
    }
    auto wing = RefreshWing::open(config_, books_->cipher(), books_->ledger(), clock_, recipient_policies_);
    if (!wing) {
        return fail(wing);
    }
    const std::shared_ptr<RefreshWing> opened = std::move(*wing);
    if (started_) {
        opened->start();
    }
    exchange_refreshing(opened);
    return {};
}

/// The old one has ended when it returns, though whoever asks it may still hold it.
void House::exchange_refreshing(std::shared_ptr<RefreshWing> wing) {
    {
        const std::lock_guard held{refresh_guard_};
        std::swap(refresh_wing_, wing);
    }
    if (wing) {
        wing->stop();
    }
}

std::shared_ptr<RefreshWing> House::refreshing() const {
    const std::lock_guard held{refresh_guard_};
    return refresh_wing_;
}

/// Without an origin nothing happens that could be logged, and the log has no name.
Result<void> House::open_log() {
    if (log_name(config_).empty()) {
        return {};
    }
    auto log = LogWing::open(config_, books_->cipher(), clock_);
    if (!log) {
        return fail(log);
    }
    log_ = std::move(*log);
    return log_->note_policies(folders_, *rules_keeper_->state().text);
}

/// Before anything passes the doors: what an earlier process left half-forgotten is forgotten first.
Result<void> House::open_forgetting() {
    std::function<Result<std::optional<Instant>>()> last_run;
    if (log_) {
        last_run = [log = log_.get()] { return log->last_retention_run(); };
    }
    auto wing = ForgettingWing::open({config_,
                                      clock_,
                                      books_->vault(),
                                      books_->ledger(),
                                      books_->forgetter(),
                                      wing_->cases(),
                                      wing_->consents(),
                                      *tokens_,
                                      log_ ? log_->trail() : no_trail_,
                                      [this](privacy::SubjectNumber who) { wing_->forget(who); },
                                      last_run},
                                     folders_);
    if (!wing) {
        return fail(wing);
    }
    forgetting_ = std::move(*wing);
    const auto finished = forgetting_->finish();
    return finished ? Result<void>{} : Result<void>{fail(finished)};
}

Result<void> House::open_ingress() {
    if (!config_.ingress.on()) {
        return {};
    }
    auto wing = IngressWing::open({config_,
                                   books_->vault(),
                                   books_->ledger(),
                                   gate_->sink(),
                                   clock_,
                                   [this](std::string_view uri) { return wing_->watches(uri); }},
                                  folders_);
    if (!wing) {
        return fail(wing);
    }
    ingress_ = std::move(*wing);
    return {};
}

Result<void> House::open_doors() {
    stores_.emplace(std::vector{config_.store,
                                vault_file(config_),
                                cases_file(config_),
                                config_.data_dir / "directory.db",
                                log_file(config_)});
    auto opened = proxy::EgressProxy::open(
        proxy_options(config_), gate_->sink(), *authority_, {tell_untrusted, tell_unnamed});
    if (!opened) {
        return fail(opened);
    }
    proxy_ = std::move(*opened);
    auto http = poco::listen(config_.api.listen.address, config_.api.listen.port, api_limits(config_));
    if (!http) {
        return fail(http);
    }
    http_ = std::move(*http);
    if (config_.log.listen && log_) {
        auto limits = api_limits(config_);
        limits.body = std::min(limits.body, kLargestAsked);
        auto apart = poco::listen(config_.log.listen->address, config_.log.listen->port, limits);
        if (!apart) {
            return fail(apart);
        }
        log_http_ = std::move(*apart);
    }
    build_api();
    return {};
}

Result<void> House::start() {
    if (auto issued = tokens_->issue_local(); !issued) {
        spdlog::warn("{}: commands that write cannot reach this instance", issued.error().what);
    }
    wing_->start();
    gate_->start();
    if (refresh_wing_) {
        refresh_wing_->start();
    }
    started_ = true;
    forgetting_->start();
    proxy_->start();
    if (ingress_) {
        ingress_->start();
    }
    if (log_) {
        log_->start();
    }
    if (auto started = http_->start([this](const HttpRequest& request) { return answer(request); },
                                    [this](const HttpRequest& head) { return refusal(head); });
        !started) {
        return started;
    }
    if (log_http_) {
        auto started = log_http_->start(
            [this](const HttpRequest& request) {
                auto said = log_->face().answer(request);
                return said ? std::move(*said) : HttpResponse{404, {}, "", {}};
            },
            {});
        if (!started) {
            return started;
        }
    }
    return lock_.announce({::getpid(), api_address(), proxy_address(), format_rfc3339(clock_.now())});
}

std::optional<HttpResponse> House::refusal(const HttpRequest& head) {
    return log_ && log_->face().is_here(head) ? std::nullopt : api_->refusal(head);
}

HttpResponse House::answer(const HttpRequest& request) {
    if (log_) {
        if (auto said = log_->face().answer(request)) {
            return std::move(*said);
        }
    }
    return api_->answer(request);
}

/// All at once: each may have to wait for others, and whoever stops us does not wait for ever.
void House::close_doors() {
    if (report_room_) {
        report_room_->stop();
    }
    std::vector<std::jthread> closing;
    for (auto* door : {http_.get(), log_http_.get()}) {
        if (door != nullptr) {
            closing.push_back(closing_of(*door));
        }
    }
    if (ingress_) {
        ingress_->stop();
    }
    if (proxy_) {
        proxy_->drain(kProxyDrain);
    }
}

void House::drain() {
    close_doors();
    if (gate_) {
        gate_->stop();
    }
    if (refresh_wing_) {
        refresh_wing_->stop();
    }
    if (wing_) {
        wing_->stop();
    }
    if (books_) {
        books_->close();
    }
    if (log_) {
        log_->stop();  // the last: it takes what the others wrote
    }
}

House::~House() {
    drain();
}

std::string House::proxy_address() const {
    return proxy_->listening().front();
}

std::string House::api_address() const {
    return Endpoint{config_.api.listen.address, http_->port()}.text();
}

}  // namespace fedtrail::app
