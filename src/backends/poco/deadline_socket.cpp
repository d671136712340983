#include "backends/poco/deadline_socket.hpp"

#include <cerrno>
#include <optional>

#include <Poco/Exception.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocketImpl.h>
#include <Poco/Net/StreamSocketImpl.h>
#include <sys/socket.h>

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
    explicit DeadlineServerSocketImpl(SteadyClock::duration arrival) : arrival_(arrival) {}

    Poco::Net::SocketImpl* acceptConnection(Poco::Net::SocketAddress& peer) override {
        sockaddr_storage address{};
        socklen_t length = sizeof(address);
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket interface of POSIX.
        auto* const plain = reinterpret_cast<sockaddr*>(&address);
        int descriptor = -1;
        do {
            descriptor = accept4(sockfd(), plain, &length, SOCK_CLOEXEC);
        } while (descriptor < 0 && errno == EINTR);
        if (descriptor < 0) {
            error();  // throws
        }
        // A client that reads nothing more must not hold its thread for ever.
        const timeval patience{std::chrono::duration_cast<std::chrono::seconds>(arrival_).count(), 0};
        ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
        peer = Poco::Net::SocketAddress{plain, length};
        return new DeadlineSocketImpl{descriptor, arrival_};
    }

protected:
    ~DeadlineServerSocketImpl() override = default;

private:
    SteadyClock::duration arrival_;
};

}  // namespace

DeadlineServerSocket::DeadlineServerSocket(SteadyClock::duration arrival)
    : ServerSocket(new DeadlineServerSocketImpl{arrival}, true) {}

}  // namespace fedtrail::poco
