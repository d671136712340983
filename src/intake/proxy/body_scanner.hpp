/// Finds where a message body ends while its bytes pass by unchanged (RFC 9112 sections 6 and 7).

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "intake/proxy/http_head.hpp"

namespace fedtrail::proxy {

/// White space behind a chunk's size, which no grammar has, but old servers send to fill up their line.
enum class Padding { Refused, Passed };

class BodyScanner {
public:
    explicit BodyScanner(Framing framing, Padding padding = Padding::Refused);

    /// How many of `bytes` belong to the body. Nothing if they can be no such body: a chunk without its size,
    /// CRLF or end, an extension or padding over 1 KiB, trailers over 16 KiB.
    [[nodiscard]] std::optional<std::size_t> feed(std::string_view bytes);

    /// True once the last octet of the body was fed. Never for a body that ends with the connection.
    [[nodiscard]] bool done() const { return state_ == State::Done; }

private:
    enum class State {
        Until,
        Counted,
        Size,
        Padding,
        Extension,
        SizeLf,
        Data,
        DataCr,
        DataLf,
        Trailer,
        TrailerLf,
        Done
    };

    /// One octet of what stands around chunk data; false if it is not what must stand there.
    bool step(char c);
    bool read_size(char c);
    bool read_padding(char c);
    bool read_extension(char c);
    bool read_trailer(char c);
    bool end_of_digits(char c);
    bool end_of_size();

    State state_;
    Padding padding_;
    std::uint64_t left_{};  ///< Octets of data left in the body or the chunk.
    std::size_t digits_{};  ///< Of the chunk size.
    std::size_t extras_{};  ///< Octets of the extension with what pads it, or of all trailers.
    std::size_t line_{};    ///< Octets in this trailer line.
};

/// The payload of a complete chunked body that a BodyScanner has accepted.
[[nodiscard]] std::string dechunked(std::string_view body);

}  // namespace fedtrail::proxy
