#include "app/house.hpp"

#include <span>
#include <vector>

#include <spdlog/spdlog.h>
#include <unistd.h>

#include "app/checks.hpp"
#include "app/erasure_options.hpp"
#include "app/policies.hpp"
#include "app/texts.hpp"
#include "app/unnamed_origins.hpp"
#include "backends/poco/http_server.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kProxyDrain{10};
/// Without traffic nothing shows that the ledger recovered: after so long without a failure it counts as
/// such.
constexpr std::chrono::seconds kQuietAfterFailure{30};
/// Below this SQLite cannot recover: the ballast goes.
constexpr std::uint64_t kTooLittle = std::uint64_t{1024} * 1024;

constexpr std::string_view kMendRows =
    "Stop the sidecar and run `fedtrail doctor`: it says whether `fedtrail doctor --rebuild` mends it, or a "
    "backup.";

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
    options.max_connections = config.proxy.max_connections;
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

fs::path failure_mark(const Config& config) {
    return config.data_dir / "verify-at-start";
}

void tell_rules(const RulesKeeper::State& state) {
    if (state.refused) {
        spdlog::error(
            "the transfer rules stay as they were: {}. {}", state.refused->what, state.refused->remedy);
    } else {
        spdlog::info("the transfer rules of {} are in force", state.place.file.string());
    }
}

void tell_untrusted(const Host& host) {
    spdlog::warn(
        "a client does not trust Fedtrail's authority for {}: its next connections there pass unread",
        host.text());
}

/// The settings are read without the policies, which know the names.
void warn_of_unknown(std::span<const Software> all, const std::vector<OriginConfig>& origins) {
    for (const auto& origin : origins) {
        const auto known =
            origin.software.empty() ? Result<Software>{Software{}} : software_named(all, origin.software);
        if (!known) {
            spdlog::warn("origin.software of {}: {}. {}",
                         origin.host.text(),
                         known.error().what,
                         known.error().remedy);
        }
    }
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

Result<void> House::reload() {
    const auto folders = find_policies(session_.environment, session_.program);
    if (!folders) {
        return fail(folders);
    }
    const auto software = load_software(*folders);
    if (!software) {
        return fail(software);
    }
    warn_of_unknown(*software, config_.origins);
    auto texts = load_library(session_, config_);
    if (!texts) {
        return fail(texts);
    }
    auto policies = load_erasure_policies(*folders, config_, clock_.now());
    if (!policies) {
        return fail(policies);
    }
    auto recipient_policies = load_recipient_policies(*folders);
    if (!recipient_policies) {
        return fail(recipient_policies);
    }
    auto paper_policies = load_paper_policies(*folders);
    if (!paper_policies) {
        return fail(paper_policies);
    }
    for (const auto& language : (*texts)->languages()) {
        if (auto checked = reports::check_risk_words((*paper_policies)->risks, (*texts)->papers_in(language));
            !checked) {
            return checked;
        }
    }
    if (recipients_) {
        if (auto read = recipients_->reload(*folders, config_); !read) {
            return read;
        }
    }
    folders_ = *folders;
    policies_ = std::move(*policies);
    recipient_policies_ = std::move(*recipient_policies);
    if (papers_) {
        papers_->use(std::move(*paper_policies));
    }
    {
        const std::lock_guard held{texts_guard_};
        texts_ = std::move(*texts);
    }
    return hand_on_policies();
}

/// What was read goes to whoever is there already.
Result<void> House::hand_on_policies() {
    if (wing_) {
        wing_->use(policies_);
    }
    if (refresh_wing_) {
        if (auto opened = open_refreshing(); !opened) {
            return opened;
        }
    }
    if (forgetting_) {
        if (auto read = forgetting_->use(folders_); !read) {
            return read;
        }
    }
    if (ingress_) {
        if (auto used = ingress_->use(folders_); !used) {
            return used;
        }
    }
    if (rules_keeper_) {
        if (auto loaded = rules_keeper_->load(folders_); !loaded) {
            return loaded;
        }
    }
    return log_ ? log_->note_policies(folders_, *rules_keeper_->state().text) : Result<void>{};
}

/// A start without rules that can be read would let through what they stop.
Result<void> House::open_rules() {
    rules_keeper_ = std::make_unique<RulesKeeper>(
        config_, clock_, rules_, [](const RulesKeeper::State& state) { tell_rules(state); });
    return rules_keeper_->load(folders_);
}

/// After a write whose fate the disk did not tell, the stores are read through before they are used again.
Result<void> House::verify_after_failure() {
    std::error_code ignored;
    if (!fs::exists(failure_mark(config_), ignored)) {
        return {};
    }
    spdlog::warn("the last run could not trust the disk: checking vault and ledger first");
    const auto room = open_reading_room(config_, session_.environment);
    if (!room) {
        return fail(room);
    }
    const auto vault = room->vault->check();
    const auto ledger = sqlite::check_ledger(config_.store, *room->vault);
    if (!vault || !ledger) {
        return !vault ? Result<void>{fail(vault)} : Result<void>{fail(ledger)};
    }
    const auto faults = vault->faults.size() + ledger->faults.size();
    if (faults > 0) {
        return fail(ErrorKind::Corrupt,
                    "vault and ledger have " + std::to_string(faults) + " faults after a failed write",
                    "Run `fedtrail doctor`, and restore the last backup (`fedtrail restore`).");
    }
    fs::remove(failure_mark(config_), ignored);
    return {};
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

/// Rules that came into force decide at once; that they do is in the log at the latest a second after the log
/// can be written.
void House::note_rules() {
    if (!log_) {
        return;
    }
    const auto noted = log_->note_rules(*rules_keeper_->state().text, rules_.now()->since());
    if (!noted && !rules_unnoted_) {
        spdlog::error("that the transfer rules changed could not be put into the log yet: {}. {}",
                      noted.error().what,
                      noted.error().remedy);
    }
    rules_unnoted_ = !noted;
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
    auto opened =
        proxy::EgressProxy::open(proxy_options(config_), gate_->sink(), *authority_, {tell_untrusted});
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

capture::RecorderEvents House::recorder_events() {
    capture::RecorderEvents events;
    events.commit_failed = [this](const Error& error) { commit_failed(error); };
    events.fold_failed = [this](const Error& error) {
        spdlog::error("packing the journal failed: {}", error.what);
        if (error.kind == ErrorKind::Corrupt) {
            damage_met(error);  // nothing leaves the journal any more
        }
    };
    events.damage_met = [this](const Error& error) { damage_met(error); };
    events.folded = [](const FoldSummary& summary) {
        if (summary.activities > 0) {
            spdlog::debug("packed {} activities, {} observations", summary.activities, summary.observations);
        }
    };
    return events;
}

/// From the committing thread.
void House::commit_failed(const Error& error) {
    if (!failing_.exchange(true)) {
        spdlog::error("the ledger cannot be written: {}. {}", error.what, error.remedy);
    }
    if (error.kind == ErrorKind::Corrupt) {
        broken_ = true;
        if (!replace_file(failure_mark(config_), "an earlier write failed\n")) {
            spdlog::error("{} cannot be written either", failure_mark(config_).string());
        }
    }
    if (free_octets(config_.data_dir) < kTooLittle && ballast_.release()) {
        spdlog::warn("the disk is full: {} was given up, make room soon", ballast_.file().string());
    }
}

/// From the committing thread. No quiet time mends it: it stands until the start after the repair.
void House::damage_met(const Error& error) {
    if (!damaged_.exchange(true)) {
        spdlog::error("rows about a person are damaged, and deliveries of theirs are held: {}. {}",
                      error.what,
                      kMendRows);
    }
}

void House::mind_ballast() {
    const auto room = free_octets(config_.data_dir);
    if (room < kTooLittle) {
        if (ballast_.release()) {
            spdlog::warn("the disk is full: {} was given up, make room soon", ballast_.file().string());
        }
        return;
    }
    if (ballast_.held() >= ballast_.wanted()) {
        return;
    }
    if (const auto kept = ballast_.keep(); kept && *kept) {
        spdlog::info("{} is kept again", ballast_.file().string());
    }
}

void House::note_unnamed_origins(const capture::RecorderFigures& counted) {
    for (const auto& [host, count] : unnamed_origins(counted, config_.origins)) {
        if (told_origins_.insert(host).second) {
            spdlog::warn(
                "deliveries of people at {} leave unrecorded, since no [[origin]] names it. If it is yours, "
                "put it into that origin's aliases",
                host);
        }
    }
}

bool House::housekeeping() {
    mind_ballast();
    rules_keeper_->look(folders_);
    note_rules();
    const auto counted = books_->figures();
    const auto now = Flow::SteadyInstant::clock::now();
    flow_.sample(now, counted.recorded);
    note_unnamed_origins(counted);
    if (counted.failed_groups > last_seen_.failed_groups) {
        last_failure_ = now;
    } else if (failing_ && (counted.groups > last_seen_.groups || now - last_failure_ > kQuietAfterFailure)) {
        failing_ = false;
        spdlog::info("the ledger can be written again");
    }
    last_seen_ = counted;
    return !broken_;
}

Result<void> House::ready() const {
    if (failing_) {
        return fail(ErrorKind::Unavailable, "the ledger cannot be written", "Run `fedtrail doctor`.");
    }
    if (damaged_) {
        return fail(ErrorKind::Unavailable,
                    "rows about a person are damaged, and deliveries of theirs are held",
                    std::string{kMendRows});
    }
    const auto totals = books_->ledger().totals();
    return totals ? Result<void>{} : Result<void>{fail(totals)};
}

void House::drain() {
    for (auto* door : {http_.get(), log_http_.get()}) {
        if (door != nullptr) {
            door->stop();
        }
    }
    if (ingress_) {
        ingress_->stop();
    }
    if (proxy_) {
        proxy_->drain(kProxyDrain);
    }
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
