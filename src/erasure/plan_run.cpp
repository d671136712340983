#include "erasure/plan_run.hpp"

#include <algorithm>
#include <utility>

#include "erasure/reason.hpp"
#include "erasure/sort_once.hpp"
#include "erasure/taken.hpp"
#include "erasure/until_current.hpp"
#include "erasure/verdict.hpp"

namespace fedtrail::erasure {

namespace {

/// What a community host passes on is about objects; of the account's own Delete it tells nobody.
StepNeeds for_it_alone(const StepNeeds& needs) {
    StepNeeds alone;
    alone.actor = needs.actor;
    alone.actor_again = needs.actor_again;
    return alone;
}

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

/// Its copy came back: nothing of it leaves before the origin is seen gone once more.
bool is_told_anew(const Target& target, bool origin_stays) {
    return target.notice && target.notice->rounds > 0 && !origin_stays;
}

/// Steps that left, or are on their way.
std::size_t steps_behind(const records::Notice& notice) {
    return notice.position + (notice.in_flight ? 1U : 0U);
}

}  // namespace

bool PlanRun::matches(const HeldActivity& held) const {
    const auto& scope = case_.request.scope;
    switch (scope.kind) {
        case records::ScopeKind::Account:
            return true;
        case records::ScopeKind::Objects:
            return case_.chosen.count(held.object.reveal()) != 0 ||
                   case_.chosen.count(held.activity.reveal()) != 0;
        case records::ScopeKind::Matching:
            return (!scope.before || held.first < *scope.before) &&
                   (scope.categories.empty() || (scope.categories.bits() & held.categories.bits()) != 0);
    }
    return false;
}

bool PlanRun::is_kept(const HeldActivity& held) const {
    return case_.kept.count(held.object.reveal()) != 0 || case_.kept.count(held.activity.reveal()) != 0;
}

std::uint32_t PlanRun::index_of(const std::string& uri, fediverse::CategorySet categories) {
    const auto [place, is_new] = index_.try_emplace(uri, static_cast<std::uint32_t>(case_.objects.size()));
    if (is_new) {
        case_.objects.push_back(records::ErasedObject{Personal<std::string>{uri}, categories, false});
    } else if (place->second >= written_) {
        case_.objects[place->second].categories.add(categories);
    }
    return place->second;
}

Result<void> PlanRun::mark_barred(std::vector<Target>& targets) const {
    if (!options_.barred) {
        return {};
    }
    std::vector<Host> hosts;
    hosts.reserve(targets.size());
    for (const auto& target : targets) {
        hosts.push_back(target.entry.host);
    }
    const auto rules = options_.barred(case_.request.subject, hosts);
    if (!rules) {
        return fail(rules);
    }
    for (std::size_t i = 0; i < targets.size(); ++i) {
        targets[i].barred = rules->at(i).empty() ? std::string{} : std::string{kBarred}.append(rules->at(i));
    }
    return {};
}

/// One walk over everything, only where something is kept at all: the account's own Delete would take it
/// along.
Result<void> PlanRun::mark_kept(std::vector<Target>& targets) const {
    if (case_.kept.empty()) {
        return {};
    }
    std::vector<Host> hosts;
    hosts.reserve(targets.size());
    for (const auto& target : targets) {
        hosts.push_back(target.entry.host);
    }
    const auto mark = [&](const HeldActivity& held, std::span<const std::uint32_t> at) {
        const bool kept = is_kept(held);
        for (const auto place : at) {
            targets[place].holds_kept = targets[place].holds_kept || kept;
        }
        return true;
    };
    return ports_.holdings.visit_held(case_.request.subject, hosts, mark);
}

std::vector<PlanRun::Draft> PlanRun::drafts_of(std::vector<Target>& targets) const {
    std::vector<Draft> drafts;
    drafts.reserve(targets.size());
    for (auto& target : targets) {
        StepOccasion occasion;
        occasion.scope = case_.request.scope.kind;
        occasion.account_lives = case_.account_lives();
        // Whoever was told while the origin answered is told again when it does not.
        const bool in_time = !target.notice || target.notice->position == 0 || target.notice->rounds > 0;
        occasion.origin_gone = (case_.request.origin_gone_at.has_value() && in_time) ||
                               is_told_anew(target, occasion.account_lives);
        occasion.keeps_objects = target.holds_kept;
        occasion.told_by_origin = target.told_by_origin;
        occasion.passes_on = passes_on(target.entry, *target.dialect);
        auto needs = step_needs(*target.dialect, occasion);
        if (occasion.account_lives && occasion.passes_on) {
            const auto alone = for_it_alone(needs);
            const bool may_go = alone.actor && !target.passes_on_all;
            needs = may_go ? alone : needs;
            target.barred = may_go || !target.barred.empty() ? target.barred : std::string{kSpreads};
        }
        drafts.push_back(Draft{&target, needs, {}, {}, {}});
    }
    // Those that need no look into the ledger go first, in few large commits.
    std::stable_partition(
        drafts.begin(), drafts.end(), [](const Draft& draft) { return !draft.needs.by_object(); });
    return drafts;
}

std::size_t PlanRun::batch_size(std::span<const Draft> rest) const {
    std::size_t steps = 0;
    std::size_t size = 0;
    for (const auto& draft : rest) {
        if (size > 0 &&
            (size >= options_.batch_notices || draft.needs.by_object() != rest.front().needs.by_object())) {
            break;
        }
        const auto forms = draft.target->dialect->object_forms.size() + (draft.needs.objects_again ? 1 : 0);
        steps += draft.needs.by_object() ? draft.target->objects * forms : 1;
        if (size > 0 && steps > options_.batch_steps) {
            break;
        }
        ++size;
    }
    return size;
}

void PlanRun::note(const HeldActivity& held, std::span<const std::uint32_t> at, std::span<Draft> drafts) {
    const auto thing = erased_thing(held, case_.actor);
    if (thing.treatment == Treatment::Nothing || !matches(held)) {
        return;
    }
    const bool kept = is_kept(held);
    const bool undo = thing.treatment == Treatment::Undo;
    const auto wants = [&](const Draft& draft) {
        return kept || (undo ? draft.needs.undos : draft.needs.objects || draft.needs.objects_again);
    };
    const auto wanted = std::any_of(at.begin(), at.end(), [&](auto place) { return wants(drafts[place]); });
    if (!wanted) {
        return;
    }
    const auto& object = held.object.reveal();
    const auto& kept_uri = case_.kept.count(object) != 0 ? object : held.activity.reveal();
    const auto index = index_of(kept ? kept_uri : *thing.uri, held.categories);
    for (const auto place : at) {
        auto& draft = drafts[place];
        if (wants(draft)) {
            auto& list = undo ? draft.undos : draft.deletes;
            (kept ? draft.kept : list).push_back(index);
        }
    }
}

Result<void> PlanRun::look_up(std::span<Draft> drafts) {
    if (!drafts.front().needs.by_object()) {
        return {};
    }
    std::vector<Host> hosts;
    hosts.reserve(drafts.size());
    for (const auto& draft : drafts) {
        hosts.push_back(draft.target->entry.host);
    }
    return ports_.holdings.visit_held(
        case_.request.subject, hosts, [&](const HeldActivity& held, std::span<const std::uint32_t> at) {
            note(held, at, drafts);
            return true;
        });
}

/// What was to be deleted there when it was planned before: the ledger may have forgotten it since.
void PlanRun::name_planned(Draft& draft) const {
    if (!draft.target->notice) {
        return;
    }
    for (const auto& step : draft.target->notice->steps) {
        const bool known = step.object < case_.objects.size();  // another plan may be made meanwhile
        if (step.kind == fediverse::StepKind::DeleteActor || !known ||
            case_.objects[step.object].held_for_law) {
            continue;
        }
        auto& list = step.kind == fediverse::StepKind::UndoActivity ? draft.undos : draft.deletes;
        list.push_back(step.object);
    }
}

/// Places in the request's list; none where it has no notice yet.
Result<std::set<std::uint32_t>> PlanRun::sent_by_origin(const Target& target) const {
    std::set<std::uint32_t> places;
    if (!target.notice) {
        return places;
    }
    const auto history = ports_.notices.history(target.notice->number);
    if (!history) {
        return fail(history);
    }
    for (const auto& attempt : history->attempts) {
        if (attempt.scheme == kByOrigin) {
            places.insert(attempt.step);
        }
    }
    return places;
}

/// Nothing is known to lie there. It is told of what the ledger counts it for all the same (a Delete of it
/// went there), and of what the origin itself told it of: of the rest it may never have heard.
Result<void> PlanRun::name_heard_of(Draft& draft) {
    const auto sent = sent_by_origin(*draft.target);
    if (!sent) {
        return fail(sent);
    }
    const auto& asked = case_.request.scope.objects;
    std::set<std::string_view> heard;
    for (const auto place : *sent) {
        if (place < asked.size()) {
            heard.insert(asked[place].reveal());
        }
    }
    name_planned(draft);
    // Whoever has a notice about one object was counted for it, or was told of it.
    const bool alone = case_.chosen.size() == 1 && draft.deletes.empty() && draft.undos.empty();
    const auto& counted = draft.target->counted;
    std::size_t place = 0;
    for (const auto& uri : case_.chosen) {
        const bool named = alone || heard.count(uri) != 0 || (place < counted.size() && counted[place]);
        ++place;
        if (named && case_.kept.count(uri) == 0) {
            draft.deletes.push_back(index_of(uri, {}));
        }
    }
    return {};
}

Result<std::vector<records::NoticeStep>> PlanRun::steps_of(Draft& draft) {
    const auto& target = *draft.target;
    const auto kind = case_.request.scope.kind;
    if (!target.disclosed) {
        return std::vector<records::NoticeStep>{};
    }
    const bool nothing_found = draft.deletes.empty() && draft.undos.empty() && draft.kept.empty();
    if (kind == records::ScopeKind::Objects && nothing_found && !target.told_by_origin) {
        if (auto named = name_heard_of(draft); !named) {
            return fail(named);
        }
    }
    sort_once(draft.deletes);
    sort_once(draft.undos);
    sort_once(draft.kept);
    auto steps = steps_for(*target.dialect, draft.needs, draft.deletes, draft.undos);
    const bool untold =
        steps.empty() && kind == records::ScopeKind::Account && !target.holds_kept && !target.told_by_origin;
    if (untold) {
        // Art. 19 asks to tell every recipient, also one that holds nothing that it would delete.
        steps.push_back(
            records::NoticeStep{fediverse::StepKind::DeleteActor, target.dialect->actor_forms.front(), 1, 0});
    }
    if (is_told_anew(target, case_.account_lives())) {
        for (auto& step : steps) {
            step.wave = 2;
        }
    }
    return steps;
}

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

namespace {

/// Where a recipient that is told something counts.
std::uint64_t& way_of(const PlannedRecipient& shown, PlanTotals& totals) {
    if (!shown.obstacle.empty()) {
        return totals.unreachable;
    }
    return shown.inbox_source == InboxSource::ToBeAsked ? totals.not_asked : totals.reachable;
}

}  // namespace

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

Result<void> PlanRun::write(const Batch& batch) {
    if (book_ == nullptr) {
        return {};
    }
    if (!batch.added.empty() || case_.objects.size() != written_) {
        if (auto planned = book_->plan(case_.request.number, case_.objects, batch.added); !planned) {
            return planned;
        }
        written_ = case_.objects.size();
    }
    return batch.changed.notices.empty() ? Result<void>{} : change(batch.changed);
}

/// Where somebody else changed one of them meanwhile, each is fitted to what it is by then.
Result<void> PlanRun::change(const NoticeChange& wanted) {
    auto changed = book_->apply(wanted);
    if (changed || changed.error().kind != ErrorKind::Conflict) {
        return changed;
    }
    for (const auto& notice : wanted.notices) {
        changed = until_current([&] { return change_one(notice); });
        if (!changed) {
            return changed;
        }
    }
    return {};
}

Result<void> PlanRun::change_one(const records::Notice& wanted) {
    const auto known = notice_to(*book_, wanted.request, wanted.recipient);
    if (!known || !*known) {
        return known ? Result<void>{} : Result<void>{fail(known)};
    }
    NoticeChange change;
    if (auto notice = fitted(**known, wanted)) {
        change.notices.push_back(std::move(*notice));
    }
    return change.notices.empty() ? Result<void>{} : book_->apply(change);
}

Result<void> PlanRun::finish_all(std::span<Draft> drafts, Batch& batch) {
    for (auto& draft : drafts) {
        if (auto finished = finish(draft, batch); !finished) {
            return finished;
        }
        draft = Draft{};  // the lists of a batch may be large
    }
    return {};
}

Result<PlanPreview> PlanRun::make(const records::ErasureRequest& request) {
    now_ = ports_.clock.now();
    auto read = read_case(ports_, request);
    if (!read) {
        return fail(read);
    }
    case_ = std::move(*read);
    written_ = case_.objects.size();
    for (std::uint32_t i = 0; i < case_.objects.size(); ++i) {
        index_.emplace(case_.objects[i].uri.reveal(), i);
    }
    auto targets = find_targets(ports_, dialects_, case_);
    if (!targets) {
        return fail(targets);
    }
    if (const auto marked = mark_barred(*targets); !marked) {
        return fail(marked);
    }
    if (const auto marked = mark_kept(*targets); !marked) {
        return fail(marked);
    }
    auto drafts = drafts_of(*targets);
    for (std::span<Draft> rest{drafts}; !rest.empty();) {
        const auto now = rest.first(batch_size(rest));
        if (const auto looked = look_up(now); !looked) {
            return fail(looked);
        }
        Batch batch;
        if (const auto finished = finish_all(now, batch); !finished) {
            return fail(finished);
        }
        if (const auto written = write(batch); !written) {
            return fail(written);
        }
        rest = rest.subspan(now.size());
    }
    std::sort(preview_.recipients.begin(), preview_.recipients.end(), [](const auto& a, const auto& b) {
        return a.host < b.host;
    });
    preview_.totals.held_back = case_.kept.size();
    preview_.totals.objects = case_.objects.size() - case_.kept.size();
    return std::move(preview_);
}

}  // namespace fedtrail::erasure
