/// What came back from others, until the next step() takes it in.

#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "fedtrail/ports/remote_http.hpp"

namespace fedtrail::erasure {

/// expect() and take() from one thread; answers come from any, and may come when this is gone.
template <typename Key>
class Arrivals {
public:
    using Arrived = std::vector<std::pair<Key, RemoteResponse>>;

    /// `wake` is called when something came.
    explicit Arrivals(std::function<void()>&& wake) : box_(std::make_shared<Box>()) {
        box_->wake = std::move(wake);
    }

    /// What RemoteHttp is to call.
    [[nodiscard]] RemoteHttp::Done expect(Key key) const {
        return [box = box_, key](RemoteResponse response) {
            {
                const std::scoped_lock held{box->lock};
                box->arrived.emplace_back(key, std::move(response));
            }
            if (box->wake) {
                box->wake();
            }
        };
    }
    [[nodiscard]] Arrived take() const {
        const std::scoped_lock held{box_->lock};
        return std::exchange(box_->arrived, {});
    }

    /// What is expected by now comes to nobody.
    void forget() {
        auto box = std::make_shared<Box>();
        box->wake = box_->wake;
        box_ = std::move(box);
    }

private:
    struct Box {
        std::mutex lock;
        std::function<void()> wake;
        Arrived arrived;
    };
    std::shared_ptr<Box> box_;
};

}  // namespace fedtrail::erasure
