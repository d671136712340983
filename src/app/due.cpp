#include "app/due.hpp"

namespace fedtrail::app {

namespace {

/// The answer, or word of an extension, is still to be told.
bool has_to_be_told(const erasure::RequestView& view) {
    return view.unanswered || (view.extended && !view.extension_told);
}

bool waits_for_you(const erasure::RequestView& view) {
    return has_to_be_told(view) || view.request.state == privacy::RequestState::Received ||
           view.request.stopped;
}

DueErasures due_of(const erasure::RequestRows& pending, KeyLook& keys) {
    DueErasures all;
    all.damaged = pending.damaged.size();
    for (const auto& view : pending.views) {
        const bool open = !privacy::is_closed(view.request.state);
        const bool keyless = !view.request.stopped && keys.is_keyless(view);
        const DueRequest one{view.request.number, view.tell_by, view.overdue, waits_for_you(view) || keyless};
        all.open += open ? 1U : 0U;
        all.keyless += keyless ? 1U : 0U;
        all.waiting += one.waits_for_you ? 1U : 0U;
        all.overdue += one.overdue ? 1U : 0U;
        all.messages_left += open ? view.tally.steps - view.tally.steps_done : 0U;
        // While the clock stands still there is no day; what was over before stays due.
        if ((view.clock.running || view.overdue) && (!all.next || one.due < all.next->due)) {
            all.next = one;
        }
    }
    return all;
}

}  // namespace

Result<DueErasures> due_now(const erasure::Desk& desk, KeyLook& keys) {
    RequestFilter all;
    all.limit = kCountedRequests;
    const auto pending = desk.pending(all);
    return pending ? Result<DueErasures>{due_of(*pending, keys)} : fail(pending);
}

}  // namespace fedtrail::app
