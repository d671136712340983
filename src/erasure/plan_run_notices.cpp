// The part of PlanRun that makes notices of it, and what a dry run shows.

#include <algorithm>
#include <utility>

#include "erasure/plan_run.hpp"
#include "erasure/reason.hpp"

namespace fedtrail::erasure {

namespace {

std::string barred_words(const std::string& obstacle) {
    return text_of({ReasonCode::NotSent, obstacle});
}

/// Nothing that is sent changes what is known of such a copy, or it was decided to send nothing.
bool is_settled(const records::Notice& notice) {
    return notice.state == fediverse::NoticeState::VerifiedGone ||
           notice.state == fediverse::NoticeState::Disproportionate;
}

/// `look_at`: when it is looked at first, if nothing more is sent there.
void note_told_by_origin(records::Notice& notice,
                         const records::Notice& wanted,
                         std::optional<Instant> look_at) {
    const auto state = fediverse::next(notice.state, fediverse::NoticeEventKind::SentByOrigin);
    notice.seen_from_origin = true;
    notice.state = state.value_or(notice.state);
    if (!notice.acknowledged_at) {
        notice.acknowledged_at = wanted.acknowledged_at;
    }
    if (!notice.next_look_at) {
        notice.next_look_at = look_at;
    }
}

/// Steps that left, or are on their way.
std::size_t steps_behind(const records::Notice& notice) {
    return notice.position + (notice.in_flight ? 1U : 0U);
}

/// Where a recipient that is told something counts.
std::uint64_t& way_of(const PlannedRecipient& shown, PlanTotals& totals) {
    if (!shown.obstacle.empty()) {
        return totals.unreachable;
    }
    return shown.inbox_source == InboxSource::ToBeAsked ? totals.not_asked : totals.reachable;
}

}  // namespace

void PlanRun::add_notice(const Draft& draft,
                         const ChosenInbox& inbox,
                         std::vector<records::NoticeStep> steps,
                         Batch& batch) const {
    const auto& target = *draft.target;
    if (steps.empty() && !target.told_by_origin) {
        return;
    }
    records::Notice notice;
    notice.request = case_.request.number;
    notice.subject = case_.request.subject;
    notice.recipient = target.entry.host;
    notice.software = target.entry.software;
    notice.dialect = target.dialect->name;
    notice.inbox = inbox.uri;
    notice.seen_from_origin = target.told_by_origin;
    if (target.told_by_origin) {
        notice.state = fediverse::NoticeState::Acknowledged;
        notice.acknowledged_at = target.told_at;
        notice.next_look_at = steps.empty() ? std::optional{now_} : std::nullopt;
    }
    if (!steps.empty() && target.barred.empty()) {
        notice.next_at = now_;
    } else if (!steps.empty() && !target.told_by_origin) {
        notice.state = fediverse::NoticeState::Unreachable;
        notice.reason = barred_words(target.barred);
    }
    notice.steps = std::move(steps);
    batch.added.push_back(std::move(notice));
}

/// Nothing: the notice is so already, or is to stay as it is.
std::optional<records::Notice> PlanRun::fitted(const records::Notice& before,
                                               const records::Notice& wanted) const {
    if (is_settled(before)) {
        return std::nullopt;
    }
    auto notice = before;
    notice.steps = steps_after(before.steps, steps_behind(before), wanted.steps);
    notice.software = wanted.software;
    notice.dialect = wanted.dialect;
    if (!wanted.inbox.empty()) {
        notice.inbox = wanted.inbox;
    }
    const bool pending = notice.position < notice.steps.size();
    if (wanted.seen_from_origin && !before.seen_from_origin) {
        note_told_by_origin(notice, wanted, pending ? std::nullopt : std::optional{now_});
    }
    const bool was_barred = is_barred(before);
    if (!pending) {
        notice.next_at.reset();
    } else if (is_barred(wanted)) {
        notice.next_at.reset();
        if (notice.state == fediverse::NoticeState::Planned) {
            notice.state = fediverse::NoticeState::Unreachable;
            notice.reason = wanted.reason;
        }
    } else if (was_barred || (lacked_inbox(before) && !wanted.inbox.empty())) {
        notice.attempts = 0;
        notice.resting_since.reset();
        if (notice.state == fediverse::NoticeState::Unreachable) {
            notice.state = fediverse::NoticeState::Planned;
        }
        notice.reason.clear();
        notice.next_at = now_;
    } else if (!notice.next_at && notice.steps.size() != before.steps.size()) {
        notice.resting_since.reset();  // what comes now has not been asked to wait
        notice.next_at = now_;
    }
    const bool same = notice.steps == before.steps && notice.inbox == before.inbox &&
                      notice.dialect == before.dialect && notice.next_at == before.next_at &&
                      notice.state == before.state && notice.seen_from_origin == before.seen_from_origin;
    return same ? std::nullopt : std::optional{std::move(notice)};
}

Result<void> PlanRun::finish(Draft& draft, Batch& batch) {
    const auto& target = *draft.target;
    auto inbox = choose_inbox(target.entry, *target.dialect, now_);
    if (!target.barred.empty()) {
        inbox.obstacle = target.barred;
    }
    auto steps = steps_of(draft);
    if (!steps) {
        return fail(steps);
    }
    if (draft.unanswered && target.barred.empty()) {  // it says something only beside what we send
        batch.unanswered.emplace_back(target.entry.host, *draft.deleted_at);
    }
    if (!target.notice) {
        show(draft, inbox, *steps);
        add_notice(draft, inbox, std::move(*steps), batch);
        return {};
    }
    const auto& notice = *target.notice;
    if (is_settled(notice)) {
        show(draft, inbox, notice.steps);
        return {};
    }
    auto wanted = notice;
    if (target.told_by_origin && !notice.seen_from_origin) {  // as another request has it
        wanted.seen_from_origin = true;
        wanted.acknowledged_at = target.told_at;
    }
    wanted.steps = steps_after(notice.steps, steps_behind(notice), *steps);
    wanted.software = target.entry.software;
    wanted.dialect = target.dialect->name;
    wanted.inbox = inbox.uri;
    wanted.reason = target.barred.empty() ? std::string{} : barred_words(target.barred);
    show(draft, inbox, wanted.steps);
    if (auto changed = fitted(notice, wanted)) {
        batch.changed.notices.push_back(std::move(*changed));
    }
    return {};
}

void PlanRun::show(const Draft& draft,
                   const ChosenInbox& inbox,
                   const std::vector<records::NoticeStep>& steps) {
    const auto& target = *draft.target;
    const bool found = !steps.empty() || !draft.kept.empty() || target.told_by_origin || !target.disclosed;
    if (!found) {
        return;  // nothing of what was asked for lies there
    }
    PlannedRecipient shown;
    shown.host = target.entry.host;
    shown.software = target.entry.software;
    shown.dialect = target.dialect->name;
    shown.messages = steps.size();
    shown.inbox = inbox.uri;
    shown.inbox_source = inbox.source;
    shown.difficulty = target.dialect->difficulty;
    shown.leaves = target.dialect->leaves;
    if (case_.account_lives() && target.dialect->asks_origin) {
        shown.difficulty = "keeps";
        shown.leaves =
            "It asks the origin before it deletes, and the origin goes on answering for the account.";
    }
    shown.passes_on = passes_on(target.entry, *target.dialect);
    shown.told_by_origin = target.told_by_origin;
    const bool of_all = target.told_by_origin && case_.request.scope.kind != records::ScopeKind::Account;
    shown.told_before = of_all ? 0 : draft.heard.size();
    shown.held_back = draft.kept.size();
    shown.disclosed = target.disclosed;
    shown.joined_to = target.joined_to;
    shown.obstacle = target.disclosed ? inbox.obstacle : "nothing is known to have gone there";
    for (const auto& step : steps) {
        shown.last_wave = std::max(shown.last_wave, step.wave);
    }
    shown.first_wave = steps.empty() ? std::uint8_t{1} : steps.front().wave;

    if (options_.permits && !options_.permits(shown.host)) {
        shown.obstacle = "its address is not a public one: nothing is sent there";
    }

    auto& totals = preview_.totals;
    ++totals.recipients;
    totals.messages += shown.messages;
    ++totals.difficulty[shown.difficulty];
    if (steps.empty()) {
        ++totals.nothing_to_send;
    } else {
        ++way_of(shown, totals);
    }
    preview_.recipients.push_back(std::move(shown));
}

}  // namespace fedtrail::erasure
