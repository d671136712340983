#include "app/key_keeper.hpp"

#include <algorithm>
#include <chrono>

namespace fedtrail::app {

namespace {

constexpr std::chrono::seconds kEvery{10};
constexpr std::chrono::hours kLookBack{24 * 7};
constexpr std::chrono::minutes kTakeAgain{10};
constexpr std::size_t kTakenAtOnce = 20;  ///< Each may ask a database, which has seconds to answer.

}  // namespace

/// `closed` is left alone once what was closed before the start is known.
Result<void> KeyKeeper::read(Seen& seen) const {
    RequestFilter filter;
    filter.open_only = caught_up_;
    const auto long_ago = clock_.now() - kLookBack - keep_for_;
    for (;;) {
        const auto requests = requests_.requests(filter);
        if (!requests) {
            return fail(requests);
        }
        for (const auto& request : *requests) {
            if (!privacy::is_closed(request.state)) {
                seen.open.insert(request.subject);
                if (request.identity_verified) {
                    seen.verified.insert(request.subject);
                }
            } else if (request.closed_at && *request.closed_at >= long_ago) {
                seen.closed.insert(request.subject);
            }
        }
        if (requests->size() < filter.limit) {
            return {};
        }
        filter.after = requests->back().number;
    }
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

/// The end of the looks at what was fulfilled; nothing: nothing can wake.
Result<std::optional<Instant>> KeyKeeper::kept_until(privacy::SubjectNumber subject) const {
    std::optional<Instant> until;
    RequestFilter filter;
    filter.subject = subject;
    for (;;) {
        const auto requests = requests_.requests(filter);
        if (!requests) {
            return fail(requests);
        }
        for (const auto& request : *requests) {
            const bool may_wake = request.state == privacy::RequestState::Fulfilled ||
                                  request.state == privacy::RequestState::PartlyFulfilled;
            if (may_wake && request.closed_at) {
                until = std::max(until.value_or(Instant{}), *request.closed_at + keep_for_);
            }
        }
        if (requests->size() < filter.limit) {
            return until;
        }
        filter.after = requests->back().number;
    }
}

Result<void> KeyKeeper::let_go(const People& closed, const People& open) {
    const auto now = clock_.now();
    for (const auto subject : closed) {
        waiting_.erase(subject);
        if (open.count(subject) != 0) {
            continue;
        }
        const auto until = kept_until(subject);
        if (!until) {
            return fail(until);
        }
        if (*until && **until > now) {
            waiting_[subject] = **until;
            continue;
        }
        if (auto dropped = safe_.drop(subject); !dropped) {
            return fail(dropped);
        }
        hands_.dropped(subject);
        taken_.erase(subject);
        tried_.erase(subject);
    }
    return {};
}

Result<std::optional<Instant>> KeyKeeper::step() {
    const auto now = clock_.now();
    if (due_ && now < *due_) {
        return due_;
    }
    Seen seen;
    seen.closed = open_;
    if (auto done = read(seen); !done) {
        return fail(done);
    }
    for (const auto& [subject, until] : waiting_) {
        if (until <= now) {
            seen.closed.insert(subject);
        }
    }
    if (auto done = let_go(seen.closed, seen.open); !done) {
        return fail(done);
    }
    take(seen.verified);
    open_ = std::move(seen.open);
    caught_up_ = true;
    due_ = now + kEvery;
    return due_;
}

}  // namespace fedtrail::app
