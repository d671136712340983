#include "erasure/taken.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "erasure/notice_pages.hpp"

namespace fedtrail::erasure {

namespace {

using records::AttemptResult;

bool was_taken(const records::NoticeAttempt& attempt) {
    return attempt.result == AttemptResult::Answered && attempt.status >= 200 && attempt.status < 300;
}

/// As the planner writes it down.
bool is_unanswered_by_origin(const records::NoticeAttempt& attempt) {
    return attempt.scheme == kByOrigin && attempt.result == AttemptResult::Sent;
}

/// A message of ours; an origin's attempt names an object where ours name a step.
bool is_actors(const records::NoticeAttempt& attempt, const records::Notice& notice) {
    return attempt.scheme != kByOrigin && attempt.step < notice.steps.size() &&
           notice.steps[attempt.step].kind == fediverse::StepKind::DeleteActor;
}

/// `account`: its request erases an account, so that what the origin sent is the account's own Delete.
ActorTaken taken_in(const records::Notice& notice, const NoticeHistory& history, bool account) {
    if (account && notice.seen_from_origin) {
        return ActorTaken::Yes;
    }
    bool begun = false;
    bool unanswered = false;
    bool origin_unanswered = false;
    for (const auto& attempt : history.attempts) {
        const bool own = is_actors(attempt, notice);
        const bool taken = was_taken(attempt);
        if (taken && (own || (account && attempt.scheme == kByOrigin))) {
            return ActorTaken::Yes;
        }
        if (taken) {
            unanswered = origin_unanswered = false;  // it took something else afterwards
        } else if (account && is_unanswered_by_origin(attempt)) {
            origin_unanswered = true;
        } else if (own) {
            unanswered = unanswered || attempt.result == AttemptResult::Sent ||
                         (begun && attempt.result == AttemptResult::Begun);
        }
        begun = own && attempt.result == AttemptResult::Begun;
    }
    if (origin_unanswered) {
        return ActorTaken::OriginPerhaps;
    }
    return unanswered ? ActorTaken::Perhaps : ActorTaken::No;
}

}  // namespace

Result<ActorTaken> actor_taken(const NoticeBook& notices,
                               const RequestBook& requests,
                               const records::Notice& notice) {
    std::vector<records::Notice> all;
    NoticeFilter filter;
    filter.recipient = notice.recipient;
    filter.subject = notice.subject;
    const auto read = each_notice(notices, filter, [&all](records::Notice&& one) {
        all.push_back(std::move(one));
        return true;
    });
    if (!read) {
        return fail(read);
    }
    auto taken = ActorTaken::No;
    for (const auto& one : all) {
        const auto request = requests.request(one.request);
        if (!request) {
            return fail(request);
        }
        const auto history = notices.history(one.number);
        if (!history) {
            return fail(history);
        }
        const auto found = taken_in(one, *history, request->scope.kind == records::ScopeKind::Account);
        if (found == ActorTaken::Yes) {
            return found;
        }
        taken = one.number == notice.number ? found : taken;
    }
    return taken;
}

bool left_before(std::span<const records::NoticeAttempt> attempts, Instant moment) {
    const records::NoticeAttempt* begun = nullptr;
    for (const auto& attempt : attempts) {
        if (attempt.scheme == kByOrigin || attempt.at >= moment) {
            continue;
        }
        const bool begins = attempt.result == AttemptResult::Begun;
        const bool left = attempt.result == AttemptResult::Answered || attempt.result == AttemptResult::Sent;
        // An outcome bears the time of its beginning.
        const bool lost = begun != nullptr && (begins || attempt.at != begun->at);
        if (left || lost) {
            return true;
        }
        begun = begins ? &attempt : nullptr;
    }
    return begun != nullptr;
}

Result<bool> took_everything(const NoticeBook& notices, const records::Notice& notice) {
    if (notice.declined == 0) {
        return true;
    }
    const auto history = notices.history(notice.number);
    if (!history) {
        return fail(history);
    }
    std::vector<bool> steps(notice.steps.size());
    for (const auto& attempt : history->attempts) {
        const bool ours = attempt.scheme != kByOrigin && attempt.step < steps.size();
        if (ours && attempt.result == AttemptResult::Answered) {  // the last answer counts
            steps[attempt.step] = was_taken(attempt);
        }
    }
    // The second wave is the one that counts where there is one: forms of the first do not stand in for it.
    std::map<std::tuple<fediverse::StepKind, std::uint8_t, std::uint32_t>, bool> things;
    for (std::size_t i = 0; i < std::min<std::size_t>(notice.position, steps.size()); ++i) {
        const auto& step = notice.steps[i];
        auto& taken = things[{step.kind, step.wave, step.object}];
        taken = taken || steps[i];
    }
    // The account's own Delete means all of its things: who takes it may never have kept some of them.
    const bool account = std::any_of(things.begin(), things.end(), [](const auto& thing) {
        return std::get<fediverse::StepKind>(thing.first) == fediverse::StepKind::DeleteActor && thing.second;
    });
    return account ||
           std::all_of(things.begin(), things.end(), [](const auto& thing) { return thing.second; });
}

}  // namespace fedtrail::erasure
