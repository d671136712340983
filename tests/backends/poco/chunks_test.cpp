#include "backends/poco/chunks.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <catch2/catch.hpp>

using fedtrail::poco::Chunks;

namespace {

/// The body, if the chunks are whole and `piece` octets come at once; else nothing.
std::optional<std::string> fed(std::string_view wire, std::size_t piece) {
    Chunks chunks;
    std::string body;
    while (!wire.empty()) {
        if (!chunks.feed(wire.substr(0, piece), body)) {
            return std::nullopt;
        }
        wire.remove_prefix(std::min(piece, wire.size()));
    }
    return chunks.done() ? std::optional{body} : std::nullopt;
}

}  // namespace

TEST_CASE("Chunks are read however they are cut", "[poco]") {
    const std::string wire = "5;a=\"b\"\r\nhello\r\nA\r\n, world!\r\n\r\n000\r\nX: y\r\n\r\n";
    for (std::size_t piece = 1; piece <= wire.size(); ++piece) {
        CHECK(fed(wire, piece) == "hello, world!\r\n");
    }
    for (std::size_t size = 0; size < wire.size(); ++size) {
        CHECK_FALSE(fed(wire.substr(0, size), size + 1));
    }
}

TEST_CASE("What is no chunk is found", "[poco]") {
    const auto wire = GENERATE(values<std::string>({
        "x\r\n",
        "\r\n",
        "1 \r\na\r\n0\r\n\r\n",
        "1\na\r\n0\r\n\r\n",
        "1\r\nab\r\n0\r\n\r\n",
        "1;\x01\r\na\r\n0\r\n\r\n",
        "1000000000000000\r\na",
    }));
    Chunks chunks;
    std::string body;
    CHECK_FALSE(chunks.feed(wire, body));
    CHECK_FALSE(chunks.done());
}

TEST_CASE("Extensions and trailers of chunks have a limit", "[poco]") {
    Chunks chunks;
    std::string body;
    CHECK_FALSE(chunks.feed("0\r\nX: " + std::string(17UL * 1024, 'y'), body));
}
