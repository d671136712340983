#include "erasure/handle_question.hpp"

#include <algorithm>
#include <utility>

#include "fedtrail/core/handle.hpp"
#include "fedtrail/fediverse/politeness.hpp"
#include "fedtrail/fediverse/web_finger.hpp"

namespace fedtrail::erasure {

namespace {

constexpr const char* kJrd = "application/jrd+json, application/json";

/// Another time the answer may be another.
bool may_change(const RemoteResponse& response) {
    return response.fault != RemoteFault::None || response.status == 408 || response.status == 429 ||
           response.status >= 500;
}

}  // namespace

HandleQuestion::HandleQuestion(Uri actor, std::string_view name) : actor_(std::move(actor)) {
    resources_.push_back(actor_.text());
    if (!name.empty()) {
        resources_.push_back("acct:" + std::string{name} + "@" + actor_.host().text());
    }
    next_resource();
}

void HandleQuestion::end(HandleVerdict verdict) {
    url_.reset();
    verdict_ = verdict;
}

void HandleQuestion::next_resource() {
    while (!resources_.empty()) {
        const auto resource = std::move(resources_.back());
        resources_.pop_back();
        if (auto url = fediverse::web_finger_url(actor_.host(), resource)) {
            url_ = std::move(*url);
            return;
        }
    }
    end(HandleVerdict::NotNamed);
}

void HandleQuestion::take_named(const std::optional<std::string>& named) {
    if (!handle_.empty()) {  // this was the host in the handle
        end(named && same_handle(*named, handle_) ? HandleVerdict::Confirmed : HandleVerdict::Contested);
        return;
    }
    if (!named) {
        next_resource();
        return;
    }
    handle_ = *named;
    const auto handle = Handle::parse(handle_);
    if (handle && handle->host == actor_.host()) {
        end(HandleVerdict::Confirmed);
        return;
    }
    auto url = handle ? fediverse::web_finger_url(handle->host, "acct:" + handle_) : fail(handle);
    if (!url) {
        end(HandleVerdict::Contested);
        return;
    }
    url_ = std::move(*url);
}

void HandleQuestion::take(const RemoteResponse& response, Instant now) {
    if (!url_) {
        return;
    }
    const bool served = response.fault == RemoteFault::None && response.status == 200;
    const auto named = served ? fediverse::handle_in_web_finger(response.body, actor_) : std::nullopt;
    rest_ = named ? std::nullopt : fediverse::rest_until(response.status, response.headers, now);
    if (!named && (rest_ || may_change(response))) {
        end(HandleVerdict::Unanswered);
        return;
    }
    take_named(named);
}

RemoteRequest web_finger_request(Uri url, const std::string& user_agent, std::chrono::milliseconds timeout) {
    RemoteRequest request;
    request.url = std::move(url);
    request.timeout = timeout;
    request.max_body = fediverse::kMaxWebFinger;
    request.follow_redirects = true;
    request.headers = {{"Accept", kJrd}, {"User-Agent", user_agent}};
    return request;
}

bool same_handle(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
        return lower(x) == lower(y);
    });
}

}  // namespace fedtrail::erasure
