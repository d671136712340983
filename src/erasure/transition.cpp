#include "erasure/transition.hpp"

#include <string>

#include "erasure/until_current.hpp"

namespace fedtrail::erasure {

namespace {

Result<records::ErasureRequest> record_once(RequestBook& book,
                                            records::RequestNumber number,
                                            records::RequestEvent event,
                                            const RequestChange& change) {
    auto request = book.request(number);
    if (!request) {
        return request;
    }
    const auto state = privacy::next(request->state, event.kind);
    if (!state) {
        return fail(state);
    }
    request->state = *state;
    event.state = *state;
    if (change) {
        if (const auto changed = change(*request); !changed) {
            return fail(changed);
        }
    }
    return book.record(std::move(*request), event);
}

}  // namespace

Result<records::ErasureRequest> record_event(RequestBook& book,
                                             records::RequestNumber number,
                                             const records::RequestEvent& event,
                                             const RequestChange& change) {
    if (const auto longest = records::longest_reason(event); event.reason.size() > longest) {
        return fail(ErrorKind::Invalid,
                    "the reason given for a request is longer than " + std::to_string(longest) + " octets",
                    "shorten it");
    }
    return until_current([&] { return record_once(book, number, event, change); });
}

}  // namespace fedtrail::erasure
