#include "erasure/origin_watch.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fedtrail/fediverse/activity.hpp"
#include "fedtrail/ports/visit_books.hpp"

#include "erasure/go_on.hpp"
#include "erasure/plan_steps.hpp"
#include "erasure/taken.hpp"
#include "erasure/transition.hpp"

namespace fedtrail::erasure {

namespace {

using privacy::RequestState;

constexpr const char* kActivityPub =
    "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
constexpr const char* kPlain = "*/*";

bool is_watched(const records::ErasureRequest& request, std::chrono::seconds after_close, Instant now) {
    // Before an account's erasure is planned nobody knows which of its objects to ask for.
    const bool begun =
        request.state == RequestState::InProgress ||
        (request.state == RequestState::Received && request.source == records::RequestSource::Observed &&
         request.scope.kind != records::ScopeKind::Account);
    // What was closed before is looked at all the same once the origin is gone.
    const bool ended =
        (request.state == RequestState::Fulfilled || request.state == RequestState::PartlyFulfilled) &&
        request.closed_at && is_watched_at(request, after_close, now);
    return (begun || ended) && !request.origin_gone_at && request.scope.recipients.empty();
}

/// `most` of them, spread evenly: others at each `turn`, so that all have theirs.
std::vector<Uri> sample(std::vector<Uri> all, std::size_t most, std::size_t turn) {
    if (all.size() <= most) {
        return all;
    }
    std::vector<Uri> some;
    some.reserve(most);
    for (std::size_t i = 0; i < most; ++i) {
        some.push_back(std::move(all[(i * all.size() / most + turn) % all.size()]));
    }
    return some;
}

/// Whether a Tombstone has what it should be in place of.
bool holds_content(const std::string& tombstone) {
    constexpr std::array kFields{
        "content", "contentMap", "name", "nameMap", "summary", "source", "attachment", "preferredUsername"};
    const auto document = nlohmann::json::parse(tombstone, nullptr, false);
    return document.is_object() && std::any_of(kFields.begin(), kFields.end(), [&](const char* field) {
               const auto found = document.find(field);
               if (found == document.end()) {
                   return false;
               }
               const auto* const text = found->get_ptr<const std::string*>();
               return text != nullptr ? !text->empty() : !found->empty();  // null is empty
           });
}

Result<std::vector<Host>> hosts_told(const NoticeBook& notices, records::RequestNumber request) {
    std::vector<Host> hosts;
    NoticeFilter filter;
    filter.request = request;
    const auto visited = visit_notices(notices, filter, [&](const records::Notice& notice) -> Result<void> {
        hosts.push_back(notice.recipient);
        return {};
    });
    return visited ? Result<std::vector<Host>>{std::move(hosts)} : fail(visited);
}

/// Which of so many objects the origin's own Deletes of one notice were of.
std::set<std::uint32_t> deletes_seen(const NoticeHistory& history, std::size_t objects) {
    std::set<std::uint32_t> steps;
    for (const auto& attempt : history.attempts) {
        const bool seen = attempt.scheme == kByOrigin && attempt.result == records::AttemptResult::Answered;
        if (seen && attempt.step < objects) {
            steps.insert(attempt.step);
        }
    }
    return steps;
}

/// Those of the chosen objects of which the origin's own Delete was seen passing. What matches alone is not
/// among them: its Delete begins a request of its own.
Result<std::set<std::string>> seen_deleted(const NoticeBook& notices,
                                           const records::ErasureRequest& request) {
    std::set<std::string> deleted;
    const auto& chosen = request.scope.objects;
    const auto take = [&](const records::Notice& notice) -> Result<void> {
        const auto history = notices.history(notice.number);
        if (!history) {  // what is damaged tells of no Delete
            return history.error().kind == ErrorKind::Corrupt ? Result<void>{} : fail(history);
        }
        for (const auto step : deletes_seen(*history, chosen.size())) {
            deleted.insert(chosen[step].reveal());
        }
        return {};
    };
    NoticeFilter filter;
    filter.request = request.number;
    const auto visited = chosen.empty() ? Result<void>{} : visit_notices(notices, filter, take);
    return visited ? Result<std::set<std::string>>{std::move(deleted)} : fail(visited);
}

void add(std::vector<Uri>& uris, const std::string& text) {
    auto uri = Uri::parse(text);
    if (uri && uri->fragment().empty()) {  // what stands behind "#" is part of another document
        uris.push_back(std::move(*uri));
    }
}

}  // namespace

bool says_gone(const RemoteResponse& response) {
    if (response.fault != RemoteFault::None) {
        return false;
    }
    if (response.status == 404) {
        return true;
    }
    return says_gone_for_good(response);
}

bool says_gone_for_good(const RemoteResponse& response) {
    if (response.fault != RemoteFault::None || response.status != 200) {
        return response.fault == RemoteFault::None && response.status == 410;
    }
    const auto document = fediverse::digest_activity(response.body);
    return document && document->type == "Tombstone" && !holds_content(response.body);
}

OriginWatch::OriginWatch(OriginWatchPorts ports, OriginWatchOptions options, std::function<void()> wake)
    : ports_(ports), options_(std::move(options)), arrivals_(std::move(wake)) {}

std::chrono::seconds OriginWatch::pause_of(const Check& check) const {
    if (options_.intervals.empty()) {
        return std::chrono::hours{1};
    }
    return options_.intervals[std::min(check.checks, options_.intervals.size() - 1)];
}

Result<void> OriginWatch::refresh() {
    const auto now = ports_.clock.now();
    if (refresh_at_ && now < *refresh_at_) {
        return {};
    }
    std::map<records::RequestNumber, Check> watched;
    RequestFilter filter;
    auto visited = visit_whole_requests(
        ports_.requests,
        filter,
        [&](const records::ErasureRequest& request) -> Result<void> {
            if (is_watched(request, options_.after_close, now)) {
                const auto known = checks_.find(request.number);
                Check fresh;
                fresh.due = now;
                watched.emplace(request.number, known != checks_.end() ? known->second : fresh);
            }
            return {};
        },
        [&](const auto& row) {
            if (const auto known = checks_.find(row.number); known != checks_.end()) {
                watched.insert(*known);
            }
        });
    if (!may_go_on(visited)) {
        return visited;
    }
    checks_ = std::move(watched);
    refresh_at_ = now + options_.refresh;
    return visited;
}

Result<std::vector<Uri>> OriginWatch::actor_of(const records::ErasureRequest& request) const {
    std::vector<Uri> uris;
    const auto identity = ports_.vault.identity(request.subject);
    if (!identity && identity.error().kind != ErrorKind::NotFound) {
        return fail(identity);
    }
    if (identity) {
        add(uris, identity->actor.reveal());
    }
    return uris;
}

Result<std::vector<Uri>> OriginWatch::objects_of(const records::ErasureRequest& request,
                                                 const std::string& besides,
                                                 std::size_t turn) const {
    const auto objects = ports_.notices.objects(request.number, {});
    if (!objects) {
        return fail(objects);
    }
    const bool account = request.scope.kind == records::ScopeKind::Account;
    std::vector<Uri> uris;
    for (const auto& object : *objects) {
        const bool content = (object.categories.bits() & kContent.bits()) != 0;
        const bool meant = !object.held_for_law && object.uri.reveal() != besides;
        if (meant && (content || (object.categories.empty() && !account))) {
            add(uris, object.uri.reveal());
        }
    }
    for (const auto& object :
         objects->empty() ? request.scope.objects : std::vector<Personal<std::string>>{}) {
        add(uris, object.reveal());
    }
    return sample(std::move(uris), account ? options_.account_sample : options_.sample, turn);
}

void OriginWatch::ask(records::RequestNumber number, Check& check) {
    const auto& [uri, plainly] = check.questions[check.next];
    RemoteRequest question;
    question.url = uri;
    question.timeout = options_.timeout;
    question.follow_redirects = true;
    question.headers = {{"Accept", plainly ? kPlain : kActivityPub}, {"User-Agent", options_.user_agent}};
    check.due.reset();
    ports_.http.send(std::move(question), arrivals_.expect(Key{number, check.next}));
}

Result<void> OriginWatch::begin(records::RequestNumber number, Check& check) {
    const auto request = ports_.requests.request(number);
    if (!request) {
        return fail(request);
    }
    const bool account = request->scope.kind == records::ScopeKind::Account;
    auto uris = !is_watched(*request, options_.after_close, ports_.clock.now()) ? std::vector<Uri>{}
                : account                                                       ? actor_of(*request)
                          : objects_of(*request, {}, check.unseen);
    if (!uris) {
        return fail(uris);
    }
    check.questions.clear();
    for (const auto& uri : *uris) {
        check.questions.push_back({uri, false});
        check.questions.push_back({uri, true});
    }
    check.next = 0;
    check.knows_objects = !account;
    if (check.questions.empty()) {  // nothing is planned yet, or nobody knows any more what it was
        begin_anew(check);
        return {};
    }
    ask(number, check);
    return {};
}

/// Only now: most accounts that are asked for are still there, and may have many objects.
Result<void> OriginWatch::add_objects(records::RequestNumber number, Check& check) const {
    const auto request = ports_.requests.request(number);
    const auto uris = request ? objects_of(*request, check.questions.front().uri.text(), check.unseen)
                              : Result<std::vector<Uri>>{fail(request)};
    if (!uris) {
        return fail(uris);
    }
    for (const auto& uri : *uris) {
        check.questions.push_back({uri, false});
    }
    check.knows_objects = true;
    return {};
}

/// Whether a 404 tells that something is gone: for a post that is shown to followers alone it comes either
/// way.
Result<bool> OriginWatch::can_be_seen(const Key& key, const Check& check) const {
    const auto request = ports_.requests.request(key.first);
    if (!request) {
        return fail(request);
    }
    if (ports_.holdings == nullptr || request->source == records::RequestSource::Observed ||
        request->scope.kind == records::ScopeKind::Account) {
        return true;
    }
    const auto told = hosts_told(ports_.notices, key.first);
    if (!told) {
        return fail(told);
    }
    std::set<std::string> asked;
    for (const auto& question : check.questions) {
        asked.insert(question.uri.text());
    }
    std::set<std::string> hidden;
    std::set<std::string> shown;
    const auto walked =
        ports_.holdings->visit_held(request->subject, *told, [&](const HeldActivity& held, auto) {
            const bool for_some = held.visibility == fediverse::Visibility::Followers ||
                                  held.visibility == fediverse::Visibility::Direct;
            // Without content it is a boost of it, or its Delete.
            const bool content = (held.categories.bits() & kContent.bits()) != 0;
            if (content && asked.count(held.object.reveal()) != 0) {
                (for_some ? hidden : shown).insert(held.object.reveal());
            }
            return true;
        });
    if (!walked) {
        return fail(walked);
    }
    const bool one_is_shown = std::any_of(asked.begin(), asked.end(), [&](const std::string& uri) {
        return hidden.count(uri) == 0 || shown.count(uri) != 0;
    });
    if (one_is_shown) {
        return true;
    }
    const auto deleted = seen_deleted(ports_.notices, *request);
    return deleted ? Result<bool>{std::includes(deleted->begin(), deleted->end(), asked.begin(), asked.end())}
                   : fail(deleted);
}

Result<void> OriginWatch::mark_gone(records::RequestNumber number) {
    records::RequestEvent event;
    event.at = ports_.clock.now();
    event.kind = privacy::RequestEventKind::OriginGone;
    event.by = "fedtrail";
    const auto marked =
        record_event(ports_.requests, number, event, [&](records::ErasureRequest& request) -> Result<void> {
            if (request.origin_gone_at) {
                return fail(ErrorKind::Denied, "the request was marked before");
            }
            request.origin_gone_at = event.at;
            return {};
        });
    if (!marked && marked.error().kind != ErrorKind::Denied && marked.error().kind != ErrorKind::NotFound) {
        return fail(marked);
    }
    return {};
}

void OriginWatch::begin_anew(Check& check) const {
    check.due = ports_.clock.now() + pause_of(check);
    ++check.checks;
    check.agreed = 0;
    check.for_good = true;
}

/// Whether the request need not be watched any longer.
Result<bool> OriginWatch::take_in(const Key& key, const RemoteResponse& response) {
    const auto found = checks_.find(key.first);
    if (found == checks_.end() || found->second.due || found->second.next != key.second) {
        return false;  // nobody waits for it any more
    }
    auto& check = found->second;
    if (!says_gone(response)) {
        begin_anew(check);
        return false;
    }
    check.for_good = check.for_good && says_gone_for_good(response);
    const bool last = check.next + 1 == check.questions.size();
    if (auto added = last && !check.knows_objects ? add_objects(key.first, check) : Result<void>{}; !added) {
        begin_anew(check);
        return fail(added);
    }
    if (check.next + 1 < check.questions.size()) {
        ++check.next;
        ask(key.first, check);
        return false;
    }
    if (++check.agreed < (check.for_good ? options_.rounds_for_good : options_.rounds)) {
        check.due = ports_.clock.now() + options_.round_pause;
        return false;
    }
    auto seen = check.for_good ? Result<bool>{true} : can_be_seen(key, check);
    if (!seen || !*seen) {
        check.unseen += seen ? 1U : 0U;
        begin_anew(check);
        return seen;
    }
    check.due = ports_.clock.now();  // should the mark fail: it is asked once more
    if (auto marked = mark_gone(key.first); !marked) {
        if (marked.error().kind == ErrorKind::Corrupt) {  // it would be damaged at once again
            begin_anew(check);
        }
        return fail(marked);
    }
    return true;
}

Result<void> OriginWatch::take_in_all() {
    Result<void> taken;
    for (const auto& [key, response] : arrivals_.take()) {  // all of them: an answer comes but once
        const auto done = take_in(key, response);
        if (done && *done) {
            checks_.erase(key.first);
        }
        taken = done ? taken : worse_of(taken, fail(done));
    }
    return taken;
}

Result<std::optional<Instant>> OriginWatch::step() {
    auto ready = take_in_all();
    if (may_go_on(ready)) {
        ready = worse_of(ready, refresh());
    }
    if (!may_go_on(ready)) {
        return fail(ready);
    }
    auto again = *refresh_at_;
    for (auto& [number, check] : checks_) {
        const bool is_due = check.due && *check.due <= ports_.clock.now();
        const auto begun = is_due ? begin(number, check) : Result<void>{};
        if (!may_go_on(begun)) {
            return fail(begun);
        }
        if (!begun) {  // later: each step would meet it again
            begin_anew(check);
        }
        ready = ready ? begun : ready;
        again = check.due ? std::min(again, *check.due) : again;
    }
    return ready ? Result<std::optional<Instant>>{again} : Result<std::optional<Instant>>{fail(ready)};
}

}  // namespace fedtrail::erasure
