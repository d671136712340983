#include "app/key_keeper.hpp"

#include <algorithm>
#include <chrono>

#include "fedtrail/ports/visit_books.hpp"

#include "erasure/go_on.hpp"
#include "erasure/watch_end.hpp"

namespace fedtrail::app {

namespace {

constexpr std::chrono::seconds kLookForKeysEvery{10};
constexpr std::chrono::minutes kTakeAgain{10};
constexpr std::size_t kTakenAtOnce = 20;  ///< Each may ask a database, which has seconds to answer.
constexpr std::size_t kHoldersAtOnce = 500;

/// The end of the looks at what was fulfilled; nothing if it cannot wake.
std::optional<Instant> may_wake_until(const records::ErasureRequest& request, std::chrono::seconds span) {
    const bool fulfilled = request.state == privacy::RequestState::Fulfilled ||
                           request.state == privacy::RequestState::PartlyFulfilled;
    return fulfilled && request.closed_at ? std::optional{erasure::watched_until(request, span)}
                                          : std::nullopt;
}

}  // namespace

Result<void> KeyKeeper::read(Seen& seen) const {
    RequestFilter filter;
    filter.open_only = true;
    return visit_whole_requests(
        requests_,
        filter,
        [&seen](const records::ErasureRequest& request) -> Result<void> {
            seen.open.insert(request.subject);
            if (request.identity_verified) {
                seen.verified.insert(request.subject);
            }
            return {};
        },
        [&seen](const auto& row) { seen.open.insert(row.subject); });
}

/// However long ago something was closed while nobody was here, and however short it was open: the vault
/// knows whose keys are left. One part at each call, and from the start again.
Result<KeyKeeper::People> KeyKeeper::left_over() {
    const auto holders = safe_.holders(last_holder_, kHoldersAtOnce);
    if (!holders) {
        return fail(holders);
    }
    last_holder_ = holders->size() < kHoldersAtOnce ? privacy::SubjectNumber{0} : holders->back();
    return People{holders->begin(), holders->end()};
}

/// Before anything is signed: messages may wait for days, and the account is deleted meanwhile.
void KeyKeeper::take(const People& verified) {
    const auto now = clock_.now();
    if (!again_at_ || *again_at_ <= now) {
        tried_.clear();
        again_at_ = now + kTakeAgain;
    }
    std::size_t asked = 0;
    for (const auto subject : verified) {
        if (asked == kTakenAtOnce) {
            return;
        }
        if (taken_.count(subject) != 0 || !tried_.insert(subject).second) {
            continue;
        }
        ++asked;
        if (hands_.take(subject)) {
            taken_.insert(subject);
        }
    }
}

Result<KeyKeeper::Past> KeyKeeper::past_of(privacy::SubjectNumber subject) const {
    Past past;
    RequestFilter filter;
    filter.subject = subject;
    for (;;) {
        const auto requests = requests_.requests(filter);
        if (!requests) {
            return fail(requests);
        }
        for (const auto& request : *requests) {
            past.asked = true;
            past.open = past.open || !privacy::is_closed(request.state);
            past.until = std::max(past.until, may_wake_until(request, keep_for_));
        }
        if (requests->size() < filter.limit) {
            return past;
        }
        filter.after = requests->back().number;
    }
}

Result<void> KeyKeeper::let_go(privacy::SubjectNumber subject) {
    const auto past = past_of(subject);
    if (!past) {
        return fail(past);
    }
    const bool over = past->asked && !past->open;
    if (over && past->until && *past->until > clock_.now()) {
        waiting_[subject] = *past->until;
        return {};
    }
    if (over) {
        if (auto dropped = safe_.drop(subject); !dropped) {
            return dropped;
        }
        hands_.dropped(subject);
        taken_.erase(subject);
        tried_.erase(subject);
    }
    waiting_.erase(subject);
    return {};
}

Result<std::optional<Instant>> KeyKeeper::step() {
    const auto now = clock_.now();
    if (asked_.exchange(false)) {
        due_.reset();
    }
    if (due_ && now < *due_) {
        return due_;
    }
    Seen seen;
    auto gone = read(seen);
    if (!erasure::may_go_on(gone)) {
        return fail(gone);
    }
    const auto left = left_over();
    if (!left) {
        return fail(left);
    }
    auto closed = open_;
    closed.insert(left->begin(), left->end());
    for (const auto& [subject, until] : waiting_) {
        if (until <= now) {
            closed.insert(subject);
        }
    }
    for (const auto subject : seen.open) {
        closed.erase(subject);
        waiting_.erase(subject);
    }
    take(seen.verified);  // first: their server may drop the keys within seconds
    for (const auto subject : closed) {
        const auto done = let_go(subject);
        if (!erasure::may_go_on(done)) {
            return fail(done);
        }
        if (!done) {
            seen.open.insert(subject);  // asked for again
        }
        gone = gone ? done : gone;
    }
    open_ = std::move(seen.open);
    due_ = now + kLookForKeysEvery;
    return gone ? Result<std::optional<Instant>>{due_} : fail(gone);
}

}  // namespace fedtrail::app
