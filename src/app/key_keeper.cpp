#include "app/key_keeper.hpp"

#include <chrono>

namespace fedtrail::app {

namespace {

constexpr std::chrono::seconds kEvery{10};
constexpr std::chrono::hours kLookBack{24 * 7};

}  // namespace

/// `closed` is left alone once what was closed before the start is known.
Result<void> KeyKeeper::read(People& open, People& closed) const {
    RequestFilter filter;
    filter.open_only = caught_up_;
    const auto long_ago = clock_.now() - kLookBack;
    for (;;) {
        const auto requests = requests_.requests(filter);
        if (!requests) {
            return fail(requests);
        }
        for (const auto& request : *requests) {
            if (!privacy::is_closed(request.state)) {
                open.insert(request.subject);
            } else if (request.closed_at && *request.closed_at >= long_ago) {
                closed.insert(request.subject);
            }
        }
        if (requests->size() < filter.limit) {
            return {};
        }
        filter.after = requests->back().number;
    }
}

Result<std::optional<Instant>> KeyKeeper::step() {
    const auto now = clock_.now();
    if (due_ && now < *due_) {
        return due_;
    }
    People open;
    People over = open_;
    if (auto done = read(open, over); !done) {
        return fail(done);
    }
    for (const auto subject : over) {
        if (open.count(subject) != 0) {
            continue;
        }
        if (auto dropped = safe_.drop(subject); !dropped) {
            return fail(dropped);
        }
        dropped_(subject);
    }
    open_ = std::move(open);
    caught_up_ = true;
    due_ = now + kEvery;
    return due_;
}

}  // namespace fedtrail::app
