/// Lines that a web server sends as datagrams to a socket of this machine.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "fedtrail/core/result.hpp"

namespace fedtrail::intake::access_log {

/// receive() from one thread, the rest from any. What waits is lost with the process.
class SyslogSocket {
public:
    struct Limits {
        std::size_t lines{20'000};  ///< That wait; one more is dropped, and counted.
        std::size_t octets{16U << 20U};
    };

    /// Binds `path`, in place of a socket that an earlier run left; its owner and group may send. Errors:
    /// Denied, Conflict (something else is there, or somebody listens on it).
    [[nodiscard]] static Result<std::unique_ptr<SyslogSocket>> open(const std::filesystem::path& path,
                                                                    Limits limits);
    SyslogSocket(const SyslogSocket&) = delete;
    SyslogSocket& operator=(const SyslogSocket&) = delete;
    SyslogSocket(SyslogSocket&&) = delete;
    SyslogSocket& operator=(SyslogSocket&&) = delete;
    ~SyslogSocket();

    /// Takes datagrams in until it is told to stop.
    void receive(const std::stop_token& stop);
    /// The messages that wait, at most `most`, in their order.
    [[nodiscard]] std::vector<std::string> take(std::size_t most);
    /// Datagrams that were no message of syslog, or found no room.
    [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
    SyslogSocket(int number, std::filesystem::path path, Limits limits);
    void put(std::string_view datagram);
    /// What waits in the system's queue, as much as is taken at once.
    void take_in(std::vector<char>& room);

    int number_;
    std::filesystem::path path_;
    Limits limits_;
    std::mutex lock_;
    std::deque<std::string> waiting_;
    std::size_t octets_{};
    std::atomic<std::uint64_t> dropped_{};
};

}  // namespace fedtrail::intake::access_log
