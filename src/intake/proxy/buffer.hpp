/// Bytes that were read and not yet used. Costs nothing while empty.

#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "intake/proxy/loop.hpp"

namespace fedtrail::proxy {

class Buffer {
public:
    explicit Buffer(Loop& loop) : loop_(loop) {}
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    Buffer(Buffer&&) = delete;
    Buffer& operator=(Buffer&&) = delete;
    ~Buffer() { release(); }

    [[nodiscard]] std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] bool empty() const { return begin_ == end_; }

    void consume(std::size_t count) {
        begin_ += count;
        if (begin_ == end_) {
            begin_ = end_ = 0;
        }
    }

    /// Room for at least one more octet, up to `capacity()` of them.
    [[nodiscard]] char* room() {
        if (!bytes_) {
            bytes_ = loop_.take_block();
            size_ = kBlock;
        } else if (end_ == size_ && begin_ > 0) {
            std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        } else if (end_ == size_) {
            std::unique_ptr<char[]> larger{new char[size_ * 2]};
            std::memcpy(larger.get(), bytes_.get(), end_);
            give(std::exchange(bytes_, std::move(larger)));
            size_ *= 2;
        }
        return bytes_.get() + end_;
    }
    [[nodiscard]] std::size_t capacity() const { return size_ - end_; }
    void added(std::size_t count) { end_ += count; }

    /// Gives the memory back if nothing is in it.
    void relax() {
        if (empty()) {
            release();
        }
    }

private:
    void give(std::unique_ptr<char[]> block) {
        if (size_ == kBlock) {
            loop_.give_block(std::move(block));
        }
    }
    void release() {
        give(std::move(bytes_));
        bytes_.reset();
        begin_ = end_ = size_ = 0;
    }

    Loop& loop_;
    std::unique_ptr<char[]> bytes_;
    std::size_t begin_{};
    std::size_t end_{};
    std::size_t size_{};
};

}  // namespace fedtrail::proxy
