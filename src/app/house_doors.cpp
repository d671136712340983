/// What stands behind the doors of the API.

#include <array>

#include <spdlog/spdlog.h>

#include "app/house.hpp"
#include "app/ingress_book.hpp"
#include "app/operator_facts.hpp"
#include "app/rules_file.hpp"
#include "app/status_view.hpp"
#include "app/texts.hpp"

namespace fedtrail::app {

void House::build_api() {
    report_room_ = std::make_unique<ReportRoom>(config_);
    bundles_ = std::make_unique<BundleMaker>(
        BundlePorts{config_, session_.environment, books_->folder()}, folders_, report_room_->scratch());
    api_ = std::make_unique<api::Api>(
        api::Doors{books_->ledger(),
                   books_->vault(),
                   wing_->people(),
                   *intake_,
                   *tokens_,
                   clock_,
                   controller_block(config_),
                   [this] {
                       const std::lock_guard held{texts_guard_};
                       return texts_;
                   },
                   [this] { return figures(); },
                   [this] { return ready(); },
                   wing_->doors(),
                   recipient_books(),
                   rules_doors(),
                   {&recipients_->recipients(),
                    report_room_->tools(books_->ledger()),
                    [this](const auto& write) { return report_room_->spool(write); },
                    [this] { return unnamed_fetches(config_); }},
                   paper_doors(),
                   forgetting_->doors(),
                   wing_->consents(),
                   books_->folder(),
                   {wing_->cases(), [this](privacy::SubjectNumber subject) { return prevented(subject); }},
                   [this] { return status(); },
                   [this](const api::BundleOrder& order) { return bundles_->make(order); }});
}

api::RecipientBooks House::recipient_books() {
    auto books = recipients_->books();
    books.call_for = [this](const Host& host) { return call_for(host); };
    return books;
}

/// Before all others that are due.
Result<void> House::call_for(const Host& host) const {
    if (!config_.recipients.refresh) {
        return fail(ErrorKind::Unavailable,
                    "recipients are not asked here",
                    "Set recipients.refresh, or run `fedtrail recipients refresh`.");
    }
    auto called = recipients_->directory().call_for(std::array{host}, Instant{});
    if (const auto wing = refreshing(); called && wing) {  // after a SIGHUP the new one sees it as it begins
        wing->wake();
    }
    return called;
}

Result<api::StatusView> House::status() const {
    const auto due = [this]() -> Result<DueErasures> {
        KeyLook keys{config_, books_->vault(), books_->vault()};
        return due_now(*wing_->desk(), keys);
    };
    return status_view({config_,
                        books_->ledger(),
                        running_instance(config_.data_dir),
                        {ready().has_value(), by_name(figures())},
                        due});
}

/// With a reader of its own, since it reads all that was recorded of the person.
Result<std::uint64_t> House::prevented(privacy::SubjectNumber subject) const {
    const auto reader = sqlite::SqliteLedgerReader::open(config_.store, books_->vault());
    return reader ? (*reader)->prevented(subject) : Result<std::uint64_t>{fail(reader)};
}

api::RulesDoors House::rules_doors() {
    return {
        [this] { return rules_view(); },
        [this, folders = folders_](const std::string& text) -> Result<recipients::CheckedRules> {
            const auto seen = recipients::SeenHosts::read(books_->ledger());
            if (!seen) {
                spdlog::warn("rules/check: hosts are not compared with the ledger: {}", seen.error().what);
            }
            auto checked = check_rules_text(text, folders, seen ? &*seen : nullptr);
            const auto noted = checked ? note_bypassed(*checked, config_) : Result<void>{};
            if (!noted) {
                spdlog::warn("rules/check: other hosts of recipients are not compared with proxy.bypass: {}",
                             noted.error().what);
            }
            return checked;
        },
        [this](const privacy::TransferRules& rules) { return try_rules(rules); }};
}

api::RulesView House::rules_view() const {
    const auto set = rules_.now();
    auto state = rules_keeper_->state();
    api::RulesView view;
    view.file = state.place.file.string();
    view.shipped = state.place.shipped;
    view.refused = std::move(state.refused);
    view.since = set->since();
    view.rules = set->rules().rules();
    for (std::size_t i = 0; i < view.rules.size(); ++i) {
        view.decided.push_back(set->decided(i));
    }
    return view;
}

/// With a reader of its own: a long look must not keep others waiting.
Result<recipients::RulesTrial> House::try_rules(const privacy::TransferRules& rules) {
    const std::unique_lock held{trying_, std::try_to_lock};
    if (!held) {
        return fail(ErrorKind::Conflict, "rules are tried already", "Wait until that has ended.");
    }
    const auto reader = sqlite::SqliteLedgerReader::open(config_.store, books_->vault());
    if (!reader) {
        return fail(reader);
    }
    return recipients::try_rules({**reader,
                                  **reader,
                                  books_->vault(),
                                  wing_->recipients(),
                                  wing_->cases(),
                                  wing_->cases(),
                                  clock_,
                                  &wing_->consents()},
                                 rules,
                                 {});
}

api::PaperDoors House::paper_doors() const {
    return {operator_facts(config_),
            &papers_->recipients(),
            &papers_->policy_texts(),
            papers_->package(),
            [room = papers_.get()] { return room->policies(); },
            [this] { return rules_.now(); },
            [this](Instant since) { return recipients_->directory().policy_changes(since); }};
}

}  // namespace fedtrail::app
