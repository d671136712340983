#include "app/pipe_stream.hpp"

#include <cerrno>
#include <utility>

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace fedtrail::app {

namespace {

constexpr int kLookAtStop = 200;  // milliseconds: a signal may come right before the wait

}  // namespace

PipeStream::PipeStream(Descriptor from, const std::atomic<bool>& stop)
    : std::istream(nullptr), buffer_(std::move(from), stop) {
    rdbuf(&buffer_);
}

PipeStream::Buffer::Buffer(Descriptor from, const std::atomic<bool>& stop)
    : from_(std::move(from)), stop_(stop) {}

PipeStream::Buffer::int_type PipeStream::Buffer::underflow() {
    while (!stop_.load(std::memory_order_relaxed)) {
        pollfd wait{from_.get(), POLLIN, 0};
        const int ready = ::poll(&wait, 1, kLookAtStop);
        const auto got = ready > 0 ? ::read(from_.get(), piece_.data(), piece_.size()) : -1;
        if (got > 0) {
            setg(piece_.data(), piece_.data(), piece_.data() + got);
            return traits_type::to_int_type(piece_.front());
        }
        if (got == 0) {
            return traits_type::eof();
        }
        if (ready != 0 && errno != EINTR && errno != EAGAIN) {
            fault_ = std::error_code{errno, std::generic_category()};
            throw std::ios_base::failure{"the pipe cannot be read on", fault_};
        }
    }
    return traits_type::eof();
}

std::streamsize PipeStream::Buffer::showmanyc() {
    int ready = 0;
    return ::ioctl(from_.get(), FIONREAD, &ready) == 0 ? ready : 0;
}

}  // namespace fedtrail::app
