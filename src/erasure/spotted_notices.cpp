// The half of SpottedDeletions that writes notices: who was reached by the origin itself.

#include <algorithm>
#include <utility>

#include "erasure/go_on.hpp"
#include "erasure/notice_pages.hpp"
#include "erasure/sort_once.hpp"
#include "erasure/spotted_deletions.hpp"
#include "erasure/taken.hpp"
#include "erasure/told_elsewhere.hpp"
#include "erasure/until_current.hpp"
#include "erasure/verdict.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::NoticeEventKind;

records::NoticeAttempt attempt_of(records::NoticeNumber notice,
                                  std::uint32_t object,
                                  Instant at,
                                  std::uint16_t status) {
    return records::NoticeAttempt{notice,
                                  object,
                                  at,
                                  records::AttemptResult::Answered,
                                  status,
                                  std::string{kByOrigin},
                                  "sent by the origin itself"};
}

/// Whether the origin told it, and it took that.
bool is_heard(const records::NoticeAttempt& attempt) {
    return attempt.scheme == kByOrigin && attempt.result == records::AttemptResult::Answered;
}

/// As add_notices() made it: nobody planned since what else it is to be told.
bool has_no_plan(const records::Notice& notice) {
    return notice.state == fediverse::NoticeState::Planned && notice.steps.empty() &&
           !notice.seen_from_origin;
}

}  // namespace

void SpottedDeletions::take_history(const NoticeHistory& history,
                                    const Host& recipient,
                                    Gathering& gathering) {
    for (const auto& attempt : history.attempts) {
        if (is_heard(attempt) && reached_ < options_.max_reached) {
            auto& reached = gathering.reached[recipient];
            const Reached one{attempt.at, attempt.status, true};
            reached_ += reached.emplace(attempt.step, one).second ? 1 : 0;
        }
    }
}

Result<void> SpottedDeletions::read_reached(records::RequestNumber number) {
    auto& gathering = gathering_.at(number);
    Result<void> read;
    const auto take = [&](const records::Notice& notice) {
        const auto history = ports_.notices.history(notice.number);
        if (!history) {
            read = fail(history);
            return false;
        }
        take_history(*history, notice.recipient, gathering);
        return true;
    };
    NoticeFilter filter;
    filter.request = number;
    const auto visited = each_notice(ports_.notices, filter, take);
    return visited ? read : visited;
}

Result<void> SpottedDeletions::keep_news() {
    Walk walk;
    for (auto& [number, gathering] : gathering_) {
        auto kept = keep_news_of(number, gathering);
        if (!kept && may_go_on(kept)) {
            gathering.news.clear();  // whom the origin reached is told once more
        }
        if (auto passed = walk.pass(std::move(kept)); !passed) {
            return passed;
        }
    }
    return walk.damage();
}

Result<void> SpottedDeletions::keep_news_of(records::RequestNumber number, Gathering& gathering) {
    if (gathering.news.empty()) {
        return {};
    }
    sort_once(gathering.news);
    auto written = until_current([&] { return write_news(number, gathering); });
    if (!written && written.error().kind != ErrorKind::NotFound) {  // NotFound: shredded meanwhile
        return written;
    }
    for (const auto& host : gathering.news) {
        for (auto& [object, one] : gathering.reached.at(host)) {
            one.kept = true;
        }
    }
    gathering.news.clear();
    return {};
}

void SpottedDeletions::add_attempts(records::NoticeNumber notice,
                                    const ReachedObjects& reached,
                                    NoticeChange& change) {
    for (const auto& [object, one] : reached) {
        if (!one.kept) {
            change.attempts.push_back(attempt_of(notice, object, one.at, one.status));
        }
    }
}

Result<void> SpottedDeletions::write_news(records::RequestNumber number, const Gathering& gathering) {
    if (auto added = add_notices(number, gathering, gathering.news); !added) {
        return added;
    }
    NoticeChange change;
    for (const auto& host : gathering.news) {
        const auto notice = notice_to(ports_.notices, number, host);
        if (!notice) {
            return fail(notice);
        }
        if (!*notice) {
            continue;
        }
        add_attempts((*notice)->number, gathering.reached.at(host), change);
    }
    return change.attempts.empty() ? Result<void>{} : ports_.notices.apply(change);
}

Result<void> SpottedDeletions::add_notices(records::RequestNumber number,
                                           const Gathering& gathering,
                                           const std::vector<Host>& hosts) {
    const auto entries = ports_.directory.entries(hosts);
    if (!entries) {
        return fail(entries);
    }
    std::vector<records::Notice> notices;
    for (const auto& entry : *entries) {
        const auto known = notice_to(ports_.notices, number, entry.host);
        if (!known) {
            return fail(known);
        }
        if (!*known) {
            auto& notice = notices.emplace_back();
            notice.request = number;
            notice.subject = gathering.subject;
            notice.recipient = entry.host;
            notice.software = dialects_.software_of(entry.host, entry.software);
            notice.dialect = dialects_.of(entry.host, entry.software, entry.relay).name;
        }
    }
    if (notices.empty()) {
        return {};
    }
    const auto objects = ports_.notices.objects(number, {});
    return objects ? ports_.notices.plan(number, *objects, notices) : Result<void>{fail(objects)};
}

void SpottedDeletions::mark_told(records::Notice& notice,
                                 const Gathering& gathering,
                                 const RecipientEntry& entry) const {
    notice.software = dialects_.software_of(entry.host, entry.software);
    notice.dialect = dialects_.of(entry.host, entry.software, entry.relay).name;
    notice.state = fediverse::next(notice.state, NoticeEventKind::SentByOrigin).value_or(notice.state);
    notice.seen_from_origin = true;
    for (const auto& [object, reached] : gathering.reached.at(entry.host)) {
        notice.acknowledged_at =
            notice.acknowledged_at ? std::max(*notice.acknowledged_at, reached.at) : reached.at;
        notice.last_status = reached.status;
    }
}

Result<void> SpottedDeletions::write_told(records::RequestNumber number, const Gathering& gathering) {
    std::vector<Host> hosts;
    for (const auto& [host, reached] : gathering.reached) {
        if (reached.size() >= std::max<std::size_t>(gathering.objects.size(), 1)) {  // of everything
            hosts.push_back(host);
        }
    }
    const auto entries = ports_.directory.entries(hosts);
    if (!entries) {
        return fail(entries);
    }
    NoticeChange change;
    for (const auto& entry : *entries) {
        auto notice = notice_to(ports_.notices, number, entry.host);
        if (!notice) {
            return fail(notice);
        }
        const auto& dialect = dialects_.of(entry.host, entry.software, entry.relay);
        if (*notice && has_no_plan(**notice) && obeys_the_origin(dialect, gathering.objects.empty())) {
            mark_told(**notice, gathering, entry);
            change.notices.push_back(std::move(**notice));
        }
    }
    return change.notices.empty() ? Result<void>{} : ports_.notices.apply(change);
}

Result<void> SpottedDeletions::count_late_once(const Place& place, const SpottedDelete& seen) {
    auto notice = notice_to(ports_.notices, place.request, seen.recipient);
    if (!notice || !*notice || (*notice)->seen_from_origin) {
        return notice ? Result<void>{} : Result<void>{fail(notice)};
    }
    NoticeChange change;
    change.attempts.push_back(attempt_of((*notice)->number, place.object, seen.at, seen.status));
    const bool account = seen.object == seen.actor;
    const auto state = fediverse::next((*notice)->state, NoticeEventKind::SentByOrigin);
    if (account && !(*notice)->in_flight && state &&
        obeys_the_origin(dialects_.named((*notice)->dialect), true)) {
        (*notice)->state = *state;
        (*notice)->seen_from_origin = true;
        if (!(*notice)->acknowledged_at) {
            (*notice)->acknowledged_at = seen.at;
        }
        change.notices.push_back(std::move(**notice));
    }
    return ports_.notices.apply(change);
}

/// A queue that goes on does not give a server once more what that has taken.
Result<void> SpottedDeletions::look_at_repetition(const records::ErasureRequest& request,
                                                  const SpottedDelete& seen) {
    const bool account = seen.object == seen.actor;
    if (!account || !seen.accepted || !options_.deleted_again || deleted_again_.count(request.number) != 0) {
        return {};
    }
    const auto notice = notice_to(ports_.notices, request.number, seen.recipient);
    if (!notice || !*notice) {
        return notice ? Result<void>{} : Result<void>{fail(notice)};
    }
    const auto history = ports_.notices.history((*notice)->number);
    if (!history) {
        return fail(history);
    }
    const auto& attempts = history->attempts;
    // The same may be given again, and is written down by then.
    const bool taken_before = std::any_of(attempts.begin(), attempts.end(), [&seen](const auto& attempt) {
        return is_heard(attempt) && attempt.at < seen.at;
    });
    if (taken_before) {
        deleted_again_.insert(request.number);
        options_.deleted_again(request);
    }
    return {};
}

Result<void> SpottedDeletions::count_late(const Place& place, const SpottedDelete& seen) {
    return until_current([&] { return count_late_once(place, seen); });
}

}  // namespace fedtrail::erasure
