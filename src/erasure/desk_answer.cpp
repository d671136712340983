// What the person is told.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fedtrail/records/recipient_card.hpp"

#include "erasure/desk.hpp"
#include "erasure/notice_pages.hpp"

namespace fedtrail::erasure {

namespace {

using privacy::RequestEventKind;
using privacy::RequestState;
using Notices = std::map<Host, records::Notice>;

Result<Notices> notices_of(const NoticeBook& book, records::RequestNumber number) {
    Notices all;
    NoticeFilter filter;
    filter.request = number;
    const auto read = each_notice(book, filter, [&](records::Notice&& notice) {
        all.emplace(notice.recipient, std::move(notice));
        return true;
    });
    if (!read) {
        return fail(read);
    }
    return all;
}

/// Whom nothing was sent so far is told nothing any more, unless the request goes on.
bool goes_on(const Answer& answer) {
    const bool over = answer.state == RequestState::Fulfilled ||
                      answer.state == RequestState::PartlyFulfilled ||
                      answer.state == RequestState::Refused || answer.state == RequestState::Withdrawn;
    return !over && !answer.stopped;
}

/// The account's own Delete went there before something was kept, by us or by the origin.
bool is_account_told(const records::Notice& notice) {
    const auto passed = notice.steps.begin() + notice.position;
    return (notice.steps.empty() && records::was_told(notice)) ||
           std::any_of(notice.steps.begin(), passed, [](const records::NoticeStep& step) {
               return step.kind == fediverse::StepKind::DeleteActor;
           });
}

AnsweredRecipient answered_of(const Host& host,
                              const Notices& notices,
                              const std::set<Host>& keepers,
                              bool more) {
    AnsweredRecipient told;
    told.host = host;
    const auto notice = notices.find(host);
    told.profile_stays =
        keepers.count(host) != 0 && (notice == notices.end() || !is_account_told(notice->second));
    if (notice != notices.end()) {
        const bool never = notice->second.state == fediverse::NoticeState::Planned &&
                           (notice->second.steps.empty() || !more);
        if (!never) {  // all that lies there is kept, or it was not reached in time
            told.state = notice->second.state;
        }
        told.told = records::was_told(notice->second);
        told.seen = notice->second.presence == fediverse::Presence::Present;
        told.acknowledged_at = notice->second.acknowledged_at;
        told.messages = static_cast<std::uint32_t>(notice->second.steps.size());
        told.not_taken = notice->second.declined;
        told.last_status = notice->second.last_status;
        told.reason = notice->second.reason;
    }
    return told;
}

/// Whether a server that was not told still belongs into the answer: it got something the request is about.
bool concerns(const records::ErasureScope& scope, const Host& host) {
    return scope.kind == records::ScopeKind::Account &&
           (scope.recipients.empty() ||
            std::find(scope.recipients.begin(), scope.recipients.end(), host) != scope.recipients.end());
}

/// Who could be in the answer.
std::vector<Host> hosts_of(const std::vector<PairAggregate>& pairs, const Notices& notices) {
    std::vector<Host> hosts;
    hosts.reserve(pairs.size() + notices.size());
    for (const auto& pair : pairs) {
        hosts.push_back(pair.recipient);
    }
    for (const auto& [host, notice] : notices) {
        hosts.push_back(host);
    }
    return hosts;
}

/// `passing`: those that pass on what they get, by what they are.
void add_lists(Answer& answer,
               const std::vector<PairAggregate>& pairs,
               Notices notices,
               const std::set<Host>& keepers,
               const std::set<Host>& passing) {
    const bool more = goes_on(answer);
    std::map<Host, AnsweredRecipient> others;
    for (const auto& pair : pairs) {
        if (!concerns(answer.scope, pair.recipient) && notices.count(pair.recipient) == 0) {
            continue;
        }
        auto told = answered_of(pair.recipient, notices, keepers, more);
        told.passes_on =
            passing.count(pair.recipient) != 0 || !records::passes_on_as({}, pair.channels).empty();
        notices.erase(pair.recipient);
        if (privacy::got_from_us(pair.channels)) {
            answer.recipients.push_back(std::move(told));
        } else {
            others.emplace(pair.recipient, std::move(told));
        }
    }
    // Told, and not in the ledger (any more).
    for (const auto& [host, notice] : notices) {
        answer.way_unknown.push_back(answered_of(host, notices, keepers, more));
        answer.way_unknown.back().passes_on = passing.count(host) != 0;
    }
    for (auto& [host, told] : others) {
        answer.others.push_back(std::move(told));
    }
}

/// Those that were named are answered for, also where there was nothing to do. What `is_forgotten`, by
/// shredding, may have gone anywhere.
void add_named(Answer& answer,
               const std::vector<PairAggregate>& pairs,
               const Notices& notices,
               const std::vector<records::Objection>& objections,
               bool is_forgotten) {
    const std::set<Host> named{answer.scope.recipients.begin(), answer.scope.recipients.end()};
    for (const auto& host : named) {
        const auto is_it = [&host](const auto& each) { return each.recipient == host; };
        const bool touched =
            is_forgotten || notices.count(host) != 0 || std::any_of(pairs.begin(), pairs.end(), is_it);
        if (!touched) {
            answer.untouched.push_back(host);
        }
        if (std::any_of(objections.begin(), objections.end(), is_it)) {
            answer.objected.push_back(host);
        }
    }
}

/// The controller's word that it is deleted here, without which it is not closed as fulfilled unless that was
/// seen.
bool said_gone(const std::vector<records::RequestEvent>& events) {
    const auto closing = std::find_if(events.rbegin(), events.rend(), [](const auto& event) {
        return event.kind == RequestEventKind::ClosedFulfilled;
    });
    return closing != events.rend() && !closing->reason.empty();
}

bool is_acted_on(RequestState state) {
    return state == RequestState::InProgress || state == RequestState::PausedForInfo ||
           state == RequestState::Fulfilled || state == RequestState::PartlyFulfilled;
}

void add_own_copy(Answer& answer, const RequestView& seen) {
    const auto& request = seen.request;
    if (!request.scope.recipients.empty()) {
        return;  // what lies with us stays
    }
    const bool acted = is_acted_on(request.state);
    // Of what is kept, or not acted on, the letter would contradict itself.
    const bool said = seen.origin == OriginWord::SaidGone && acted && seen.held.empty();
    if (seen.origin == OriginWord::SeenGone) {
        answer.own_gone_at = request.origin_gone_at;
        answer.own_copy = OwnCopy::Gone;
    } else if (said || (request.state == RequestState::Fulfilled && said_gone(seen.events))) {
        answer.own_copy = OwnCopy::SaidGone;
    } else if (acted) {
        answer.own_copy = OwnCopy::NotSeenGone;
    }
}

void add_states(Answer& answer, const Notices& notices) {
    for (const auto& [host, notice] : notices) {
        ++answer.states[notice.state];
    }
}

/// `before`: what those mean that were written down when a ground was not asked for.
AnswerRefusal refusal_of(const records::RequestEvent& event, privacy::RefusalGround before) {
    return {event.ground.value_or(before), event.reason, event.kind == RequestEventKind::Refused};
}

/// Refused for that (Art. 11(2), 12(6)), also by shredding: what is known of the account is nothing for them.
bool is_unidentified(const std::vector<records::RequestEvent>& events) {
    return std::any_of(events.begin(), events.end(), [](const records::RequestEvent& event) {
        return event.kind == RequestEventKind::Refused &&
               event.ground == privacy::RefusalGround::NotIdentified;
    });
}

void add_reasons(Answer& answer, const std::vector<records::RequestEvent>& events) {
    std::vector<AnswerRefusal> kept;
    for (const auto& event : events) {
        if (event.begins_keeping) {  // what was kept before was released
            kept.clear();
        }
        if (event.kind == RequestEventKind::Extended) {
            answer.extension_reason = event.reason;
        }
        if (event.kind == RequestEventKind::Refused) {
            answer.refusals.push_back(refusal_of(event, privacy::RefusalGround::NoGround));
        } else if (event.kind == RequestEventKind::PartlyRefused) {
            kept.push_back(refusal_of(event, privacy::RefusalGround::NoGround));
        } else if (event.kind == RequestEventKind::HeldForLaw) {
            kept.push_back(refusal_of(event, privacy::RefusalGround::LegalObligation));
        }
    }
    // A partial refusal, or a hold, is over when all that is kept was released.
    if (answer.objects_kept != 0) {
        answer.refusals.insert(answer.refusals.end(), kept.begin(), kept.end());
    }
    answer.names_remedies = answer.overdue || !answer.refusals.empty() || answer.objects_kept != 0 ||
                            (answer.stopped && answer.state != RequestState::Withdrawn) ||
                            answer.state == RequestState::PartlyFulfilled;
}

}  // namespace

privacy::Day Desk::today() const {
    return local_day(ports_.clock.now(), *calendar_);
}

Result<Answer> Desk::answer(records::RequestNumber number) const {
    const auto seen = view(number);
    if (!seen) {
        return fail(seen);
    }
    const auto& request = seen->request;
    Answer answer;
    answer.number = number;
    answer.state = request.state;
    answer.scope = request.scope;
    answer.received = seen->received_day;
    answer.due = seen->due;
    answer.extended = seen->extended;
    answer.overdue = seen->overdue && !privacy::is_closed(request.state) &&
                     request.source != records::RequestSource::Observed;  // there nobody asked
    answer.duplicate_of = request.duplicate_of;
    answer.stopped = request.stopped;
    answer.identity_verified = request.identity_verified && !is_unidentified(seen->events);
    const bool keeps = request.state != RequestState::Withdrawn;  // else all stays as it is, by their wish
    answer.objects_kept = keeps && answer.identity_verified ? seen->held.size() : 0;
    add_reasons(answer, seen->events);
    if (!answer.identity_verified) {
        return answer;
    }
    const auto identity = ports_.vault.identity(request.subject);
    const bool is_forgotten = !identity && identity.error().kind == ErrorKind::NotFound;  // shredded
    if (!identity && !is_forgotten) {
        return fail(identity);
    }
    if (identity) {
        answer.handle = identity->handle;
    }
    auto notices = notices_of(ports_.notices, number);
    if (!notices) {
        return fail(notices);
    }
    const auto pairs = ports_.reader.recipients_of(request.subject, Window{});
    if (!pairs) {
        return fail(pairs);
    }
    add_states(answer, *notices);
    add_own_copy(answer, *seen);
    const auto objections = objections_of(request.subject);
    if (!objections) {
        return fail(objections);
    }
    add_named(answer, *pairs, *notices, *objections, is_forgotten);
    // Who asked for single things alone keeps the profile anyway.
    const auto keepers = keeps && request.scope.kind == records::ScopeKind::Account
                             ? holders_of_any(request.subject, seen->held)
                             : Result<std::set<Host>>{std::set<Host>{}};
    if (!keepers) {
        return fail(keepers);
    }
    const auto passing = passing_on(hosts_of(*pairs, *notices));
    if (!passing) {
        return fail(passing);
    }
    add_lists(answer, *pairs, std::move(*notices), *keepers, *passing);
    return answer;
}

Changed Desk::answered(const Act& act, std::string_view paper) {
    if (act.reason.starts_with(records::kToldMark)) {  // else the log would commit to words about it as to it
        return fail(ErrorKind::Invalid,
                    "the reason begins as only the paper itself does",
                    "Give the paper as such, or other words.");
    }
    if (paper.empty()) {
        return record(act, RequestEventKind::Answered);
    }
    if (!act.reason.empty()) {
        return fail(ErrorKind::Invalid, "answered takes a reason or the paper", "Leave one of them out.");
    }
    auto told = act;
    told.reason = std::string{records::kToldMark}.append(paper);
    return record(told, RequestEventKind::Answered);
}

}  // namespace fedtrail::erasure
