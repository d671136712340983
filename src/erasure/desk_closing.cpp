// Whether a request can be closed, and as what.

#include <algorithm>
#include <array>

#include "erasure/desk.hpp"
#include "erasure/notice_pages.hpp"
#include "erasure/taken.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::NoticeState;
using privacy::RequestEventKind;

}  // namespace

Result<bool> Desk::something_to_leave(records::RequestNumber number) const {
    const auto tally = ports_.notices.tally(number);
    if (!tally) {
        return fail(tally);
    }
    bool found = tally->to_leave > 0;
    NoticeFilter filter;
    filter.request = number;
    filter.state = NoticeState::StillPresent;
    const auto read = each_notice(ports_.notices, filter, [&](const records::Notice& notice) {
        found = found || (notice.rounds > 0 && notice.next_at);  // its copy came back
        return !found;
    });
    return read ? Result<bool>{found} : Result<bool>{fail(read)};
}

Result<bool> Desk::all_told(const records::ErasureRequest& request) const {
    const auto tally = ports_.notices.tally(request.number);
    if (!tally) {
        return fail(tally);
    }
    constexpr std::array kDone{NoticeState::Acknowledged,
                               NoticeState::VerifiedGone,
                               NoticeState::NotVisible,
                               NoticeState::Unprobeable};
    const bool done = std::all_of(tally->states.begin(), tally->states.end(), [&](const auto& state) {
        return state.second == 0 || std::find(kDone.begin(), kDone.end(), state.first) != kDone.end();
    });
    if (!done || request.stopped) {
        return false;
    }
    const auto seen = view(request.number);
    if (!seen) {
        return fail(seen);
    }
    return seen->held.empty() ? nothing_declined(request.number) : Result<bool>{false};
}

/// A copy that was seen to be gone is gone, whatever its server took.
Result<bool> Desk::nothing_declined(records::RequestNumber number) const {
    Result<bool> all{true};
    NoticeFilter filter;
    filter.request = number;
    const auto read = each_notice(ports_.notices, filter, [&](const records::Notice& notice) {
        if (notice.state != NoticeState::VerifiedGone) {
            all = took_everything(ports_.notices, notice);
        }
        return all && *all;
    });
    return read ? all : Result<bool>{fail(read)};
}

Result<records::ErasureRequest> Desk::close(const Act& act) {
    auto request = ports_.requests.request(act.number);
    if (!request) {
        return request;
    }
    const auto open = something_to_leave(act.number);
    if (!open) {
        return fail(open);
    }
    if (*open && !request->stopped) {
        const bool waits = !request->origin_gone_at && request->scope.recipients.empty();
        return fail(ErrorKind::Denied,
                    "notices of the request are still to leave",
                    waits ? "some may wait until your own server has deleted it: let it, or say that it is "
                            "shut down for "
                            "good (`fedtrail requests origin-gone`), or stop the request first"
                          : "wait for them, or stop the request first");
    }
    const auto told = all_told(*request);
    if (!told) {
        return fail(told);
    }
    if (*told && act.reason.empty() && !request->origin_gone_at && request->scope.recipients.empty()) {
        return fail(
            ErrorKind::Denied,
            "your own server was not seen to have deleted what the request is about",
            "delete it there, Fedtrail sees it; where you know that it is gone, give as the reason how "
            "you know");
    }
    return shut(act, *told ? RequestEventKind::ClosedFulfilled : RequestEventKind::ClosedPartly);
}

}  // namespace fedtrail::erasure
