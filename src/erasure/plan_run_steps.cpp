// The part of PlanRun that finds what each recipient is to be told.

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "erasure/plan_run.hpp"
#include "erasure/sort_once.hpp"
#include "erasure/taken.hpp"
#include "erasure/told_elsewhere.hpp"

namespace fedtrail::erasure {

namespace {

/// What a community host passes on is about objects; of the account's own Delete it tells nobody.
StepNeeds for_it_alone(const StepNeeds& needs) {
    StepNeeds alone;
    alone.actor = needs.actor;
    alone.actor_again = needs.actor_again;
    return alone;
}

/// Whether something about the account left for `host` since then of which nobody knows what came, and
/// nothing was accepted.
bool left_unanswered(const std::vector<ObservedAttempt>& attempts, const Host& host, Instant since) {
    using privacy::OutcomeKind;
    bool unanswered = false;
    for (const auto& attempt : attempts) {
        if (attempt.recipient != host || attempt.at < since || attempt.channel != privacy::Channel::Push) {
            continue;
        }
        if (attempt.outcome.kind == OutcomeKind::Accepted) {
            return false;
        }
        unanswered = unanswered || attempt.outcome.kind == OutcomeKind::Intended ||
                     (attempt.outcome.kind == OutcomeKind::Sent && attempt.outcome.status == 0);
    }
    return unanswered;
}

/// Its copy came back: nothing of it leaves before the origin is seen gone once more.
bool is_told_anew(const Target& target, bool origin_stays) {
    return target.notice && target.notice->rounds > 0 && !origin_stays;
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

/// Whether what left for it may have left while the origin still answered: then it is told once more when it
/// does not.
Result<bool> PlanRun::told_too_early(const Target& target) const {
    const auto& gone_at = case_.request.origin_gone_at;
    if (!target.notice || target.notice->rounds > 0) {
        return false;
    }
    const auto& notice = *target.notice;
    if (notice.position == 0 && notice.attempts == 0 && !notice.left) {
        return false;
    }
    const auto planned_early =
        notice.position > 0 &&
        std::any_of(notice.steps.begin(), notice.steps.end(), [](const auto& step) { return step.wave > 1; });
    if (!gone_at || planned_early || !target.dialect->asks_origin) {
        return true;
    }
    const auto history = ports_.notices.history(notice.number);
    if (!history) {  // of what is damaged: once more rather than never
        return history.error().kind == ErrorKind::Corrupt ? Result<bool>{true} : fail(history);
    }
    return left_before(history->attempts, *gone_at);
}

Result<std::vector<PlanRun::Draft>> PlanRun::drafts_of() {
    std::vector<Draft> drafts;
    drafts.reserve(targets_.size());
    for (auto& target : targets_) {
        StepOccasion occasion;
        occasion.scope = case_.request.scope.kind;
        occasion.account_lives = case_.account_lives();
        const auto too_early = told_too_early(target);
        if (!too_early) {
            return fail(too_early);
        }
        occasion.origin_gone = (case_.request.origin_gone_at.has_value() && !*too_early) ||
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
        if (case_.request.scope.kind == records::ScopeKind::Account &&
            (target.holds_kept || !needs.objects)) {
            target.heard = {};  // what may be left there is told of all that is not kept
        }
        drafts.push_back(Draft{&target, needs, {}, {}, {}});
    }
    // Those that need no look into the ledger go first, in few large commits.
    std::stable_partition(
        drafts.begin(), drafts.end(), [](const Draft& draft) { return !draft.needs.by_object(); });
    return drafts;
}

void PlanRun::note(const HeldActivity& held, std::span<const std::uint32_t> at, std::span<Draft> drafts) {
    if (held.object.reveal() == case_.actor && held.categories.has(fediverse::DataCategory::Deletion)) {
        for (const auto place : at) {
            drafts[place].deleted_at = held.first;
        }
        return;
    }
    for (const auto place : at) {
        drafts[place].last = std::max(drafts[place].last, held.first);
    }
    const auto thing = erased_thing(held, case_.actor);
    if (thing.treatment == Treatment::Nothing || !matches(held)) {
        return;
    }
    const bool kept = is_kept(held);
    const bool undo = thing.treatment == Treatment::Undo;
    const auto wants = [&](const Draft& draft) {
        const auto& needs = draft.needs;
        return kept || (undo ? needs.undos : needs.objects || needs.objects_again || needs.listed);
    };
    const auto wanted = std::any_of(at.begin(), at.end(), [&](auto place) { return wants(drafts[place]); });
    if (!wanted) {
        return;
    }
    const auto& object = held.object.reveal();
    const auto& kept_uri = case_.kept.count(object) != 0 ? object : held.activity.reveal();
    const auto index = index_of(kept ? kept_uri : *thing.uri, held.categories);
    const auto post = kept || undo ? std::nullopt : told_post(case_, *thing.uri);
    for (const auto place : at) {
        auto& draft = drafts[place];
        if (!wants(draft)) {
            continue;
        }
        const auto* const told = told_of(*draft.target, post);
        if (told != nullptr && was_there(held.first, told->since)) {
            draft.heard.push_back(index);
            draft.heard_at = std::max(draft.heard_at, std::optional{told->at});
        } else {
            auto& list = undo ? draft.undos : draft.deletes;
            (kept ? draft.kept : list).push_back(index);
        }
    }
}

/// Whether it refuses what is sent from now on, if the origin's own Delete arrived. Who took nothing of the
/// person's until then may block the origin; who took something since goes on after that Delete.
bool PlanRun::may_be_deaf(const Draft& draft) const {
    return draft.deleted_at && draft.last <= *draft.deleted_at &&
           case_.request.scope.kind == records::ScopeKind::Account &&
           ends_with_actor(*draft.target->dialect) && draft.target->took_things &&
           !draft.target->told_by_origin;
}

/// A crash leaves the origin's Delete in the ledger as about to leave; the origin sends it once more, and the
/// answer to that is a refusal.
Result<void> PlanRun::mark_unanswered(std::span<Draft> drafts) const {
    const auto asked =
        std::any_of(drafts.begin(), drafts.end(), [&](const Draft& draft) { return may_be_deaf(draft); });
    const auto actor = Uri::parse(case_.actor);
    if (!asked || !actor || ports_.evidence == nullptr) {
        return {};
    }
    const auto attempts = ports_.evidence->attempts_of(case_.request.subject, *actor);
    if (!attempts) {
        return fail(attempts);
    }
    for (auto& draft : drafts) {
        draft.unanswered =
            may_be_deaf(draft) && left_unanswered(*attempts, draft.target->entry.host, *draft.deleted_at);
    }
    return {};
}

/// What is not sure of what it was told of is sent.
Result<void> PlanRun::confirm_heard(std::span<Draft> drafts) {
    std::vector<std::uint32_t> objects;
    for (auto& draft : drafts) {
        sort_once(draft.heard);
        objects.insert(objects.end(), draft.heard.begin(), draft.heard.end());
    }
    sort_once(objects);
    for (const auto object : objects) {
        if (auto confirmed = heard_check_.confirm(case_.objects[object].uri.reveal()); !confirmed) {
            return confirmed;
        }
    }
    for (auto& draft : drafts) {
        const auto unsure =
            std::stable_partition(draft.heard.begin(), draft.heard.end(), [&](std::uint32_t object) {
                return told_of(*draft.target, told_post(case_, case_.objects[object].uri.reveal())) !=
                       nullptr;
            });
        draft.deletes.insert(draft.deletes.end(), unsure, draft.heard.end());
        draft.heard.erase(unsure, draft.heard.end());
    }
    return {};
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

/// What the origin told it of is sent to nobody but software that asks the origin. A server that has nothing
/// else counts as told.
void PlanRun::part_heard(Draft& draft) const {
    sort_once(draft.deletes);
    sort_once(draft.heard);
    std::erase_if(draft.heard, [&](std::uint32_t object) {  // it went there anew
        return std::binary_search(draft.deletes.begin(), draft.deletes.end(), object);
    });
    const bool account = case_.request.scope.kind == records::ScopeKind::Account;  // told by its own Delete
    if (account || draft.heard.empty() || !draft.deletes.empty() || !draft.undos.empty()) {
        return;
    }
    if (case_.request.scope.kind == records::ScopeKind::Objects) {
        // It is counted for another of the chosen ones, of which nothing is known to lie there.
        draft.deletes = std::exchange(draft.heard, {});
        return;
    }
    draft.target->told_by_origin = true;
    draft.target->told_at = draft.heard_at;
}

Result<std::vector<records::NoticeStep>> PlanRun::steps_of(Draft& draft) {
    const auto& target = *draft.target;
    const auto kind = case_.request.scope.kind;
    if (!target.disclosed) {
        return std::vector<records::NoticeStep>{};
    }
    part_heard(draft);
    const bool nothing_found = draft.deletes.empty() && draft.undos.empty() && draft.kept.empty();
    if (kind == records::ScopeKind::Objects && nothing_found && !target.told_by_origin) {
        if (auto named = name_heard_of(draft); !named) {
            return fail(named);
        }
    }
    sort_once(draft.deletes);
    sort_once(draft.undos);
    sort_once(draft.kept);
    auto steps = steps_for(*target.dialect, draft.needs, draft.deletes, draft.undos, draft.heard);
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

}  // namespace fedtrail::erasure
