#include "reports/deletions.hpp"

#include <tuple>
#include <vector>

namespace fedtrail::reports {

namespace {

using privacy::RequestState;
using Requests = std::map<records::RequestNumber, records::ErasureRequest>;

constexpr std::size_t kPage = 1'000;

Result<Requests> requests_of(const RequestBook& book, privacy::SubjectNumber subject) {
    Requests found;
    RequestFilter filter{subject, false, records::RequestNumber{0}, kPage};
    for (;;) {
        auto page = book.requests(filter);
        if (!page) {
            return fail(page);
        }
        for (auto& request : *page) {
            filter.after = request.number;
            found.emplace(request.number, std::move(request));
        }
        if (page->size() < kPage) {
            return found;
        }
    }
}

bool ended_without(const records::ErasureRequest& request) {
    return request.state == RequestState::Refused || request.state == RequestState::Withdrawn ||
           request.state == RequestState::Duplicate;
}

/// What outranks what.
auto rank(const DeletionState& state) {
    return std::tuple{state.everything, state.request};
}

void take(std::map<Host, DeletionState>& states, const records::Notice& notice, const Requests& requests) {
    const auto request = requests.find(notice.request);
    if (request == requests.end() ||
        (notice.state == fediverse::NoticeState::Planned && ended_without(request->second))) {
        return;
    }
    const DeletionState state{notice.state,
                              request->second.scope.kind == records::ScopeKind::Account,
                              records::was_told(notice),
                              notice.acknowledged_at,
                              notice.request};
    auto& known = states[notice.recipient];
    if (!known.state || rank(known) < rank(state)) {
        known = state;
    }
}

Result<void> take_each(std::map<Host, DeletionState>& states,
                       const NoticeBook& notices,
                       records::RequestNumber request,
                       const Requests& requests) {
    NoticeFilter filter;
    filter.request = request;
    filter.after = records::NoticeNumber{0};
    filter.limit = kPage;
    for (bool more = true; more;) {
        const auto page = notices.notices(filter);
        if (!page) {
            return fail(page);
        }
        for (const auto& notice : *page) {
            filter.after = notice.number;
            take(states, notice, requests);
        }
        more = page->size() == kPage;
    }
    return {};
}

}  // namespace

Result<std::map<Host, DeletionState>> deletions_of(const NoticeBook& notices,
                                                   const RequestBook& requests,
                                                   privacy::SubjectNumber subject) {
    std::map<Host, DeletionState> states;
    const auto known = requests_of(requests, subject);
    if (!known) {
        return fail(known);
    }
    for (const auto& [number, request] : *known) {
        if (const auto taken = take_each(states, notices, number, *known); !taken) {
            return fail(taken);
        }
    }
    return states;
}

}  // namespace fedtrail::reports
