/// A listening socket that hands out connections only when a request is there (of a larger one, its head),
/// and whose connections bound the time in which the rest must arrive: Poco's own limit is per read, so that
/// one octet every few seconds could hold a thread for hours.

#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

#include <Poco/Net/ServerSocket.h>

namespace fedtrail::poco {

class DeadlineServerSocket : public Poco::Net::ServerSocket {
public:
    /// `arrival` counts twice: from the connection to the end of the head, and from there to the end of the
    /// request. `most` connections may be without one; a body longer than `body` octets is
    /// not waited for.
    DeadlineServerSocket(std::chrono::steady_clock::duration arrival, std::size_t most, std::size_t body);

    /// Who comes while `room` says no is answered 503. To be called before anybody accepts.
    void accept_only_if(std::function<bool()> room);
};

}  // namespace fedtrail::poco
