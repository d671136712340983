#include "fedtrail/ledger/tiles.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "fedtrail/core/count.hpp"

namespace fedtrail::ledger {

namespace {

constexpr std::size_t kPartDigits = 3;
constexpr std::uint64_t kThousand = 1'000;
constexpr unsigned kLevels = 64;
constexpr std::string_view kRoot = "tile/";
constexpr std::string_view kEntries = "entries";

/// 1234067 is "x001/x234/067".
std::string index_path(std::uint64_t index) {
    std::string path;
    for (bool last = true; last || index > 0; last = false) {
        auto digits = std::to_string(index % kThousand);
        digits.insert(0, kPartDigits - digits.size(), '0');
        path.insert(0, last ? digits : "x" + digits + "/");
        index /= kThousand;
    }
    return path;
}

std::string with_width(std::string path, std::uint64_t width) {
    if (width < kTileWidth) {
        path += ".p/" + std::to_string(width);
    }
    return path;
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::uint64_t> parse_index(std::string_view path) {
    std::uint64_t index = 0;
    while (!path.empty()) {
        const auto more = path.front() == 'x';
        path.remove_prefix(more ? 1 : 0);
        const auto part = number<std::uint64_t>(path.substr(0, kPartDigits));
        if (!part || index > (UINT64_MAX - *part) / kThousand) {
            return std::nullopt;
        }
        index = index * kThousand + *part;
        path.remove_prefix(std::min(path.size(), kPartDigits));
        if (more != path.starts_with('/')) {
            return std::nullopt;
        }
        path.remove_prefix(more ? 1 : 0);
    }
    return index;
}

/// The tiles of one path from a leaf to the root: the latest of each level.
class TileCache {
public:
    TileCache(std::uint64_t size, TileReader read) : size_(size), read_(std::move(read)) {}

    Result<Hash> subtree(unsigned level, std::uint64_t index);

private:
    struct Kept {
        std::optional<Tile> tile;
        Bytes hashes;
    };

    std::uint64_t size_;
    TileReader read_;
    std::array<Kept, kLevels / kTileHeight> kept_;
};

Result<Hash> TileCache::subtree(unsigned level, std::uint64_t index) {
    const auto tile = tile_with(level, index, size_);
    auto& kept = kept_.at(tile.level);
    if (kept.tile != tile) {
        auto hashes = read_(tile);
        if (!hashes) {
            return fail(hashes);
        }
        if (hashes->size() != tile.width * sizeof(Hash)) {
            return fail(ErrorKind::Corrupt,
                        "log: " + path_of(tile) + " has " + counted(hashes->size(), "octet"),
                        "run `fedtrail doctor`");
        }
        kept = Kept{tile, *std::move(hashes)};
    }
    const auto height = level % kTileHeight;
    const auto first = (index << height) % kTileWidth;
    std::vector<Hash> row(std::size_t{1} << height);
    for (std::size_t i = 0; i < row.size(); ++i) {
        const auto octets = ByteView{kept.hashes}.subspan((first + i) * sizeof(Hash), sizeof(Hash));
        std::copy(octets.begin(), octets.end(), row[i].begin());
    }
    return root_of(row);
}

}  // namespace

std::string path_of(const Tile& tile) {
    return with_width(std::string{kRoot} + std::to_string(tile.level) + "/" + index_path(tile.index),
                      tile.width);
}

std::string entries_path_of(const Tile& tile) {
    return with_width(std::string{kRoot} + std::string{kEntries} + "/" + index_path(tile.index), tile.width);
}

Result<TilePath> parse_tile_path(std::string_view path) {
    const auto invalid = fail(ErrorKind::Invalid, "log: that is no tile's path");
    auto rest = path;
    if (!rest.starts_with(kRoot)) {
        return invalid;
    }
    rest.remove_prefix(kRoot.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) {
        return invalid;
    }
    const auto level = rest.substr(0, slash);
    rest.remove_prefix(slash + 1);
    TilePath found{.tile = {}, .entries = level == kEntries};
    if (const auto partial = rest.find(".p/"); partial != std::string_view::npos) {
        const auto width = number<std::uint64_t>(rest.substr(partial + 3));
        if (!width || *width == 0 || *width >= kTileWidth) {
            return invalid;
        }
        found.tile.width = *width;
        rest = rest.substr(0, partial);
    }
    const auto row = found.entries ? std::optional{0U} : number<unsigned>(level);
    const auto index = parse_index(rest);
    if (!row || *row >= kLevels || !index) {
        return invalid;
    }
    found.tile.level = *row;
    found.tile.index = *index;
    if (path != (found.entries ? entries_path_of(found.tile) : path_of(found.tile))) {
        return invalid;  // another spelling of the same tile
    }
    return found;
}

Tile tile_with(unsigned level, std::uint64_t index, std::uint64_t size) {
    const auto row = level / kTileHeight;
    const auto tile = (index << (level % kTileHeight)) / kTileWidth;
    const auto whole = size >> (row * kTileHeight);
    return Tile{row, tile, std::min(kTileWidth, whole - tile * kTileWidth)};
}

std::vector<Tile> tiles_between(std::uint64_t old_size, std::uint64_t size) {
    std::vector<Tile> tiles;
    for (unsigned level = 0; level * kTileHeight < kLevels && size >> (level * kTileHeight) > 0; ++level) {
        const auto before = old_size >> (level * kTileHeight);
        const auto now = size >> (level * kTileHeight);
        for (auto index = before / kTileWidth; before < now && index * kTileWidth < now; ++index) {
            tiles.push_back(Tile{level, index, std::min(kTileWidth, now - index * kTileWidth)});
        }
    }
    return tiles;
}

SubtreeReader subtrees_of(std::uint64_t size, TileReader read) {
    return [cache = std::make_shared<TileCache>(size, std::move(read))](unsigned level, std::uint64_t index) {
        return cache->subtree(level, index);
    };
}

Bytes encode_entries(std::span<const Bytes> entries) {
    Bytes bundle;
    for (const auto& entry : entries) {
        bundle.push_back(static_cast<std::byte>(entry.size() >> 8U));
        bundle.push_back(static_cast<std::byte>(entry.size() & 0xFFU));
        bundle.insert(bundle.end(), entry.begin(), entry.end());
    }
    return bundle;
}

Result<std::vector<ByteView>> decode_entries(ByteView bundle, std::uint64_t count) {
    std::vector<ByteView> entries;
    while (bundle.size() >= 2 && entries.size() < count) {
        const auto size =
            std::to_integer<std::size_t>(bundle[0]) << 8U | std::to_integer<std::size_t>(bundle[1]);
        bundle = bundle.subspan(2);
        if (size > bundle.size()) {
            break;
        }
        entries.push_back(bundle.first(size));
        bundle = bundle.subspan(size);
    }
    if (!bundle.empty() || entries.size() != count) {
        return fail(ErrorKind::Corrupt,
                    "log: a bundle of entries does not hold the " + std::to_string(count) + " it should",
                    "run `fedtrail doctor`");
    }
    return entries;
}

}  // namespace fedtrail::ledger
