// What a letter may say: nothing that is not so, and nothing of what is kept.

#include <algorithm>
#include <vector>

#include "erasure/escalation.hpp"
#include "erasure/letter_folder.hpp"
#include "erasure/reason.hpp"
#include "erasure/sort_once.hpp"
#include "erasure/told_elsewhere.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::NoticeState;

bool is_of_actor(const records::NoticeStep& step) {
    return step.kind == fediverse::StepKind::DeleteActor;
}

/// When something was kept from a request last.
Instant last_kept(const std::vector<records::RequestEvent>& events) {
    Instant at{};
    for (const auto& event : events) {
        const bool kept = event.kind == privacy::RequestEventKind::HeldForLaw ||
                          event.kind == privacy::RequestEventKind::PartlyRefused;
        at = kept ? std::max(at, event.at) : at;
    }
    return at;
}

/// What was erased there: the objects of its steps.
std::vector<std::uint32_t> objects_of(const records::Notice& notice) {
    std::vector<std::uint32_t> objects;
    for (const auto& step : notice.steps) {
        if (!is_of_actor(step)) {
            objects.push_back(step.object);
        }
    }
    std::sort(objects.begin(), objects.end());
    objects.erase(std::unique(objects.begin(), objects.end()), objects.end());
    return objects;
}

/// What became of our messages to it.
void add_delivery(const records::Notice& notice, const NoticeHistory& history, LetterFacts& facts) {
    const bool failed = notice.state == NoticeState::Unreachable;
    facts.told = records::was_told(notice);
    facts.refused = notice.state == NoticeState::Refused;
    facts.failing = failed && facts.told;
    const bool untried = history.attempts.empty() || reason_of(notice.reason).code == ReasonCode::NotSent;
    facts.not_sent = failed && !facts.told && untried;
    facts.unreachable = failed && !facts.told && !facts.not_sent;
    facts.status = facts.refused || facts.failing ? notice.last_status : std::uint16_t{0};
}

}  // namespace

/// Whether Art. 19 speaks of it: the ledger says that it was sent the data, or fetched them.
Result<bool> Escalation::is_from_us(const records::Notice& notice) const {
    const auto pairs = ports_.reader.recipients_of(notice.subject, Window{});
    if (!pairs) {
        return fail(pairs);
    }
    return std::any_of(pairs->begin(), pairs->end(), [&](const PairAggregate& pair) {
        return pair.recipient == notice.recipient && privacy::got_from_us(pair.channels);
    });
}

/// Whether what was erased, or is to be, is the account: then its Delete was sent there, or its origin's
/// own was. Where something is kept it is named only if the planner knew of that by then: it spares accounts
/// that hold what is kept.
Result<bool> Escalation::names_account(const records::ErasureRequest& request,
                                       const records::Notice& notice,
                                       const NoticeHistory& history) const {
    const auto& steps = notice.steps;
    const auto last = std::find_if(steps.rbegin(), steps.rend(), is_of_actor);
    if (request.scope.kind != records::ScopeKind::Account ||
        (last == steps.rend() && !notice.seen_from_origin)) {
        return false;
    }
    const auto kept_at = ports_.requests.events(request.number);
    const auto objects = ports_.notices.objects(request.number, {});
    if (!kept_at || !objects) {
        return kept_at ? fail(objects) : fail(kept_at);
    }
    const bool keeps =
        std::any_of(objects->begin(), objects->end(), [](const auto& one) { return one.held_for_law; });
    if (!keeps) {
        return true;
    }
    if (last == steps.rend()) {
        return false;
    }
    const auto step = static_cast<std::uint32_t>(steps.rend() - last - 1);
    const auto since = last_kept(*kept_at);
    return step >= notice.position ||
           std::any_of(history.attempts.begin(), history.attempts.end(), [&](const auto& attempt) {
               return attempt.step == step && attempt.at > since;
           });
}

Result<void> Escalation::add_things(const records::ErasureRequest& request,
                                    const records::Notice& notice,
                                    const NoticeHistory& history,
                                    LetterFacts& facts) const {
    const auto identity = ports_.vault.identity(notice.subject);
    const auto account = names_account(request, notice, history);
    if (!identity || !account) {
        return identity ? fail(account) : fail(identity);
    }
    facts.origin = identity->origin;
    facts.account = *account;
    if (*account) {
        facts.things.push_back(identity->actor);
    }
    auto wanted = objects_of(notice);
    const auto told = left_out_places(ports_.requests, ports_.notices, ports_.dialects, request, notice);
    if (!told) {
        return fail(told);
    }
    wanted.insert(wanted.end(), told->begin(), told->end());
    sort_once(wanted);
    const bool origin_alone = wanted.empty() && notice.steps.empty();
    if (wanted.empty() && (*account || !origin_alone)) {
        return {};
    }
    const auto objects = ports_.notices.objects(notice.request, wanted);
    if (!objects) {
        return fail(objects);
    }
    for (const auto& object : *objects) {
        if (!object.held_for_law && facts.things.size() < options_.max_uris) {
            facts.things.push_back(object.uri);
        } else {
            facts.more += object.held_for_law ? 0 : 1;
        }
    }
    return {};
}

Result<LetterFacts> Escalation::facts_of(const records::ErasureRequest& request,
                                         const records::Notice& notice,
                                         const NoticeHistory& history) const {
    LetterFacts facts;
    facts.controller = options_.controller;
    facts.recipient = notice.recipient;
    facts.reference = reference_of(notice);
    facts.at = ports_.clock.now();
    facts.acknowledged_at = notice.acknowledged_at;
    add_delivery(notice, history, facts);
    const auto from_us = is_from_us(notice);
    if (!from_us) {
        return fail(from_us);
    }
    facts.from_us = *from_us;
    if (const auto seen = seen_present(history)) {
        facts.seen_at = seen->last;
    }
    for (const auto& letter : history.letters) {
        if (letter.handed_over && !facts.first_letter_at) {
            facts.first_letter_at = letter.at;
        }
    }
    if (auto added = add_things(request, notice, history, facts); !added) {
        return fail(added);
    }
    return facts;
}

}  // namespace fedtrail::erasure
