// What people know of our own server's copy that nobody can see.

#include "erasure/desk.hpp"

namespace fedtrail::erasure {

Result<records::ErasureRequest> Desk::say_origin_gone(const Act& act) {
    if (act.reason.empty()) {
        return fail(ErrorKind::Invalid,
                    "no reason says how you know that your own server has nothing of it any more",
                    "give it: second waves, looks and the answer to the person go by your word");
    }
    const auto now = ports_.clock.now();
    return record(
        act, privacy::RequestEventKind::OriginGone, [now](records::ErasureRequest& request) -> Result<void> {
            if (!request.scope.recipients.empty()) {
                return fail(ErrorKind::Denied,
                            "the request is about other servers alone: your own goes on serving it",
                            "nothing waits for your own server there");
            }
            if (request.origin_gone_at) {
                return fail(ErrorKind::Denied,
                            "your own server counts as gone for this request already",
                            "`fedtrail requests show` says since when");
            }
            request.origin_gone_at = now;
            return {};
        });
}

}  // namespace fedtrail::erasure
