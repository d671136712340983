#include "app/request_advice.hpp"

#include <algorithm>

namespace fedtrail::app {

namespace {

bool answered(const erasure::RequestView& view) {
    return std::any_of(view.events.begin(), view.events.end(), [](const records::RequestEvent& event) {
        return event.kind == privacy::RequestEventKind::Answered;
    });
}

/// Whether every notice has come as far as it can. One whose every object is kept stays planned, with nothing
/// to send.
bool settled(const NoticeTally& tally) {
    if (tally.steps_done == tally.steps) {
        return true;
    }
    const auto count = [&tally](fediverse::NoticeState state) {
        const auto found = tally.states.find(state);
        return found == tally.states.end() ? std::uint64_t{0} : found->second;
    };
    return count(fediverse::NoticeState::Planned) == 0 && count(fediverse::NoticeState::Sent) == 0;
}

}  // namespace

std::string advice_for(const erasure::RequestView& view) {
    const auto& request = view.request;
    const auto command = [&request](const std::string& act) {
        return "fedtrail requests " + act + " " + std::to_string(request.number.get());
    };
    switch (request.state) {
        case privacy::RequestState::Received:
            return command(request.identity_verified ? "start" : "verify-identity");
        case privacy::RequestState::IdentityPending:
            return command("verify-identity");
        case privacy::RequestState::PausedForInfo:
            return command("resume");
        case privacy::RequestState::InProgress:
            break;
        case privacy::RequestState::Fulfilled:
        case privacy::RequestState::PartlyFulfilled:
        case privacy::RequestState::Refused:
        case privacy::RequestState::Withdrawn:
        case privacy::RequestState::Duplicate:
            return {};
    }
    if (request.stopped) {
        return command("resume") + " or " + command("close");
    }
    if (!settled(view.tally)) {
        return {};
    }
    if (view.events.empty()) {  // a list does not read them
        return command("show");
    }
    return answered(view) ? command("close") : command("answer");
}

}  // namespace fedtrail::app
