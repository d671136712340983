/// A body in chunks (RFC 9112 section 7.1). Poco takes what it cannot read for the end, and the end of the
/// connection for that of the body: half of what was sent would be answered like all of it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fedtrail::poco {

class Chunks {
public:
    /// Appends to `body` what of it is in `bytes`, the next ones of the connection; what follows its end is
    /// passed over. False if they are no chunks.
    [[nodiscard]] bool feed(std::string_view bytes, std::string& body);
    /// The last chunk and its trailers were there.
    [[nodiscard]] bool done() const { return state_ == State::Done; }

private:
    enum class State { Size, Extension, SizeLf, Data, DataCr, DataLf, Trailer, TrailerLf, Done };

    bool step(char c);
    bool read_size(char c);
    bool read_rest(char c, State at_end);

    State state_{State::Size};
    std::uint64_t left_{};  ///< Octets of this chunk.
    std::size_t digits_{};  ///< Of its size.
    std::size_t line_{};    ///< Octets of this trailer.
    std::size_t extras_{};  ///< Octets of extensions and trailers.
};

}  // namespace fedtrail::poco
