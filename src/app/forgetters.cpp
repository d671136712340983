#include "app/forgetters.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <vector>

#include "fedtrail/ports/visit_books.hpp"

#include "app/files.hpp"
#include "app/restore_note.hpp"
#include "retention/named.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

/// By name. Also those that were set aside, or not written to their end. Errors: Unavailable (nobody can tell
/// what is there).
Result<std::vector<fs::path>> letters_in(const fs::path& folder) {
    std::error_code fault;
    std::vector<fs::path> letters;
    fs::directory_iterator entry{folder, fault};
    for (; !fault && entry != fs::directory_iterator{}; entry.increment(fault)) {
        const auto& file = entry->path();
        const bool from_a_letter = file.filename().string().find(".txt.") != std::string::npos;
        if (file.extension() == ".txt" || from_a_letter || is_set_aside(file)) {
            letters.push_back(file);
        }
    }
    if (fault && fault != std::errc::no_such_file_or_directory) {
        return fail(ErrorKind::Unavailable,
                    folder.string() + " cannot be searched for letters: " + fault.message(),
                    "Give the folder to the user of the service; it is tried again.");
    }
    std::sort(letters.begin(), letters.end());
    return letters;
}

/// Of letters_in().
Result<void> remove_beginning(const std::vector<fs::path>& letters, const std::string& begins) {
    for (auto file = std::lower_bound(letters.begin(), letters.end(), fs::path{begins});
         file != letters.end() && file->string().starts_with(begins);
         ++file) {
        if (auto gone = remove_file(*file); !gone) {
            return gone;
        }
    }
    return {};
}

}  // namespace

Result<void> TokenForgetter::forget(privacy::SubjectNumber subject) {
    auto struck = tokens_.strike_owed();
    return struck ? tokens_.forget(subject) : struck;
}

Result<void> NoteForgetter::forget(privacy::SubjectNumber subject) {
    const auto person = vault_.identity(subject);
    if (!person) {  // shredded before, and it was done then; or nobody can read the name any more
        return person.error().kind == ErrorKind::Unavailable ? Result<void>{fail(person)} : Result<void>{};
    }
    auto struck =
        tokens_.strike_notes([&](const std::string& note) { return retention::names_person(note, *person); });
    // A key does not wait for a file that nobody can read; TokenForgetter says that it is broken.
    return !struck && struck.error().kind == ErrorKind::Corrupt ? Result<void>{} : struck;
}

Result<void> LetterForgetter::each_letter(records::NoticeNumber notice, const Act& act) const {
    const auto history = notices_.history(notice);
    if (!history) {
        return fail(history);
    }
    for (const auto& letter : history->letters) {
        if (auto done = act(folder_.file_of(letter.message_id)); !done) {
            return done;
        }
    }
    return {};
}

/// Of the notices that the filter finds.
Result<void> LetterForgetter::each_named(NoticeFilter filter, const Act& act) const {
    return visit_notices(notices_, std::move(filter), [&](const records::Notice& notice) {
        return each_letter(notice.number, act);
    });
}

/// Also a file whose writing nobody recorded, since a crash was between.
Result<void> LetterForgetter::forget(privacy::SubjectNumber subject) {
    const auto there = letters_in(path_);
    if (!there) {
        return fail(there);
    }
    NoticeFilter theirs;
    theirs.subject = subject;
    auto done = visit_notices(notices_, std::move(theirs), [&](const records::Notice& notice) {
        const auto begins = (path_ / folder_.names_begin(erasure::reference_of(notice))).string();
        auto gone = remove_beginning(*there, begins);
        return gone ? each_letter(notice.number, remove_file) : gone;
    });
    return done ? remove_if([](const fs::path& file) {
        return is_set_aside(file) || erasure::is_half_a_letter(file);
    })
                : done;
}

Result<void> LetterForgetter::remove_unfinished() {
    return remove_if(erasure::is_half_a_letter);
}

Result<void> LetterForgetter::remove_if(bool (*which)(const fs::path& file)) const {
    const auto letters = letters_in(path_);
    if (!letters) {
        return fail(letters);
    }
    for (const auto& file : *letters) {
        if (auto done = which(file) ? remove_file(file) : Result<void>{}; !done) {
            return done;
        }
    }
    return {};
}

Result<void> LetterForgetter::set_aside(const std::string& suffix) {
    const auto letters = letters_in(path_);
    if (!letters) {
        return fail(letters);
    }
    std::set<fs::path> unnamed{letters->begin(), letters->end()};
    std::erase_if(unnamed, is_set_aside);
    if (unnamed.empty()) {
        return {};
    }
    auto named = each_named({}, [&](const fs::path& letter) {
        unnamed.erase(letter);
        return Result<void>{};
    });
    if (!named) {
        return named;
    }
    for (const auto& file : unnamed) {
        std::error_code fault;
        fs::rename(file, file.string() + suffix, fault);
        if (fault) {
            return fail(ErrorKind::Unavailable, file.string() + " cannot be renamed: " + fault.message());
        }
    }
    return {};
}

Result<Expired> LetterForgetter::drop_before(Instant horizon, bool only_count) {
    const auto letters = letters_in(path_);
    if (!letters) {
        return fail(letters);
    }
    Expired expired;
    for (const auto& file : *letters) {
        std::error_code unread;
        const auto at = written_at(file, unread);
        if (unread || at >= horizon) {
            continue;
        }
        if (auto done = only_count ? Result<void>{} : remove_file(file); !done) {
            expired.left = done.error();
            continue;
        }
        ++expired.dropped;
    }
    return expired;
}

namespace {

/// Errors: Unavailable (a restore left one beside `store`, or nobody can tell).
Result<void> none_aside(const fs::path& store) {
    const auto folder = store.has_parent_path() ? store.parent_path() : fs::path{"."};
    const auto aside = store.filename().string() + kSetAside;
    std::error_code fault;
    fs::directory_iterator entry{folder, fault};
    for (; !fault && entry != fs::directory_iterator{}; entry.increment(fault)) {
        if (entry->path().filename().string().starts_with(aside)) {
            return fail(ErrorKind::Unavailable,
                        entry->path().string() +
                            " from before a restore still has what was known of them, and their key",
                        "Remove what has \"" + std::string{kSetAside} +
                            "\" in its name, once you are content with the restore.");
        }
    }
    if (fault && fault != std::errc::no_such_file_or_directory) {
        return fail(
            ErrorKind::Unavailable,
            folder.string() + " cannot be searched for stores from before a restore: " + fault.message(),
            "Make the folder readable for the service; it is tried again.");
    }
    return {};
}

}  // namespace

Result<void> SetAsideStores::overwrite() {
    Result<void> all;
    for (const auto& store : stores_) {  // what lies aside waits for a person: the copies do not
        if (auto removed = remove_file(store.string() + kStaged); !removed && all) {
            all = std::move(removed);
        }
    }
    for (const auto& store : stores_) {
        if (auto none = none_aside(store); !none && all) {
            all = std::move(none);
        }
    }
    return all;
}

}  // namespace fedtrail::app
