#include "backends/sqlite/store_files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <mutex>
#include <new>
#include <optional>
#include <string>

#include <sqlite3.h>
#include <sys/stat.h>

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

/// The head of a frame of the write-ahead log (https://sqlite.org/fileformat2.html#wal_file_format).
constexpr std::size_t kFrameHead = 24;
constexpr std::chrono::milliseconds kLooksAgain{1};

using SteadyClock = std::chrono::steady_clock;

enum class Role { Database, OverwrittenDatabase, Log };

/// SQLite's own methods of a file, and ours, which differ in few. `ours` comes first: a file points at it.
struct Methods {
    sqlite3_io_methods ours{};
    const sqlite3_io_methods* own{};
    Role role{};
};

/// Which file lay under a name when we first looked.
struct Place {
    dev_t device{};
    ino_t number{};

    friend bool operator==(const Place&, const Place&) = default;
};

/// What we know of a file. It lies behind what SQLite's own way to files keeps of it, in the same memory.
struct Notes {
    SteadyClock::time_point looked;  ///< Of a database: when it was last there, whole.
    std::optional<Place> log;        ///< Of a database: the files that SQLite keeps beside it.
    std::optional<Place> index;
    bool has_head{};  ///< Of a log: a frame's head waits for its page.
    sqlite3_int64 head_at{};
    std::array<char, kFrameHead> head{};
};

sqlite3_vfs* sqlites_own() {
    static sqlite3_vfs* const own = sqlite3_vfs_find(nullptr);
    return own;
}

std::size_t notes_at() {
    constexpr auto kStep = alignof(Notes);
    return (static_cast<std::size_t>(sqlites_own()->szOsFile) + kStep - 1) / kStep * kStep;
}

/// Of a file of open_file().
Notes& notes_of(sqlite3_file* file) {
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): made there by open_file()
    return *std::launder(reinterpret_cast<Notes*>(reinterpret_cast<std::byte*>(file) + notes_at()));
}

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

int write_head(sqlite3_file* file) {
    auto& notes = notes_of(file);
    if (!notes.has_head) {
        return SQLITE_OK;
    }
    notes.has_head = false;
    return own_methods(file).xWrite(file, notes.head.data(), kFrameHead, notes.head_at);
}

int write_log(sqlite3_file* file, const void* octets, int count, sqlite3_int64 offset) {
    const auto& own = own_methods(file);
    auto& notes = notes_of(file);
    const auto size = static_cast<std::size_t>(count);
    if (notes.has_head && offset == notes.head_at + static_cast<sqlite3_int64>(kFrameHead) &&
        size <= kGreatestPage) {
        std::array<char, kFrameHead + kGreatestPage>
            frame;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
        std::copy(notes.head.begin(), notes.head.end(), frame.begin());
        std::memcpy(frame.data() + kFrameHead, octets, size);
        notes.has_head = false;
        return own.xWrite(file, frame.data(), count + static_cast<int>(kFrameHead), notes.head_at);
    }
    if (const int written = write_head(file); written != SQLITE_OK) {
        return written;
    }
    if (size != kFrameHead) {
        return own.xWrite(file, octets, count, offset);
    }
    std::memcpy(notes.head.data(), octets, kFrameHead);
    notes.head_at = offset;
    notes.has_head = true;
    return SQLITE_OK;
}

// Whatever else is done to a log comes behind the head that waits.

int read_log(sqlite3_file* file, void* octets, int count, sqlite3_int64 offset) {
    const int written = write_head(file);
    return written == SQLITE_OK ? own_methods(file).xRead(file, octets, count, offset) : written;
}

int truncate_log(sqlite3_file* file, sqlite3_int64 length) {
    const int written = write_head(file);
    return written == SQLITE_OK ? own_methods(file).xTruncate(file, length) : written;
}

int sync_log(sqlite3_file* file, int flags) {
    const int written = write_head(file);
    return written == SQLITE_OK ? own_methods(file).xSync(file, flags) : written;
}

int length_of_log(sqlite3_file* file, sqlite3_int64* length) {
    const int written = write_head(file);
    return written == SQLITE_OK ? own_methods(file).xFileSize(file, length) : written;
}

int close_log(sqlite3_file* file) {
    const int written = write_head(file);
    const int closed = own_methods(file).xClose(file);
    return written == SQLITE_OK ? closed : written;
}

Methods methods_of(Role role, const sqlite3_io_methods* own) {
    Methods methods{*own, own, role};
    if (role == Role::OverwrittenDatabase) {
        methods.ours.xWrite = &write_page;
        return methods;
    }
    methods.ours.xWrite = &write_log;
    methods.ours.xRead = &read_log;
    methods.ours.xTruncate = &truncate_log;
    methods.ours.xSync = &sync_log;
    methods.ours.xFileSize = &length_of_log;
    methods.ours.xClose = &close_log;
    return methods;
}

/// Made once for each table of methods that SQLite has: it has one for each way to lock a file.
const sqlite3_io_methods* methods_for(Role role, const sqlite3_io_methods* own) {
    if (role == Role::Database) {
        return own;
    }
    static std::mutex guard;
    static std::array<Methods, 16> known;
    const std::scoped_lock held{guard};
    auto* const methods = std::find_if(known.begin(), known.end(), [&](const Methods& one) {
        return (one.own == own && one.role == role) || one.own == nullptr;
    });
    if (methods == known.end()) {
        return own;
    }
    if (methods->own == nullptr) {
        *methods = methods_of(role, own);
    }
    return &methods->ours;
}

std::optional<Role> role_of(int flags, Role of_a_database) {
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0) {
        return of_a_database;
    }
    return (flags & SQLITE_OPEN_WAL) != 0 ? std::optional{Role::Log} : std::nullopt;
}

int open_file(const char* name, sqlite3_file* file, int flags, int* out, Role of_a_database) {
    const int opened = sqlites_own()->xOpen(sqlites_own(), name, file, flags, out);
    const auto role = role_of(flags, of_a_database);
    if (opened != SQLITE_OK || !role) {
        return opened;
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): room that szOsFile asked for
    new (reinterpret_cast<std::byte*>(file) + notes_at()) Notes{};
    file->pMethods = methods_for(*role, file->pMethods);
    return opened;
}

int open_kept(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out) {
    return open_file(name, file, flags, out, Role::Database);
}

int open_overwritten(sqlite3_vfs* /*vfs*/, const char* name, sqlite3_file* file, int flags, int* out) {
    return open_file(name, file, flags, out, Role::OverwrittenDatabase);
}

using Opens = decltype(sqlite3_vfs::xOpen);

sqlite3_vfs files_of(const char* name, Opens opens) {
    auto vfs = *sqlites_own();
    vfs.zName = name;
    vfs.pNext = nullptr;
    vfs.szOsFile = static_cast<int>(notes_at() + sizeof(Notes));
    vfs.xOpen = opens;
    return vfs;
}

/// Of the file that the connection has open as its database; nothing if it is none of open_file().
Notes* notes_of(sqlite3* connection) {
    sqlite3_vfs* vfs = nullptr;
    sqlite3_file* file = nullptr;
    const bool found =
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_VFS_POINTER, &vfs) == SQLITE_OK &&
        sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK;
    const bool ours =
        found && vfs != nullptr && (vfs->xOpen == &open_kept || vfs->xOpen == &open_overwritten);
    return ours && file != nullptr && file->pMethods != nullptr ? &notes_of(file) : nullptr;
}

bool names_nothing() {
    return errno == ENOENT || errno == ENOTDIR;
}

bool has_moved(sqlite3* connection) {
    int moved = 0;
    if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved == 0) {
        return false;
    }
    struct stat another {};
    return ::stat(sqlite3_db_filename(connection, "main"), &another) == 0 || names_nothing();
}

/// Of a file that SQLite makes when it first reads, and leaves in its place as long as a connection is open.
bool has_moved(const char* name, std::optional<Place>& known) {
    struct stat found {};
    if (::stat(name, &found) != 0) {
        return known && names_nothing();
    }
    const Place now{found.st_dev, found.st_ino};
    known = known.value_or(now);
    return known != now;
}

/// Commits stand in the log until SQLite moves them into the database: without it they are lost if the
/// process does not end in order, and with another index a second process takes the log for nobody's.
bool has_moved_beside(sqlite3* connection, Notes& notes) {
    const char* const database = sqlite3_db_filename(connection, "main");
    return has_moved(sqlite3_filename_wal(database), notes.log) ||
           has_moved((std::string{database} + "-shm").c_str(), notes.index);
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

const char* store_files(FreeRoom room) {
    static auto kept = files_of("fedtrail", &open_kept);
    static auto overwritten = files_of("fedtrail-overwriting", &open_overwritten);
    static const bool registered =
        sqlite3_vfs_register(&kept, 0) == SQLITE_OK && sqlite3_vfs_register(&overwritten, 0) == SQLITE_OK;
    if (!registered) {
        return nullptr;
    }
    return room == FreeRoom::Overwritten ? overwritten.zName : kept.zName;
}

bool has_gone(sqlite3* connection) {
    auto* const notes = notes_of(connection);
    if (notes == nullptr) {
        return has_moved(connection);
    }
    const auto now = SteadyClock::now();
    if (now - notes->looked < kLooksAgain) {
        return false;
    }
    const bool moved = has_moved(connection) || has_moved_beside(connection, *notes);
    if (!moved) {
        notes->looked = now;
    }
    return moved;
}

}  // namespace fedtrail::sqlite
