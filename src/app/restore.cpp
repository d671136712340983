#include "app/restore.hpp"

#include <algorithm>

#include "app/files.hpp"
#include "app/forgetting_room.hpp"
#include "app/instance.hpp"
#include "app/log_keys.hpp"
#include "app/restore_check.hpp"
#include "app/restore_note.hpp"
#include "erasure/letter_folder.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

struct Placing {
    fs::path from;
    fs::path to;
};

fs::path with(const fs::path& file, const std::string& suffix) {
    return file.string() + suffix;
}

Result<void> moved(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    return error ? Result<void>{fail(ErrorKind::Unavailable,
                                     from.string() + " cannot be renamed: " + error.message())}
                 : Result<void>{};
}

/// One restore: what goes where, and how far it is.
class Restoring {
public:
    Restoring(const Session& session,
              const Config& config,
              const fs::path& config_file,
              const RestoreOrder& order)
        : session_(session), config_(config), order_(order), items_(backup_items(config, config_file)) {}

    Result<Restored> run() {
        if (auto made = make_folder(config_.data_dir); !made) {
            return fail(made);
        }
        auto lock = InstanceLock::take(config_.data_dir);
        if (!lock) {
            return fail(lock);
        }
        for (const auto& step : {&Restoring::check, &Restoring::stage, &Restoring::swap}) {
            if (auto done = (this->*step)(); !done) {
                return fail(done);
            }
            if (order_.dry_run) {
                return std::move(done_);
            }
        }
        {
            const InstanceLock gone{std::move(*lock)};  // the room takes it again; the note keeps others out
        }
        if (auto forgotten = forget(); !forgotten) {
            return fail(forgotten);
        }
        return std::move(done_);
    }

private:
    Result<void> check() {
        auto pair = read_pair(order_);
        auto note =
            pair ? read_restore_note(config_.data_dir) : Result<std::optional<RestoreNote>>{fail(pair)};
        if (!note) {
            return fail(note);
        }
        if (*note && (*note)->backup != pair->ledger.id) {
            return fail(ErrorKind::Conflict,
                        "the restore of another backup (" + (*note)->backup + ") was interrupted",
                        "Finish that one first: give the same command again.");
        }
        note_ = std::move(*note);
        done_.from = pair->ledger;
        for (const auto* part : {&pair->ledger, &pair->vault}) {
            if (auto checked =
                    check_part(*part, part == &pair->ledger ? order_.ledger : order_.vault, order_);
                !checked) {
                return checked;
            }
        }
        if (auto opened = check_vault(session_, config_, *pair, order_); !opened) {
            return opened;
        }
        if (auto told = check_log(*pair); !told) {
            return told;
        }
        auto shreddings = known_shreddings(session_, config_, *pair, order_);
        if (!shreddings) {
            return fail(shreddings);
        }
        shreddings_ = std::move(*shreddings);
        plan(*pair);
        return {};
    }

    /// A log that may sign nothing is no use: either it continues, or another one begins.
    Result<void> check_log(const BackupPair& pair) {
        const auto state = log_state(config_, pair, order_);
        if (!state) {
            return fail(state);
        }
        done_.log = *state;
        if (!order_.new_log) {
            return *state == RestoredLog::Stale && !note_
                       ? Result<void>{fail(ErrorKind::Denied,
                                           "more was published of the transparency log than the backup has: "
                                           "restored, it could sign nothing",
                                           "Set log.name to another name (\"" + log_name(config_) +
                                               "/2\") and give --new-log; docs/backup.md.")}
                       : Result<void>{};
        }
        done_.log = RestoredLog::Begun;
        // A restore that goes on may have begun the log of this name itself.
        const auto used = used_log_names(config_, order_, !note_);
        const auto name = log_name(config_);
        return std::find(used.begin(), used.end(), name) == used.end()
                   ? Result<void>{}
                   : Result<void>{
                         fail(ErrorKind::Invalid,
                              "another log needs another name than \"" + name + "\", which one had already",
                              "Set log.name in the configuration to a name that none had, for instance \"" +
                                  next_log_name(name, used) + "\".")};
    }

    [[nodiscard]] bool is_old_log(const BackupItem& item) const {
        return order_.new_log && (item.name == "log.db" || item.name == "log.key");
    }
    /// What the file is called by when it is put aside.
    [[nodiscard]] std::string aside_of(const fs::path& file) const {
        const bool ends = order_.new_log && (file == log_file(config_) || file == log_key_file(config_) ||
                                             file == config_.log.guard);
        return file.string() + (ends ? kEnded : kSetAside) + note_->stamp;
    }

    /// A store that is newer than the vault would give its people's numbers to others.
    void leave_behind(const BackupItem& item) {
        if (item.database) {
            leaving_.push_back(item.place);
        }
    }

    void plan(const BackupPair& pair) {
        for (const auto& item : items_) {
            const auto& part = item.part == BackupPart::Ledger ? pair.ledger : pair.vault;
            const auto file = std::find_if(
                part.files.begin(), part.files.end(), [&](const auto& one) { return one.name == item.name; });
            if (file == part.files.end() || is_old_log(item)) {
                leave_behind(item);
                continue;
            }
            if (item.own_first && is_there(item.place)) {
                done_.kept.push_back(item.name);
                continue;
            }
            if (!item.database && measured(item.place, item.name).value_or(BackupFile{}) == *file) {
                done_.kept.push_back(item.name);  // the same octets
                continue;
            }
            placings_.push_back(
                {(item.part == BackupPart::Ledger ? order_.ledger : order_.vault) / item.name, item.place});
            ++done_.files;
            done_.octets += file->octets;
        }
    }

    Result<void> stage() {
        if (note_) {  // it was done before the note was written, but for what is told only now
            return ShreddingRegister::merge(shredding_register_file(config_), shreddings_);
        }
        for (const auto& one : placings_) {
            order_.tell("copying " + one.from.filename().string());
            if (auto made = make_folder(one.to.parent_path()); !made) {
                return made;
            }
            if (auto copied = copy_plain(one.from, with(one.to, kStaged)); !copied) {
                return copied;
            }
        }
        // Before any file changes: afterwards the vault in use remembers less.
        if (auto merged = ShreddingRegister::merge(shredding_register_file(config_), shreddings_); !merged) {
            return merged;
        }
        note_ = RestoreNote{done_.from.id, stamp()};
        return write_restore_note(config_.data_dir, *note_);
    }

    [[nodiscard]] static std::string stamp() {
        auto text = format_rfc3339(std::chrono::floor<std::chrono::seconds>(SystemClock{}.now()));
        std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
        return text;
    }

    /// A database is moved with its log, which has commits that the file has not.
    Result<void> set_aside(const fs::path& file) {
        const auto aside = aside_of(file);
        for (const auto* suffix : {"-wal", "-shm", ""}) {
            const auto from = with(file, suffix);
            if (!is_there(from)) {
                continue;
            }
            if (auto done = moved(from, with(aside, suffix)); !done) {
                return done;
            }
        }
        return {};
    }

    Result<void> swap() {
        for (const auto& one : placings_) {
            if (!is_there(with(one.to, kStaged))) {
                continue;  // in its place already
            }
            auto done = set_aside(one.to);
            done = done ? moved(with(one.to, kStaged), one.to) : done;
            if (!done) {
                return done;
            }
        }
        if (order_.new_log) {
            leaving_.insert(leaving_.end(), {log_key_file(config_), config_.log.guard});
        }
        for (const auto& file : leaving_) {
            if (auto done = is_old(file) ? set_aside(file) : Result<void>{}; !done) {
                return done;
            }
        }
        if (auto letters = place_letters(); !letters) {
            return letters;
        }
        return flush_folder(config_.data_dir);
    }

    /// Once only: a second round must not take what was begun anew for the old one.
    [[nodiscard]] bool is_old(const fs::path& file) const {
        return is_there(file) && !is_there(aside_of(file));
    }

    Result<void> place_letters() {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator{order_.vault / "letters", error}) {
            const auto to = config_.erasure.letters / entry.path().filename();
            if (is_there(to) || erasure::is_half_a_letter(to)) {  // earlier backups have them
                continue;
            }
            auto done = make_folder(config_.erasure.letters);
            done = done ? copy_plain(entry.path(), with(to, kStaged)) : done;
            done = done ? moved(with(to, kStaged), to) : done;
            if (!done) {
                return done;
            }
        }
        return {};
    }

    Result<void> forget() {
        {
            const auto room = ForgettingRoom::open(session_, config_);
            if (!room) {
                return fail(room);
            }
            done_.shredded_again = (*room)->finished();
            // Letters from after the backup: with their notices went what tells whose they are.
            if (auto aside = (*room)->wing().set_letters_aside(kSetAside + note_->stamp); !aside) {
                return aside;
            }
        }
        list_aside();
        std::error_code error;
        fs::remove(restore_note_file(config_.data_dir), error);
        return error ? Result<void>{fail(ErrorKind::Unavailable,
                                         restore_note_file(config_.data_dir).string() +
                                             " cannot be removed: " + error.message())}
                     : flush_folder(config_.data_dir);
    }

    void list_aside_of(const fs::path& file, const std::string& mark, std::vector<fs::path>& list) const {
        for (const auto* suffix : {"", "-wal", "-shm"}) {
            auto aside = with(file, mark + note_->stamp + suffix);
            if (is_there(aside)) {
                list.push_back(std::move(aside));
            }
        }
    }

    void list_aside() {
        auto places = items_;
        places.push_back({"", config_.log.guard, BackupPart::Ledger, false, false});
        for (const auto& item : places) {
            list_aside_of(item.place, kSetAside, done_.set_aside);
            list_aside_of(item.place, kEnded, done_.ended_log);
        }
        std::error_code none;
        for (const auto& entry : fs::directory_iterator{config_.erasure.letters, none}) {
            if (entry.path().string().ends_with(kSetAside + note_->stamp)) {
                done_.set_aside.push_back(entry.path());
            }
        }
    }

    const Session& session_;
    const Config& config_;
    const RestoreOrder& order_;
    std::vector<BackupItem> items_;
    std::vector<Placing> placings_;
    std::vector<fs::path> leaving_;  ///< Not in the backup, and not to stay.
    std::vector<RegisteredShredding> shreddings_;
    std::optional<RestoreNote> note_;
    Restored done_;
};

}  // namespace

Result<Restored> restore_backup(const Session& session,
                                const Config& config,
                                const fs::path& config_file,
                                const RestoreOrder& order) {
    return Restoring{session, config, config_file, order}.run();
}

}  // namespace fedtrail::app
