#include "app/refresh_wing.hpp"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace fedtrail::app {

namespace {

/// New recipients are entered that often.
constexpr std::chrono::minutes kEnterEvery{10};

}  // namespace

RefreshWing::RefreshWing(const LedgerReader& ledger, const Clock& clock)
    : ledger_(ledger), clock_(clock), loop_("refresh", clock, past_damage(), told_in_log("recipients, ")) {}

Result<std::unique_ptr<RefreshWing>> RefreshWing::open(const Config& config,
                                                       const Cipher& cipher,
                                                       const LedgerReader& ledger,
                                                       const Clock& clock,
                                                       std::shared_ptr<const RecipientPolicies> policies) {
    std::unique_ptr<RefreshWing> wing{new RefreshWing{ledger, clock}};
    wing->wake_ = wing->loop_.add("refresher", [raw = wing.get()] { return raw->step(); });
    auto room = RefreshRoom::open(config, cipher, clock, std::move(policies), wing->wake_, {});
    if (!room) {
        return fail(room);
    }
    wing->room_ = std::move(*room);
    return wing;
}

RefreshWing::~RefreshWing() {
    stop();
}

Result<std::optional<Instant>> RefreshWing::step() {
    const auto now = clock_.now();
    if (!enter_at_ || *enter_at_ <= now) {
        if (auto entered = room_->enter(ledger_); !entered) {
            return fail(entered);
        }
        enter_at_ = now + kEnterEvery;
    }
    auto next = room_->refresher().step();
    const auto figures = room_->refresher().figures();
    visits_ = figures.visits;
    questions_ = figures.questions;
    changes_ = figures.changes;
    if (next && *next) {
        return std::min(**next, *enter_at_);
    }
    return next ? Result<std::optional<Instant>>{enter_at_} : next;
}

void RefreshWing::start() {
    loop_.start();
}

void RefreshWing::stop() {
    if (stopped_ || !room_) {
        return;
    }
    stopped_ = true;
    loop_.stop();
    if (const auto stopped = room_->stop(); !stopped) {
        spdlog::error("recipients, at the end: {}. {}", stopped.error().what, stopped.error().remedy);
    }
}

void RefreshWing::add_figures(std::vector<api::Figure>& out) const {
    out.push_back({"fedtrail_refresh_visits_total", "Recipients that were asked who they are.", visits_});
    out.push_back({"fedtrail_refresh_questions_total", "Requests made for that.", questions_});
    out.push_back(
        {"fedtrail_policy_changes_total", "Policies of recipients that say something else now.", changes_});
}

}  // namespace fedtrail::app
