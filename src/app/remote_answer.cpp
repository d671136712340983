#include "app/remote_answer.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <utility>

namespace fedtrail::app {

namespace {

constexpr std::chrono::seconds kGrace{1};  ///< The network keeps the time itself.

}  // namespace

RemoteResponse answer_to(RemoteRequest request, RemoteHttp& http) {
    const auto patience = request.timeout + kGrace;
    const auto box = std::make_shared<std::promise<RemoteResponse>>();
    auto coming = box->get_future();
    http.send(std::move(request), [box](RemoteResponse response) { box->set_value(std::move(response)); });
    if (coming.wait_for(patience) != std::future_status::ready) {
        RemoteResponse late;
        late.fault = RemoteFault::TimedOut;
        return late;
    }
    return coming.get();
}

}  // namespace fedtrail::app
