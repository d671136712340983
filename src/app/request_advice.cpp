#include "app/request_advice.hpp"

#include "fedtrail/core/count.hpp"

#include "erasure/origin_word.hpp"

namespace fedtrail::app {

namespace {

/// Whether it is the controller's turn to delete it at home: until then nobody looks, and a second wave
/// waits.
bool waits_for_origin(const records::ErasureRequest& request) {
    return !request.origin_gone_at && request.scope.recipients.empty();
}

}  // namespace

std::string origin_words(const erasure::RequestView& view) {
    const auto& gone_at = view.request.origin_gone_at;
    const auto since = gone_at ? format_rfc3339(*gone_at) : std::string{};
    switch (view.origin) {
        case erasure::OriginWord::Stays:
            return "stays as it is: other servers alone are to erase it";
        case erasure::OriginWord::NotSeenGone:
            break;
        case erasure::OriginWord::Unsure:
            return "did not answer when a copy came back, and is asked again: the second wave and looks wait";
        case erasure::OriginWord::SeenGone:
            return "gone since " + since;
        case erasure::OriginWord::SaidGone:
            return "said to be gone at " + since + ", by " + erasure::origin_gone_event(view.events)->by;
    }
    return "not seen to be gone yet: the second wave and looks wait";
}

std::string keyless_words(privacy::SubjectNumber subject) {
    return "No key to sign with was found, and nothing leaves without one. Where it was looked for: "
           "fedtrail keys check " +
           std::to_string(subject.get());
}

std::string advice_for(const erasure::RequestView& view, KeyLook& keys) {
    const auto& request = view.request;
    const auto command = [&request](const std::string& act) {
        return "fedtrail requests " + act + " " + std::to_string(request.number.get());
    };
    if (view.unanswered) {
        return command("answer");
    }
    if (view.extended && !view.extension_told && !privacy::is_closed(request.state)) {
        return command("answer") + ": the person is to be told of the extension by " +
               privacy::format_day(view.tell_by);
    }
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
    if (keys.is_keyless(view)) {
        return "fedtrail keys check " + std::to_string(request.subject.get()) +
               ": no key to sign with was found, nothing leaves";
    }
    if (view.origin == erasure::OriginWord::Unsure) {
        return command("origin-gone") + " --reason TEXT, if your own server will not answer any more";
    }
    if (waits_for_origin(request) && view.tally.first_wave > 0) {
        return "wait: " + counted(view.tally.first_wave, "server is", "servers are") +
               " to be told before you delete it on your own server";
    }
    if (waits_for_origin(request)) {
        const bool account = request.scope.kind == records::ScopeKind::Account;
        // Of posts that strangers were never shown it may not: their 404 says nothing.
        return "delete it on your own server; Fedtrail sees it" +
               (account ? std::string{} : "; if it does not: " + command("origin-gone") + " --reason TEXT");
    }
    if (view.tally.to_leave > 0) {
        return {};
    }
    return command("close");
}

}  // namespace fedtrail::app
