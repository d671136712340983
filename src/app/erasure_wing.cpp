#include "app/erasure_wing.hpp"

#include <array>

#include <spdlog/spdlog.h>

#include "app/case_room.hpp"
#include "app/erasure_options.hpp"
#include "app/key_room.hpp"
#include "backends/poco/smtp_mailer.hpp"

namespace fedtrail::app {

namespace {

constexpr std::chrono::seconds kMailPatience{10};

}  // namespace

ErasureWing::ErasureWing(const WingPorts& ports,
                         PolicyFolders folders,
                         std::shared_ptr<const ErasurePolicies> policies)
    : ports_(ports),
      folders_(std::move(folders)),
      policies_(std::move(policies)),
      dialects_(policies_->dialects),
      probes_(policies_->probes),
      escalation_policy_(policies_->escalation),
      letter_texts_(policies_->letters),
      sending_("erasure-send", ports.clock, past_damage(), told_in_log("erasure, ")),
      watching_("erasure-watch", ports.clock, past_damage(), told_in_log("erasure, ")),
      writing_("erasure-write", ports.clock, past_damage(), told_in_log("erasure, ")) {}

ErasureWing::~ErasureWing() {
    stop();
}

Result<std::unique_ptr<ErasureWing>> ErasureWing::open(const WingPorts& ports,
                                                       const PolicyFolders& folders,
                                                       std::shared_ptr<const ErasurePolicies> policies) {
    std::unique_ptr<ErasureWing> wing{new ErasureWing{ports, folders, std::move(policies)}};
    for (const auto& step : {&ErasureWing::open_books, &ErasureWing::open_network}) {
        if (auto done = (wing.get()->*step)(); !done) {
            return fail(done);
        }
    }
    wing->desk_room_ = wing->make_desk_room();
    wing->build_workers();
    return wing;
}

Result<void> ErasureWing::open_books() {
    auto cases =
        sqlite::SqliteCases::open_file(cases_file(ports_.config), ports_.vault, sqlite::OpenMode::ReadWrite);
    if (!cases) {
        return fail(cases);
    }
    cases_ = std::move(*cases);
    auto consents = sqlite::SqliteConsents::open_file(
        cases_file(ports_.config), ports_.vault, sqlite::OpenMode::ReadWrite);
    if (!consents) {
        return fail(consents);
    }
    consents_ = std::move(*consents);
    auto directory =
        sqlite::SqliteDirectory::open_file(directory_file(ports_.config), sqlite::OpenMode::ReadWrite);
    if (!directory) {
        return fail(directory);
    }
    directory_ = std::move(*directory);
    declared_ = std::make_unique<recipients::DeclaredDirectory>(*directory_, ports_.declarations);
    return {};
}

Result<void> ErasureWing::open_network() {
    auto sources = key_sources(ports_.config);
    if (!sources) {
        return fail(sources);
    }
    key_sources_ = std::move(*sources);
    std::vector<const KeySource*> asked;
    for (const auto& source : key_sources_) {
        asked.push_back(source.get());
    }
    actor_signer_ = std::make_unique<openssl::ActorSigner>(
        ports_.vault, std::move(asked), ports_.vault, ports_.clock, openssl::ActorSignerOptions{});
    signer_ = std::make_unique<erasure::RequestSigner>(*actor_signer_, ports_.cipher, ports_.clock);
    auto http = curl::CurlHttp::open(curl_options(ports_.config));
    if (!http) {
        return fail(http);
    }
    http_ = std::move(*http);
    people_ = std::make_unique<PeopleFinder>(
        PeopleFinderPorts{
            ports_.vault,
            [this](auto number, auto handle) { return ports_.vault.confirm(number, handle); },
            [this]() -> Result<std::shared_ptr<RemoteHttp>> {
                return std::shared_ptr<RemoteHttp>{std::shared_ptr<void>{}, http_.get()};  // not owned
            },
            ports_.clock},
        PeopleFinderOptions{ports_.config.origins, user_agent(ports_.config)});
    return open_mail();
}

Result<void> ErasureWing::open_mail() {
    const auto& config = ports_.config;
    letter_folder_ = std::make_unique<erasure::LetterFolder>(config.erasure.letters);
    if (config.smtp.url.empty()) {
        return {};
    }
    auto mailer =
        poco::smtp_mailer({config.smtp.url, config.smtp.from, kMailPatience, config.proxy.extra_ca});
    if (!mailer) {
        return fail(mailer);
    }
    mailer_ = std::move(*mailer);
    return {};
}

std::shared_ptr<DeskRoom> ErasureWing::make_desk_room() const {
    return std::make_shared<DeskRoom>(
        policies_,
        erasure::DeskPorts{*cases_,
                           *cases_,
                           *cases_,
                           *cases_,
                           ports_.ledger,
                           ports_.ledger,
                           ports_.vault,
                           ports_.clock,
                           &ports_.ledger},
        *declared_,
        deletion_bar(ports_.rules, ports_.recipients, *cases_, *consents_, ports_.clock),
        address_permits(ports_.config.proxy.allow_addresses));
}

std::shared_ptr<DeskRoom> ErasureWing::desk_room() const {
    const std::lock_guard held{desk_guard_};
    return desk_room_;
}

void ErasureWing::add(StepLoop& loop, const char* name, const std::shared_ptr<Bell>& bell, Step step) {
    bell->set(loop.add(name, std::move(step)));
}

void ErasureWing::build_workers() {
    build_sink();
    build_senders();
    build_lookers();
}

void ErasureWing::build_sink() {
    const auto spotter_bell = std::make_shared<Bell>();
    auto options = spotter_options(ports_.config);
    options.deletions.opened = [this] { look_for_keys(); };
    options.deletions.deleted_again = [this](const records::ErasureRequest& before) {
        ++deleted_again_;
        spdlog::warn(
            "the origin deleted the account of subject {} once more within two days of taking that back "
            "(request {}), and nothing was opened. If it is gone: fedtrail erase {}",
            before.subject.get(),
            before.number.get(),
            before.subject.get());
    };
    spotter_ = std::make_unique<erasure::DeletionSpotter>(
        ports_.recorder,
        erasure::SpotterPorts{*cases_, *cases_, *cases_, *declared_, ports_.vault, ports_.clock},
        dialects_,
        [this](records::RequestNumber number) -> Result<void> {
            auto started = desk_room()->desk().start_observed({number, "fedtrail", ""});
            sending_.wake();
            return started;
        },
        std::move(options),
        [spotter_bell] { spotter_bell->ring(); });
    add(watching_, "spotter", spotter_bell, [this] { return spotter_->step(); });
}

void ErasureWing::build_senders() {
    const auto courier_bell = std::make_shared<Bell>();
    auto options = courier_options(ports_.config);
    const auto replan = [this](records::RequestNumber number) -> Result<void> {
        const auto request = cases_->request(number);
        const auto planned =
            request ? desk_room()->planner().plan(*request) : Result<erasure::PlanTotals>{fail(request)};
        return planned ? Result<void>{} : Result<void>{fail(planned)};
    };
    options.replan = replan;
    options.ask = [this](std::span<const Host> hosts) { scout_->want(hosts); };
    options.damaged = [this](auto who, const Error& error) { damaged_.note(who, error); };
    courier_ = std::make_unique<erasure::Courier>(
        erasure::CourierPorts{*cases_, *cases_, *declared_, ports_.vault, *http_, *signer_, ports_.clock},
        dialects_,
        std::move(options),
        [courier_bell] { courier_bell->ring(); });
    add(sending_, "courier", courier_bell, [this] { return courier_->step(); });

    const auto scout_bell = std::make_shared<Bell>();
    auto asking = scout_options(ports_.config);
    asking.replan = [replan, courier_bell](records::RequestNumber number) {
        auto planned = replan(number);
        courier_bell->ring();
        return planned;
    };
    scout_ = std::make_unique<erasure::Scout>(
        erasure::ScoutPorts{*cases_, *cases_, *directory_, *http_, ports_.clock},
        dialects_,
        std::move(asking),
        [scout_bell] { scout_bell->ring(); });
    add(sending_, "scout", scout_bell, [this] { return scout_->step(); });
    key_keeper_ = std::make_unique<KeyKeeper>(
        *cases_,
        ports_.vault,
        ports_.clock,
        KeyKeeper::Hands{
            [this](privacy::SubjectNumber who) { return actor_signer_->keys_of(who).has_value(); },
            [this](privacy::SubjectNumber who) { actor_signer_->forget(who); }},
        looking_ends_after(ports_.config));
    add(sending_, "keys", key_bell_, [this] { return key_keeper_->step(); });
}

void ErasureWing::build_lookers() {
    const auto origin_bell = std::make_shared<Bell>();
    origin_watch_ = std::make_unique<erasure::OriginWatch>(
        erasure::OriginWatchPorts{*cases_, *cases_, ports_.vault, *http_, ports_.clock, &ports_.ledger},
        origin_options(ports_.config),
        [origin_bell] { origin_bell->ring(); });
    add(watching_, "origin", origin_bell, [this] { return origin_watch_->step(); });

    const auto handle_bell = std::make_shared<Bell>();
    handle_check_ = std::make_unique<erasure::HandleCheck>(
        erasure::HandleCheckPorts{*cases_, ports_.vault, ports_.vault, *http_, ports_.clock},
        handle_options(ports_.config),
        [handle_bell] { handle_bell->ring(); });
    add(watching_, "handles", handle_bell, [this] { return handle_check_->step(); });

    const auto learner_bell = std::make_shared<Bell>();
    handle_learner_ = std::make_unique<erasure::HandleLearner>(
        erasure::HandleLearnerPorts{ports_.vault, ports_.vault, *http_, ports_.clock},
        learner_options(ports_.config),
        [learner_bell] { learner_bell->ring(); });
    add(watching_, "names", learner_bell, [this] { return handle_learner_->step(); });

    escalation_ = make_escalation();
    add(writing_, "letters", std::make_shared<Bell>(), [this] { return escalation_->step(); });

    looker_ = make_looker();
    add(watching_, "looker", looker_bell_, [this] {
        auto done = looker_->step();
        looks_ = looker_->figures().looks;
        questions_ = looker_->figures().questions;
        return done;
    });
}

void ErasureWing::look_for_keys() const {
    key_keeper_->look_now();
    key_bell_->ring();
}

std::unique_ptr<erasure::Escalation> ErasureWing::make_escalation() {
    return std::make_unique<erasure::Escalation>(erasure::EscalationPorts{*cases_,
                                                                          *cases_,
                                                                          *declared_,
                                                                          ports_.vault,
                                                                          ports_.ledger,
                                                                          mailer_.get(),
                                                                          *letter_folder_,
                                                                          ports_.clock,
                                                                          &dialects_},
                                                 escalation_policy_,
                                                 letter_texts_,
                                                 escalation_options(ports_.config));
}

std::unique_ptr<erasure::Looker> ErasureWing::make_looker() {
    auto options = looker_options(ports_.config);
    options.damaged = [this](auto who, const Error& error) { damaged_.note(who, error); };
    return std::make_unique<erasure::Looker>(erasure::LookerPorts{*cases_,
                                                                  *cases_,
                                                                  *cases_,
                                                                  *directory_,
                                                                  ports_.vault,
                                                                  ports_.vault,
                                                                  *http_,
                                                                  *signer_,
                                                                  ports_.clock,
                                                                  &dialects_},
                                             probes_,
                                             std::move(options),
                                             [bell = looker_bell_] { bell->ring(); });
}

void ErasureWing::start() {
    started_ = true;
    sending_.start();
    watching_.start();
    writing_.start();
}

/// Who looks goes first: a look that is cut off would count as one that saw nothing.
void ErasureWing::stop() {
    if (!http_ || stopped_) {
        return;
    }
    stopped_ = true;
    watching_.stop();
    writing_.stop();
    http_->stop();
    sending_.stop();
    if (started_) {
        last_steps();
    }
}

void ErasureWing::last_steps() {
    // The courier's first step may begin something that the network no longer takes; the second one takes
    // that back.
    const std::array<Step, 3> steps{[this] { return courier_->step(); },
                                    [this] { return courier_->step(); },
                                    [this] { return spotter_->step(); }};
    for (const auto& step : steps) {
        if (const auto done = step(); !done) {
            spdlog::error("erasure, at the end: {}. {}", done.error().what, done.error().remedy);
        }
    }
}

void ErasureWing::use(std::shared_ptr<const ErasurePolicies> policies) {
    {
        const std::array paused{sending_.pause(), watching_.pause(), writing_.pause()};
        policies_ = std::move(policies);
        dialects_ = policies_->dialects;
        escalation_policy_ = policies_->escalation;
        letter_texts_ = policies_->letters;
        // What is under way in it names parts of the old ones.
        escalation_ = make_escalation();
        if (probes_ != policies_->probes) {
            looker_->start_over();
            probes_ = policies_->probes;
        }
    }
    auto room = make_desk_room();
    {
        const std::lock_guard held{desk_guard_};
        desk_room_.swap(room);
    }
    for (auto* loop : {&sending_, &watching_, &writing_}) {
        loop->wake();
    }
}

}  // namespace fedtrail::app
