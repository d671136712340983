#include "backends/sqlite/overwriting_files.hpp"

#include <algorithm>
#include <array>
#include <mutex>

#include <sqlite3.h>

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kFileHeader = 100;
constexpr std::size_t kLeastPage = 512;
constexpr std::size_t kGreatestPage = 65'536;
/// Half of what free_room() can tell apart: a file may grow behind the page that is written.
constexpr sqlite3_int64 kMostPages = 1LL << 24U;

std::size_t two_octets(std::span<const std::byte> page, std::size_t at) {
    return std::to_integer<std::size_t>(page[at]) << 8U | std::to_integer<std::size_t>(page[at + 1]);
}

/// SQLite's own methods of a file, and ours, which differ in one. `ours` comes first: a file points at it.
struct Methods {
    sqlite3_io_methods ours{};
    const sqlite3_io_methods* own{};
};

const sqlite3_io_methods& own_methods(const sqlite3_file* file) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the first member, of a file of open_file()
    return *reinterpret_cast<const Methods*>(file->pMethods)->own;
}

bool is_page(std::size_t octets, sqlite3_int64 offset) {
    const bool power_of_two = (octets & (octets - 1)) == 0;
    return octets >= kLeastPage && octets <= kGreatestPage && power_of_two &&
           offset % static_cast<sqlite3_int64>(octets) == 0;
}

int write_page(sqlite3_file* file, const void* octets, int count, sqlite3_int64 offset) {
    const auto& own = own_methods(file);
    const auto size = static_cast<std::size_t>(count);
    sqlite3_int64 length = 0;
    if (!is_page(size, offset) || own.xFileSize(file, &length) != SQLITE_OK || length / count >= kMostPages) {
        return own.xWrite(file, octets, count, offset);
    }
    const std::span page{static_cast<const std::byte*>(octets), size};
    const auto room = free_room(page, offset == 0 ? kFileHeader : 0);
    const auto left = page.subspan(room.begin, room.end - room.begin);
    if (std::all_of(left.begin(), left.end(), [](std::byte octet) { return octet == std::byte{}; })) {
        return own.xWrite(file, octets, count, offset);
    }
    std::array<std::byte, kGreatestPage>
        clean;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
    std::copy(page.begin(), page.end(), clean.begin());
    std::fill(clean.data() + room.begin, clean.data() + room.end, std::byte{});
    return own.xWrite(file, clean.data(), count, offset);
}

/// Made once for each table of methods that SQLite has: it has one for each way to lock a file.
const sqlite3_io_methods* methods_for(const sqlite3_io_methods* own) {
    static std::mutex guard;
    static std::array<Methods, 8> known;
    const std::scoped_lock held{guard};
    auto* const methods = std::find_if(known.begin(), known.end(), [own](const Methods& one) {
        return one.own == own || one.own == nullptr;
    });
    if (methods == known.end()) {
        return own;
    }
    if (methods->own == nullptr) {
        *methods = {*own, own};
        methods->ours.xWrite = &write_page;
    }
    return &methods->ours;
}

sqlite3_vfs* sqlites_own() {
    static sqlite3_vfs* const own = sqlite3_vfs_find(nullptr);
    return own;
}

int open_file(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out) {
    const int opened = sqlites_own()->xOpen(sqlites_own(), name, file, flags, out);
    if (opened == SQLITE_OK && (flags & SQLITE_OPEN_MAIN_DB) != 0) {
        file->pMethods = methods_for(file->pMethods);
    }
    return opened;
}

}  // namespace

PageRoom free_room(std::span<const std::byte> page, std::size_t header) {
    constexpr std::size_t kInnerHeader = 12;
    if (page.size() < header + kInnerHeader) {
        return {};
    }
    const auto type = std::to_integer<int>(page[header]);
    const bool inner = type == 2 || type == 5;
    if (!inner && type != 10 && type != 13) {
        return {};
    }
    const auto cells = two_octets(page, header + 3);
    const auto first = two_octets(page, header + 5);
    const PageRoom room{header + (inner ? kInnerHeader : 8) + 2 * cells, first == 0 ? kGreatestPage : first};
    return room.begin <= room.end && room.end <= page.size() ? room : PageRoom{};
}

const char* overwriting_files() {
    static sqlite3_vfs files = [] {
        auto vfs = *sqlites_own();
        vfs.zName = "fedtrail-overwriting";
        vfs.pNext = nullptr;
        vfs.xOpen = &open_file;
        return vfs;
    }();
    static const int registered = sqlite3_vfs_register(&files, 0);
    return registered == SQLITE_OK ? files.zName : nullptr;
}

}  // namespace fedtrail::sqlite
