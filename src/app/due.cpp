#include "app/due.hpp"

#include "api/request_json.hpp"

namespace fedtrail::app {

namespace {

bool waits_for_you(const erasure::RequestView& view) {
    return view.request.state == privacy::RequestState::Received || view.request.stopped;
}

}  // namespace

DueErasures due_of(const std::vector<erasure::RequestView>& open, const privacy::Day& today, KeyLook& keys) {
    DueErasures all;
    for (const auto& view : open) {
        const bool keyless = !view.request.stopped && keys.is_keyless(view);
        const DueRequest one{view.request.number,
                             api::due_day(view),
                             api::due_day(view) < today,
                             waits_for_you(view) || keyless};
        ++all.open;
        all.keyless += keyless ? 1U : 0U;
        all.waiting += one.waits_for_you ? 1U : 0U;
        all.overdue += one.overdue ? 1U : 0U;
        all.messages_left += view.tally.steps - view.tally.steps_done;
        if (!all.next || one.due < all.next->due) {
            all.next = one;
        }
    }
    return all;
}

}  // namespace fedtrail::app
