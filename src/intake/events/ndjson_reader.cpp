#include "intake/events/ndjson_reader.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "fedtrail/core/utf8.hpp"

#include "intake/events/observation_line.hpp"

namespace fedtrail::intake::events {

namespace {

constexpr std::size_t kBlock = 256U << 10U;

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

NdjsonReader::NdjsonReader(std::istream& stream,
                           Position start,
                           fediverse::IsLocal is_local,
                           const std::atomic<bool>* stop)
    : stream_(stream),
      position_(start),
      is_local_(std::move(is_local)),
      stop_(stop),
      buffer_(kBlock + kLinePadding) {}

bool NdjsonReader::would_wait() const {
    const bool have_line = std::memchr(buffer_.data() + begin_, '\n', end_ - begin_) != nullptr;
    return !have_line && stream_.rdbuf()->in_avail() <= 0;
}

/// Reads what the stream has, at least one byte; false at its end, and where it becomes bad().
bool NdjsonReader::fill() {
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

NdjsonReader::Line NdjsonReader::take(std::size_t length, bool with_newline) {
    std::string_view text{buffer_.data() + begin_, length};
    const auto consumed = length + (with_newline ? 1 : 0);
    const bool too_long = dropped_ + length > kMaxLineBytes;
    position_.offset += dropped_ + consumed;
    ++position_.lines;
    begin_ += consumed;
    scanned_ = begin_;
    dropped_ = 0;
    return {text, too_long};
}

std::optional<NdjsonReader::Line> NdjsonReader::line() {
    while (true) {
        const auto* const start = buffer_.data() + scanned_;
        const auto* const newline = static_cast<const char*>(std::memchr(start, '\n', end_ - scanned_));
        if (newline != nullptr) {
            return take(static_cast<std::size_t>(newline - buffer_.data()) - begin_, true);
        }
        scanned_ = end_;
        if (end_ - begin_ > kMaxLineBytes) {
            dropped_ += end_ - begin_;
            begin_ = scanned_ = end_ = 0;
        }
        cut_short_ = stop_ != nullptr && stop_->load(std::memory_order_relaxed);
        if (cut_short_) {
            return std::nullopt;
        }
        if (!fill()) {
            const bool whole = !stream_.bad();  // else the rest of the line was not read
            return whole && (end_ > begin_ || dropped_ > 0) ? std::optional{take(end_ - begin_, false)}
                                                            : std::nullopt;
        }
    }
}

std::optional<NdjsonReader::Entry> NdjsonReader::next() {
    while (auto found = line()) {
        if (position_.lines == 1) {
            found->text = without_byte_order_mark(found->text);
        }
        if (found->too_long) {
            return Entry{position_,
                         found->text,
                         fail(ErrorKind::Invalid,
                              "the line is longer than an observation can be (1 MiB and 64 KiB)",
                              "see schemas/observation.schema.json")};
        }
        if (!is_blank(found->text)) {
            return Entry{position_, found->text, parse_padded_observation(found->text, is_local_)};
        }
    }
    return std::nullopt;
}

}  // namespace fedtrail::intake::events
