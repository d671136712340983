#include "erasure/spotted_deletions.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/ports/visit_books.hpp"

#include "erasure/go_on.hpp"
#include "erasure/transition.hpp"
#include "erasure/until_current.hpp"

namespace fedtrail::erasure {

namespace {

using privacy::RequestEventKind;
using privacy::RequestState;
using records::ErasureRequest;
using records::ScopeKind;

constexpr std::chrono::minutes kSettleAgain{1};
constexpr const char* kByUs = "fedtrail";

records::RequestEvent event_of(RequestEventKind kind, Instant at, std::string reason = {}) {
    records::RequestEvent event;
    event.at = at;
    event.kind = kind;
    event.by = kByUs;
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

bool is_undone_by(const ErasureRequest& request, const SpottedDelete& seen) {
    const bool open = request.source == records::RequestSource::Observed &&
                      !privacy::is_closed(request.state) && !request.stopped;
    const bool account = request.scope.kind == ScopeKind::Account;
    return open && account == is_account(seen) &&
           (account || index_in(request.scope.objects, seen.object.reveal()));
}

/// Of a Delete that was just taken back: the origin's queue goes on with it where a server did not answer.
/// One of a post that is new is accepted by somebody; where a late one is accepted its Undo comes behind it.
bool is_repeated(const ErasureRequest& request, const SpottedDelete& seen) {
    if (is_account(seen)) {
        return request.state == RequestState::Withdrawn && request.scope.kind == ScopeKind::Account;
    }
    return !seen.accepted && index_in(request.scope.objects, seen.object.reveal());
}

}  // namespace

SpottedDeletions::SpottedDeletions(SpottedPorts ports,
                                   const fediverse::Dialects& dialects,
                                   FanOutOver over,
                                   SpottedOptions options)
    : ports_(ports), dialects_(dialects), over_(std::move(over)), options_(std::move(options)) {}

Result<void> SpottedDeletions::load() {
    if (loaded_) {
        return {};
    }
    RequestFilter filter;
    filter.open_only = true;
    Walk walk;
    const auto visited =
        visit_whole_requests(ports_.requests, filter, [&](const ErasureRequest& request) -> Result<void> {
            if (request.source == records::RequestSource::Observed &&
                request.state == RequestState::Received) {
                gather(request);
                return walk.pass(read_reached(request.number));
            }
            return {};
        });
    loaded_ = may_go_on(visited);
    return worse_of(walk.damage(), visited);
}

void SpottedDeletions::gather(const ErasureRequest& request) {
    const auto now = ports_.clock.now();
    Gathering gathering{request.subject, std::min(request.received_at, now), now, {}, {}, {}};
    for (const auto& object : request.scope.objects) {
        gathering.objects.push_back(object.reveal());
    }
    gathering_.emplace(request.number, std::move(gathering));
}

SpottedDeletions::Gatherings::iterator SpottedDeletions::forget(Gatherings::iterator gathering) {
    for (const auto& [host, reached] : gathering->second.reached) {
        reached_ -= reached.size();
    }
    return gathering_.erase(gathering);
}

Result<std::vector<ErasureRequest>> SpottedDeletions::requests_of(privacy::SubjectNumber subject) const {
    std::vector<ErasureRequest> all;
    RequestFilter filter;
    filter.subject = subject;
    const auto visited =
        visit_requests(ports_.requests, filter, [&](ErasureRequest& request) -> Result<void> {
            all.push_back(std::move(request));
            return {};
        });
    if (!visited) {
        return fail(visited);
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

Result<std::optional<Instant>> SpottedDeletions::taken_back_at(const ErasureRequest& request) const {
    std::optional<Instant> at;
    const bool ended = request.stopped || request.state == RequestState::Withdrawn;
    if (!ended || request.source != records::RequestSource::Observed) {
        return at;
    }
    const auto events = ports_.requests.events(request.number);
    if (!events) {
        return fail(events);
    }
    for (const auto& event : *events) {
        if (event.kind == RequestEventKind::Stopped || event.kind == RequestEventKind::Withdrawn) {
            at = event.by == kByUs ? std::optional{event.at} : std::nullopt;
        }
    }
    return at;
}

SpottedDeletions::Match SpottedDeletions::match(const ErasureRequest& request,
                                                const SpottedDelete& seen) const {
    const bool account = request.scope.kind == ScopeKind::Account;
    if (!is_meant(request) || (is_account(seen) && !account)) {
        return {};
    }
    if (account) {
        const bool covers = is_account(seen) || !privacy::is_closed(request.state);
        return {covers ? (is_account(seen) ? Fit::Is : Fit::Covers) : Fit::No, 0};
    }
    if (const auto index = index_in(request.scope.objects, seen.object.reveal())) {
        return {Fit::Is, *index};
    }
    const bool grows = gathering_.count(request.number) != 0 && request.state == RequestState::Received &&
                       request.scope.kind == ScopeKind::Objects &&
                       request.scope.objects.size() < options_.max_objects;
    return {grows ? Fit::Grows : Fit::No, 0};
}

Result<std::optional<SpottedDeletions::Place>> SpottedDeletions::place_of(privacy::SubjectNumber subject,
                                                                          const SpottedDelete& seen) {
    const auto all = requests_of(subject);
    if (!all) {
        return fail(all);
    }
    const ErasureRequest* grows = nullptr;
    for (auto request = all->rbegin(); request != all->rend(); ++request) {
        const auto taken_back = taken_back_at(*request);
        if (!taken_back) {
            return fail(taken_back);
        }
        const bool lately = *taken_back && ports_.clock.now() - **taken_back < options_.late;
        if (lately && is_repeated(*request, seen)) {
            const auto looked = look_at_repetition(*request, seen);
            return looked ? Result<std::optional<Place>>{std::nullopt} : fail(looked);
        }
        // It sends nothing any more: what is deleted anew has to begin anew.
        const bool late = is_account(seen) && lately;
        const auto found = !*taken_back || late ? match(*request, seen) : Match{};
        if (found.fit == Fit::Is) {
            const auto looked = late ? look_at_repetition(*request, seen) : Result<void>{};
            return looked ? Result<std::optional<Place>>{Place{request->number, found.object}} : fail(looked);
        }
        if (found.fit == Fit::Covers) {
            return std::optional<Place>{};
        }
        grows = found.fit == Fit::Grows ? &*request : grows;
    }
    return grows != nullptr ? add_object(*grows, seen) : open_for(subject, seen);
}

Result<std::optional<SpottedDeletions::Place>> SpottedDeletions::open_for(privacy::SubjectNumber subject,
                                                                          const SpottedDelete& seen) {
    std::vector<Personal<std::string>> objects;
    if (!is_account(seen)) {
        objects.push_back(seen.object);
    }
    const auto opened = open_new(subject, seen.at, std::move(objects));
    return opened ? Result<std::optional<Place>>{Place{*opened, 0}} : fail(opened);
}

/// `objects`: none is the account.
Result<records::RequestNumber> SpottedDeletions::open_new(privacy::SubjectNumber subject,
                                                          Instant received_at,
                                                          std::vector<Personal<std::string>> objects) {
    ErasureRequest request;
    request.subject = subject;
    request.source = records::RequestSource::Observed;
    request.received_at = received_at;
    request.identity_verified = true;  // whoever may delete at the origin has shown who they are there
    request.scope.kind = objects.empty() ? ScopeKind::Account : ScopeKind::Objects;
    request.scope.objects = std::move(objects);
    const auto opened = ports_.requests.open(
        std::move(request),
        event_of(RequestEventKind::Received, received_at, "the origin was seen to delete"));
    if (!opened) {
        return fail(opened);
    }
    gather(*opened);
    gathering_.at(opened->number).opened = ports_.clock.now();
    if (options_.opened) {
        options_.opened();
    }
    return opened->number;
}

Result<std::optional<SpottedDeletions::Place>> SpottedDeletions::add_object(const ErasureRequest& request,
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
    if (!recorded && recorded.error().kind == ErrorKind::Denied) {  // it was started this moment
        return open_for(request.subject, seen);
    }
    if (!recorded) {
        return fail(recorded);
    }
    gathering_.at(number).objects.push_back(seen.object.reveal());
    return std::optional{Place{number, index}};
}

Result<void> SpottedDeletions::undo_one(const ErasureRequest& request, Instant at) {
    const auto gathering = gathering_.find(request.number);
    if (gathering != gathering_.end()) {  // first: once it is recorded, the same does not come here again
        // What is damaged does not keep it from being stopped.
        if (auto kept = keep_news_of(request.number, gathering->second); !may_go_on(kept)) {
            return kept;
        }
    }
    const bool started = request.state == RequestState::InProgress;
    const auto kind = started ? RequestEventKind::Stopped : RequestEventKind::Withdrawn;
    const auto change = [&](ErasureRequest& stored) -> Result<void> {
        stored.stopped = started;
        stored.origin_gone_at.reset();  // what is back is not taken for gone, should people resume it
        if (!started) {
            stored.closed_at = ports_.clock.now();
        }
        return {};
    };
    const auto recorded = record_event(
        ports_.requests, request.number, event_of(kind, at, "the origin took its Delete back"), change);
    if (!recorded && recorded.error().kind != ErrorKind::Denied) {
        return fail(recorded);
    }
    if (gathering != gathering_.end()) {
        forget(gathering);
    }
    return {};
}

/// What is damaged of one request keeps no other from being stopped.
Result<void> SpottedDeletions::undo(privacy::SubjectNumber subject, const SpottedDelete& seen) {
    std::vector<ErasureRequest> meant;
    RequestFilter filter;
    filter.subject = subject;
    auto visited =
        visit_whole_requests(ports_.requests, filter, [&](ErasureRequest& request) -> Result<void> {
            if (is_undone_by(request, seen)) {
                meant.push_back(std::move(request));
            }
            return {};
        });
    Walk walk;
    if (auto passed = walk.pass(std::move(visited)); !passed) {
        return passed;
    }
    for (const auto& request : meant) {
        // What has been started is only stopped: its other objects would be told of once more.
        const bool waits = request.state == RequestState::Received && !is_account(seen);
        // First: should it fail, the same comes again and still finds the request open.
        auto undone = waits ? go_on_without(request, seen.object.reveal()) : Result<void>{};
        undone = undone ? undo_one(request, seen.at) : undone;
        if (auto passed = walk.pass(std::move(undone)); !passed) {
            return passed;
        }
    }
    return walk.damage();
}

bool SpottedDeletions::is_gathered(privacy::SubjectNumber subject,
                                   const std::vector<Personal<std::string>>& objects) const {
    return std::any_of(gathering_.begin(), gathering_.end(), [&](const auto& one) {
        const auto& known = one.second.objects;
        return one.second.subject == subject &&
               std::equal(
                   known.begin(),
                   known.end(),
                   objects.begin(),
                   objects.end(),
                   [](const std::string& a, const Personal<std::string>& b) { return a == b.reveal(); });
    });
}

SpottedDeletions::ReachedObjects SpottedDeletions::moved(const ReachedObjects& reached,
                                                         const std::vector<std::uint32_t>& places) {
    ReachedObjects found;
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        if (const auto one = reached.find(places[i]); one != reached.end()) {
            found.emplace(i, Reached{one->second.at, one->second.status, false});
        }
    }
    return found;
}

Result<void> SpottedDeletions::go_on_without(const ErasureRequest& request, const std::string& back) {
    std::vector<Personal<std::string>> others;
    std::vector<std::uint32_t> places;  // in the request that ends
    for (std::uint32_t i = 0; i < request.scope.objects.size(); ++i) {
        if (request.scope.objects[i].reveal() != back) {
            others.push_back(request.scope.objects[i]);
            places.push_back(i);
        }
    }
    if (others.empty() || is_gathered(request.subject, others)) {
        return {};
    }
    const auto opened = open_new(request.subject, request.received_at, std::move(others));
    const auto before = gathering_.find(request.number);
    if (!opened || before == gathering_.end()) {
        return opened ? Result<void>{} : Result<void>{fail(opened)};
    }
    auto& after = gathering_.at(*opened);
    after.opened = before->second.opened;
    for (const auto& [host, reached] : before->second.reached) {
        for (const auto& [place, one] : moved(reached, places)) {
            after.reached[host].emplace(place, one);
            ++reached_;
            after.news.push_back(host);
        }
    }
    return {};
}

Result<bool> SpottedDeletions::was_heard(const SpottedDelete& seen) const {
    if (!seen.accepted || !seen.passed_on) {
        return seen.accepted;
    }
    const auto entry = ports_.directory.entry(seen.recipient);
    if (!entry) {
        return fail(entry);
    }
    // Mastodon answers 2xx to an Announce of an activity, and drops it.
    return dialects_.of(entry->host, entry->software, entry->relay).passes_on;
}

Result<void> SpottedDeletions::take_one(privacy::SubjectNumber subject, const SpottedDelete& seen) {
    if (seen.undone) {
        return undo(subject, seen);
    }
    const auto place = place_of(subject, seen);
    if (!place || !*place) {
        return place ? Result<void>{} : Result<void>{fail(place)};
    }
    const auto heard = was_heard(seen);
    if (!heard) {
        return fail(heard);
    }
    const auto gathering = gathering_.find((*place)->request);
    if (gathering == gathering_.end()) {
        return *heard ? count_late(**place, seen) : Result<void>{};
    }
    gathering->second.last_seen = ports_.clock.now();
    if (*heard && reached_ < options_.max_reached) {
        auto& reached = gathering->second.reached[seen.recipient];
        if (reached.emplace((*place)->object, Reached{seen.at, seen.status, false}).second) {
            ++reached_;
            gathering->second.news.push_back(seen.recipient);
        }
    }
    return {};
}

Result<void> SpottedDeletions::take(std::span<const SpottedDelete> deletes) {
    Walk walk;
    if (auto loaded = walk.pass(load()); !loaded) {
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
        if (auto taken = walk.pass(take_one(*subject, seen)); !taken) {
            return taken;
        }
    }
    auto kept = walk.pass(keep_news());
    return kept ? walk.damage() : kept;
}

Result<std::optional<Instant>> SpottedDeletions::settle() {
    Walk walk;
    if (auto loaded = walk.pass(load()); !loaded) {
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
        const auto told = [&] { return write_told(one->first, one->second); };
        if (auto written = walk.pass(until_current(told)); !written) {
            return fail(written);
        }
        const auto over = over_(one->first);
        if (!over && over.error().kind == ErrorKind::Unavailable) {
            return std::optional{now + kSettleAgain};
        }
        one = forget(one);
    }
    return walk.damage() ? Result<std::optional<Instant>>{soonest} : fail(walk.damage());
}

}  // namespace fedtrail::erasure
