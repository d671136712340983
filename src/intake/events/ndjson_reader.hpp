/// Observations of a stream, each with the number of its line and where that ends.

#pragma once

#include <atomic>
#include <istream>
#include <optional>
#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/fediverse/whose.hpp"
#include "fedtrail/ports/delivery_sink.hpp"

#include "intake/events/line_reader.hpp"

namespace fedtrail::intake::events {

/// Reads a stream of newline-delimited JSON. Not thread-safe. Memory: as a LineReader.
class NdjsonReader {
public:
    struct Entry {
        Position end;           ///< Behind this line; `end.lines` is its number, from 1.
        std::string_view text;  ///< Without the line end; valid until the next call. Of one that is too long
                                ///< the beginning.
        Result<records::Observation> observation;
    };

    /// `stream` must outlive the reader and stand at `start`. `is_local` as for digest_activity(). Once
    /// `stop` is set nothing more is read: a line may have no end.
    NdjsonReader(std::istream& stream,
                 Position start,
                 fediverse::IsLocal is_local = {},
                 const std::atomic<bool>* stop = nullptr);

    /// The next line that is not blank; nothing at the end of the stream, or if cut_short(). The last line
    /// may lack its newline, but a part of one before which the stream became bad() is none.
    [[nodiscard]] std::optional<Entry> next();

    /// Whether next() gave nothing because of `stop`; a line that was begun is read again by who resumes.
    [[nodiscard]] bool cut_short() const { return lines_.cut_short(); }

    /// Whether the next line may make the caller wait for whoever writes into the stream.
    [[nodiscard]] bool would_wait() const { return lines_.would_wait(); }

private:
    LineReader lines_;
    fediverse::IsLocal is_local_;
};

}  // namespace fedtrail::intake::events
