#include "backends/poco/deadline_socket.hpp"

#include <optional>
#include <utility>

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/poco/reception.hpp"
#include "backends/poco/refusal.hpp"

namespace fedtrail::poco {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// The clock starts with the first octet read after something was sent (or after the connection was made).
// NOLINTNEXTLINE(cppcoreguidelines-special-member-functions): its base forbids copies.
class DeadlineSocketImpl : public Poco::Net::StreamSocketImpl {
public:
    DeadlineSocketImpl(poco_socket_t descriptor, SteadyClock::duration arrival)
        : StreamSocketImpl(descriptor), arrival_(arrival) {}

    int sendBytes(const void* buffer, int length, int flags) override {
        started_.reset();
        return StreamSocketImpl::sendBytes(buffer, length, flags);
    }

    int receiveBytes(void* buffer, int length, int flags) override {
        const auto now = SteadyClock::now();
        if (!started_) {
            started_ = now;
        }
        if (now - *started_ > arrival_) {
            throw Poco::TimeoutException{"the request took too long to arrive"};
        }
        return StreamSocketImpl::receiveBytes(buffer, length, flags);
    }

    using StreamSocketImpl::receiveBytes;
    using StreamSocketImpl::sendBytes;

protected:
    ~DeadlineSocketImpl() override = default;  // counted references delete it

private:
    SteadyClock::duration arrival_;
    std::optional<SteadyClock::time_point> started_;
};

// NOLINTNEXTLINE(cppcoreguidelines-special-member-functions): its base forbids copies.
class DeadlineServerSocketImpl : public Poco::Net::ServerSocketImpl {
public:
    DeadlineServerSocketImpl(SteadyClock::duration arrival, std::size_t most, std::size_t body)
        : arrival_(arrival), reception_(arrival, most, body) {}

    /// Of the acceptor: whether acceptConnection() has one to give.
    bool poll(const Poco::Timespan& timeout, int /*mode*/) override {
        if (!reception_.wait(sockfd(), std::chrono::microseconds{timeout.totalMicroseconds()})) {
            return false;
        }
        if (room_ && !room_()) {
            reception_.turn_away(too_many("Too many requests wait for an answer"));
            return false;
        }
        return true;
    }

    void accept_only_if(std::function<bool()> room) { room_ = std::move(room); }

    Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& peer) override {
        const auto descriptor = reception_.take();
        if (!descriptor) {
            throw Poco::TimeoutException{"no connection has a whole head"};
        }
        sockaddr_storage address{};
        socklen_t length = sizeof(address);
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface of POSIX.
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        if (::getpeername(*descriptor, plain, &length) != 0) {
            ::close(*descriptor);
            throw Poco::Net::ConnectionResetException{"it was gone already"};
        }
        // A client that reads nothing more must not hold its thread for ever.
        const timeval patience{std::chrono::duration_cast<std::chrono::seconds>(arrival_).count(), 0};
        ::setsockopt(*descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        peer = Poco::Net::SocketAddress{plain, length};
        return new DeadlineSocketImpl{*descriptor, arrival_};
    }

protected:
    ~DeadlineServerSocketImpl() override = default;

private:
    SteadyClock::duration arrival_;
    Reception reception_;
    std::function<bool()> room_;
};

}  // namespace

DeadlineServerSocket::DeadlineServerSocket(SteadyClock::duration arrival, std::size_t most, std::size_t body)
    : ServerSocket(new DeadlineServerSocketImpl{arrival, most, body}, true) {}

void DeadlineServerSocket::accept_only_if(std::function<bool()> room) {
    dynamic_cast<DeadlineServerSocketImpl&>(*impl()).accept_only_if(std::move(room));
}

}  // namespace fedtrail::poco
