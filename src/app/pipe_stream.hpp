/// What is read as it comes: standard input, a pipe.

#pragma once

#include <array>
#include <atomic>
#include <istream>
#include <streambuf>
#include <system_error>

#include "app/files.hpp"

namespace fedtrail::app {

/// Says by in_avail() what can be had without waiting, which std::cin does not, and ends where it waits once
/// `stop` is set: a signal must end it. What cannot be read on makes it bad(). It cannot seek.
class PipeStream final : public std::istream {
public:
    /// `stop` must outlive it.
    PipeStream(Descriptor from, const std::atomic<bool>& stop);

    /// Why it could not be read on, once it is bad().
    [[nodiscard]] std::error_code read_fault() const { return buffer_.fault(); }

private:
    class Buffer final : public std::streambuf {
    public:
        Buffer(Descriptor from, const std::atomic<bool>& stop);
        [[nodiscard]] std::error_code fault() const { return fault_; }

    protected:
        int_type underflow() override;
        std::streamsize showmanyc() override;

    private:
        Descriptor from_;
        const std::atomic<bool>& stop_;
        std::array<char, std::size_t{64} << 10U> piece_{};
        std::error_code fault_{};
    };

    Buffer buffer_;
};

}  // namespace fedtrail::app
