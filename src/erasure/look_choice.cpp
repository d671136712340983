// The half of Looker that chooses what is looked at.

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "fedtrail/ports/visit_books.hpp"

#include "erasure/go_on.hpp"
#include "erasure/looker.hpp"
#include "erasure/sort_once.hpp"
#include "erasure/told_elsewhere.hpp"
#include "erasure/until_current.hpp"
#include "erasure/watch_end.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::NoticeState;
using fediverse::Presence;
using fediverse::ProbeTarget;
using privacy::RequestState;

constexpr std::size_t kDraw = 200;  ///< Due notices read at a time.
constexpr std::chrono::hours kAskAgain{1};

/// Whether copies of it are still to be looked at.
bool may_look(const records::ErasureRequest& request) {
    return request.state != RequestState::Refused && request.state != RequestState::Withdrawn &&
           request.state != RequestState::Duplicate;
}

/// "Remove me from that server": the origin goes on serving, and is never seen gone.
bool origin_stays(const records::ErasureRequest& request) {
    return !request.scope.recipients.empty();
}

/// As write_verdicts() has it, should a copy be seen.
bool would_tell_anew(const records::Notice& notice, const records::ErasureRequest& request) {
    const bool was_away =
        notice.state == NoticeState::VerifiedGone || notice.state == NoticeState::NotVisible;
    return was_away || (notice.state != NoticeState::StillPresent && privacy::is_closed(request.state));
}

}  // namespace

Result<const records::ErasureRequest*> Looker::request_of(records::RequestNumber number,
                                                          Requests& known) const {
    auto found = known.find(number);
    if (found == known.end()) {
        auto request = ports_.requests.request(number);
        if (!request) {
            return fail(request);
        }
        found = known.emplace(number, std::move(*request)).first;
    }
    return &found->second;
}

Result<std::vector<std::uint32_t>> Looker::objects_at(const records::Notice& notice,
                                                      const records::ErasureRequest& request) const {
    auto indexes = deleted_objects(notice.steps);
    const auto told = left_out_places(ports_.requests, ports_.notices, ports_.dialects, request, notice);
    if (!told) {
        return fail(told);
    }
    indexes.insert(indexes.end(), told->begin(), told->end());
    sort_once(indexes);
    const bool account = request.scope.kind == records::ScopeKind::Account;
    if (account || !indexes.empty() || !notice.steps.empty()) {  // it is asked for nothing that it never had
        return indexes;
    }
    const auto all = ports_.notices.objects(request.number, {});  // the origin's own request: all of them
    if (!all) {
        return fail(all);
    }
    for (std::uint32_t i = 0; i < all->size(); ++i) {
        indexes.push_back(i);
    }
    return indexes;
}

/// Where something is kept its Delete left the account alone: it is there rightly.
Result<bool> Looker::account_erased(const records::Notice& notice,
                                    const records::ErasureRequest& request) const {
    const bool spared =
        !notice.steps.empty() && std::none_of(notice.steps.begin(), notice.steps.end(), [](const auto& step) {
            return step.kind == fediverse::StepKind::DeleteActor;
        });
    if (request.scope.kind != records::ScopeKind::Account || !spared) {
        return request.scope.kind == records::ScopeKind::Account;
    }
    const auto objects = ports_.notices.objects(request.number, {});
    if (!objects) {
        return fail(objects);
    }
    return std::none_of(
        objects->begin(), objects->end(), [](const auto& object) { return object.held_for_law; });
}

Result<void> Looker::add_places(const records::Notice& notice,
                                const records::ErasureRequest& request,
                                Look& look) {
    const auto identity = ports_.vault.identity(notice.subject);
    const auto facts =
        identity ? ports_.handles.handle_facts(notice.subject) : Result<HandleFacts>{fail(identity)};
    if (!facts) {
        return fail(facts);
    }
    const auto whole = account_erased(notice, request);
    if (!whole) {
        return fail(whole);
    }
    const auto names = handle_names(*identity, *facts, options_.opaque_ids);
    look.handle_confirmed = names.confirmed;
    look.account = *whole;
    if (look.account) {
        add_account(identity->actor, names, look);
    }
    return add_objects(notice, request, identity->actor, names, look);
}

void Looker::add_account(const Personal<std::string>& actor, const HandleNames& names, Look& look) const {
    const auto probes = probes_for(look, ProbeTarget::Account);
    const bool by_name =
        std::any_of(probes.begin(), probes.end(), [](const auto* probe) { return asks_by_name(*probe); });
    for (const auto& handle : names.handles) {
        if (!probes.empty() && (by_name || &handle == &names.handles.front())) {
            look.places.push_back({ProbeTarget::Account, {handle, actor, {}}});
        }
    }
}

Result<void> Looker::add_objects(const records::Notice& notice,
                                 const records::ErasureRequest& request,
                                 const Personal<std::string>& actor,
                                 const HandleNames& names,
                                 Look& look) const {
    const auto all = objects_at(notice, request);
    if (!all) {
        return fail(all);
    }
    const auto most = look.account ? options_.objects_of_account : options_.objects_of_choice;
    const auto chosen = sample(*all, most, notice.looks);
    look.whole = look.account || chosen.size() == all->size();
    const auto probes = probes_for(look, ProbeTarget::Object);
    if (chosen.empty() || probes.empty()) {
        return {};
    }
    const bool by_name =
        std::any_of(probes.begin(), probes.end(), [](const auto* probe) { return asks_by_name(*probe); });
    const auto objects = ports_.notices.objects(request.number, chosen);
    if (!objects) {
        return fail(objects);
    }
    for (const auto& object : *objects) {
        const bool has_document = object.uri.reveal().find('#') == std::string::npos;
        if (object.held_for_law || !has_document || names.handles.empty()) {
            continue;
        }
        const std::span asked{names.handles.begin(), by_name ? names.handles.size() : 1};
        for (const auto& handle : asked) {
            look.places.push_back({ProbeTarget::Object, {handle, actor, object.uri}});
        }
    }
    return {};
}

Result<void> Looker::begin(const records::Notice& notice,
                           const records::ErasureRequest& request,
                           const RecipientEntry& entry) {
    Look look;
    look.request = notice.request;
    look.subject = notice.subject;
    look.host = notice.recipient;
    look.seen_version = notice.version;
    look.software = entry.software.empty() ? notice.software : entry.software;
    look.version = entry.software.empty() ? std::string{} : entry.version;
    look.origin_serves = origin_stays(request);
    look.tells_anew = !look.origin_serves && would_tell_anew(notice, request);
    look.scheme = entry.scheme;
    look.due = ports_.clock.now();
    if (auto added = add_places(notice, request, look); !added) {
        return added;
    }
    if (look.places.empty()) {
        add_nothing(notice, look);
    }
    busy_.insert(look.host);
    looks_.emplace(notice.number, std::move(look));
    return {};
}

void Looker::add_nothing(const records::Notice& notice, Look& look) const {
    const auto exist = [&](ProbeTarget target) {
        return !probes_.of(look.software, target, look.version).empty();
    };
    // Its software may still be found out, until the last look.
    const bool hopeless = !look.software.empty() || notice.looks + 1 >= options_.intervals.size();
    const auto presence = hopeless ? Presence::Unprobeable : Presence::Unknown;
    look.would_import =
        look.origin_serves && ((look.account && exist(ProbeTarget::Account)) || exist(ProbeTarget::Object));
    look.no_post_probe = !look.account && exist(ProbeTarget::Account) && !exist(ProbeTarget::Object);
    look.findings.push_back({presence, false, false});
    look.looks.push_back(records::NoticeLook{notice.number, ports_.clock.now(), kNoProbe, presence, 0});
    look.finished = true;
}

Result<void> Looker::consider(const records::Notice& notice, Requests& requests, NoticeChange& later) {
    const auto request = request_of(notice.request, requests);
    if (!request) {
        return fail(request);
    }
    const auto postpone = [&](std::optional<Instant> until) {
        later.notices.push_back(notice);
        later.notices.back().next_look_at = until;
    };
    if (records::is_under_way(notice, ports_.clock.now())) {
        return {};
    }
    if (!may_look(**request)) {
        postpone(std::nullopt);
        VerdictPorts ports{ports_.requests, ports_.notices, ports_.outcomes, ports_.directory, ports_.clock};
        return counts_.pass(count_honour(ports, notice.recipient));  // taken back: no verdict counts any more
    }
    if (!(*request)->origin_gone_at && !origin_stays(**request)) {
        postpone(ports_.clock.now() + std::min<std::chrono::seconds>(kAskAgain, options_.intervals.front()));
        return {};
    }
    const auto entry = ports_.directory.entry(notice.recipient);
    if (!entry) {
        return fail(entry);
    }
    if (is_resting(*entry, ports_.clock.now())) {
        postpone(entry->rest_until);
        return {};
    }
    auto begun = begin(notice, **request, *entry);
    if (!begun && begun.error().kind == ErrorKind::NotFound) {  // shredded: nobody knows what to ask for
        postpone(std::nullopt);
        return {};
    }
    return begun;
}

Result<std::vector<records::Notice>> Looker::whole_notices(const NoticeFilter& filter) const {
    auto page = ports_.notices.whole_notices(filter);
    if (!page) {
        return fail(page);
    }
    for (const auto& row : page->damaged) {
        if (options_.damaged) {
            options_.damaged(row.subject, row.error);
        }
    }
    return std::move(page->rows);
}

Result<void> Looker::draw() {
    if (looks_.size() >= options_.max_looks) {
        return {};
    }
    NoticeFilter filter;
    filter.look_at = ports_.clock.now();
    filter.not_to.assign(busy_.begin(), busy_.end());  // one with thousands due would hide all others
    filter.limit = kDraw;
    const auto due = whole_notices(filter);
    if (!due) {
        return fail(due);
    }
    Requests requests;
    NoticeChange later;
    Result<void> drawn;
    for (const auto& notice : *due) {
        if (looks_.size() >= options_.max_looks) {
            break;
        }
        if (looks_.count(notice.number) != 0 || busy_.count(notice.recipient) != 0) {
            continue;
        }
        const auto postponed = later.notices.size();
        auto considered = consider(notice, requests, later);
        if (!may_go_on(considered)) {
            return considered;
        }
        if (!considered) {  // the many notices of one who is damaged would hide all others
            later.notices.resize(postponed);
            later.notices.push_back(notice);
            later.notices.back().next_look_at = *filter.look_at + kAskAgain;
        }
        drawn = drawn ? considered : drawn;
    }
    const auto written = later.notices.empty() ? Result<void>{} : ports_.notices.apply(later);
    // Somebody else changed one of them: all are still due, and read again by the next call.
    return written || written.error().kind == ErrorKind::Conflict ? drawn : written;
}

Result<void> Looker::sweep_request(const records::ErasureRequest& request) {
    const auto identity = ports_.vault.identity(request.subject);
    if (!identity) {  // shredded: nobody knows what to ask for
        return identity.error().kind == ErrorKind::NotFound ? Result<void>{} : Result<void>{fail(identity)};
    }
    NoticeChange change;
    const auto now = ports_.clock.now();
    const auto give_date = [&](records::Notice& notice) -> Result<void> {
        const bool sends = notice.next_at && (!notice.in_flight || records::is_under_way(notice, now));
        if (notice.looks == 0 && !notice.next_look_at && !sends) {
            const auto since = request.origin_gone_at.value_or(request.received_at);
            notice.next_look_at =
                std::max(notice.acknowledged_at.value_or(since), since) + options_.intervals.front();
            change.notices.push_back(std::move(notice));
        }
        return {};
    };
    for (const auto state : {NoticeState::Acknowledged, NoticeState::Refused}) {
        NoticeFilter filter;
        filter.request = request.number;
        filter.state = state;
        if (auto visited = visit_notices(ports_.notices, filter, give_date); !visited) {
            return visited;
        }
    }
    return change.notices.empty() ? Result<void>{} : ports_.notices.apply(change);
}

/// Notices that nobody gave a date: told by the origin itself, or refused.
Result<void> Looker::sweep() {
    const auto now = ports_.clock.now();
    if (sweep_at_ && now < *sweep_at_) {
        return {};
    }
    sweep_at_ = now + options_.sweep;
    if (options_.intervals.empty()) {
        return {};
    }
    // As long as the keys are kept: all looks, and a day.
    const auto span = std::accumulate(
        options_.intervals.begin(), options_.intervals.end(), std::chrono::seconds{std::chrono::hours{24}});
    Result<void> swept;
    const auto visited = visit_whole_requests(
        ports_.requests, {}, [&](const records::ErasureRequest& request) -> Result<void> {
            const bool watched = is_watched_at(request, span, now);
            const bool wanted =
                (request.origin_gone_at || origin_stays(request)) && watched && may_look(request);
            const auto dated =
                wanted ? until_current([&] { return sweep_request(request); }) : Result<void>{};
            swept = swept ? dated : swept;
            return may_go_on(dated) ? Result<void>{} : dated;
        });
    return worse_of(swept, visited);
}

}  // namespace fedtrail::erasure
