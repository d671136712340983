/// The composition root: everything that `fedtrail serve` runs, built once, in order, and taken down in
/// reverse.

#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/http_server.hpp"

#include "api/api.hpp"
#include "app/ballast.hpp"
#include "app/books.hpp"
#include "app/bundle_maker.hpp"
#include "app/config.hpp"
#include "app/erasure_wing.hpp"
#include "app/flow.hpp"
#include "app/forgetting_wing.hpp"
#include "app/gate_wing.hpp"
#include "app/ingress_wing.hpp"
#include "app/instance.hpp"
#include "app/log_wing.hpp"
#include "app/paper_room.hpp"
#include "app/recipient_room.hpp"
#include "app/refresh_wing.hpp"
#include "app/report_room.hpp"
#include "app/rules_keeper.hpp"
#include "app/session.hpp"
#include "app/sink_intake.hpp"
#include "app/store_watch.hpp"
#include "app/system_clock.hpp"
#include "app/tokens.hpp"
#include "backends/openssl/certificate_authority.hpp"
#include "intake/proxy/egress_proxy.hpp"

namespace fedtrail::app {

class House {
public:
    /// Nothing answers yet when it returns, but every port is bound. `session` must outlive it.
    /// Errors: Conflict (another instance), and those of every part.
    [[nodiscard]] static Result<std::unique_ptr<House>> build(const Session& session, Config config);

    House(const House&) = delete;
    House& operator=(const House&) = delete;
    House(House&&) = delete;
    House& operator=(House&&) = delete;
    ~House();

    /// Opens the doors.
    [[nodiscard]] Result<void> start();
    /// Every second: ballast, samples. False if the house must be left (the disk can no longer be trusted).
    [[nodiscard]] bool housekeeping();
    /// SIGHUP: policies, texts and transfer rules anew; on a failure the old ones stay. Errors: those of
    /// reading them.
    [[nodiscard]] Result<void> reload();
    /// Closes the doors, lets what is under way end, writes everything.
    void drain();

    [[nodiscard]] const Config& config() const { return config_; }
    [[nodiscard]] std::string proxy_address() const;
    [[nodiscard]] std::string api_address() const;

private:
    House(const Session& session, Config config, InstanceLock lock);
    void close_doors();
    [[nodiscard]] Result<void> verify_after_failure();
    [[nodiscard]] Result<void> open_books();
    [[nodiscard]] Result<void> open_rules();
    [[nodiscard]] Result<void> open_wing();
    [[nodiscard]] Result<void> open_refreshing();
    void exchange_refreshing(std::shared_ptr<RefreshWing> wing);
    /// From any thread; null: recipients are not asked.
    [[nodiscard]] std::shared_ptr<RefreshWing> refreshing() const;
    [[nodiscard]] Result<void> open_log();
    [[nodiscard]] Result<void> open_forgetting();
    [[nodiscard]] Result<void> open_ingress();
    [[nodiscard]] Result<void> open_doors();
    void build_api();
    [[nodiscard]] api::RulesDoors rules_doors();
    [[nodiscard]] api::RulesView rules_view() const;
    [[nodiscard]] Result<recipients::RulesTrial> try_rules(const privacy::TransferRules& rules);
    [[nodiscard]] api::RecipientBooks recipient_books();
    [[nodiscard]] Result<void> call_for(const Host& host) const;
    [[nodiscard]] Result<api::StatusView> status() const;
    [[nodiscard]] Result<std::uint64_t> prevented(privacy::SubjectNumber subject) const;
    [[nodiscard]] capture::RecorderEvents recorder_events();
    [[nodiscard]] api::PaperDoors paper_doors() const;
    [[nodiscard]] std::vector<api::Figure> figures() const;
    [[nodiscard]] Result<void> ready() const;
    void commit_failed(const Error& error);
    void distrust_disk();
    void damage_met(const Error& error);
    [[nodiscard]] Result<void> hand_on_policies();
    void mind_ballast();
    void mind_stores();
    [[nodiscard]] Result<void> has_room() const;
    void note_rules();
    void note_unnamed_origins(const capture::RecorderFigures& counted);
    [[nodiscard]] HttpResponse answer(const HttpRequest& request);
    [[nodiscard]] std::optional<HttpResponse> refusal(const HttpRequest& head);

    // In the order in which they are built.
    const Session& session_;
    Config config_;
    InstanceLock lock_;
    SystemClock clock_;
    Ballast ballast_;
    Flow flow_;
    std::atomic<bool> broken_{};          ///< The disk cannot be trusted any more.
    std::atomic<bool> damaged_{};         ///< Rows about somebody cannot be read: theirs is held.
    std::atomic<bool> failing_{};         ///< A commit failed, and none has succeeded since.
    std::optional<StoreWatch> stores_;    ///< Once all of them are open.
    bool stores_missed_{};                ///< As housekeeping saw it.
    capture::RecorderFigures last_seen_;  ///< Of housekeeping.
    Flow::SteadyInstant last_failure_{};  ///< As housekeeping saw it.
    mutable std::mutex texts_guard_;
    PolicyFolders folders_;
    std::shared_ptr<const ErasurePolicies> policies_;
    std::shared_ptr<const RecipientPolicies> recipient_policies_;
    bool started_{};
    std::shared_ptr<const reports::ReportLibrary> texts_;
    std::unique_ptr<openssl::LocalCertificateAuthority> authority_;
    std::unique_ptr<Books> books_;
    std::unique_ptr<RecipientRoom> recipients_;
    capture::RulesInForce rules_;
    std::unique_ptr<RulesKeeper> rules_keeper_;
    bool rules_unnoted_{};
    std::set<std::string> told_origins_;  ///< Each is told of once.
    std::mutex trying_;
    std::unique_ptr<ErasureWing> wing_;
    std::unique_ptr<GateWing> gate_;
    mutable std::mutex refresh_guard_;           ///< Of the pointer: SIGHUP exchanges what the API asks.
    std::shared_ptr<RefreshWing> refresh_wing_;  ///< None: recipients are not asked.
    std::unique_ptr<LogWing> log_;               ///< None while no origin is named.
    std::unique_ptr<TokenBook> tokens_;
    NoTrail no_trail_;
    std::unique_ptr<ForgettingWing> forgetting_;
    std::unique_ptr<SinkIntake> intake_;
    std::unique_ptr<IngressWing> ingress_;  ///< None: no access log is followed.
    std::unique_ptr<ReportRoom> report_room_;
    std::unique_ptr<BundleMaker> bundles_;
    std::unique_ptr<PaperRoom> papers_;
    std::unique_ptr<proxy::EgressProxy> proxy_;
    std::unique_ptr<api::Api> api_;
    std::unique_ptr<HttpServer> http_;
    std::unique_ptr<HttpServer> log_http_;  ///< None without log.listen.
};

}  // namespace fedtrail::app
