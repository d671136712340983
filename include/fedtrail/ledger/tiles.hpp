/// The layout in which a log is published: C2SP tlog-tiles v0.1.0.

#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ledger/tree.hpp"

namespace fedtrail::ledger {

/// Hashes in a full tile, entries in a full bundle, and two to the power of a tile's height.
inline constexpr std::uint64_t kTileWidth = 256;
/// Levels of the tree in one level of tiles.
inline constexpr unsigned kTileHeight = 8;
/// What the length of an entry in a bundle can say.
inline constexpr std::size_t kMaxEntry = 65'535;

/// A tile of hashes: the subtrees of `level`·8 that start at `index`·256.
struct Tile {
    unsigned level{};  ///< 0 to 63; level 0 holds the hashes of leaves.
    std::uint64_t index{};
    std::uint64_t width{kTileWidth};  ///< 1 to 256; below 256 the tile is partial.

    friend bool operator==(const Tile&, const Tile&) = default;
};

/// "tile/0/x001/x234/067", "tile/1/000.p/17".
[[nodiscard]] std::string path_of(const Tile& tile);
/// "tile/entries/x001/x234/067.p/17"; the level does not count.
[[nodiscard]] std::string entries_path_of(const Tile& tile);
struct TilePath {
    Tile tile;
    bool entries{};
};
/// Only the spelling that the two above write. Errors: Invalid.
[[nodiscard]] Result<TilePath> parse_tile_path(std::string_view path);

/// The tile that holds the subtree of 2^`level` leaves at `index`, as wide as a tree of `size` leaves makes
/// it.
[[nodiscard]] Tile tile_with(unsigned level, std::uint64_t index, std::uint64_t size);
/// Every tile of hashes that a tree of `size` leaves has and one of `old_size` had not: lowest level first.
[[nodiscard]] std::vector<Tile> tiles_between(std::uint64_t old_size, std::uint64_t size);

/// `width` hashes of 32 octets each. Errors: Corrupt, NotFound, whatever the store says.
using TileReader = std::function<Result<Bytes>(const Tile& tile)>;
/// Subtrees of a tree of `size` leaves out of its tiles, for the functions of tree.hpp. Keeps the tiles of
/// one path, so that neighbouring proofs read each tile once. Not thread-safe. Errors: Corrupt (a tile of
/// another size), those of `read`.
[[nodiscard]] SubtreeReader subtrees_of(std::uint64_t size, TileReader read);

/// Each entry behind its length as two octets, big-endian. Entries are at most kMaxEntry octets each.
[[nodiscard]] Bytes encode_entries(std::span<const Bytes> entries);
/// Views into `bundle`. Errors: Corrupt (it ends within an entry, or holds another number than `count`).
[[nodiscard]] Result<std::vector<ByteView>> decode_entries(ByteView bundle, std::uint64_t count);

}  // namespace fedtrail::ledger
