#include "intake/events/line_reader.hpp"

#include <algorithm>
#include <cstring>

#include "intake/events/observation_line.hpp"

namespace fedtrail::intake::events {

namespace {

constexpr std::size_t kBlock = 256U << 10U;
constexpr std::size_t kKeptOfLine = kMaxLineBytes + 1;  // one more shows that it is too long

}  // namespace

LineReader::LineReader(std::istream& stream, Position start, const std::atomic<bool>* stop)
    : stream_(stream), position_(start), stop_(stop), buffer_(kBlock + kLinePadding) {}

bool LineReader::is_stopped() const {
    return stop_ != nullptr && stop_->load(std::memory_order_relaxed);
}

bool LineReader::would_wait() const {
    const bool have_line = std::memchr(buffer_.data() + begin_, '\n', end_ - begin_) != nullptr;
    return !have_line && stream_.rdbuf()->in_avail() <= 0;
}

/// Reads what the stream has, at least one byte; false at its end, and where it becomes bad().
bool LineReader::fill() {
    if (stream_.bad()) {
        return false;
    }
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        scanned_ -= begin_;
        begin_ = 0;
    }
    if (end_ + kLinePadding + kBlock / 2 > buffer_.size()) {
        buffer_.resize(2 * buffer_.size());
    }
    auto& source = *stream_.rdbuf();
    try {
        if (source.sgetc() == std::istream::traits_type::eof()) {
            return false;
        }
        const auto room = static_cast<std::streamsize>(buffer_.size() - kLinePadding - end_);
        const auto ready = std::clamp<std::streamsize>(source.in_avail(), 1, room);
        end_ += static_cast<std::size_t>(source.sgetn(buffer_.data() + end_, ready));
    } catch (const std::ios_base::failure&) {  // the file cannot be read on: a stream would have caught it
        stream_.setstate(std::ios_base::badbit);
        return false;
    }
    return true;
}

LineReader::Line LineReader::take(std::size_t length, bool with_newline) {
    const std::string_view text{buffer_.data() + begin_, std::min(length, kKeptOfLine)};
    const auto consumed = length + (with_newline ? 1 : 0);
    position_.offset += dropped_ + consumed;
    ++position_.lines;
    begin_ += consumed;
    scanned_ = begin_;
    dropped_ = 0;
    return {position_, text, length > kMaxLineBytes};
}

/// Of a line that is too long its beginning shows what it was meant to be.
void LineReader::drop_excess() {
    const auto kept = begin_ + kKeptOfLine;
    if (end_ > kept) {
        dropped_ += end_ - kept;
        end_ = scanned_ = kept;
    }
}

std::optional<LineReader::Line> LineReader::next() {
    while (true) {
        const auto* const start = buffer_.data() + scanned_;
        const auto* const newline = static_cast<const char*>(std::memchr(start, '\n', end_ - scanned_));
        if (newline != nullptr) {
            return take(static_cast<std::size_t>(newline - buffer_.data()) - begin_, true);
        }
        scanned_ = end_;
        drop_excess();
        cut_short_ = is_stopped();
        if (cut_short_) {
            return std::nullopt;
        }
        if (!fill()) {
            cut_short_ = is_stopped();  // a pipe that was waited for ends the waiting so
            const bool whole = !stream_.bad() && !cut_short_;  // else the rest of the line was not read
            return whole && end_ > begin_ ? std::optional{take(end_ - begin_, false)} : std::nullopt;
        }
    }
}

}  // namespace fedtrail::intake::events
