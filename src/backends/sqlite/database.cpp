#include "backends/sqlite/database.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include "backends/sqlite/store_files.hpp"
#include "backends/sqlite/unsure.hpp"
#include "backends/sqlite/write_ahead_log.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr int kLogPatienceMs = 1'000;
/// Octets of a log that stay where it is begun anew: it grows as long as somebody reads, to whatever size.
constexpr std::int64_t kKeptLog = 16LL << 20U;
constexpr std::string_view kRestore = "stop the service, run `fedtrail doctor` and restore a backup";

Error cannot_make(const DatabaseKind& kind, int code) {
    const bool full = code == ENOSPC || code == EDQUOT;
    return Error{full ? ErrorKind::Unavailable : ErrorKind::Denied,
                 "the file of the " + std::string{kind.name} +
                     " database cannot be made: " + std::generic_category().message(code),
                 full ? "free some disk space"
                      : "check that the data folder exists and belongs to the service's user"};
}

/// Held while a database is made and brought up: SQLite does not wait for others where a new file turns to
/// WAL. A file system without flock() goes without.
class FolderLock {
public:
    explicit FolderLock(const std::filesystem::path& folder)
        : descriptor_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        while (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    FolderLock(const FolderLock&) = delete;
    FolderLock& operator=(const FolderLock&) = delete;
    FolderLock(FolderLock&&) = delete;
    FolderLock& operator=(FolderLock&&) = delete;
    ~FolderLock() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }

    /// Makes a new name in the folder survive a power cut.
    void sync() const {
        if (descriptor_ >= 0) {
            ::fsync(descriptor_);
        }
    }

private:
    int descriptor_;
};

/// An empty file that only we may read, unless there is a file already. It is made under another name and
/// linked: closing a descriptor of the database itself would drop the locks of connections this process has.
Result<void> make_private_file(const std::filesystem::path& path,
                               const DatabaseKind& kind,
                               const FolderLock& folder) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) {
        return {};
    }
    std::string name = path.string() + ".XXXXXX";
    const int descriptor = ::mkostemp(name.data(), O_CLOEXEC);  // mode 0600
    if (descriptor < 0) {
        return tl::unexpected{cannot_make(kind, errno)};
    }
    ::close(descriptor);
    const int linked = ::link(name.c_str(), path.c_str());
    const int code = errno;
    ::unlink(name.c_str());
    if (linked != 0 && code != EEXIST) {
        return tl::unexpected{cannot_make(kind, code)};
    }
    folder.sync();
    return {};
}

void set_up(SQLite::Database& database, const DatabaseKind& kind, OpenMode mode) {
    database.exec("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON");
    if (mode != OpenMode::ReadWrite) {
        database.exec("PRAGMA query_only = ON");
        return;
    }
    database.exec("PRAGMA page_size = " + std::to_string(kind.page_size));
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA journal_size_limit = " + std::to_string(kKeptLog));
    database.exec(kind.secure_delete ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = OFF");
}

constexpr sqlite3_int64 kWriteVersionAt = 18;
constexpr unsigned char kNewestWriteVersion = 2;

/// The octet of the header that says who may write
/// (https://sqlite.org/fileformat2.html#file_format_version_numbers) is in no checksum: with a flipped bit
/// SQLite opens the file for reading alone and says nothing, so that every row is whole and every write
/// fails. Asked of SQLite's own descriptor: closing another one would drop our locks.
Result<void> writable_by_its_header(SQLite::Database& database, const DatabaseKind& kind) {
    sqlite3_file* file = nullptr;
    if (sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file == nullptr || file->pMethods == nullptr) {
        return {};
    }
    unsigned char version = 0;
    if (file->pMethods->xRead(file, &version, 1, kWriteVersionAt) == SQLITE_OK &&
        version > kNewestWriteVersion) {
        return fail(ErrorKind::Corrupt,
                    "opening the " + std::string{kind.name} +
                        " database failed: the file is damaged: its header forbids to write",
                    std::string{kRestore});
    }
    return {};  // a new file has no header yet
}

/// SQLite goes on writing into a file that was deleted, and all of it is lost with the process.
void refuse_commits_into_nothing(SQLite::Database& database) {
    (void)has_gone(database.getHandle());  // from now on it is known which files they are
    sqlite3_commit_hook(
        database.getHandle(),
        [](void* handle) { return has_gone(static_cast<sqlite3*>(handle)) ? 1 : 0; },
        database.getHandle());
}

/// SQLite's figures of memory, which nobody reads, cost a lock with each allocation.
void count_no_memory() {
    [[maybe_unused]] static const int before_first_use = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

Result<std::unique_ptr<SQLite::Database>> open_existing(const std::filesystem::path& file,
                                                        const DatabaseKind& kind,
                                                        OpenMode mode) {
    count_no_memory();
    const int access = mode == OpenMode::ReadWrite ? SQLite::OPEN_READWRITE : SQLite::OPEN_READONLY;
    const int flags = access | SQLite::OPEN_NOMUTEX;
    const bool overwrites = kind.secure_delete && mode == OpenMode::ReadWrite;
    auto database = std::make_unique<SQLite::Database>(
        file.c_str(), flags, kPatienceMs, store_files(overwrites ? FreeRoom::Overwritten : FreeRoom::Kept));
    if (const auto known = recognise(*database, kind); !known) {
        return fail(known);  // before anything of another program's file is changed
    }
    if (const auto writable = writable_by_its_header(*database, kind); !writable) {
        return fail(writable);
    }
    set_up(*database, kind, mode);
    if (mode == OpenMode::ReadWrite) {
        refuse_commits_into_nothing(*database);
    }
    const auto fit = mode == OpenMode::ReadWrite ? migrate(*database, kind)
                                                 : check_layout(*database, kind, mode == OpenMode::ReadOlder);
    if (!fit) {
        return fail(fit);
    }
    return database;
}

std::atomic<bool> unsure{};

bool was_not_kept(int code, int extended) {
    return code == SQLITE_IOERR && (extended == SQLITE_IOERR_FSYNC || extended == SQLITE_IOERR_DIR_FSYNC);
}

struct Meaning {
    ErrorKind kind;
    std::string_view why;
    std::string_view remedy;
};

constexpr std::string_view kCheckDisk =
    "check the disk and the kernel's log; `fedtrail doctor` says whether the file is whole";
constexpr Meaning kFull{
    ErrorKind::Unavailable, "the disk is full", "free some disk space; the ballast file may go"};

Meaning meaning_of(int code, int extended) {
    switch (code) {
        case SQLITE_FULL:
            return kFull;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {ErrorKind::Unavailable, "another process holds the database", "retry when it is done"};
        case SQLITE_NOMEM:
            return {ErrorKind::Unavailable, "there is no memory left", "free some memory and retry"};
        case SQLITE_IOERR:
            if (extended == SQLITE_IOERR_SHMSIZE) {
                return kFull;  // a reader too needs room beside a database: for the index of its log
            }
            if (was_not_kept(code, extended)) {
                return {ErrorKind::Corrupt, "the disk did not keep what was written", kCheckDisk};
            }
            return {ErrorKind::Unavailable, "the disk cannot be read or written", kCheckDisk};
        case SQLITE_CORRUPT:
            return {ErrorKind::Corrupt, "the file is damaged", kRestore};
        case SQLITE_NOTADB:
            return {ErrorKind::Corrupt, "the file is not a database", kRestore};
        case SQLITE_READONLY:
            return {
                ErrorKind::Denied, "the file is read-only", "make file and folder writable for the service"};
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_CANTOPEN:
            return {ErrorKind::Denied,
                    "the file cannot be opened",
                    "check that file and folder exist and belong to the service's user"};
        case SQLITE_CONSTRAINT:
            if (extended == SQLITE_CONSTRAINT_COMMITHOOK) {
                return {
                    ErrorKind::Unavailable,
                    "its file, or the -wal or -shm beside it, was deleted or moved away while it was in use",
                    "put it back; if it is lost, stop the service in order (SIGTERM), and restore a backup "
                    "where it is the file itself"};
            }
            return {ErrorKind::Conflict, "a row like this is there already", "read again and retry"};
        default:
            return {ErrorKind::Invalid, {}, "please report this as a bug"};
    }
}

}  // namespace

bool disk_is_unsure() {
    return unsure;
}

Error to_error(const SQLite::Exception& failure, std::string_view doing) {
    if (was_not_kept(failure.getErrorCode() & 0xFF, failure.getExtendedErrorCode())) {
        unsure = true;  // never set back, not even to what another thread has just read
    }
    const auto meaning = meaning_of(failure.getErrorCode() & 0xFF, failure.getExtendedErrorCode());
    const std::string why{meaning.why.empty() ? std::string_view{failure.getErrorStr()} : meaning.why};
    return Error{meaning.kind, std::string{doing} + " failed: " + why, std::string{meaning.remedy}};
}

Result<void> empty_log(SQLite::Database& database) {
    const auto name = std::filesystem::path{database.getFilename()}.filename().string();
    bool busy = false;
    try {
        database.setBusyTimeout(kLogPatienceMs);
        SQLite::Statement row{database, "PRAGMA wal_checkpoint(TRUNCATE)"};
        busy = row.executeStep() && row.getColumn(0).getInt() != 0;  // no error: SQLite tells it in a row
    } catch (const SQLite::Exception& failure) {
        database.setBusyTimeout(kPatienceMs);
        return tl::unexpected{to_error(failure, "emptying the log of " + name)};
    }
    database.setBusyTimeout(kPatienceMs);
    if (busy) {
        return fail(ErrorKind::Unavailable,
                    "what was deleted is still in " + name + " or its log, because another process reads it",
                    "Let the backup, export, check or shell that reads it end.");
    }
    return {};
}

Result<std::unique_ptr<SQLite::Database>> open_database(const std::filesystem::path& path,
                                                        const DatabaseKind& kind,
                                                        OpenMode mode) {
    const auto file = std::filesystem::absolute(path);
    const std::string doing = "opening the " + std::string{kind.name} + " database " + file.string();
    std::error_code ignored;
    if (mode != OpenMode::ReadWrite && !std::filesystem::exists(file, ignored)) {
        return fail(
            ErrorKind::NotFound, doing + " failed: there is no such file", "run `fedtrail init` first");
    }
    std::optional<FolderLock> folder;
    if (mode == OpenMode::ReadWrite) {
        folder.emplace(file.parent_path());
        if (const auto made = make_private_file(file, kind, *folder); !made) {
            return fail(made);
        }
    }
    if (const auto whole = log_is_whole(file, kind.page_size); !whole) {
        return fail(whole);  // before SQLite drops what is behind the damage
    }
    try {
        return open_existing(file, kind, mode);
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected{to_error(failure, doing)};
    }
}

}  // namespace fedtrail::sqlite
