#include "erasure/spotted_deletions.hpp"

#include <algorithm>
#include <utility>

#include "erasure/transition.hpp"
#include "erasure/verdict.hpp"

namespace fedtrail::erasure {

namespace {

using privacy::RequestEventKind;
using privacy::RequestState;
using records::ErasureRequest;
using records::ScopeKind;

constexpr std::size_t kPage = 1'000;
constexpr std::chrono::minutes kAskAgain{1};

records::RequestEvent event_of(RequestEventKind kind, Instant at, std::string reason = {}) {
    records::RequestEvent event;
    event.at = at;
    event.kind = kind;
    event.by = "fedtrail";
    event.reason = std::move(reason);
    return event;
}

std::optional<std::uint32_t> index_in(const std::vector<Personal<std::string>>& objects,
                                      const std::string& uri) {
    const auto found = std::find_if(objects.begin(), objects.end(), [&](const Personal<std::string>& one) {
        return one.reveal() == uri;
    });
    if (found == objects.end()) {
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(found - objects.begin());
}

bool is_account(const SpottedDelete& seen) {
    return seen.object == seen.actor;
}

}  // namespace

SpottedDeletions::SpottedDeletions(SpottedPorts ports,
                                   const fediverse::Dialects& dialects,
                                   FanOutOver over,
                                   SpottedOptions options)
    : ports_(ports), dialects_(dialects), over_(std::move(over)), options_(options) {}

Result<void> SpottedDeletions::load() {
    RequestFilter filter;
    filter.open_only = true;
    filter.limit = kPage;
    for (bool more = !loaded_; more;) {
        const auto page = ports_.requests.requests(filter);
        if (!page) {
            return fail(page);
        }
        for (const auto& request : *page) {
            filter.after = request.number;
            if (request.source != records::RequestSource::Observed ||
                request.state != RequestState::Received) {
                continue;
            }
            Gathering gathering{request.subject, request.received_at, ports_.clock.now(), {}, {}};
            for (const auto& object : request.scope.objects) {
                gathering.objects.push_back(object.reveal());
            }
            gathering_.emplace(request.number, std::move(gathering));
        }
        more = page->size() == kPage;
    }
    loaded_ = true;
    return {};
}

Result<std::vector<ErasureRequest>> SpottedDeletions::requests_of(privacy::SubjectNumber subject) const {
    std::vector<ErasureRequest> all;
    RequestFilter filter;
    filter.subject = subject;
    filter.limit = kPage;
    for (bool more = true; more;) {
        auto page = ports_.requests.requests(filter);
        if (!page) {
            return page;
        }
        more = page->size() == kPage;
        for (auto& request : *page) {
            filter.after = request.number;
            all.push_back(std::move(request));
        }
    }
    return all;
}

/// Whether a deletion by the origin may be the one that this request is about.
bool SpottedDeletions::is_meant(const ErasureRequest& request) const {
    const bool void_one = request.state == RequestState::Refused ||
                          request.state == RequestState::Withdrawn ||
                          request.state == RequestState::Duplicate;
    const bool old = request.closed_at && ports_.clock.now() - *request.closed_at > options_.again;
    return request.identity_verified && request.scope.recipients.empty() && !void_one && !old;
}

Result<std::optional<SpottedDeletions::Place>> SpottedDeletions::place_of(privacy::SubjectNumber subject,
                                                                          const SpottedDelete& seen) {
    auto all = requests_of(subject);
    if (!all) {
        return fail(all);
    }
    ErasureRequest* grows = nullptr;
    for (auto request = all->rbegin(); request != all->rend(); ++request) {
        if (!is_meant(*request)) {
            continue;
        }
        if (request->scope.kind == ScopeKind::Account) {
            const bool open = !privacy::is_closed(request->state);
            if (is_account(seen)) {
                return std::optional{Place{request->number, 0}};
            }
            if (open) {
                return std::optional<Place>{};  // the account goes, this object with it
            }
        }
        const auto index =
            is_account(seen) ? std::nullopt : index_in(request->scope.objects, seen.object.reveal());
        if (index) {
            return std::optional{Place{request->number, *index}};
        }
        const auto gathering = gathering_.find(request->number);
        if (!is_account(seen) && gathering != gathering_.end() && request->scope.kind == ScopeKind::Objects &&
            request->scope.objects.size() < options_.max_objects) {
            grows = &*request;
        }
    }
    return grows != nullptr ? add_object(std::move(*grows), seen) : open_for(subject, seen);
}

Result<std::optional<SpottedDeletions::Place>> SpottedDeletions::open_for(privacy::SubjectNumber subject,
                                                                          const SpottedDelete& seen) {
    ErasureRequest request;
    request.subject = subject;
    request.source = records::RequestSource::Observed;
    request.received_at = seen.at;
    request.identity_verified = true;  // whoever may delete at the origin has shown who they are there
    Gathering gathering{subject, ports_.clock.now(), ports_.clock.now(), {}, {}};
    if (!is_account(seen)) {
        request.scope.kind = ScopeKind::Objects;
        request.scope.objects.push_back(seen.object);
        gathering.objects.push_back(seen.object.reveal());
    }
    const auto opened = ports_.requests.open(
        std::move(request), event_of(RequestEventKind::Received, seen.at, "the origin was seen to delete"));
    if (!opened) {
        return fail(opened);
    }
    gathering_.emplace(opened->number, std::move(gathering));
    return std::optional{Place{opened->number, 0}};
}

Result<std::optional<SpottedDeletions::Place>> SpottedDeletions::add_object(ErasureRequest request,
                                                                            const SpottedDelete& seen) {
    const auto number = request.number;
    const auto index = static_cast<std::uint32_t>(request.scope.objects.size());
    const auto recorded = record_event(
        ports_.requests,
        number,
        event_of(RequestEventKind::Received, seen.at, "the origin was seen to delete another object"),
        [&](ErasureRequest& stored) -> Result<void> {
            if (stored.scope.objects.size() != index) {
                return fail(ErrorKind::Unavailable, "an observed request was changed meanwhile");
            }
            stored.scope.objects.push_back(seen.object);
            return {};
        });
    if (!recorded && recorded.error().kind == ErrorKind::Denied) {  // it was started meanwhile
        gathering_.erase(number);
        return open_for(request.subject, seen);
    }
    if (!recorded) {
        return fail(recorded);
    }
    gathering_.at(number).objects.push_back(seen.object.reveal());
    return std::optional{Place{number, index}};
}

Result<void> SpottedDeletions::undo(privacy::SubjectNumber subject, const SpottedDelete& seen) {
    const auto all = requests_of(subject);
    if (!all) {
        return fail(all);
    }
    for (const auto& request : *all) {
        const bool meant = request.source == records::RequestSource::Observed &&
                           request.scope.kind == ScopeKind::Account && !privacy::is_closed(request.state) &&
                           !request.stopped;
        if (!meant) {
            continue;
        }
        const bool started = request.state == RequestState::InProgress;
        const auto recorded =
            record_event(ports_.requests,
                         request.number,
                         event_of(started ? RequestEventKind::Stopped : RequestEventKind::Withdrawn,
                                  seen.at,
                                  "the origin took its Delete back (a suspension that was lifted)"),
                         [&](ErasureRequest& stored) -> Result<void> {
                             stored.stopped = started;
                             if (!started) {
                                 stored.closed_at = ports_.clock.now();
                             }
                             return {};
                         });
        if (!recorded && recorded.error().kind != ErrorKind::Denied) {
            return fail(recorded);
        }
        gathering_.erase(request.number);
    }
    return {};
}

Result<void> SpottedDeletions::take_one(privacy::SubjectNumber subject, const SpottedDelete& seen) {
    if (seen.undone) {
        return undo(subject, seen);
    }
    const auto place = place_of(subject, seen);
    if (!place || !*place) {
        return place ? Result<void>{} : Result<void>{fail(place)};
    }
    const auto gathering = gathering_.find((*place)->request);
    if (gathering == gathering_.end()) {
        return seen.accepted ? count_late(**place, seen) : Result<void>{};
    }
    gathering->second.last_seen = ports_.clock.now();
    if (seen.accepted && reached_ < options_.max_reached) {
        auto& reached = gathering->second.reached[seen.recipient];
        reached_ += reached.emplace((*place)->object, Reached{seen.at, seen.status}).second ? 1 : 0;
    }
    return {};
}

Result<void> SpottedDeletions::take(std::span<const SpottedDelete> deletes) {
    if (auto loaded = load(); !loaded) {
        return loaded;
    }
    for (const auto& seen : deletes) {
        const auto subject = ports_.vault.find(seen.actor.reveal());
        if (!subject && subject.error().kind == ErrorKind::Unavailable) {
            return fail(subject);
        }
        if (!subject) {
            continue;  // nobody of ours, or shredded
        }
        if (auto taken = take_one(*subject, seen); !taken) {
            return taken;
        }
    }
    return {};
}

Result<std::optional<Instant>> SpottedDeletions::settle() {
    if (auto loaded = load(); !loaded) {
        return fail(loaded);
    }
    const auto now = ports_.clock.now();
    std::optional<Instant> soonest;
    for (auto one = gathering_.begin(); one != gathering_.end();) {
        const auto due =
            std::min(one->second.last_seen + options_.quiet, one->second.opened + options_.longest);
        if (now < due) {
            soonest = soonest ? std::min(*soonest, due) : due;
            ++one;
            continue;
        }
        if (auto written = write_told(one->first, one->second); !written) {
            return fail(written);
        }
        const auto over = over_(one->first);
        if (!over && over.error().kind == ErrorKind::Unavailable) {
            return std::optional{now + kAskAgain};
        }
        if (auto written = write_attempts(one->first, one->second); !written) {
            return fail(written);
        }
        for (const auto& [host, reached] : one->second.reached) {
            reached_ -= reached.size();
        }
        one = gathering_.erase(one);
    }
    return soonest;
}

}  // namespace fedtrail::erasure
