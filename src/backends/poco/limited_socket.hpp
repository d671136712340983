/// Connections on which a peer may say only so much, and only until then: a timeout for each wait alone lets
/// one that drips hold us for ever.

#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <utility>

#include <Poco/Exception.h>

namespace fedtrail::poco {

/// What is left of it; one for a conversation, over its sockets.
struct Allowance {
    std::chrono::steady_clock::time_point until;
    std::size_t octets{};
};

/// Base: StreamSocketImpl or one derived from it.
template <typename Base>
// NOLINTNEXTLINE(cppcoreguidelines-special-member-functions): its base forbids copies.
class Limited : public Base {
public:
    template <typename... More>
    explicit Limited(std::shared_ptr<Allowance> allowance, More&&... more)
        : Base(std::forward<More>(more)...), allowance_(std::move(allowance)) {}

    int receiveBytes(void* buffer, int length, int flags) override {
        if (std::chrono::steady_clock::now() > allowance_->until) {
            throw Poco::TimeoutException{"the answer took too long"};
        }
        const auto count = Base::receiveBytes(buffer, length, flags);
        if (count > 0 && static_cast<std::size_t>(count) > allowance_->octets) {
            throw Poco::DataFormatException{"the answer has no end"};
        }
        allowance_->octets -= count > 0 ? static_cast<std::size_t>(count) : 0;
        return count;
    }

    using Base::receiveBytes;

protected:
    ~Limited() override = default;  // counted references delete it

private:
    std::shared_ptr<Allowance> allowance_;
};

}  // namespace fedtrail::poco
