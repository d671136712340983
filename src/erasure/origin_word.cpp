#include "erasure/origin_word.hpp"

#include <algorithm>

namespace fedtrail::erasure {

namespace {

using privacy::RequestEventKind;

}  // namespace

const records::RequestEvent* origin_gone_event(std::span<const records::RequestEvent> events) {
    const auto last = std::find_if(events.rbegin(), events.rend(), [](const records::RequestEvent& event) {
        return event.kind == RequestEventKind::OriginGone;
    });
    return last == events.rend() ? nullptr : &*last;
}

OriginWord origin_word(const records::ErasureRequest& request,
                       std::span<const records::RequestEvent> events) {
    if (!request.scope.recipients.empty()) {
        return OriginWord::Stays;
    }
    if (request.origin_gone_at) {
        const auto* const gone = origin_gone_event(events);
        return gone != nullptr && gone->by != "fedtrail" ? OriginWord::SaidGone : OriginWord::SeenGone;
    }
    const auto last = std::find_if(events.rbegin(), events.rend(), [](const records::RequestEvent& event) {
        return event.kind == RequestEventKind::OriginUnsure || event.kind == RequestEventKind::OriginGone ||
               event.kind == RequestEventKind::Woken;
    });
    const bool unsure = last != events.rend() && last->kind == RequestEventKind::OriginUnsure;
    return unsure ? OriginWord::Unsure : OriginWord::NotSeenGone;
}

}  // namespace fedtrail::erasure
