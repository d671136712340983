#include "intake/access_log/line_splitter.hpp"

#include <algorithm>

#include "intake/access_log/access_line.hpp"

namespace fedtrail::intake::access_log {

void LineSplitter::feed(std::string_view bytes) {
    buffer_.erase(0, begin_);
    begin_ = 0;
    scanned_ = buffer_.size();
    if (buffer_.size() > kMaxLineBytes) {  // the rest of a line that is too long
        const auto end = std::min(bytes.find('\n'), bytes.size());
        dropped_ += end;
        bytes.remove_prefix(end);
    }
    buffer_.append(bytes);
}

LineSplitter::Line LineSplitter::take(std::size_t length, std::size_t with_end) {
    offset_ += dropped_ + length + with_end;
    dropped_ = 0;
    std::string_view text{buffer_.data() + begin_, length};
    begin_ += length + with_end;
    scanned_ = begin_;
    if (text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    return Line{text.substr(0, kMaxLineBytes + 1), offset_};
}

std::optional<LineSplitter::Line> LineSplitter::next() {
    const auto end = buffer_.find('\n', scanned_);
    if (end != std::string::npos) {
        return take(end - begin_, 1);
    }
    if (buffer_.size() - begin_ > kMaxLineBytes + 1) {
        dropped_ += buffer_.size() - begin_ - (kMaxLineBytes + 1);
        buffer_.resize(begin_ + kMaxLineBytes + 1);
    }
    scanned_ = buffer_.size();
    return std::nullopt;
}

std::optional<LineSplitter::Line> LineSplitter::last() {
    return buffer_.size() > begin_ ? std::optional{take(buffer_.size() - begin_, 0)} : std::nullopt;
}

}  // namespace fedtrail::intake::access_log
