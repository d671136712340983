/// The two number codes of every packed format: LEB128 varints and zigzag.

#pragma once

#include <cstdint>
#include <utility>

#include "fedtrail/core/bytes.hpp"

namespace fedtrail::ledger {

/// Maps signed to unsigned so that small magnitudes stay small: 0, -1, 1, -2, … become 0, 1, 2, 3, …
[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
}

/// Appends numbers to bytes.
class ByteWriter {
public:
    void byte(std::uint8_t value) { bytes_.push_back(static_cast<std::byte>(value)); }
    /// LEB128: seven bits a byte, lowest first, the high bit says "more follows".
    void varint(std::uint64_t value) {
        while (value >= 0x80) {
            byte(static_cast<std::uint8_t>(value | 0x80U));
            value >>= 7U;
        }
        byte(static_cast<std::uint8_t>(value));
    }
    void signed_varint(std::int64_t value) { varint(zigzag(value)); }
    /// `count` varints: what `next` gives, called in order. Room is made once for all of them.
    template <typename Next>
    void varints(std::size_t count, Next next) {
        constexpr std::size_t kLongest = 10;  // seven bits a byte
        const auto before = bytes_.size();
        bytes_.resize(before + count * kLongest);
        auto* at = bytes_.data() + before;
        for (std::size_t i = 0; i < count; ++i) {
            std::uint64_t value = next(i);
            for (; value >= 0x80; value >>= 7U) {
                *at++ = static_cast<std::byte>(value | 0x80U);
            }
            *at++ = static_cast<std::byte>(value);
        }
        bytes_.resize(static_cast<std::size_t>(at - bytes_.data()));
    }
    void raw(ByteView bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    /// A varint length, then the bytes.
    void sized(ByteView bytes) {
        varint(bytes.size());
        raw(bytes);
    }

    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    [[nodiscard]] const Bytes& bytes() const noexcept { return bytes_; }
    [[nodiscard]] Bytes take() && { return std::move(bytes_); }
    void clear() { bytes_.clear(); }
    void reserve(std::size_t size) { bytes_.reserve(size); }

private:
    Bytes bytes_;
};

/// Reads numbers from bytes. Reading past the end or a varint over 64 bits gives 0 and makes ok() false for
/// good, so that a decoder checks once where it matters: before it trusts a count, and at the end.
class ByteReader {
public:
    ByteReader() = default;
    explicit ByteReader(ByteView bytes) : rest_(bytes) {}

    std::uint8_t byte() {
        if (rest_.empty()) {
            ok_ = false;
            return 0;
        }
        const auto value = std::to_integer<std::uint8_t>(rest_.front());
        rest_ = rest_.subspan(1);
        return value;
    }
    std::uint64_t varint() {
        if (!rest_.empty() && std::to_integer<std::uint8_t>(rest_.front()) < 0x80) {
            return byte();
        }
        return long_varint();
    }
    std::int64_t signed_varint() { return unzigzag(varint()); }
    /// A count of things that take at least `least_bytes` each of what is left: a larger one cannot be true.
    std::size_t count(std::size_t least_bytes = 1) {
        const auto value = varint();
        if (value > rest_.size() / least_bytes) {
            ok_ = false;
            return 0;
        }
        return static_cast<std::size_t>(value);
    }
    ByteView raw(std::size_t size) {
        if (size > rest_.size()) {
            ok_ = false;
            return {};
        }
        const auto bytes = rest_.first(size);
        rest_ = rest_.subspan(size);
        return bytes;
    }
    ByteView sized() { return raw(count()); }

    void refuse() noexcept { ok_ = false; }
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] bool done() const noexcept { return ok_ && rest_.empty(); }
    [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

private:
    std::uint64_t long_varint();

    ByteView rest_;
    bool ok_{true};
};

}  // namespace fedtrail::ledger
