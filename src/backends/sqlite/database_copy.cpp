#include "backends/sqlite/database_copy.hpp"

#include <cerrno>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/store_files.hpp"
#include "backends/sqlite/write_ahead_log.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr int kStorePage = DatabaseKind{}.page_size;

/// SQLite does not flush what VACUUM INTO writes.
Result<void> keep(const std::filesystem::path& file) {
    const int descriptor =
        ::open(file.c_str(), O_RDWR | O_CLOEXEC);  // NOLINT(cppcoreguidelines-pro-type-vararg)
    const bool kept =
        descriptor >= 0 && ::fchmod(descriptor, S_IRUSR | S_IWUSR) == 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    return kept ? Result<void>{}
                : Result<void>{fail(ErrorKind::Unavailable,
                                    file.string() + " cannot be written",
                                    "Look at the disk and its permissions.")};
}

Result<void> must_be_there(const std::filesystem::path& file) {
    std::error_code ignored;
    return std::filesystem::exists(file, ignored)
               ? Result<void>{}
               : Result<void>{fail(ErrorKind::NotFound, file.string() + " is not there")};
}

}  // namespace

Result<void> copy_database(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (auto there = must_be_there(from); !there) {
        return there;
    }
    if (auto whole = log_is_whole(from, kStorePage); !whole) {
        return whole;
    }
    std::error_code ignored;
    if (std::filesystem::exists(to, ignored)) {
        return fail(ErrorKind::Conflict, to.string() + " is there already", "Move it away.");
    }
    try {
        // SQLite opens the copy as it did the source. Restored it is a store again: what leaves its rows
        // later has to be nowhere else in it, and VACUUM moves rows, too.
        SQLite::Database source{
            from.c_str(), SQLite::OPEN_READONLY, kPatienceMs, store_files(FreeRoom::Overwritten)};
        SQLite::Statement copy{source, "VACUUM INTO ?"};
        copy.bind(1, to.string());
        copy.exec();
    } catch (const SQLite::Exception& failure) {
        std::filesystem::remove(to, ignored);
        return tl::unexpected<Error>{to_error(failure, "copying " + from.filename().string())};
    }
    return keep(to);
}

Result<void> check_copy(const std::filesystem::path& file) {
    if (auto there = must_be_there(file); !there) {
        return there;
    }
    try {
        // Immutable: no log or lock is made beside a copy that may lie on a medium that cannot be written.
        SQLite::Database copy{"file:" + file.string() + "?immutable=1",
                              SQLite::OPEN_READONLY | SQLite::OPEN_URI};
        SQLite::Statement row{copy, "PRAGMA quick_check(1)"};
        if (!row.executeStep() || row.getColumn(0).getString() != "ok") {
            return fail(ErrorKind::Corrupt, file.string() + " is damaged", "Take another backup.");
        }
    } catch (const SQLite::Exception& failure) {
        return tl::unexpected<Error>{to_error(failure, "checking " + file.filename().string())};
    }
    return {};
}

}  // namespace fedtrail::sqlite
