// What whoever reads the log may keep of it: tiles for good, a checkpoint or an error never.

#include "api/log_face.hpp"

#include <catch2/catch.hpp>

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test

namespace {

constexpr const char* kForGood = "public, max-age=31536000, immutable";

/// As many zeros as a tile has octets; its checkpoint covers so many leaves, none: nothing was signed.
class ZeroLog final : public PublishedLog {
public:
    std::optional<std::uint64_t> covered;
    bool broken{};

    [[nodiscard]] Result<std::optional<SignedCheckpoint>> last_checkpoint() const override {
        return covered ? std::optional{SignedCheckpoint{{"o.example", *covered, {}}, {}, "a note\n", 0}}
                       : std::optional<SignedCheckpoint>{};
    }
    [[nodiscard]] Result<std::vector<SignedCheckpoint>> checkpoints() const override {
        return std::vector<SignedCheckpoint>{};
    }
    [[nodiscard]] Result<Bytes> tile(const ledger::Tile& tile) const override {
        return broken ? Result<Bytes>{fail(ErrorKind::Unavailable, "the disk is gone")}
                      : Bytes(tile.width * 32, std::byte{0});
    }
    [[nodiscard]] Result<Bytes> entries(const ledger::Tile& tile) const override {
        return Bytes(tile.width * 35, std::byte{0});
    }
    [[nodiscard]] Result<std::uint64_t> index_of(LeafStore /*store*/, std::uint64_t place) const override {
        return place;
    }
    [[nodiscard]] Result<std::uint64_t> size() const override { return covered.value_or(0); }
};

struct Read {
    int status{};
    std::string cached;
    std::string type;
    std::size_t octets{};

    friend bool operator==(const Read&, const Read&) = default;
};

Read read(const ZeroLog& log, const std::string& path, const std::string& method = "GET") {
    const auto answer = api::LogFace{log, nullptr}.answer({method, "/log/" + path, {}, ""});
    REQUIRE(answer.has_value());
    return {answer->status,
            std::string{header_of(answer->headers, "Cache-Control")},
            std::string{header_of(answer->headers, "Content-Type")},
            answer->body.size()};
}

}  // namespace

TEST_CASE("Tiles, full or not, may be kept for good", "[api][log]") {
    ZeroLog log;
    log.covered = 600;
    const auto tile = [](std::size_t octets) {
        return Read{200, kForGood, "application/octet-stream", octets};
    };
    CHECK(read(log, "tile/0/000") == tile(256 * 32));
    CHECK(read(log, "tile/0/000", "HEAD") == tile(256 * 32));
    CHECK(read(log, "tile/0/002.p/88") == tile(88 * 32));
    CHECK(read(log, "tile/0/002.p/7") == tile(7 * 32));  // of a smaller log, and still the same
    CHECK(read(log, "tile/1/000.p/2") == tile(2 * 32));
    CHECK(read(log, "tile/entries/001") == tile(256 * 35));
    CHECK(read(log, "tile/entries/002.p/88?once=1") == tile(88 * 35));
}

TEST_CASE("A checkpoint is asked for anew each time", "[api][log]") {
    ZeroLog log;
    log.covered = 600;
    CHECK(read(log, "checkpoint") == Read{200, "no-cache", "text/plain; charset=utf-8", 7});
}

TEST_CASE("What is not there yet is not kept as missing", "[api][log]") {
    ZeroLog log;
    const auto missing = [&log](const std::string& path) {
        const auto answer = read(log, path);
        CAPTURE(path);
        CHECK(answer.status == 404);
        CHECK(answer.cached == "no-store");
        CHECK(answer.type == "application/problem+json");
    };
    missing("checkpoint");
    missing("tile/0/000.p/1");
    log.covered = 600;
    for (const auto* path :
         {"tile/0/002", "tile/0/002.p/89", "tile/1/000.p/3", "tile/2/000.p/1", "tile/0/2"}) {
        missing(path);
    }
    log.broken = true;
    CHECK(read(log, "tile/0/000").status == 503);
    CHECK(read(log, "tile/0/000").cached == "no-store");
    CHECK(read(log, "tile/0/000", "DELETE").status == 405);
}
