/// Cuts what comes in pieces into lines.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fedtrail::audit {

class Lines {
public:
    /// The next whole line without its line feed; nothing if more must come first. It is good until room() is
    /// called.
    [[nodiscard]] std::optional<std::string_view> next() {
        const auto end = buffer_.find('\n', searched_);
        if (end == std::string::npos) {
            searched_ = buffer_.size();
            return std::nullopt;
        }
        const auto line = std::string_view{buffer_}.substr(at_, end - at_);
        at_ = end + 1;
        searched_ = at_;
        ++taken_;
        return line;
    }
    /// Room for `size` octets more behind what is left.
    [[nodiscard]] std::span<char> room(std::size_t size) {
        buffer_.erase(0, at_);
        searched_ -= at_;
        at_ = 0;
        const auto left = buffer_.size();
        buffer_.resize(left + size);
        return std::span{buffer_}.subspan(left);
    }
    [[nodiscard]] std::size_t left() const { return buffer_.size() - at_; }
    [[nodiscard]] std::uint64_t taken() const { return taken_; }

private:
    std::string buffer_;
    std::size_t at_{};
    std::size_t searched_{};  ///< No line feed stands between at_ and here.
    std::uint64_t taken_{};
};

}  // namespace fedtrail::audit
