/// How SQLite reads and writes the files of our stores: its own way, but for three things.
///
/// Free room is overwritten. `secure_delete` overwrites a row where it is deleted, but not where it lay
/// before: when SQLite rebuilds a page (btree.c, rebuildPage()), old copies of rows stay in its free room,
/// and no later deletion meets them. So free room is overwritten whenever a page goes into the file.
///
/// A frame of the write-ahead log is one write. SQLite hands in its head and its page one after the other
/// (wal.c, walWriteOneFrame()); they go to the kernel together.
///
/// It is known whether a file was deleted or moved away under SQLite, which goes on writing into it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

// NOLINTNEXTLINE(readability-identifier-naming): SQLite's own
struct sqlite3;

namespace fedtrail::sqlite {

/// A part of a page.
struct PageRoom {
    std::size_t begin{};
    std::size_t end{};  ///< The octet behind it.

    friend bool operator==(const PageRoom&, const PageRoom&) = default;
};

/// The room between a page's list of cells and the cells, which SQLite never reads (file format,
/// section 1.6); empty if the page is none of a tree, or none that SQLite wrote. `header`: where the page's
/// own header begins, 100 in the first page of a file, else 0. An overflow page cannot be told from a page of
/// a tree if it points at a page from 2^25 on, nor a page of pointers where `auto_vacuum` is on; our files
/// have it off.
[[nodiscard]] PageRoom free_room(std::span<const std::byte> page, std::size_t header);

enum class FreeRoom {
    Kept,
    Overwritten,  ///< Of a file in WAL mode: elsewhere VACUUM may change the size of pages, and write what
                  ///< begins within one.
};

/// The name under which SQLite opens such files (its `zVfs`). Thread-safe.
[[nodiscard]] const char* store_files(FreeRoom room);

/// Whether the file of a connection, its log (`-wal`) or the log's index (`-shm`) is no longer where it was
/// opened, or first asked for; of one opened so this is looked at once a millisecond: asking costs as much as
/// a third of a small commit. One that this user may no longer look at counts as there.
[[nodiscard]] bool has_gone(sqlite3* connection);

}  // namespace fedtrail::sqlite
