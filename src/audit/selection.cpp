#include "audit/selection.hpp"

#include <algorithm>

namespace fedtrail::audit {

namespace {

using namespace records;  // NOLINT(google-build-using-namespace): one function for all of its kinds

std::optional<LeafBody> body_of(const LoggedRecord& leaf) {
    if (!leaf.closed || !leaf.opened) {
        return std::nullopt;
    }
    auto body = decode_body(leaf.closed->head.kind, leaf.opened->body);
    return body ? std::optional{*std::move(body)} : std::nullopt;
}

}  // namespace

Result<Selection> Selection::make(const LogReader& log, const Scope& scope, Level level, std::uint64_t size) {
    Selection selection{scope, level};
    if (const auto* period = std::get_if<Period>(&scope)) {
        selection.span_.first = period->since;
        if (period->until) {
            selection.span_.last = *period->until - std::chrono::milliseconds{1};
        }
    }
    if (!selection.is_personal()) {
        return selection;
    }
    if (const auto found = selection.find_requests(log, size); !found) {
        return fail(found);
    }
    if (level != Level::Minimal) {
        if (const auto found = selection.find_windows(log); !found) {
            return fail(found);
        }
    }
    return selection;
}

Result<void> Selection::find_requests(const LogReader& log, std::uint64_t size) {
    if (const auto* subject = std::get_if<privacy::SubjectNumber>(&scope_)) {
        subject_ = *subject;
    }
    const auto* request = std::get_if<RequestNumber>(&scope_);
    if (request != nullptr) {
        requests_.insert(request->get());
    }
    auto read = log.each_leaf(0, size, [&](const LoggedRecord& leaf) -> Result<void> {
        if (!leaf.closed || leaf.closed->head.kind < LeafKind::RequestEvent ||
            leaf.closed->head.kind > LeafKind::Objection) {
            return {};
        }
        const auto body = body_of(leaf);
        if (body && request != nullptr && request_of(*body) == request->get()) {
            extend_span(leaf.closed->head.at);
        }
        const auto* event = body ? std::get_if<RequestEventLeaf>(&*body) : nullptr;
        if (event != nullptr && request != nullptr && event->request == *request) {
            subject_ = event->subject;
        } else if (event != nullptr && request == nullptr && event->subject == subject_) {
            requests_.insert(event->request.get());
        }
        return {};
    });
    if (!read) {
        return read;
    }
    if (!subject_) {
        return fail(ErrorKind::NotFound,
                    "the log has no request " + std::to_string(request->get()),
                    "`fedtrail requests list` shows those there are; a new one is in the log with the next "
                    "checkpoint");
    }
    return {};
}

void Selection::extend_span(Instant at) {
    span_.first = std::min(span_.first.value_or(at), at);
    span_.last = std::max(span_.last.value_or(at), at);
}

void Selection::note_recipients(const LeafBody& body) {
    if (subject_of(body) != subject_) {
        return;
    }
    if (const auto* late = std::get_if<LateAttemptLeaf>(&body)) {
        recipients_.insert(late->recipient);
    }
    if (const auto* activity = std::get_if<ActivityLeaf>(&body)) {
        for (const auto& attempt : activity->attempts) {
            recipients_.insert(attempt.recipient);
        }
    }
}

Result<void> Selection::find_windows(const LogReader& log) {
    const auto windows = log.windows_of(*subject_);
    if (!windows) {
        return fail(windows);
    }
    windows_.insert(windows->begin(), windows->end());
    const auto note = [this](const LoggedRecord& leaf) -> Result<void> {
        if (const auto body = body_of(leaf)) {
            note_recipients(*body);
        }
        return {};
    };
    for (const auto window : *windows) {
        if (auto read = log.each_in_window(window, note); !read) {
            return read;
        }
    }
    for (const auto recipient : recipients_) {
        const auto window = log.window_naming(recipient);
        if (window) {
            windows_.insert(*window);
        } else if (window.error().kind != ErrorKind::NotFound) {
            return fail(window);
        }
    }
    return {};
}

bool Selection::of_period(Instant at) const {
    const auto* period = std::get_if<Period>(&scope_);
    return period == nullptr ||
           ((!period->since || at >= *period->since) && (!period->until || at < *period->until));
}

bool Selection::of_person(const LeafBody& body) const {
    if (const auto* window = std::get_if<WindowLeaf>(&body)) {
        return windows_.contains(window->number);
    }
    if (const auto* name = std::get_if<RecipientNameLeaf>(&body)) {
        return recipients_.contains(name->number);
    }
    const auto request = request_of(body);
    return request != 0 ? requests_.contains(request) : subject_of(body) == subject_;
}

bool Selection::of_log(const LoggedRecord& leaf) const {
    if (!leaf.closed) {
        return false;  // nothing of it is known but that it is there
    }
    const auto kind = leaf.closed->head.kind;
    if (kind == LeafKind::PolicyChange) {
        const auto* period = std::get_if<Period>(&scope_);
        return period == nullptr || !period->until || leaf.closed->head.at < *period->until;
    }
    if (is_personal()) {
        const auto body = body_of(leaf);
        return body && of_person(*body);
    }
    const auto body = kind == LeafKind::Window ? body_of(leaf) : std::nullopt;
    const auto* window = body ? std::get_if<WindowLeaf>(&*body) : nullptr;
    return of_period(leaf.closed->head.at) || (window != nullptr && opens(*window));
}

bool Selection::opens(const WindowLeaf& window) const {
    if (level_ == Level::Minimal || window.leaves == 0) {
        return false;
    }
    if (is_personal()) {
        return windows_.contains(window.number);
    }
    const auto* period = std::get_if<Period>(&scope_);
    const auto first = from_unix_seconds(window.first_at);
    const auto last = from_unix_seconds(window.last_at);
    return period == nullptr ||
           ((!period->until || first < *period->until) && (!period->since || last >= *period->since));
}

bool Selection::of_window(const LoggedRecord& leaf) const {
    if (!leaf.closed) {
        return false;
    }
    if (is_personal()) {
        const auto body = body_of(leaf);
        return body && of_person(*body);
    }
    return leaf.closed->head.kind == LeafKind::RecipientName || of_period(leaf.closed->head.at);
}

}  // namespace fedtrail::audit
