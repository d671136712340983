#include "fedtrail/ledger/tiles.hpp"

#include <map>
#include <string>

#include <catch2/catch.hpp>

#include "ledger/leaves.hpp"

using namespace fedtrail::ledger;  // NOLINT(google-build-using-namespace): a test of one room
using fedtrail::Bytes;
using fedtrail::bytes_of;
using fedtrail::ErrorKind;
using fedtrail::fail;
using fedtrail::Result;
using fedtrail::to_bytes;
using fedtrail::testing::some_leaves;

namespace {

/// The tiles of a log as files, made the slow way: every row of the tree from the one below.
std::map<std::string, Bytes> tiles_of(std::vector<Hash> row) {
    std::map<std::string, Bytes> files;
    for (unsigned level = 0; !row.empty(); ++level) {
        for (std::size_t first = 0; first < row.size(); first += kTileWidth) {
            const auto width = std::min<std::size_t>(kTileWidth, row.size() - first);
            Bytes octets;
            for (std::size_t i = first; i < first + width; ++i) {
                octets.insert(octets.end(), row[i].begin(), row[i].end());
            }
            files[path_of(Tile{level, first / kTileWidth, width})] = octets;
        }
        std::vector<Hash> above;
        for (std::size_t first = 0; first + kTileWidth <= row.size(); first += kTileWidth) {
            above.push_back(root_of(std::span{row}.subspan(first, kTileWidth)));
        }
        row = std::move(above);
    }
    return files;
}

}  // namespace

TEST_CASE("Tiles have the paths of C2SP tlog-tiles", "[ledger][tiles]") {
    CHECK(path_of(Tile{0, 1'234'067}) == "tile/0/x001/x234/067");
    CHECK(path_of(Tile{0, 0}) == "tile/0/000");
    CHECK(path_of(Tile{1, 999, 17}) == "tile/1/999.p/17");
    CHECK(path_of(Tile{63, 1'000, 255}) == "tile/63/x001/000.p/255");
    CHECK(entries_path_of(Tile{0, 1'234'067}) == "tile/entries/x001/x234/067");
    CHECK(entries_path_of(Tile{0, 5, 1}) == "tile/entries/005.p/1");
    CHECK(path_of(Tile{0, UINT64_MAX}) == "tile/0/x018/x446/x744/x073/x709/x551/615");
}

TEST_CASE("A tile's path is read in one spelling only", "[ledger][tiles]") {
    for (const auto& tile :
         {Tile{0, 0}, Tile{3, 1'234'067, 99}, Tile{63, 999}, Tile{0, 1'000, 1}, Tile{0, UINT64_MAX}}) {
        const auto read = parse_tile_path(path_of(tile));
        REQUIRE(read.has_value());
        CHECK(read->tile == tile);
        CHECK_FALSE(read->entries);
    }
    const auto entries = parse_tile_path("tile/entries/x001/x234/067.p/3");
    REQUIRE(entries.has_value());
    CHECK(entries->entries);
    CHECK(entries->tile == Tile{0, 1'234'067, 3});
    for (const auto* const wrong : {"",
                                    "tile/",
                                    "tile/0",
                                    "tile/0/",
                                    "tile/0/0",
                                    "tile/0/00",
                                    "tile/0/0000",
                                    "tile/00/000",
                                    "tile/64/000",
                                    "tile/-1/000",
                                    "tile/0/x000/000",
                                    "tile/0/x001/00",
                                    "tile/0/001/000",
                                    "tile/0/x001",
                                    "tile/0/x001/",
                                    "tile/0/000.p/0",
                                    "tile/0/000.p/256",
                                    "tile/0/000.p/01",
                                    "tile/0/000.p/",
                                    "tile/0/000/p/1",
                                    "tile/0/x018/x446/x744/x073/x709/x551/616",
                                    "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
                                    "tile/0/+01",
                                    "tile/0/../../etc/passwd",
                                    "tile/entries/000.p/256",
                                    "tile/data/000"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_tile_path(wrong).has_value());
    }
}

TEST_CASE("Proofs out of tiles are those out of the leaves", "[ledger][tiles]") {
    for (const std::size_t size : {1, 2, 255, 256, 257, 511, 513, 66'000}) {
        const auto leaves = some_leaves(size);
        const auto files = tiles_of(leaves);
        const auto read = subtrees_of(size, [&](const Tile& tile) -> Result<Bytes> {
            const auto file = files.find(path_of(tile));
            if (file == files.end()) {
                return fail(ErrorKind::NotFound, "no " + path_of(tile));
            }
            return file->second;
        });
        const auto root = root_of(leaves);
        CHECK(*root_at(size, read) == root);
        for (std::size_t index = 0; index < size; index += size / 300 + 1) {
            const auto proof = inclusion_proof(index, size, read);
            REQUIRE(proof.has_value());
            CHECK(verify_inclusion(leaves[index], index, size, *proof, root));
        }
        for (std::size_t old = 1; old < size; old += size / 40 + 1) {
            const auto proof = consistency_proof(old, size, read);
            REQUIRE(proof.has_value());
            CHECK(verify_consistency(old, size, *proof, root_of(std::span{leaves}.first(old)), root));
        }
    }
}

TEST_CASE("A tile of another size is damage", "[ledger][tiles]") {
    const auto read = subtrees_of(3, [](const Tile&) -> Result<Bytes> { return Bytes(64); });
    const auto root = root_at(3, read);
    REQUIRE_FALSE(root.has_value());
    CHECK(root.error().kind == ErrorKind::Corrupt);
    CHECK(root.error().what.find("tile/0/000.p/3") != std::string::npos);
}

TEST_CASE("The tiles that a growing log has to write are those that changed", "[ledger][tiles]") {
    const auto whole = tiles_of(some_leaves(66'000));
    CHECK(tiles_between(0, 0).empty());
    CHECK(tiles_between(5, 5).empty());
    CHECK(tiles_between(0, 1) == std::vector{Tile{0, 0, 1}});
    CHECK(tiles_between(255, 256) == std::vector{Tile{0, 0, 256}, Tile{1, 0, 1}});
    CHECK(tiles_between(256, 257) == std::vector{Tile{0, 1, 1}});
    CHECK(tiles_between(250, 600) ==
          std::vector{Tile{0, 0, 256}, Tile{0, 1, 256}, Tile{0, 2, 88}, Tile{1, 0, 2}});
    const auto all = tiles_between(0, 66'000);
    CHECK(all.size() == whole.size());
    for (const auto& tile : all) {
        CHECK(whole.contains(path_of(tile)));
    }
}

TEST_CASE("Bundles of entries come back as they went in", "[ledger][tiles]") {
    const std::vector<Bytes> entries{to_bytes("one"), {}, Bytes(kMaxEntry), to_bytes("four")};
    const auto bundle = encode_entries(entries);
    CHECK(bundle.size() == 8 + 3 + kMaxEntry + 4);
    CHECK(bundle[1] == std::byte{3});
    const auto read = decode_entries(bundle, entries.size());
    REQUIRE(read.has_value());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        CHECK(Bytes{(*read)[i].begin(), (*read)[i].end()} == entries[i]);
    }
    CHECK_FALSE(decode_entries(bundle, 3).has_value());
    CHECK_FALSE(decode_entries(bundle, 5).has_value());
    for (const std::size_t cut : {1, 2, 3, 6, 70'000}) {
        CHECK_FALSE(decode_entries(fedtrail::ByteView{bundle}.first(std::min(cut, bundle.size() - 1)), 4)
                        .has_value());
    }
    CHECK(decode_entries({}, 0)->empty());
}
