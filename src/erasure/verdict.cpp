#include "erasure/verdict.hpp"

#include <set>
#include <utility>

#include "erasure/paging.hpp"
#include "erasure/transition.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::NoticeState;

bool came_back(const Verdict& verdict) {
    return verdict.notice.state == NoticeState::StillPresent && verdict.before != NoticeState::StillPresent;
}

Result<void> wake(VerdictPorts& ports, const Verdict& verdict) {
    records::RequestEvent event;
    event.at = ports.clock.now();
    event.kind = privacy::RequestEventKind::Woken;
    event.by = "fedtrail";
    event.reason = "a copy was seen at " + verdict.notice.recipient.text();
    const auto woken = record_event(ports.requests,
                                    verdict.notice.request,
                                    std::move(event),
                                    [](records::ErasureRequest& request) -> Result<void> {
                                        request.closed_at.reset();
                                        return {};
                                    });
    if (!woken && woken.error().kind != ErrorKind::Denied) {  // Denied: it is open, or was refused
        return fail(woken);
    }
    return {};
}

}  // namespace

Result<void> count_honour(VerdictPorts& ports, const Host& recipient) {
    HonourRate rate;
    NoticeFilter filter;
    filter.recipient = recipient;
    auto visited = visit_notices(ports.notices, filter, [&](const records::Notice& notice) -> Result<void> {
        rate.told += notice.acknowledged_at ? 1U : 0U;
        rate.gone += notice.state == NoticeState::VerifiedGone ? 1U : 0U;
        rate.present += notice.presence == fediverse::Presence::Present ? 1U : 0U;
        return {};
    });
    if (!visited) {
        return visited;
    }
    return ports.directory.update(recipient, [&](RecipientEntry& entry) {
        entry.told = rate.told;
        entry.gone = rate.gone;
        entry.present = rate.present;
    });
}

Result<void> write_verdicts(VerdictPorts& ports, std::span<const Verdict> verdicts) {
    NoticeChange change;
    std::set<Host> changed;
    for (const auto& verdict : verdicts) {
        // First: a crash in between leaves the look to be made again.
        auto woken = came_back(verdict) ? wake(ports, verdict) : Result<void>{};
        if (!woken) {
            return woken;
        }
        change.notices.push_back(verdict.notice);
        change.looks.insert(change.looks.end(), verdict.looks.begin(), verdict.looks.end());
        if (verdict.notice.state != verdict.before || verdict.notice.looks <= 1) {
            changed.insert(verdict.notice.recipient);
        }
    }
    auto written = ports.notices.apply(change);
    for (auto host = changed.begin(); written && host != changed.end(); ++host) {
        written = count_honour(ports, *host);
    }
    return written;
}

Result<std::map<std::string, HonourRate>> honour_by_software(const RecipientDirectory& directory,
                                                             std::span<const Host> recipients) {
    const auto entries = directory.entries(recipients);
    if (!entries) {
        return fail(entries);
    }
    std::map<std::string, HonourRate> rates;
    for (const auto& entry : *entries) {
        auto& rate = rates[entry.software];
        rate.told += entry.told;
        rate.gone += entry.gone;
        rate.present += entry.present;
    }
    return rates;
}

Result<std::optional<records::Notice>> notice_to(const NoticeBook& notices,
                                                 records::RequestNumber request,
                                                 const Host& recipient) {
    NoticeFilter filter;
    filter.request = request;
    filter.recipient = recipient;
    filter.limit = 1;
    auto found = notices.notices(filter);
    if (!found) {
        return fail(found);
    }
    return found->empty() ? std::optional<records::Notice>{} : std::optional{std::move(found->front())};
}

}  // namespace fedtrail::erasure
