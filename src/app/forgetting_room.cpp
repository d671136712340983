#include "app/forgetting_room.hpp"

#include "app/log_wing.hpp"
#include "app/rules_file.hpp"

namespace fedtrail::app {

Result<std::unique_ptr<ForgettingRoom>> ForgettingRoom::open(const Session& session, const Config& config) {
    auto lock = InstanceLock::take(config.data_dir);
    if (!lock) {
        return fail(lock);
    }
    std::unique_ptr<ForgettingRoom> room{new ForgettingRoom{config, std::move(*lock)}};
    if (auto built = room->build(session); !built) {
        return fail(built);
    }
    const auto finished = room->wing_->finish();
    if (!finished) {
        return fail(finished);
    }
    room->finished_ = *finished;
    return room;
}

Result<void> ForgettingRoom::build(const Session& session) {
    auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return fail(folders);
    }
    folders_ = std::move(*folders);
    auto books = Books::open(config_, session.environment, clock_, {});
    if (!books) {
        return fail(books);
    }
    books_ = std::move(*books);
    auto cases =
        sqlite::SqliteCases::open_file(cases_file(config_), books_->vault(), sqlite::OpenMode::ReadWrite);
    if (!cases) {
        return fail(cases);
    }
    cases_ = std::move(*cases);
    auto consents =
        sqlite::SqliteConsents::open_file(cases_file(config_), books_->vault(), sqlite::OpenMode::ReadWrite);
    if (!consents) {
        return fail(consents);
    }
    consents_ = std::move(*consents);
    tokens_ = std::make_unique<TokenBook>(config_.data_dir, books_->cipher());
    auto log = LogRoom::open(config_, clock_, books_->cipher());
    if (!log) {
        return fail(log);
    }
    log_ = std::move(*log);
    auto wing = ForgettingWing::open({config_,
                                      clock_,
                                      books_->vault(),
                                      books_->ledger(),
                                      books_->forgetter(),
                                      *cases_,
                                      *consents_,
                                      *tokens_,
                                      log_->log(),
                                      [](privacy::SubjectNumber) {}},
                                     folders_);
    if (!wing) {
        return fail(wing);
    }
    wing_ = std::move(*wing);
    return {};
}

/// Whether or not a sidecar ever ran with them.
Result<void> ForgettingRoom::note_policies() {
    const auto rules = read_rules(rules_place(config_, folders_).file);
    if (!rules) {
        return fail(rules);
    }
    auto in_force = PoliciesInForce::read(folders_.policies, *rules);
    return in_force ? note_in_force(log_->log(), *in_force, clock_.now()) : fail(in_force);
}

Result<retention::RetentionSummary> ForgettingRoom::run_retention(bool only_count) {
    if (only_count) {
        return wing_->run(retention::RunKind::Count);
    }
    const auto noted = note_policies();
    return noted ? wing_->run(retention::RunKind::Audited) : Result<retention::RetentionSummary>{fail(noted)};
}

}  // namespace fedtrail::app
