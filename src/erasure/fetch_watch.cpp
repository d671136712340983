#include "erasure/fetch_watch.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "fedtrail/ports/visit_books.hpp"

#include "erasure/go_on.hpp"
#include "erasure/until_current.hpp"

namespace fedtrail::erasure {

namespace {

bool was_served(std::uint16_t status) {
    return (status >= 200 && status < 300) || status == 304;
}

constexpr const char* kTrace = "signed_fetch";

std::uint64_t hash_of(std::string_view uri) {
    return std::hash<std::string_view>{}(uri.substr(0, uri.find('#')));
}

struct LastDeeds {
    std::optional<Instant> deed;   ///< The last attempt or look of ours.
    std::optional<Instant> trace;  ///< The last fetch that was written down.
};

LastDeeds last_deeds(const NoticeHistory& history) {
    LastDeeds last;
    const auto later = [](std::optional<Instant>& one, Instant at) { one = one ? std::max(*one, at) : at; };
    for (const auto& attempt : history.attempts) {
        later(last.deed, attempt.at);
    }
    for (const auto& look : history.looks) {
        later(look.probe == kTrace ? last.trace : last.deed, look.at);
    }
    return last;
}

}  // namespace

struct FetchWatch::Index {
    std::unordered_map<std::uint64_t, std::vector<records::RequestNumber>> requests;
};

FetchWatch::FetchWatch(VerdictPorts ports, const SubjectVault& vault, Limits limits)
    : ports_(ports), vault_(vault), limits_(limits), index_(std::make_shared<Index>()) {}

FetchWatch::~FetchWatch() = default;

bool FetchWatch::watches(std::string_view uri) const {
    const std::scoped_lock held{lock_};
    return !index_->requests.empty() && index_->requests.count(hash_of(uri)) != 0;
}

Result<FetchWatch::Watched> FetchWatch::watched_requests() const {
    Watched watched;
    const auto now = ports_.clock.now();
    auto visited = visit_whole_requests(
        ports_.requests,
        {},
        [&](records::ErasureRequest& request) -> Result<void> {
            if (request.origin_gone_at && is_watched_at(request, limits_.after_close, now)) {
                watched.requests.push_back(std::move(request));
            }
            return {};
        },
        [&](const auto& row) { watched.damaged.push_back(row.number); });
    if (auto passed = watched.walk.pass(std::move(visited)); !passed) {
        return fail(passed);
    }
    return watched;
}

/// What is open may be planned anew at any time (a hold is released, sending goes on, a server turns out to
/// run something else) and have more objects. What was closed stays so until it is woken, which changes it.
Result<FetchWatch::Known> FetchWatch::known_of(const records::ErasureRequest& request) const {
    const auto known = uris_.find(request.number);
    if (request.closed_at && known != uris_.end() && known->second.closed_version == request.version) {
        return known->second;
    }
    auto uris = read_uris(request);
    return uris ? Result<Known>{Known{request.closed_at ? request.version : 0, std::move(*uris)}}
                : fail(uris);
}

Result<std::vector<std::uint64_t>> FetchWatch::read_uris(const records::ErasureRequest& request) const {
    std::vector<std::uint64_t> uris;
    if (request.scope.kind == records::ScopeKind::Account) {
        const auto identity = vault_.identity(request.subject);
        if (!identity && identity.error().kind != ErrorKind::NotFound) {
            return fail(identity);
        }
        if (identity) {
            uris.push_back(hash_of(identity->actor.reveal()));
        }
    }
    const auto objects = ports_.notices.objects(request.number, {});
    if (!objects) {
        return fail(objects);
    }
    for (const auto& object : *objects) {
        const auto& uri = object.uri.reveal();
        if (!object.held_for_law && uri.find('#') == std::string::npos) {  // a fragment is never asked for
            uris.push_back(hash_of(uri));
        }
    }
    return uris;
}

void FetchWatch::watch(records::RequestNumber number,
                       Known known,
                       Index& index,
                       std::map<records::RequestNumber, Known>& kept) const {
    const auto& uris = known.uris;
    const auto room = std::min(uris.size(), limits_.uris - std::min(limits_.uris, index.requests.size()));
    for (const auto uri : std::span{uris}.first(room)) {
        index.requests[uri].push_back(number);
    }
    kept.emplace(number, std::move(known));
}

Result<Instant> FetchWatch::refresh() {
    const auto now = ports_.clock.now();
    if (refresh_at_ && now < *refresh_at_) {
        return *refresh_at_;
    }
    auto watched = watched_requests();
    if (!watched) {
        return fail(watched);
    }
    auto index = std::make_shared<Index>();
    std::map<records::RequestNumber, Known> kept;
    auto& walk = watched->walk;
    const auto& requests = watched->requests;
    for (auto request = requests.rbegin(); request != requests.rend(); ++request) {
        auto known = known_of(*request);
        if (known) {
            watch(request->number, std::move(*known), *index, kept);
            continue;
        }
        if (auto passed = walk.pass(fail(known)); !passed) {
            return fail(passed);
        }
        watched->damaged.push_back(request->number);
    }
    for (const auto number : watched->damaged) {  // as it was known before
        if (const auto before = uris_.find(number); before != uris_.end()) {
            watch(number, before->second, *index, kept);
        }
    }
    uris_ = std::move(kept);
    refresh_at_ = now + limits_.refresh;
    {
        const std::scoped_lock held{lock_};
        index_ = std::move(index);
    }
    return walk.damage() ? Result<Instant>{*refresh_at_} : fail(walk.damage());
}

Result<void> FetchWatch::take_for(const SpottedFetch& fetch, records::RequestNumber number) {
    auto notice = notice_to(ports_.notices, number, fetch.recipient);
    if (!notice || !*notice) {
        return notice ? Result<void>{} : Result<void>{fail(notice)};
    }
    const auto history = ports_.notices.history((*notice)->number);
    if (!history) {
        return fail(history);
    }
    const auto last = last_deeds(*history);
    if (last.trace == fetch.at) {  // written before: all but the recipient's count, maybe
        return count_honour(ports_, fetch.recipient);
    }
    const bool too_soon = (last.deed && fetch.at < *last.deed + limits_.grace) ||
                          (last.trace && fetch.at < *last.trace + limits_.again);
    if (too_soon || records::is_under_way(**notice, fetch.at)) {
        return {};
    }
    Verdict verdict{**notice, (*notice)->state, {}};
    verdict.served = was_served(fetch.status);
    const auto state = fediverse::next(verdict.before, fediverse::NoticeEventKind::FetchedAgain);
    verdict.notice.state = state.value_or(verdict.before);
    auto seen = fediverse::Presence::Unknown;
    if (verdict.notice.state == fediverse::NoticeState::StillPresent) {
        seen = fediverse::Presence::Present;
        verdict.notice.presence = seen;
    }
    verdict.looks.push_back(records::NoticeLook{verdict.notice.number, fetch.at, kTrace, seen, fetch.status});
    return write_verdicts(ports_, {&verdict, 1});
}

Result<void> FetchWatch::take(const SpottedFetch& fetch) {
    std::vector<records::RequestNumber> numbers;
    {
        const std::scoped_lock held{lock_};
        const auto found = index_->requests.find(hash_of(fetch.uri.reveal()));
        if (found != index_->requests.end()) {
            numbers = found->second;
        }
    }
    Walk walk;
    for (const auto number : numbers) {
        auto taken = until_current([&] { return take_for(fetch, number); });
        if (auto passed = walk.pass(std::move(taken)); !passed) {
            return passed;
        }
    }
    return walk.damage();
}

}  // namespace fedtrail::erasure
