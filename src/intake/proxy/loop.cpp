#include "intake/proxy/loop.hpp"

#include "intake/proxy/stream.hpp"

namespace fedtrail::proxy {

namespace {
constexpr std::size_t kSpareBlocks = 64;
}

void Loop::drain() {
    draining_ = true;
    for (auto* stream : streams_) {
        if (stream->idle()) {
            stream->interrupt();
        }
    }
}

void Loop::stop() {
    draining_ = true;
    stopping_ = true;
    for (auto* stream : streams_) {
        stream->interrupt();
    }
}

void Loop::add(Stream& stream) {
    stream.slot_ = streams_.size();
    streams_.push_back(&stream);
}

void Loop::remove(Stream& stream) {
    streams_.back()->slot_ = stream.slot_;
    std::swap(streams_[stream.slot_], streams_.back());
    streams_.pop_back();
}

void Loop::expire(TimePoint now) {
    for (auto* stream : streams_) {
        stream->expire(now);
    }
}

std::unique_ptr<char[]> Loop::take_block() {
    if (spare_.empty()) {
        return std::unique_ptr<char[]>{new char[kBlock]};
    }
    auto block = std::move(spare_.back());
    spare_.pop_back();
    return block;
}

void Loop::give_block(std::unique_ptr<char[]> block) {
    if (block && spare_.size() < kSpareBlocks) {
        spare_.push_back(std::move(block));
    }
}

}  // namespace fedtrail::proxy
