/// A listening socket whose connections bound the time in which a whole request must arrive: Poco's own limit
/// is per read, so that one octet every few seconds could hold a thread for hours.

#pragma once

#include <chrono>

#include <Poco/Net/ServerSocket.h>

namespace fedtrail::poco {

class DeadlineServerSocket : public Poco::Net::ServerSocket {
public:
    explicit DeadlineServerSocket(std::chrono::steady_clock::duration arrival);
};

}  // namespace fedtrail::poco
