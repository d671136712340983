/// Other servers as a function, or by hand.

#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/ports/remote_http.hpp"

namespace fedtrail::testing {

[[nodiscard]] inline RemoteResponse answered(int status, HttpHeaders headers = {}, std::string body = {}) {
    return {RemoteFault::None, true, status, std::move(headers), std::move(body), {}, {}, {}};
}
[[nodiscard]] inline RemoteResponse says(int status, std::string body = {}, HttpHeaders headers = {}) {
    return answered(status, std::move(headers), std::move(body));
}
[[nodiscard]] inline RemoteResponse failed(RemoteFault fault, bool left) {
    return {fault, left, 0, {}, {}, {}, {}, {}};
}

/// What `server` answers is given on inside send(); where it gives nothing, the request waits for answer().
class FakeRemoteHttp final : public RemoteHttp {
public:
    using Server = std::function<std::optional<RemoteResponse>(const RemoteRequest&)>;

    Server server = [](const RemoteRequest&) { return std::nullopt; };

    /// Called before `may_leave` is asked.
    std::function<void()> before_leave = [] {};

    void send(RemoteRequest request, Done done) override {
        std::optional<RemoteResponse> response;
        {
            const std::lock_guard lock{mutex_};
            if (request.may_leave && !stopped_) {
                before_leave();
            }
            requests_.push_back(request);
            const bool recalled = !stopped_ && request.may_leave && !request.may_leave();
            response = stopped_   ? failed(RemoteFault::Stopped, false)
                       : recalled ? failed(RemoteFault::Recalled, false)
                                  : server(request);
            if (!response) {
                waiting_.emplace_back(std::move(request), std::move(done));
            }
        }
        if (response) {
            done(std::move(*response));
        }
    }
    void stop() override {
        std::vector<std::pair<RemoteRequest, Done>> waiting;
        {
            const std::lock_guard lock{mutex_};
            stopped_ = true;
            waiting.swap(waiting_);
        }
        for (auto& [request, done] : waiting) {
            done(failed(RemoteFault::Stopped, true));
        }
    }

    /// Everything that was sent, in order.
    [[nodiscard]] const std::vector<RemoteRequest>& requests() const { return requests_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    /// The request that has waited longest.
    [[nodiscard]] const RemoteRequest& first() const { return waiting_.front().first; }
    /// Answers the request that has waited longest.
    void answer(RemoteResponse response) {
        auto [request, done] = std::move(waiting_.front());
        waiting_.erase(waiting_.begin());
        done(std::move(response));
    }
    /// Forgets them: their answers never come.
    void lose() { waiting_.clear(); }

private:
    std::mutex mutex_;
    std::vector<RemoteRequest> requests_;
    std::vector<std::pair<RemoteRequest, Done>> waiting_;
    bool stopped_{};
};

}  // namespace fedtrail::testing
